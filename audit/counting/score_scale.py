"""How a score enters the tally: as its exact values, or as bins one edge of which is the exact median."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.amounts import amounts, with_amounts
from fairwitness.audit.counting.binning import LARGEST_INTEGER, as_float, bin_code
from fairwitness.audit.counting.vocabulary import decision_rank
from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.loaders.engine import fetch, fetch_row

if TYPE_CHECKING:
    from collections.abc import Sequence

    import narwhals as nw

    from fairwitness.audit.counting.roles import Order, Roles

SCORE_LEVELS = 1_000  # distinct scores that are kept as they are
BINS = 100
FEW = 100_000  # rows among which an order statistic is looked up one by one


@dataclass(frozen=True, slots=True)
class ScoreScale:
    """Edges of the score's bins (none: exact values), and the exact median where it is among them."""

    edges: tuple[float, ...] = ()
    median: float | None = None


def score_scale(frame: nw.LazyFrame[Any], roles: Roles, where: str) -> ScoreScale:
    """Look at the scores and say how they are counted.

    Up to `SCORE_LEVELS` distinct scores are kept exactly.  Beyond, they are put in `BINS` bins of equal width, and
    the exact median of all scored rows that are not set aside becomes an edge, with the number just below it: so
    both "strictly above" and "strictly below" it are exact.  Edges given beforehand are taken as they are.

    Raises
    ------
    FairwitnessError
        NaN, infinite or no scores, or integers that floating point cannot hold.
    """
    import narwhals as nw

    frame = with_amounts(frame, roles).with_columns(s=as_float(frame, roles.alias(str(roles.score))))
    scored = frame.filter(~nw.col("s").is_null())
    _refuse_faults(scored, roles, where)
    if roles.score_edges is not None:
        return ScoreScale(roles.score_edges)
    ends = fetch_row(scored.select(low=nw.col("s").min(), high=nw.col("s").max()))
    low, high = ends["low"], ends["high"]
    if low is None:
        raise FairwitnessError(f"{where}, column {quoted(roles.score)}: no row has a score. Name another column.")
    if frame.collect_schema()[roles.alias(str(roles.score))].is_integer() and max(-low, high) >= LARGEST_INTEGER:
        raise FairwitnessError(
            f"{where}, column {quoted(roles.score)}: integers from 2⁵³ on cannot be told apart "
            "exactly. Rescale the score."
        )
    if all(
        _distinct(part) <= SCORE_LEVELS for part in (scored.head(FEW), scored)
    ):  # the first is quick, and often enough
        return ScoreScale()
    if roles.decision is not None:
        scored = scored.filter(decision_rank(frame, roles) < 2)
    median = exact_median(scored, roles)
    edges = equal_widths(low, high, BINS)
    if median is not None:
        edges = sorted({*edges, math.nextafter(median, -math.inf), median})
    return ScoreScale(tuple(edges), median)


def equal_widths(low: float, high: float, bins: int) -> list[float]:
    """Return the inner edges of bins of equal width, increasing; fewer where floating point has no room.

    Examples
    --------
    >>> equal_widths(0.0, 4.0, 4)
    [1.0, 2.0, 3.0]
    """
    return sorted({low * (1 - i / bins) + high * (i / bins) for i in range(1, bins)} - {low, high})


def middle(lower: float, upper: float, order: Order) -> float:
    """Return the mean of the two middle scores, rounded so that it separates them as the exact mean does.

    Between two neighbouring floating-point numbers there is no other: then the mean is rounded away from the
    scores that are to lie strictly beyond it.

    Examples
    --------
    >>> middle(1.0, 2.0, "high")
    1.5
    """
    if lower == upper:
        return lower
    mean = float((Fraction(lower) + Fraction(upper)) / 2)
    if lower < mean < upper:
        return mean
    return lower if order == "high" else upper


def exact_median(scored: nw.LazyFrame[Any], roles: Roles) -> float | None:
    """Return the exact median of the scores ``s``, each row standing for its count; None if there is none.

    Bins of equal width are narrowed until few rows are left between them, which are then looked up one by one.
    """
    import narwhals as nw

    total = _rows(fetch_row(scored.select(amounts(roles))))
    if not total:
        return None
    lower, up_to = _order_statistic(scored, roles, (total - 1) // 2)
    if total // 2 < up_to:
        return lower
    above = _standing(scored, roles).filter(nw.col("s") > lower)
    upper = fetch_row(above.select(nw.col("s").min()))["s"]
    return middle(lower, upper, roles.score_order)


def _order_statistic(scored: nw.LazyFrame[Any], roles: Roles, k: int) -> tuple[float, int]:
    """Return the score with exactly k smaller ones at most before it, and how many scores are not above it."""
    import narwhals as nw

    scored = _standing(scored, roles)
    ends = [nw.col("s").min().alias("low"), nw.col("s").max().alias("high")]
    inside = fetch_row(scored.select(*amounts(roles), *ends))
    below = 0
    while inside["rows"] > FEW and inside["low"] < inside["high"]:
        here = scored.filter(nw.col("s") >= inside["low"], nw.col("s") <= inside["high"])
        edges = equal_widths(inside["low"], inside["high"], BINS) or [inside["low"]]
        coded = here.with_columns(bin=bin_code(nw.col("s"), edges, closed="right"))
        bins = fetch(coded.group_by("bin").agg(*amounts(roles), *ends)).to_pylist()
        inside, below = _holding(sorted(bins, key=lambda b: b["bin"]), k, below)
    here = scored.filter(nw.col("s") >= inside["low"], nw.col("s") <= inside["high"])
    values = fetch(here.group_by("s").agg(*amounts(roles))).to_pylist()
    found, before = _holding(sorted(values, key=lambda v: v["s"]), k, below)
    return float(found["s"]) + 0.0, before + _rows(found)  # + 0.0: minus zero is zero


def _holding(parts: Sequence[dict[str, Any]], k: int, below: int) -> tuple[dict[str, Any], int]:
    """Return the part that holds the k-th score, and how many scores lie before it."""
    for part in parts:
        if k < below + _rows(part):
            return part, below
        below += _rows(part)
    raise AssertionError(f"order statistic {k} lies beyond the {below} scores counted")


def _standing(scored: nw.LazyFrame[Any], roles: Roles) -> nw.LazyFrame[Any]:
    """Leave out rows that stand for nobody."""
    import narwhals as nw

    return scored.filter(nw.col("n") > 0) if roles.count else scored


def _distinct(scored: nw.LazyFrame[Any]) -> int:
    import narwhals as nw

    return int(fetch_row(scored.select(nw.col("s").n_unique()))["s"])


def _rows(part: dict[str, Any]) -> int:
    return int(part["sum_n"] or 0) if "sum_n" in part else int(part["rows"])


def _refuse_faults(scored: nw.LazyFrame[Any], roles: Roles, where: str) -> None:
    import narwhals as nw

    finite = nw.col("s").is_finite()
    faulty = fetch_row(scored.filter(~finite).select(nan=nw.col("s").is_nan().cast(nw.Int64).sum(), rows=nw.len()))
    refuse_not_finite(int(faulty["nan"] or 0), faulty["rows"], roles, where)


def refuse_not_finite(nan: int, rows: int, roles: Roles, where: str) -> None:
    """Raise if there are rows whose score is not finite, NaN among them."""
    if rows:
        raise FairwitnessError(
            f"{where}, column {quoted(roles.score)}: {nan:,} scores are NaN and {rows - nan:,} infinite. "
            "Find out why the model gave them; leave a score empty where there is none."
        )
