"""One door to all readers: a source in, a lazy frame of the named columns out."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.columns import check_types, declared_labels
from fairwitness.audit.loaders.delimited import read_delimited
from fairwitness.audit.loaders.engine import ENGINES, Engine, UnreadableError, length, on_engine
from fairwitness.audit.loaders.frames import moved, read_frame
from fairwitness.audit.loaders.json_lines import read_json_lines
from fairwitness.audit.loaders.parquet import read_arrow, read_parquet
from fairwitness.audit.loaders.source import find_files, kind_of
from fairwitness.audit.loaders.spreadsheet import read_spreadsheet
from fairwitness.audit.loaders.text_numbers import numbers

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import narwhals as nw

    from fairwitness.audit.loaders.source import Files, Kind

# Which option says something about which kind of file.
APPLIES: dict[str, tuple[Kind, ...]] = {
    "sheet": ("spreadsheet",),
    "delimiter": ("delimited",),
    "encoding": ("delimited", "json_lines"),
    "decimal": ("delimited", "json_lines", "spreadsheet"),
    "verify_pages": ("parquet",),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How to read the source, where guessing would be unsafe; None means by the file itself."""

    engine: Engine = "auto"
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: str | None = None
    verify_pages: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """The named columns of a source, and what the evidence says of it.

    Attributes
    ----------
    frame : narwhals.LazyFrame
        Columns ``c0``, ``c1``, … in the order they were asked for.
    name : str
        The file's name without its folder, or the kind of frame.
    sha256 : str or None
        None for frames.
    rows : int
    columns_available : int
    declared : mapping of str to tuple of str
        Labels that an enumeration or a categorical declares, by column.
    columns_read : tuple of str or None
        Which columns of the source were read, where they are not those that were asked for: a model reads others,
        and its decisions are no column of the source.
    """

    frame: nw.LazyFrame[Any] = field(repr=False)  # the repr of a relation shows rows
    name: str
    sha256: str | None
    rows: int
    columns_available: int
    declared: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns_read: tuple[str, ...] | None = None


def read(
    source: object,
    wanted: Sequence[str],
    *,
    numeric: Collection[str],
    unknown: Mapping[str, Collection[str]],
    reading: Reading,
) -> Loaded:
    """Read the wanted columns of a source, and no other.

    Parameters
    ----------
    source : path, pattern or frame
    wanted : sequence of str
        Distinct column names.
    numeric : collection of str
        The columns among them that must be numbers.  In text formats all others are read as text.
    unknown : mapping of str to collection of str
        By numeric column: texts that mean "not disclosed".
    reading : Reading

    Returns
    -------
    Loaded

    Raises
    ------
    FairwitnessError
        The source is not there, not readable, damaged or without rows, or a column is not as it must be.
    """
    _check_words(reading)
    is_file = isinstance(source, str | PathLike)
    loaded = _file(source, wanted, numeric, unknown, reading) if is_file else _frame(source, wanted, numeric, reading)
    if loaded.rows == 0:
        raise FairwitnessError(f"{printable(loaded.name)}: no rows. Give a source with at least one decision.")
    return loaded


def _frame(source: object, wanted: Sequence[str], numeric: Collection[str], reading: Reading) -> Loaded:
    idle = [name for name in APPLIES if getattr(reading, name)]
    if idle:
        raise FairwitnessError(f"{listed(idle)} tell how to read a file, but the source is a frame. Leave them out.")
    frame, name, available = read_frame(source, wanted)
    check_types(frame, wanted, numeric, name)
    declared = declared_labels(frame, wanted)
    try:
        frame = moved(frame, reading.engine)
        rows = length(frame)
    except UnreadableError as error:
        raise FairwitnessError(f"{name}: {error}") from None
    return Loaded(frame, name, None, rows, available, declared)


def _file(
    source: Any,
    wanted: Sequence[str],
    numeric: Collection[str],
    unknown: Mapping[str, Collection[str]],
    reading: Reading,
) -> Loaded:
    files = find_files(source)
    kind = kind_of(files.paths[0])
    where = printable(files.name)
    check_options(reading, kind, where)
    if kind == "parquet":
        frame, rows, available = read_parquet(files, wanted, engine=reading.engine, verify_pages=reading.verify_pages)
        check_types(frame, wanted, numeric, where)
        return Loaded(frame, files.name, files.sha256, rows, available)
    table, available = _table(files, kind, wanted, reading)
    if kind != "arrow":
        for i, name in enumerate(wanted):
            if name in numeric:
                column = numbers(table.column(i), name, where, decimal=reading.decimal, unknown=unknown.get(name, ()))
                table = table.set_column(i, table.column_names[i], column)
    frame = on_engine(table, reading.engine)
    if kind == "arrow":
        check_types(frame, wanted, numeric, where)
    return Loaded(frame, files.name, files.sha256, table.num_rows, available)


def check_options(reading: Reading, kind: Kind, where: str) -> None:
    """Refuse options that there are not, or that say nothing about this kind of file."""
    _check_words(reading)
    idle = [name for name, kinds in APPLIES.items() if getattr(reading, name) and kind not in kinds]
    if idle:
        known = " and ".join(sorted({k.replace("_", " ") for name in idle for k in APPLIES[name]}))
        raise FairwitnessError(
            f"{where}: {listed(idle)} apply to {known} files only, not to {kind.replace('_', ' ')}. Leave them out."
        )


def _check_words(reading: Reading) -> None:
    if reading.engine not in ENGINES:
        raise FairwitnessError(f"There is no engine {quoted(reading.engine)}. Give one of {listed(ENGINES)}.")
    if reading.decimal not in (None, ".", ","):
        raise FairwitnessError(f"There is no decimal sign {quoted(reading.decimal)}. Give '.' or ','.")


def _table(files: Files, kind: Kind, wanted: Sequence[str], reading: Reading) -> tuple[Any, int]:
    path = files.paths[0]
    match kind:
        case "delimited":
            return read_delimited(path, wanted, delimiter=reading.delimiter, encoding=reading.encoding)
        case "json_lines":
            return read_json_lines(path, wanted, encoding=reading.encoding)
        case "spreadsheet":
            return read_spreadsheet(path, wanted, sheet=reading.sheet)
    return read_arrow(path, wanted)
