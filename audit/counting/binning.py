"""Cut numbers into bins, by comparisons that every engine makes alike."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    import narwhals as nw

LARGEST_INTEGER = 2**53  # floating point holds every integer up to here
NOT_FINITE = -1  # the code of an infinite number; NaN and null have none


def as_float(frame: nw.LazyFrame[Any], alias: str) -> nw.Expr:
    """Return a column as floating-point numbers; integers beyond ±2⁵³, which it cannot hold, end there."""
    import narwhals as nw

    column = nw.col(alias)
    if frame.collect_schema()[alias].is_integer():
        most = nw.lit(LARGEST_INTEGER)
        column = column.cast(nw.Int64)
        column = (
            nw.when(column > most).then(most).otherwise(nw.when(column < -1 * most).then(-1 * most).otherwise(column))
        )
    return column.cast(nw.Float64)


def bin_code(column: nw.Expr, edges: Sequence[float], closed: Literal["left", "right"]) -> nw.Expr:
    """Return the number of the bin that each value is in: 0 below the first edge, ``len(edges)`` above the last.

    Parameters
    ----------
    column : narwhals.Expr
        Floating-point numbers.
    edges : sequence of float
        Increasing.
    closed : {"left", "right"}
        Which bin an edge itself belongs to: ``left``, the one above it; ``right``, the one below it.
    """
    import narwhals as nw

    def search(low: int, high: int) -> nw.Expr:
        if low == high:
            return nw.lit(low, nw.Int64)
        middle = (low + high) // 2
        above = column >= edges[middle] if closed == "left" else column > edges[middle]
        return nw.when(above).then(search(middle + 1, high)).otherwise(search(low, middle))

    absent = column.is_null() | column.is_nan()
    coded = nw.when(column.is_finite()).then(search(0, len(edges))).otherwise(nw.lit(NOT_FINITE, nw.Int64))
    return nw.when(~absent).then(coded)


def bin_labels(edges: Sequence[float]) -> list[str]:
    """Return the labels of left-closed bins; whole edges are read as completed units.

    Examples
    --------
    >>> bin_labels([25, 40])
    ['<25', '25–39', '40+']
    >>> bin_labels([0.5, 2])
    ['<0.5', '0.5–<2', '2+']
    """
    shown = [f"{edge:.15g}" for edge in edges]
    if whole(edges):
        tops = [f"{edge - 1:.15g}" for edge in edges[1:]]
        between = [low if low == top else f"{low}–{top}" for low, top in zip(shown, tops, strict=False)]
    else:
        between = [f"{low}–<{high}" for low, high in pairwise(shown)]
    return [f"<{shown[0]}", *between, f"{shown[-1]}+"]


def whole(edges: Sequence[float] | None) -> bool:
    """Say whether there are edges, all of them whole numbers."""
    return edges is not None and all(float(edge).is_integer() for edge in edges)
