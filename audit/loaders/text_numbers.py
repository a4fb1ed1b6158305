"""Text to numbers, strictly: what is no finite number is counted and placed, never guessed and never shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    import pyarrow as pa

NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
NOT_FINITE = r"(?i)^[+-]?(nan|inf|infinity)$"
WITH_COMMA = r"^[+-]?\d+,\d+$"


def numbers(
    column: pa.ChunkedArray, name: str, where: str, *, decimal: str | None, unknown: Collection[str]
) -> pa.ChunkedArray:
    """Return a text column as floating-point numbers; empty and unknown cells are null.

    Parameters
    ----------
    column : pyarrow.ChunkedArray of string
    name, where : str
        The column's and the source's name, for messages.
    decimal : {".", ","} or None
        The decimal sign; None means a point.
    unknown : collection of str
        Texts that mean "not disclosed".

    Raises
    ------
    FairwitnessError
        A cell that is no number, or one that is not finite.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    hidden = pc.is_in(column, value_set=pa.array(sorted(unknown), pa.string()))
    text = pc.utf8_trim_whitespace(pc.if_else(hidden, pa.scalar(None, pa.string()), column))
    text = pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)
    if decimal == ",":
        pointed = pc.match_substring(text, ".")  # a point beside a decimal comma groups thousands: refused below
        text = pc.if_else(pointed, "?", pc.replace_substring(text, ",", "."))
    endless = pc.match_substring_regex(text, NOT_FINITE)
    number = pc.match_substring_regex(text, NUMBER)
    wrong = pc.and_not(pc.invert(number), endless)
    if n := pc.sum(wrong).as_py():
        commas = pc.sum(pc.match_substring_regex(text, WITH_COMMA)).as_py() == n
        hint = (
            "Commas were found: if they are the decimal sign, give --decimal ','; take out signs that group thousands."
            if commas
            else ("Take out currency, per cent and thousands signs, and leave a cell empty where nothing is known.")
        )
        raise FairwitnessError(
            f"{_at(wrong, name, where)}: {n:,} of {len(column):,} cells of this column are not numbers. {hint}"
        )
    values = pc.cast(pc.replace_substring_regex(pc.if_else(endless, "nan", text), r"^\+", ""), pa.float64())
    faulty = pc.invert(pc.is_finite(values))
    if n := pc.sum(faulty).as_py():
        raise FairwitnessError(
            f"{_at(faulty, name, where)}: {n:,} of {len(column):,} cells of this column are NaN, infinite or too "
            "large. Leave a cell empty where there is no number."
        )
    return values


def _at(flags: pa.ChunkedArray, name: str, where: str) -> str:
    import pyarrow as pa
    import pyarrow.compute as pc

    first = pc.index(flags, pa.scalar(value=True)).as_py() + 1
    return f"{where}, column {quoted(name)}, data row {first:,}"
