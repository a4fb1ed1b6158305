"""Text files as UTF-8: unpacked, decoded strictly, and with the line of the first byte that does not fit."""

from __future__ import annotations

import bz2
import codecs
import gzip
import io
import lzma
import zlib
from contextlib import closing
from typing import IO, TYPE_CHECKING, Any, cast

from fairwitness.audit.errors import FairwitnessError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

CHUNK = 1 << 22
MOST_BYTES = 1 << 33  # what a packed file may unpack to: 8 GiB, far above any file of decisions
BYTE_ORDER_MARKS = {  # UTF-32 first: its little-endian mark begins with that of UTF-16
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
PACKED = {b"\x1f\x8b": "gzip", b"BZh": "bz2", b"\xfd7zXZ": "xz", b"\x28\xb5\x2f\xfd": "zstd"}


def utf8_chunks(path: Path, encoding: str | None) -> Iterator[bytes]:
    """Yield a text file's content as UTF-8, unpacked and without a byte order mark.

    Parameters
    ----------
    path : Path
        Plain, or packed with gzip, bzip2, xz or zstd (told by content).
    encoding : str or None
        None means UTF-8, or UTF-16 or UTF-32 where the file says so by a byte order mark.

    Raises
    ------
    FairwitnessError
        A byte that the encoding does not know (with its line), a packed file that is cut off or too large, or an
        encoding that does not exist.
    """
    where = printable(path.name)
    with closing(_opened(path)) as file:
        chunk = _read(file, where)
        name = encoding or next((e for mark, e in BYTE_ORDER_MARKS.items() if chunk.startswith(mark)), "utf-8")
        decoder = _decoder(name, where)
        line, unpacked, begun = 1, 0, False
        while True:
            try:
                text = decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError as error:
                line += error.object[: error.start].decode(name, "replace").count("\n")
                raise FairwitnessError(_undecodable(where, line, error, name)) from None
            line += text.count("\n")
            if text:
                yield (text if begun else text.removeprefix("\ufeff")).encode()
                begun = True
            if not chunk:
                return
            unpacked += len(chunk)
            if unpacked > MOST_BYTES:
                raise FairwitnessError(
                    f"{where}: more than {MOST_BYTES >> 30} GiB when unpacked. Split it, or give it as Parquet."
                )
            chunk = _read(file, where)


def byte_stream(chunks: Iterable[bytes]) -> io.BufferedReader:
    """Return chunks of bytes as a file that is read forwards."""
    return io.BufferedReader(_Chunks(iter(chunks)), CHUNK)


class _Chunks(io.RawIOBase):  # the one way that io offers to read from an iterator
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        n = min(len(buffer), len(self._rest))
        buffer[:n] = self._rest[:n]
        self._rest = self._rest[n:]
        return n


def _undecodable(where: str, line: int, error: UnicodeDecodeError, name: str) -> str:
    return (
        f"{where}, line {line}: the byte 0x{error.object[error.start]:02x} is not {printable(name)}. "
        "Say how the file is encoded (--encoding, for example cp1252, latin-1 or gb18030), or save it as UTF-8."
    )


def _opened(path: Path) -> IO[bytes]:
    """Open a file for reading, unpacking it as its first bytes say."""
    with path.open("rb") as file:
        first = file.read(6)
    packing = next((packing for mark, packing in PACKED.items() if first.startswith(mark)), None)
    opener: dict[str | None, Any] = {"gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open, "zstd": _zstd, None: open}
    return cast("IO[bytes]", opener[packing](path, "rb"))


def _zstd(path: Path, _mode: str) -> IO[bytes]:
    import pyarrow as pa

    return cast("IO[bytes]", pa.CompressedInputStream(pa.OSFile(str(path)), "zstd"))


def _read(file: IO[bytes], where: str) -> bytes:
    try:
        return file.read(CHUNK)
    except (EOFError, OSError, zlib.error, lzma.LZMAError):
        raise FairwitnessError(f"{where}: the packed file is cut off or damaged. Fetch it again.") from None


def _decoder(name: str, where: str) -> codecs.IncrementalDecoder:
    try:
        "".encode(name)  # refuses codecs that are not of text
        return codecs.getincrementaldecoder(name)()
    except (LookupError, UnicodeError):
        shown = printable(name)
        raise FairwitnessError(
            f"{where}: unknown encoding {shown!r}. Give one that Python knows, such as utf-8, cp1252 or gb18030."
        ) from None
