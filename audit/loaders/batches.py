"""A file's rows some at a time, as often as they are asked for, so that memory need not grow with the rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.loaders.columns import aliases
from fairwitness.audit.loaders.delimited import delimited_batches, delimited_header
from fairwitness.audit.loaders.glance import header
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.json_lines import json_batches
from fairwitness.audit.loaders.parquet import (
    DAMAGED_ARROW,
    DAMAGED_PARQUET,
    arrow_header,
    footers,
    parquet_dataset,
)
from fairwitness.audit.loaders.source import find_files, kind_of
from fairwitness.audit.loaders.spreadsheet import read_spreadsheet
from fairwitness.audit.loaders.table import check_options

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from fairwitness.audit.loaders.source import Files, Kind
    from fairwitness.audit.loaders.table import Reading

ROWS = 1 << 16  # in one batch, at most


@dataclass(frozen=True, slots=True)
class Batches:
    """The rows of a file, or of many Parquet files.

    Attributes
    ----------
    files : Files
    header : tuple of str
        All columns, in the file's order.
    rows : int or None
        How many, where the file says it.
    complete : frozenset of str
        Columns of which the file says that no value is missing.  Others may have none missing, too.
    read : callable
        Yields the columns that it is given the names of, in tables of any length; see `of`.
    text : bool
        Every value is the text that is written in the file, or empty.
    """

    files: Files
    header: tuple[str, ...]
    rows: int | None
    complete: frozenset[str]
    read: Callable[[Sequence[str]], Iterator[pa.Table]] = field(repr=False)
    text: bool

    @property
    def where(self) -> str:
        """What messages call the file."""
        return printable(self.files.name)

    def of(self, names: Sequence[str]) -> Iterator[pa.Table]:
        """Yield the named columns of at most `ROWS` rows at a time, in the order of the rows.

        Parameters
        ----------
        names : sequence of str
            At least one, each once.

        Raises
        ------
        FairwitnessError
            Columns that are missing; a file that is damaged, at the latest when all rows were yielded.
        """
        for table in self.read(names):
            named = table.rename_columns(list(names))
            for at in range(0, named.num_rows, ROWS):
                yield named.slice(at, ROWS)


def open_batches(source: Any, reading: Reading, wanted: Sequence[str] = ()) -> Batches:
    r"""Return a file's rows in batches.

    Text files, Parquet and uncompressed Arrow are read as the batches are taken; of a workbook, the named columns
    are read at once.

    Parameters
    ----------
    source : str or Path
        As `fairwitness.audit.loaders.source.find_files` takes it.
    reading : Reading
    wanted : sequence of str
        Columns that there must be: they tell the delimiter of a text file.

    Raises
    ------
    FairwitnessError
        The file is not there, is of no known kind or has no readable header; options that do not apply to it.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from fairwitness.audit.loaders.table import Reading
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     people = Path(folder) / "people.csv"
    ...     _ = people.write_text("name,sex\nAnn,F\nBob,M\n")
    ...     batches = open_batches(people, Reading())
    ...     batches.header, [table.to_pydict() for table in batches.of(["sex"])]
    (('name', 'sex'), [{'sex': ['F', 'M']}])
    """
    files = find_files(source)
    path = files.paths[0]
    kind = kind_of(path)
    check_options(reading, kind, printable(files.name))
    if kind == "parquet":
        told = footers(files, ())
        names, rows, complete = told.header, told.rows, _complete(files)
    else:
        names, rows, complete = _header(path, kind, reading, wanted), None, frozenset[str]()

    def read(chosen: Sequence[str]) -> Iterator[pa.Table]:
        if kind == "parquet":
            return _parquet(files, chosen, reading)
        return _arrow(path, chosen) if kind == "arrow" else _text(path, kind, chosen, reading)

    return Batches(files, tuple(names), rows, complete, read, text=kind not in ("parquet", "arrow"))


def _header(path: Path, kind: Kind, reading: Reading, wanted: Sequence[str]) -> list[str]:
    if kind == "delimited" and wanted:
        return delimited_header(path, wanted, reading.delimiter, reading.encoding)[0]
    if kind == "json_lines":  # any line may have a key that no line before it has
        keys: dict[str, None] = {}
        for _ in json_batches(path, (), encoding=reading.encoding, keys=keys):
            pass
        return list(keys)
    return header(path, reading)


def _text(path: Path, kind: Kind, names: Sequence[str], reading: Reading) -> Iterator[pa.Table]:
    if kind == "delimited":
        return delimited_batches(path, names, delimiter=reading.delimiter, encoding=reading.encoding)
    if kind == "json_lines":
        return json_batches(path, names, encoding=reading.encoding)
    return iter([read_spreadsheet(path, names, sheet=reading.sheet)[0]])


def _parquet(files: Files, names: Sequence[str], reading: Reading) -> Iterator[pa.Table]:
    import pyarrow as pa
    import pyarrow.dataset as ds
    from pyarrow import parquet

    told = footers(files, names)
    verify = reading.verify_pages
    written = [name for name in names if name not in told.folders]
    try:
        for fragment in parquet_dataset(files, told, verify_pages=verify).get_fragments():
            folders = ds.get_partition_keys(fragment.partition_expression)
            # A file's own reader holds some pages at a time; a scan of the dataset would hold row groups.
            with parquet.ParquetFile(fragment.path, pre_buffer=False, page_checksum_verification=verify) as file:
                for batch in file.iter_batches(ROWS, columns=written):
                    same = {n: pa.repeat(pa.scalar(folders[n], pa.string()), len(batch)) for n in told.folders}
                    yield pa.table([same[n] if n in same else batch.column(n) for n in names], names=list(names))
    except (pa.ArrowException, OSError, ValueError):
        raise FairwitnessError(DAMAGED_PARQUET.format(printable(files.name))) from None


def _complete(files: Files) -> frozenset[str]:
    """Return the columns whose row groups all state that no value is missing."""
    from pyarrow import parquet

    stated: Counter[str] = Counter()
    groups = 0
    for path in files.paths:
        metadata = parquet.read_metadata(path)
        groups += metadata.num_row_groups
        for group in (metadata.row_group(i) for i in range(metadata.num_row_groups)):
            for column in (group.column(i) for i in range(metadata.num_columns)):
                told = column.statistics
                if told is not None and told.has_null_count and told.null_count == 0:
                    stated[column.path_in_schema] += 1
    return frozenset(name for name, times in stated.items() if times == groups)


def _arrow(path: Path, names: Sequence[str]) -> Iterator[pa.Table]:
    import pyarrow as pa
    from pyarrow import ipc

    places = locate(names, arrow_header(path), printable(path.name))
    chosen = sorted(places)
    order = [chosen.index(place) for place in places]
    options = ipc.IpcReadOptions(included_fields=chosen)
    try:
        with pa.memory_map(str(path)) as file:
            for batch in _record_batches(file, options):
                batch.validate(full=True)
                yield pa.table([batch.column(i) for i in order], names=aliases(len(names)))
    except (pa.ArrowException, OSError, EOFError):
        raise FairwitnessError(DAMAGED_ARROW.format(printable(path.name))) from None


def _record_batches(file: Any, options: Any) -> Iterator[pa.RecordBatch]:
    """Yield the batches of an Arrow file, or of an Arrow stream."""
    from pyarrow import ipc

    if file.read(6) == b"ARROW1":
        opened = ipc.open_file(file, options=options)
        yield from (opened.get_batch(i) for i in range(opened.num_record_batches))
    else:
        file.seek(0)
        yield from ipc.open_stream(file, options=options)
