"""Facts and figures as bytes: the same content makes the same bytes, on every run."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.errors import FairwitnessError, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FORMULA = tuple("=+-@＝＋－＠")  # noqa: RUF001 -- a spreadsheet computes a cell that begins so, in either width
CONTROL = tuple("\t\r\n\0")
LAST_SECOND = 253402300799  # 9999-12-31T23:59:59Z


def canonical_json(content: Any) -> bytes:
    r"""Return content as canonical JSON: sorted keys, UTF-8, one value a line, a newline at the end.

    Parameters
    ----------
    content : mapping, sequence, str, number, bool or None
        Nested as needed.  Numpy scalars and arrays become numbers and lists.

    Returns
    -------
    bytes
        What `json.loads` gives back from them has the same canonical JSON.

    Raises
    ------
    ValueError
        A figure that is not finite: an absent figure is ``null`` and has a status.
    TypeError
        A key that is not text, or a value of another kind (a set has no order).

    Notes
    -----
    Numbers keep every digit (the shortest text that gives the same double).  Counts, and sums of weights, are
    integers; every figure is computed from them in one order, so it is the same on every engine and with any
    number of threads.  Rounding here would lose digits without gaining anything: a figure that did waver in its
    last bit would waver across the edge of a rounding too.

    References
    ----------
    RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format.

    Examples
    --------
    >>> canonical_json({"n": 30, "by": ("sex",)})
    b'{\n "by": [\n  "sex"\n ],\n "n": 30\n}\n'
    """
    text = json.dumps(_plain(content, "content"), sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1)
    # Half a surrogate pair is no UTF-8; "backslashreplace" writes it as \udxxx, which is its escape in JSON.
    return (text + "\n").encode("utf-8", "backslashreplace")


def _plain(value: Any, where: str) -> Any:
    if isinstance(value, np.generic):
        value = value.item()
    elif isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError(f"{where} is {value}: a figure that is absent is null, with a status that says why.")
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, (list, tuple)):
        return [_plain(v, f"{where}[{i}]") for i, v in enumerate(value)]
    if isinstance(value, Mapping) and all(isinstance(k, str) for k in value):
        return {k: _plain(v, f"{where}.{k}") for k, v in value.items()}
    raise TypeError(f"{where} is a {type(value).__name__} (or has keys that are not text), which JSON cannot hold.")


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    r"""Return a table as CSV that a spreadsheet shows and does not compute.

    Parameters
    ----------
    header : sequence of str
    rows : iterable of sequences
        Each as long as the header, of text, numbers, booleans and None (an empty cell).

    Returns
    -------
    bytes
        UTF-8, comma, CRLF.  Text that begins with = + - @ (also full-width, also after blanks), a tab, a line
        end or NUL gets an apostrophe in front: a label must not become a formula.  Numbers stay numbers, also
        negative ones.  The lossless copy of every label is in the JSON.

    Raises
    ------
    ValueError
        A row of another length than the header, or a cell of another kind or not finite.

    References
    ----------
    RFC 4180, Common Format and MIME Type for Comma-Separated Values (CSV) Files.
    CWE-1236, Improper Neutralization of Formula Elements in a CSV File.

    Examples
    --------
    >>> csv_bytes(["group", "difference"], [["=1+1", -0.25], ["F", None]])
    b"group,difference\r\n'=1+1,-0.25\r\nF,\r\n"
    """
    lines = io.StringIO()
    writer = csv.writer(lines)
    for cells in chain([header], rows):
        if len(cells) != len(header):
            raise ValueError(f"A row of {len(cells)} cells under a header of {len(header)}.")
        writer.writerow([_cell(c) for c in cells])
    return lines.getvalue().encode("utf-8", "backslashreplace")


def _cell(value: Any) -> str:
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, str):
        return "'" + value if value.startswith(CONTROL) or value.lstrip().startswith(FORMULA) else value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return repr(value)
    if value is None:
        return ""
    raise ValueError(f"A cell of a table must be text, a finite number, a boolean or None, not {value!r}.")


def timestamp() -> str:
    """Return the time of now in UTC, to the second; ``SOURCE_DATE_EPOCH`` stands in for the clock where it is set.

    Raises
    ------
    FairwitnessError
        ``SOURCE_DATE_EPOCH`` is not a whole number of seconds since 1970 (up to the year 9999).

    References
    ----------
    SOURCE_DATE_EPOCH specification, version 1.1. https://reproducible-builds.org/specs/source-date-epoch/

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict("os.environ", SOURCE_DATE_EPOCH="86400"):
    ...     timestamp()
    '1970-01-02T00:00:00Z'
    """
    pinned = os.environ.get("SOURCE_DATE_EPOCH")
    if pinned is None:
        moment = datetime.now(UTC)
    elif re.fullmatch("[0-9]{1,12}", pinned) and int(pinned) <= LAST_SECOND:
        moment = datetime.fromtimestamp(int(pinned), UTC)
    else:
        msg = (
            f"SOURCE_DATE_EPOCH is {quoted(pinned)}. It must be a whole number of seconds since 1970-01-01 UTC, "
            "such as 1795446000; set it so, or unset it to use the clock."
        )
        raise FairwitnessError(msg)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
