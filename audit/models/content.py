"""What a file is, told by its bytes and never by its name; nothing in it is run.

A pickle runs whatever code its writer put into it, whatever the file is called.  To judge a file, a few marks are
looked for, the directory of a zip is read, and the old text pickles are taken apart without being obeyed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickletools
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple

from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.loaders.encoding import PACKED
from fairwitness.audit.loaders.source import COMPRESSED, ENDINGS, OUTDATED, ending_of

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 1 << 16
TEXT_PICKLE = 100  # as many operations in a row without a slip are no accident

Kind = Literal["table", "onnx", "skops", "pickle", "refused"]


class Content(NamedTuple):
    """What a file is: which loader it is for, and its kind in words, with an article."""

    kind: Kind
    what: str


PICKLE = "a pickle"
NO_MODEL = {  # first bytes of what is neither a table nor a model that is loaded
    b"\x93NUMPY": "a NumPy array, which may hold a pickle",
    b"\x89HDF": "an HDF5 file, as Keras writes them",
}
NO_MODEL_AT_4 = {
    b"ORTM": "a model in the ONNX Runtime's own format",
    b"TFL3": "a TensorFlow Lite model",
}
ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
LZMA = b"\x5d\x00\x00"
LZ4 = b"\x04\x22\x4d\x18"
OLD_JOBLIB = b"ZF0x"
# The fields of an ONNX ModelProto (onnx.proto3), as tags: each number with its wire type.
ONNX_VERSION, ONNX_TEXTS, ONNX_NUMBER, ONNX_PARTS = 0x08, (0x12, 0x1A, 0x22, 0x32), 0x28, (0x3A, 0x42)


def content_of(path: Path) -> Content:
    """Return what a file is.

    Parameters
    ----------
    path : Path
        A file, not a folder.

    Returns
    -------
    Content
        A ``table`` is whatever the loaders of decisions know by mark or by name: they judge it again.

    Raises
    ------
    FairwitnessError
        It cannot be read, is empty, or is a zip that is cut off.
    """
    shown = printable(path.name)
    try:
        with path.open("rb") as file:
            head = file.read(HEAD)
            if not head:
                raise FairwitnessError(f"{shown}: the file is empty (0 bytes). Give a model or its predictions.")
            if head.startswith(b"PK"):
                return _of_zip(file, shown)
    except OSError as error:
        raise FairwitnessError(
            f"{shown}: not readable ({type(error).__name__}). Check the path and its rights."
        ) from None
    return _of_head(head, path)


def _of_head(head: bytes, path: Path) -> Content:
    marked = next((what for mark, what in NO_MODEL.items() if head.startswith(mark)), None)
    if b"\0" in head[:4]:
        marked = marked or NO_MODEL_AT_4.get(head[4:8])
    packing, inner = _unpacked(head)
    made = Content("refused", "no kind of file that is known")
    if head.startswith((b"PAR1", b"ARROW1", *OUTDATED)):
        made = Content("table", "a table")
    elif marked:
        made = Content("refused", marked)
    elif head.startswith((LZ4, OLD_JOBLIB)):
        made = Content("pickle", f"{PICKLE}, packed as joblib does")
    elif _is_pickle(inner):
        made = Content("pickle", PICKLE + (f", packed with {packing}" if packing else ""))
    elif _begins_as_onnx(head):
        made = Content("onnx", "an ONNX model")
    elif b"<PMML" in head[:4096]:
        made = Content("refused", "a PMML document")
    elif ending_of(path) in {*ENDINGS, ".json"}:
        made = Content("table", "a table")
    return made


def _of_zip(file: IO[bytes], shown: str) -> Content:
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()
    except OSError:
        raise
    except Exception:  # noqa: BLE001 -- of a damaged archive, zipfile raises a dozen kinds
        raise FairwitnessError(f"{shown}: the zip is cut off or damaged. Fetch it again.") from None
    if "schema.json" in names:
        return Content("skops", "a skops file")
    if "[Content_Types].xml" in names:
        return Content("table", "a workbook")
    if any(name.endswith(".pkl") for name in names):
        return Content("refused", "a zip with a pickle in it, as PyTorch writes them")
    if "config.json" in names:
        return Content("refused", "a Keras model")
    return Content("refused", "a zip of no kind that is known")


def _unpacked(head: bytes) -> tuple[str, bytes]:
    """Return how the file is packed and the first bytes inside; as they are where it is not packed."""
    packing = next((name for mark, name in PACKED.items() if head.startswith(mark)), "")
    if not packing:
        packing = "zlib" if head.startswith(ZLIB) else "lzma" if head.startswith(LZMA) else ""
    try:
        match packing:
            case "gzip":
                return packing, _first(gzip.GzipFile(fileobj=io.BytesIO(head)))
            case "bz2":
                return packing, bz2.BZ2Decompressor().decompress(head, HEAD)
            case "xz" | "lzma":
                return packing, lzma.LZMADecompressor(memlimit=1 << 27).decompress(head, HEAD)
            case "zlib":
                return packing, zlib.decompressobj().decompress(head, HEAD)
            case "zstd":
                import pyarrow as pa

                return packing, _first(pa.CompressedInputStream(pa.BufferReader(head), "zstd"))
    except (OSError, EOFError, zlib.error, lzma.LZMAError):  # what only looks packed is judged as it is
        pass
    return "", head


def _first(file: Any) -> bytes:
    """Return what can be unpacked of a file of which only the first bytes are there."""
    found = b""
    try:
        while len(found) < HEAD and (more := file.read(256)):
            found += more
    except (OSError, EOFError, zlib.error):
        if not found:
            raise
    return found


def _is_pickle(head: bytes) -> bool:
    r"""Say whether these are the first bytes of a pickle: by its mark, or, before protocol 2, by its operations.

    Those are letters: the table ``V1\n0.5\n`` begins with a whole pickle, but does not end with it.
    """
    if head[:1] == b"\x80" and b"\x02" <= head[1:2] <= b"\x08":
        return True
    walked = 0
    try:
        for operation, _, at in pickletools.genops(head):
            walked += 1
            if operation.name == "STOP":
                return at == len(head) - 1
    except (ValueError, UnicodeDecodeError, OverflowError):
        return walked >= TEXT_PICKLE
    return False


def _begins_as_onnx(head: bytes) -> bool:
    """Say whether an ONNX model's version stands first, and then nothing but its texts up to the graph."""
    at, fields = 0, 0
    while at < len(head):
        tag, at = _varint(head, at)
        if (tag == ONNX_VERSION) != (fields == 0):
            return False
        if tag in ONNX_PARTS:
            return True
        if tag not in (ONNX_VERSION, ONNX_NUMBER, *ONNX_TEXTS):
            return False
        number, at = _varint(head, at)
        at += number if tag in ONNX_TEXTS else 0
        fields += 1
    return fields > 1


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number as protobuf writes it (seven bits a byte, the lowest first), and where it ends."""
    number = 0
    for place, byte in enumerate(data[at : at + 10]):
        number |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            return number, at + place + 1
    return number, len(data)


def refusal(what: str, shown: str) -> FairwitnessError:
    """Return what to say of a file that is no model that is loaded and no table of predictions."""
    known = listed(sorted(ENDINGS), most=30)
    return FairwitnessError(
        f"{shown}: {what}, judged by its bytes. Export the model as ONNX or skops, serve it behind an address "
        f"or a command, or give its predictions as a table ({known}, text ones also with {listed(COMPRESSED)})."
    )
