"""A first look at a source whose columns nobody has named yet: its header, and the values of each column."""

from __future__ import annotations

import io
import json
from collections import Counter
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.loaders.delimited import DELIMITERS, first_row
from fairwitness.audit.loaders.encoding import byte_stream, utf8_chunks
from fairwitness.audit.loaders.engine import fetch
from fairwitness.audit.loaders.labels import label_text
from fairwitness.audit.loaders.parquet import arrow_header, parquet_schema
from fairwitness.audit.loaders.source import ending_of, find_files, kind_of
from fairwitness.audit.loaders.spreadsheet import sheet_header
from fairwitness.audit.loaders.table import Reading, read

if TYPE_CHECKING:
    from pathlib import Path

FIRST_ROWS = 10_000


def glance(source: str, reading: Reading) -> dict[str, Counter[str | None]]:
    """Return the columns of a source, and how often each value occurs in its first rows.

    Parameters
    ----------
    source : str
        A file, a folder or a pattern.
    reading : Reading
        How to read it.

    Returns
    -------
    dict of str to Counter
        By column; values as text, None where it is empty.  Of the first 10,000 rows.

    Raises
    ------
    FairwitnessError
        The source cannot be read.
    """
    files = find_files(source)
    names = header(files.paths[0], reading)
    loaded = read(source, names, numeric=(), unknown={}, reading=reading)
    head = fetch(loaded.frame.head(FIRST_ROWS))
    return {name: Counter(map(label_text, head.column(i).to_pylist())) for i, name in enumerate(names)}


def header(path: Path, reading: Reading) -> list[str]:
    """Return the names of a file's columns."""
    match kind_of(path):
        case "parquet":
            return list(parquet_schema(path)[0].names)
        case "arrow":
            return arrow_header(path)
        case "spreadsheet":
            return sheet_header(path, reading.sheet)
        case "json_lines":
            return _first_keys(path, reading.encoding)
    delimiter = reading.delimiter or ("\t" if ending_of(path) in (".tsv", ".tab") else None)
    rows = [first_row(path, d, reading.encoding) for d in ([delimiter] if delimiter else DELIMITERS)]
    return max(rows, key=len)


def _first_keys(path: Path, encoding: str | None) -> list[str]:
    lines = io.TextIOWrapper(byte_stream(utf8_chunks(path, encoding)), encoding="utf-8", newline="\n")
    try:
        return list(json.loads(next(line for line in lines if line.strip())))
    except (StopIteration, ValueError, TypeError):
        raise FairwitnessError(f"{printable(path.name)}: its first line is no JSON object. Write one a line.") from None
