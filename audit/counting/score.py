"""From a tally of scores to a tally of who lies beyond the full-sample median.

A scoring rate is "the rate at which individuals in a category receive a score above the sample's median score":
strictly above (strictly below, where low scores are good).

References
----------
New York City, Rules of the Department of Consumer and Worker Protection, 6 RCNY § 5-300 and § 5-301(c).
"""

from __future__ import annotations

from fractions import Fraction
from itertools import accumulate
from typing import TYPE_CHECKING

from fairwitness.audit.counting.score_scale import middle
from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.tally import NOT_SELECTED, NOTHING, SELECTED, SET_ASIDE, Axis, Count, Key, Tally

if TYPE_CHECKING:
    from fairwitness.audit.tally import Level

NO_SCORE = "no score"  # the reason under which rows without a score are set aside


def median(tally: Tally) -> float | None:
    """Return the median score of everybody who was scored and not set aside, of known group or not.

    Returns
    -------
    float or None
        None if the tally has no scores, or knows the median only within a bin.

    Examples
    --------
    >>> axes = [Axis("sex", "protected"), Axis("decision", "decision"), Axis("points", "score")]
    >>> median(Tally.of(axes, {("F", "scored", 1.0): 2, ("M", "scored", 4.0): 1, (None, "scored", 8.0): 1}))
    2.5
    """
    axis = tally.axis("score")
    if axis is None:
        return None
    if axis.edges:
        return axis.median
    lower, upper = _middle_levels(tally, axis)
    return None if lower is None or upper is None else middle(float(lower), float(upper), axis.order)


def scoring_counts(tally: Tally) -> Tally:
    """Return the tally with the score turned into a decision: ``selected`` is strictly beyond the median.

    Rows set aside stay so; rows without a score are set aside.

    Raises
    ------
    FairwitnessError
        There is no score; or the median is known only within a bin that holds scores, so that who lies beyond it
        is not known.

    Examples
    --------
    >>> axes = [Axis("sex", "protected"), Axis("decision", "decision"), Axis("points", "score")]
    >>> scored = Tally.of(axes, {("F", "scored", 1.0): 2, ("M", "scored", 4.0): 2})
    >>> scoring_counts(scored).cells[("M", "selected")].n
    2
    """
    axis = tally.axis("score")
    decision = tally.axis("decision")
    if axis is None or decision is None:
        raise FairwitnessError("The tally has no scores: count the source with a score (--score).")
    at, place = tally.axes.index(decision), tally.axes.index(axis)
    beyond = _beyond(tally, axis)
    cells: dict[Key, Count] = {}
    for key, count in tally.cells.items():
        level = _level(key[at], key[place], beyond)
        part = tuple(level if i == at else part for i, part in enumerate(key) if i != place)
        cells[part] = cells.get(part, NOTHING) + count
    return Tally.of(
        [a for a in tally.axes if a is not axis],
        cells,
        measure="scoring_rate",
        weighted=tally.weighted,
        repeats=tally.repeats,
        sources=tally.sources,
        warnings=tally.warnings,
    )


def _level(decision: Level, score: Level, beyond: frozenset[Level]) -> str:
    if isinstance(decision, str) and decision.startswith(SET_ASIDE):
        return decision
    if score is None:
        return SET_ASIDE + NO_SCORE
    return SELECTED if score in beyond else NOT_SELECTED


def _beyond(tally: Tally, axis: Axis) -> frozenset[Level]:
    """Return the levels that lie strictly beyond the median, in the good direction."""
    counts = _counts(tally, axis)
    if not axis.edges:
        lower, upper = _middle_levels(tally, axis)
        if lower is None or upper is None:
            return frozenset()
        twice = Fraction(lower) + Fraction(upper)  # exact: a rounded mean may fall on a score
        return frozenset(
            s for s in counts if (2 * Fraction(s) > twice) == (axis.order == "high") and 2 * Fraction(s) != twice
        )
    if axis.median is not None:
        edge = axis.edges.index(axis.median)
        return frozenset(s for s in counts if (s > edge if axis.order == "high" else s < edge))
    lower, upper = _middle_levels(tally, axis)
    if lower is None or upper is None:
        return frozenset()
    if lower == upper:
        raise FairwitnessError(_open_bounds(axis, int(lower), counts[lower]))
    # An edge lies between the two middle scores: whoever is beyond it is beyond the median.
    return frozenset(s for s in counts if (s >= upper if axis.order == "high" else s <= lower))


def _open_bounds(axis: Axis, level: int, n: int) -> str:
    low = f"above {axis.edges[level - 1]:g}" if level else "anywhere"
    high = f"up to {axis.edges[level]:g}" if level < len(axis.edges) else "without end"
    return (
        f"score {quoted(axis.name)}: the median lies {low} and {high}, in a bin that holds {n:,} scores; who "
        "of them is beyond it is not known. Count with score_edges that have an edge at the median, or count all rows "
        "from one source."
    )


def _counts(tally: Tally, axis: Axis) -> dict[float, int]:
    """Return how many were scored at each level and not set aside, in increasing order."""
    decision = tally.axis("decision")
    place = tally.axes.index(axis)
    at = tally.axes.index(decision) if decision else None
    counts: dict[float, int] = {}
    for key, count in tally.cells.items():
        score = key[place]
        aside = at is not None and str(key[at]).startswith(SET_ASIDE)
        if not aside and isinstance(score, int | float) and count.n:
            counts[score] = counts.get(score, 0) + count.n
    return dict(sorted(counts.items()))


def _middle_levels(tally: Tally, axis: Axis) -> tuple[float | None, float | None]:
    """Return the levels of the two middle scores (one and the same if their number is odd)."""
    counts = _counts(tally, axis)
    total = sum(counts.values())
    if not total:
        return None, None
    ends = dict(zip(counts, accumulate(counts.values()), strict=True))
    lower, upper = (next(s for s, end in ends.items() if k < end) for k in ((total - 1) // 2, total // 2))
    return lower, upper
