"""Parquet and Arrow (Feather) files, one or many: their schemas are compared, the named columns are scanned."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.columns import aliases, of_relation
from fairwitness.audit.loaders.engine import connection, held, on_engine
from fairwitness.audit.loaders.header import locate

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import narwhals as nw
    import pyarrow as pa

    from fairwitness.audit.loaders.engine import Engine
    from fairwitness.audit.loaders.source import Files

_PLAIN = re.compile(r"[\w./:\\ ,+~-]+")  # a path that DuckDB takes by the letter, not as a pattern
DAMAGED_PARQUET = "{}: the Parquet data are damaged. Fetch the file again."
DAMAGED_ARROW = "{}: the Arrow file is cut off or damaged. Fetch it again."


def read_parquet(
    files: Files, wanted: Sequence[str], *, engine: Engine, verify_pages: bool
) -> tuple[nw.LazyFrame[Any], int, int]:
    """Return a scan of the wanted columns, how many rows the files state, and how many columns they have.

    DuckDB reads plain files itself.  PyArrow reads them for the other engines; where page checksums are to be
    verified; where folders are named ``column=value`` (then the value is a column, as text); and where a wanted
    column is of floating point, because DuckDB takes the files' minimum and maximum to mean that there is no NaN.

    Parameters
    ----------
    files : Files
    wanted : sequence of str
    engine : Engine
    verify_pages : bool

    Raises
    ------
    FairwitnessError
        A file that is cut off or damaged, or whose columns differ from the first one's; see also `locate`.
    """
    import duckdb
    import pyarrow as pa

    told = footers(files, wanted)
    places = [told.header.index(name) for name in wanted]
    floating = any(pa.types.is_floating(told.schema.field(name).type) for name in wanted if name in told.schema.names)
    plain = not (verify_pages or told.folders or floating) and all(_PLAIN.fullmatch(str(path)) for path in files.paths)
    try:
        if engine in ("auto", "duckdb") and plain:
            return _native(files, places), told.rows, len(told.header)
        frame = _through_arrow(files, places, told, engine, verify=verify_pages)
        return frame, told.rows, len(told.header)
    except (pa.ArrowException, OSError, ValueError, duckdb.Error):
        raise FairwitnessError(DAMAGED_PARQUET.format(printable(files.name))) from None


class Footers(NamedTuple):
    """What the footers of one or many files say: columns, those that folders are named for, and how many rows."""

    schema: pa.Schema
    folders: list[str]
    rows: int

    @property
    def header(self) -> list[str]:
        """All columns."""
        return [*self.schema.names, *self.folders]


def footers(files: Files, wanted: Sequence[str]) -> Footers:
    """Return what the files' footers say, which must say the same of the wanted columns.

    Raises
    ------
    FairwitnessError
        A footer that is damaged, or columns that differ from the first file's; see also `locate`.
    """
    schemas = {path: parquet_schema(path) for path in files.paths}
    first, (schema, _) = next(iter(schemas.items()))
    told = Footers(schema, _folder_columns(files, first), sum(n for _, n in schemas.values()))
    locate(wanted, told.header, printable(first.name))
    for path, (other, _) in schemas.items():
        _same(schema, other, wanted, f"{files.name}: {files.relative(path)}", files.relative(first))
        if _folder_columns(files, path) != told.folders:
            raise FairwitnessError(
                f"{printable(files.relative(path))}: its folders name other columns than those of "
                f"{printable(files.relative(first))} ({listed(told.folders)}). Name all folders alike, or give one."
            )
    return told


def _native(files: Files, places: Sequence[int]) -> nw.LazyFrame[Any]:
    paths = [str(path) for path in files.paths]
    made = connection(*paths)
    return held(made, of_relation(made.read_parquet(paths), places))


def _through_arrow(
    files: Files, places: Sequence[int], told: Footers, engine: Engine, *, verify: bool
) -> nw.LazyFrame[Any]:
    import pyarrow.dataset as ds

    dataset = parquet_dataset(files, told, verify_pages=verify)
    if engine in ("auto", "duckdb"):
        made = connection()
        return held(made, of_relation(made.from_arrow(dataset), places))
    chosen = {alias: ds.field(told.header[place]) for alias, place in zip(aliases(len(places)), places, strict=True)}
    return on_engine(dataset.to_table(columns=chosen), engine)


def parquet_dataset(files: Files, told: Footers, *, verify_pages: bool) -> Any:
    """Return Parquet files as a dataset of PyArrow, with what folders are named for as columns of text."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    # Without pre_buffer, a file's bytes are not all in memory at once.
    options = ds.ParquetFragmentScanOptions(page_checksum_verification=verify_pages, pre_buffer=False)
    named = pa.schema([(name, pa.string()) for name in told.folders])
    return ds.dataset(
        [str(path) for path in files.paths],
        format=ds.ParquetFileFormat(default_fragment_scan_options=options),
        partitioning=ds.partitioning(named, flavor="hive") if told.folders else None,
    )


def read_arrow(path: Path, wanted: Sequence[str]) -> tuple[pa.Table, int]:
    """Return the wanted columns of an Arrow or Feather file (or stream), and how many columns it has.

    Raises
    ------
    FairwitnessError
        A file that is cut off or damaged; see also `locate`.
    """
    import pyarrow as pa
    from pyarrow import ipc

    where = printable(path.name)
    header = arrow_header(path)
    places = locate(wanted, header, where)
    try:
        with pa.memory_map(str(path)) as file:
            chosen = sorted(places)
            options = ipc.IpcReadOptions(included_fields=chosen)
            opened = ipc.open_file(file, options=options) if _seekable(path) else ipc.open_stream(file, options=options)
            table = opened.read_all()
            table.validate(full=True)
    except (pa.ArrowException, OSError, EOFError):
        raise FairwitnessError(DAMAGED_ARROW.format(where)) from None
    table = table.select([chosen.index(place) for place in places])
    return table.rename_columns(aliases(len(wanted))).unify_dictionaries(), len(header)


def arrow_header(path: Path) -> list[str]:
    """Return the column names of an Arrow file or stream."""
    import pyarrow as pa
    from pyarrow import ipc

    try:
        with pa.memory_map(str(path)) as file:
            return list((ipc.open_file(file) if _seekable(path) else ipc.open_stream(file)).schema.names)
    except (pa.ArrowException, OSError, EOFError):
        raise FairwitnessError(DAMAGED_ARROW.format(printable(path.name))) from None


def _seekable(path: Path) -> bool:
    """Say whether it is an Arrow file; otherwise it is taken as an Arrow stream."""
    with path.open("rb") as file:
        return file.read(6) == b"ARROW1"


def parquet_schema(path: Path) -> tuple[pa.Schema, int]:
    """Return a Parquet file's schema, and how many rows it states."""
    import pyarrow as pa
    from pyarrow import parquet

    try:
        metadata = parquet.read_metadata(path)
        schema = metadata.schema.to_arrow_schema()
        _ = schema.names  # decodes them
    except (pa.ArrowException, OSError, EOFError, UnicodeDecodeError):
        where = printable(path.name)
        raise FairwitnessError(
            f"{where}: no readable Parquet footer: the file is cut off or damaged. Fetch it again."
        ) from None
    return schema, metadata.num_rows


def _same(first: pa.Schema, other: pa.Schema, wanted: Sequence[str], where: str, reference: str) -> None:
    """Refuse a file whose columns are not those of the first one."""
    where, reference = printable(where), printable(reference)
    if other.names != first.names:
        strange = [n for n in [*other.names, *first.names] if (n in other.names) != (n in first.names)]
        found = f"the columns {listed(strange)} are in one of them only" if strange else "they stand in another order"
        raise FairwitnessError(
            f"{where}: its columns differ from those of {reference}: {found}. Give files with the same columns."
        )
    for name in wanted:
        if name in first.names and other.field(name).type != first.field(name).type:
            raise FairwitnessError(
                f"{where}, column {quoted(name)}: {other.field(name).type}, but {first.field(name).type} in "
                f"{reference}. Write the files with the same types."
            )


def _folder_columns(files: Files, path: Path) -> list[str]:
    """Return the columns that folders named ``column=value`` add."""
    return [part.partition("=")[0] for part in files.relative(path).split("/")[:-1] if "=" in part]
