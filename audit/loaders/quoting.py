"""Are a delimited file's quotation marks sound?  One that is never closed swallows the rows behind it.

The fast reader takes ``1,"x`` without a closing mark as one long field, in silence.  So the marks are watched as
the bytes go by, and only where something is odd the file is read again, slowly and strictly, to find the line.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from fairwitness.audit.loaders.encoding import byte_stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

QUOTE, NEWLINE, RETURN = b'"'[0], b"\n"[0], b"\r"[0]
LONGEST_FIELD = 1 << 26


class QuoteWatch:
    r"""Looks at every quotation mark of a file that passes by in chunks.

    A sound mark that opens a field stands behind a delimiter or a line's end, and one that closes it stands before
    one; a doubled mark inside a field closes and opens.

    Examples
    --------
    >>> watch = QuoteWatch(",")
    >>> _ = list(watch.over([b'a,b\n1,"x', b'\n2,y\n']))
    >>> watch.sound
    False
    """

    def __init__(self, delimiter: str) -> None:
        self._around = bytes([ord(delimiter), NEWLINE, RETURN, QUOTE])
        self._opened = False
        self._before = NEWLINE
        self._odd = False

    @property
    def sound(self) -> bool:
        """Whether all marks so far were in place and none is left open."""
        return not (self._odd or self._opened)

    def over(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """Pass the chunks on, looking at each."""
        for chunk in chunks:
            if chunk and not self._odd:
                self._look(chunk)
            yield chunk

    def _look(self, chunk: bytes) -> None:
        import numpy as np

        closed_before = self._before == QUOTE and not self._opened
        self._odd = closed_before and chunk[0] not in self._around
        block = np.frombuffer(chunk, dtype=np.uint8)
        at = np.flatnonzero(block == QUOTE)
        if len(at):
            opening = (np.arange(len(at)) + self._opened) % 2 == 0
            ends = np.array([self._before, NEWLINE], dtype=np.uint8)
            padded = np.concatenate((ends[:1], block, ends[1:]))  # a mark at the end is judged with the next chunk
            neighbour = np.where(opening, padded[at], padded[at + 2])
            self._odd = self._odd or not np.isin(neighbour, list(self._around)).all()
            self._opened = bool((len(at) + self._opened) % 2)
        self._before = chunk[-1]


def first_fault(chunks: Iterable[bytes], delimiter: str, width: int) -> str | None:
    """Read a delimited file strictly; return what is wrong first and in which line, or None.

    Parameters
    ----------
    chunks : iterable of bytes
        The file as UTF-8.
    delimiter : str
    width : int
        How many fields the header has.
    """
    before = csv.field_size_limit(LONGEST_FIELD)
    try:
        lines = io.TextIOWrapper(byte_stream(chunks), encoding="utf-8", newline="")
        rows = csv.reader(lines, delimiter=delimiter, strict=True)
        start = 1
        try:
            for row in rows:
                if row and len(row) != width:
                    return f"line {start}: {len(row)} fields, but the header has {width}"
                start = rows.line_num + 1
        except csv.Error:
            return f"line {start}: a quotation mark opens a field here that is not closed properly"
        return None
    finally:
        csv.field_size_limit(before)
