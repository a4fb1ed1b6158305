"""JSON Lines: one object a line, the named keys only."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any, NoReturn

from fairwitness.audit.errors import FairwitnessError, printable, quoted
from fairwitness.audit.loaders.encoding import byte_stream, utf8_chunks
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

AT_ONCE = 1 << 16  # lines


def read_json_lines(path: Path, wanted: Sequence[str], *, encoding: str | None) -> tuple[pa.Table, int]:
    """Return the wanted keys as columns of text, and how many keys the file has.

    A key that a line does not have is empty there, as many writers leave out what is null.

    Raises
    ------
    FairwitnessError
        A line that is no JSON object, repeats a key, holds NaN, or has a list or an object under a wanted key;
        see also `locate` and `utf8_chunks`.
    """
    import pyarrow as pa

    keys: dict[str, None] = {}
    parts = list(json_batches(path, wanted, encoding=encoding, keys=keys))
    return pa.concat_tables(parts), len(keys)


def json_batches(
    path: Path, wanted: Sequence[str], *, encoding: str | None, keys: dict[str, None] | None = None
) -> Iterator[pa.Table]:
    """Yield the wanted keys some rows at a time, otherwise as `read_json_lines` returns them.

    Parameters
    ----------
    keys : dict, optional
        Is filled with the file's keys, in the order in which they are come upon.

    Raises
    ------
    FairwitnessError
        As `read_json_lines`; for a key that no line has, when all rows were yielded.
    """
    where = printable(path.name)
    keys = {} if keys is None else keys
    columns: list[list[str | None]] = [[] for _ in wanted]
    rows = 0
    lines = io.TextIOWrapper(byte_stream(utf8_chunks(path, encoding)), encoding="utf-8", newline="\n")
    for i, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        row = _parsed(line, f"{where}, line {i}")
        keys.update(dict.fromkeys(row))
        for name, column in zip(wanted, columns, strict=True):
            column.append(_text(row.get(name), name, f"{where}, line {i}"))
        rows += 1
        if rows == AT_ONCE:
            yield _table(columns)
            columns, rows = [[] for _ in wanted], 0
    if not keys:
        raise FairwitnessError(f"{where}: no object in the file. Write one JSON object a line.")
    locate(wanted, list(keys), where)
    yield _table(columns)


def _table(columns: Sequence[Sequence[str | None]]) -> pa.Table:
    import pyarrow as pa

    return pa.table({f"c{i}": pa.array(column, pa.string()) for i, column in enumerate(columns)})


def _parsed(line: str, place: str) -> dict[str, Any]:
    try:
        row = json.loads(line, object_pairs_hook=_once, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise FairwitnessError(f"{place}: {_fault(error)}. Write one JSON object a line.") from None
    if not isinstance(row, dict):
        raise FairwitnessError(f"{place}: a JSON {type(row).__name__}, not an object. Write one JSON object a line.")
    return row


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise KeyRepeatedError
    return row


def _no_constant(_: str) -> NoReturn:
    raise NotFiniteError


class KeyRepeatedError(ValueError):
    """A JSON object that has a key twice."""


class NotFiniteError(ValueError):
    """NaN or Infinity, which JSON does not have."""


def _fault(error: Exception) -> str:
    match error:
        case KeyRepeatedError():
            return "an object has the same key twice"
        case NotFiniteError():
            return "NaN or Infinity is not JSON (write null where there is no number)"
        case json.JSONDecodeError():
            return f"not JSON from character {error.colno} on"
    return "not JSON (too deep, or a number too long)"


def _text(value: object, name: str, place: str) -> str | None:
    if isinstance(value, list | dict):
        kind = "list" if isinstance(value, list) else "object"
        raise FairwitnessError(f"{place}: {quoted(name)} holds a {kind}. Give one text, number, true, false or null.")
    return label_text(value)
