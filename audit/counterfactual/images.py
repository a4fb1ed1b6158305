"""Columns that hold images: they are left out of what is asked, since a photo is not swapped with a name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from fairwitness.audit.errors import quoted

if TYPE_CHECKING:
    import pandas as pd

MAGIC = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*", b"RIFF", b"\x00\x00\x01\x00", b"<svg")
DATA_URI = re.compile(r"data:image/", re.IGNORECASE)
IMAGE_FILE = re.compile(
    r"[^\s\"<>]*\.(?:avif|bmp|gif|heic|heif|ico|jfif|jpe?g|png|svg|tiff?|webp)(?:[?#]\S*)?", re.IGNORECASE
)


def image_columns(rows: pd.DataFrame) -> dict[str, str]:
    """Return the columns in which any cell is an image, and in how many rows, in words.

    An image is: bytes that begin as an image file does; a ``data:image/`` URI; a path or link to an image file, by
    itself; an object with pixels.

    Examples
    --------
    >>> import pandas as pd
    >>> image_columns(pd.DataFrame({"name": ["Ann"], "photo": ["a/ann.jpg"]}))
    {'photo': "the column 'photo': it holds images or links to them in 1 of 1 rows"}
    """
    said: dict[str, str] = {}
    for column in rows.columns:
        if rows[column].dtype.kind not in "biufcmM":
            holding = sum(map(is_image, rows[column].tolist()))
            if holding:
                said[column] = (
                    f"the column {quoted(column)}: it holds images or links to them in {holding} of {len(rows)} rows"
                )
    return said


def is_image(cell: object) -> bool:
    r"""Return whether a cell is an image or a link to one.

    Examples
    --------
    >>> is_image("https://x.org/ann.PNG?size=2"), is_image("Designed logo.png files"), is_image(b"\xff\xd8\xff\xe0")
    (True, False, True)
    """
    if isinstance(cell, str):
        text = cell.strip()
        return bool(DATA_URI.match(text)) or (len(text) < 4096 and bool(IMAGE_FILE.fullmatch(text)))
    if isinstance(cell, bytes | bytearray | memoryview):
        return bytes(cell[:4]).startswith(MAGIC)
    if isinstance(cell, Mapping):  # as Hugging Face data sets have them: {"bytes": …, "path": …}
        return any(is_image(cell.get(key)) for key in ("bytes", "path"))
    pixels = getattr(cell, "shape", None)
    return (hasattr(cell, "getpixel") and hasattr(cell, "size")) or (
        isinstance(pixels, tuple) and len(pixels) in (2, 3)
    )
