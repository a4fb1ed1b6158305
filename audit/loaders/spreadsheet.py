"""XLSX workbooks: one sheet, its first row the header, each cell as the text of its value."""

from __future__ import annotations

import re
import warnings
import zipfile
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, printable, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

MOST_BYTES = 1 << 31  # what a workbook may unpack to: a full sheet of short cells is below it
CHUNK, OVERLAP = 1 << 22, 1 << 16
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]+)(\d+):([A-Z]+)\d+"')
# A formula cell whose stored result is absent; one of type "str" may rightly hold empty text.
_UNCALCULATED = re.compile(
    rb'<(?:\w+:)?c r="([A-Z]+)(\d+)"(?![^>]*\bt="str")[^>]*>\s*<(?:\w+:)?f(?:[^>]*/>|[^>]*>[^<]*</(?:\w+:)?f>)'
    rb"\s*(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?\s*</(?:\w+:)?c>"
)


def read_spreadsheet(path: Path, wanted: Sequence[str], *, sheet: str | None) -> tuple[pa.Table, int]:
    """Return the wanted columns of a sheet as text, and how many columns it has.

    Rows without any value are not rows of data.

    Raises
    ------
    FairwitnessError
        Several sheets and none named, empty (or merged) header cells, merged cells below, Excel error values,
        formulas without a stored result; see also `locate`.
    """
    import pyarrow as pa

    where = printable(path.name)
    columns: list[list[str | None]] = [[] for _ in wanted]
    with _sheet(path, sheet, where) as (page, member), closing(page.iter_rows()) as rows:
        header = _header(next(rows, ()), where)
        places = locate(wanted, header, where, certain=False)
        _refuse_hidden_gaps(path, member, places, where)
        for i, row in enumerate(rows, start=2):
            if all(cell.value is None for cell in row):
                continue
            for name, place, column in zip(wanted, places, columns, strict=True):
                column.append(
                    _text(row[place], f"{where}, row {i}, column {quoted(name)}") if place < len(row) else None
                )
    table = pa.table({f"c{i}": pa.array(column, pa.string()) for i, column in enumerate(columns)})
    return table, len(header)


def sheet_header(path: Path, sheet: str | None) -> list[str]:
    """Return the column names of a sheet."""
    where = printable(path.name)
    with _sheet(path, sheet, where) as (page, _), closing(page.iter_rows()) as rows:
        return _header(next(rows, ()), where)


@contextmanager
def _sheet(path: Path, sheet: str | None, where: str) -> Iterator[tuple[Any, str]]:
    """Open the named sheet, or the only one; yield it and its place in the archive."""
    with _workbook(path, where) as book:
        pages = {page.title: page for page in book.worksheets}
        if sheet is None and len(pages) != 1:
            raise FairwitnessError(f"{where}: not one sheet but {len(pages)}: {listed(pages)}. Name it (--sheet).")
        if sheet is not None and sheet not in pages:
            near = did_you_mean(sheet, pages)
            raise FairwitnessError(f"{where}: no sheet {quoted(sheet)}; it has {listed(pages)}.{near} Check --sheet.")
        page = pages[sheet] if sheet is not None else next(iter(pages.values()))
        page.reset_dimensions()  # writers state wrong ones, and rows beyond would be dropped in silence
        yield page, page._worksheet_path.lstrip("/")  # noqa: SLF001 -- openpyxl has no public name for it


@contextmanager
def _workbook(path: Path, where: str) -> Iterator[Any]:
    """Open a workbook to be read row by row; a damaged one makes openpyxl raise whatever its parsers raise."""
    import openpyxl

    damaged = f"{where}: not readable as an XLSX workbook (damaged, or of another kind). Save it anew as .xlsx."
    _refuse_bombs(path, damaged, where)
    try:
        with path.open("rb") as file:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", UserWarning)  # of styles and extensions that it leaves out
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            with closing(book):
                yield book
    except FairwitnessError:
        raise
    except Exception:  # noqa: BLE001 -- see above
        raise FairwitnessError(damaged) from None


def _refuse_bombs(path: Path, damaged: str, where: str) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError):
        raise FairwitnessError(damaged) from None
    if size > MOST_BYTES:
        unpacked = f"{size >> 20:,} MiB when unpacked"
        raise FairwitnessError(f"{where}: {unpacked}, which no sheet needs. Save it as CSV or Parquet.")


def _header(row: Sequence[Any], where: str) -> list[str]:
    names = [label_text(cell.value) for cell in row]
    while names and names[-1] is None:
        names.pop()
    if not names:
        raise FairwitnessError(
            f"{where}: the sheet's first row is empty. It must hold the column names, one in each cell."
        )
    empty = [i for i, name in enumerate(names, start=1) if name is None]
    if empty:
        raise FairwitnessError(
            f"{where}: the header has {len(empty)} empty cells (first: column {empty[0]}); perhaps cells are merged, "
            "or a title stands above the table. Make the first row hold one column name in each cell."
        )
    return [str(name) for name in names]


def _text(cell: Any, place: str) -> str | None:
    if cell.data_type == "e":
        raise FairwitnessError(
            f"{place}: the cell holds an Excel error such as #N/A. Mend it, or leave it empty if nothing is known."
        )
    try:
        return label_text(cell.value)
    except TypeError:
        raise FairwitnessError(f"{place}: the cell holds a time or a duration. Give text or a number.") from None


def _refuse_hidden_gaps(path: Path, member: str, places: Collection[int], where: str) -> None:
    """Refuse what a reader of values sees as empty but is not: merged cells and formulas never calculated."""
    wanted = set(places)
    with zipfile.ZipFile(path) as archive, archive.open(member) as xml:
        tail = b""
        while chunk := xml.read(CHUNK):
            window = tail + chunk
            for left, row, right in _MERGED.findall(window):
                if wanted & set(range(_number(left), _number(right) + 1)):
                    msg = f"{where}, row {int(row)}: merged cells in a column that is read; only the first has a value."
                    raise FairwitnessError(f"{msg} Unmerge them and fill each cell.")
            for column, row in _UNCALCULATED.findall(window):
                if _number(column) in wanted:
                    msg = f"{where}, cell {column.decode()}{int(row)}: a formula without a stored result."
                    raise FairwitnessError(
                        f"{msg} Open the workbook in Excel or LibreOffice and save it, or paste values."
                    )
            tail = window[-OVERLAP:]


def _number(letters: bytes) -> int:
    """Return a column's place, counted from 0: ``A`` is 0, ``AA`` is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
