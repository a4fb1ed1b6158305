"""CSV, TSV and their kin: strictly read, as text, the named columns only."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.columns import aliases
from fairwitness.audit.loaders.encoding import byte_stream, utf8_chunks
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.quoting import LONGEST_FIELD, QuoteWatch, first_fault
from fairwitness.audit.loaders.source import ending_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
BLOCK = 1 << 23  # bytes that the parser takes at once: no row may be longer
UNREADABLE = "there is no row below the header, or one that is longer than 8 MiB"


def read_delimited(
    path: Path, wanted: Sequence[str], *, delimiter: str | None, encoding: str | None
) -> tuple[pa.Table, int]:
    """Return the wanted columns as text, in the wanted order, and how many columns the file has.

    Parameters
    ----------
    path : Path
    wanted : sequence of str
    delimiter : str or None
        None: a tab for ``.tsv`` and ``.tab``; otherwise the one among comma, semicolon, tab and bar under which the
        header has the wanted columns.
    encoding : str or None
        See `utf8_chunks`.

    Returns
    -------
    tuple of (pyarrow.Table, int)
        An empty field is null; no word is.  Columns are named ``c0``, ``c1``, ….

    Raises
    ------
    FairwitnessError
        See `locate`; a row with too many or too few fields, a quotation mark that is not closed, bad bytes.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    opened = _Opened.of(path, wanted, delimiter, encoding)
    table: Any = None
    fault = None
    try:
        table = arrow_csv.read_csv(opened.bytes(), **opened.options())
    except pa.ArrowInvalid:  # its own message quotes the row
        fault = UNREADABLE
    opened.refuse(fault)
    return table.rename_columns(aliases(len(wanted))), len(opened.header)


def delimited_batches(
    path: Path, wanted: Sequence[str], *, delimiter: str | None, encoding: str | None
) -> Iterator[pa.Table]:
    """Yield the wanted columns some rows at a time, otherwise as `read_delimited` returns them.

    What is wrong with the file is refused where it is come upon, or when all rows were yielded.
    """
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    opened = _Opened.of(path, wanted, delimiter, encoding)
    fault = None
    try:
        with arrow_csv.open_csv(opened.bytes(), **opened.options()) as batches:
            for batch in batches:
                yield pa.table(batch.columns, names=aliases(len(wanted)))
    except pa.ArrowInvalid:
        fault = UNREADABLE
    opened.refuse(fault)


@dataclass(frozen=True, slots=True)
class _Opened:
    """A file whose header is read: how PyArrow is to read the rest, and how its quotation marks are watched."""

    path: Path
    encoding: str | None
    delimiter: str
    header: list[str]
    named: list[str]
    watch: QuoteWatch

    @classmethod
    def of(cls, path: Path, wanted: Sequence[str], delimiter: str | None, encoding: str | None) -> _Opened:
        header, delimiter = delimited_header(path, wanted, delimiter, encoding)
        places = locate(wanted, header, printable(path.name), certain=False)
        return cls(path, encoding, delimiter, header, [f"f{i}" for i in places], QuoteWatch(delimiter))

    def bytes(self) -> io.BufferedReader:
        return byte_stream(self.watch.over(utf8_chunks(self.path, self.encoding)))

    def options(self) -> dict[str, Any]:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv

        names = [f"f{i}" for i in range(len(self.header))]
        return {
            "read_options": arrow_csv.ReadOptions(column_names=names, skip_rows_after_names=1, block_size=BLOCK),
            "parse_options": arrow_csv.ParseOptions(delimiter=self.delimiter, newlines_in_values=True),
            "convert_options": arrow_csv.ConvertOptions(
                include_columns=self.named,
                column_types=dict.fromkeys(self.named, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        }

    def refuse(self, fault: str | None) -> None:
        """Raise if there is a fault, or the quotation marks that went by are not sound."""
        if fault or not self.watch.sound:
            fault = first_fault(utf8_chunks(self.path, self.encoding), self.delimiter, len(self.header)) or fault
        if fault:
            where = printable(self.path.name)
            raise FairwitnessError(f"{where}, {fault}. Mend the file, or name its delimiter (--delimiter).")


def delimited_header(
    path: Path, wanted: Sequence[str], delimiter: str | None, encoding: str | None
) -> tuple[list[str], str]:
    """Return the column names and the delimiter, which is the one under which the wanted are among the names."""
    where = printable(path.name)
    if delimiter is None and ending_of(path) in (".tsv", ".tab"):
        delimiter = "\t"
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '"\r\n'):
        msg = f"{where}: the delimiter must be one ASCII character, but {quoted(delimiter)} was given."
        raise FairwitnessError(f"{msg} Give for example --delimiter ';'.")
    rows = {d: first_row(path, d, encoding) for d in ([delimiter] if delimiter else DELIMITERS)}
    headers = {d: row for d, row in rows.items() if row}
    if not headers:
        raise FairwitnessError(f"{where}, line 1: the line is blank, or a quotation mark is open. Mend the header.")
    if any("\x00" in name for header in headers.values() for name in header):
        raise FairwitnessError(
            f"{where}, line 1: zero bytes in the header. If the file is UTF-16, say so: --encoding utf-16-le (or -be)."
        )
    fitting = [d for d, header in headers.items() if set(wanted) <= set(header)]
    if all(len(headers[d]) == 1 for d in fitting):  # one column: there is nothing to part
        fitting = fitting[:1]
    splitting = [d for d, header in headers.items() if len(header) > 1] or list(headers)[:1]
    if len({tuple(headers[d]) for d in fitting or splitting}) > 1:  # one name alone is the same under all of them
        found = listed(DELIMITERS[d] for d in fitting or splitting)
        raise FairwitnessError(
            f"{where}, line 1: the delimiter is not clear: {found} would split the header, and not one of them "
            f"alone gives the columns {listed(wanted)}. Name it, for example --delimiter ';', and check the names."
        )
    chosen = (fitting or splitting)[0]
    return headers[chosen], chosen


def first_row(path: Path, delimiter: str, encoding: str | None) -> list[str]:
    """Return the first row under a delimiter; none, if its quotation marks do not go with it."""
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        lines = io.TextIOWrapper(byte_stream(utf8_chunks(path, encoding)), encoding="utf-8", newline="")
        return next(csv.reader(lines, delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []
    finally:
        csv.field_size_limit(before)
