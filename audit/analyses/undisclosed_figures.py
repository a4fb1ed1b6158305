"""The figures of one group with what the undisclosed allow: bounds, bounds with sampling error, and the curve."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from fairwitness.audit.judging.pairs import number
from fairwitness.metrics.disclosure_odds import ODDS, rates_at_odds, tipping_odds
from fairwitness.metrics.disparity import impact_ratio, rate_difference
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.four_fifths import FOUR_FIFTHS
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.undisclosed import (
    Bounds,
    Undisclosed,
    difference_bounds,
    extreme_tables,
    rate_bounds,
    ratio_bounds,
)

if TYPE_CHECKING:
    from fairwitness.audit.judging.group_counts import GroupCount
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.metrics.undisclosed import Selected

    Curve = tuple[tuple[float, float | None, float | None], ...]  # odds, ratio, difference

CERTAIN = 1.0  # of bounds that hold whoever the undisclosed are, sampling apart


def of_everybody(table: GroupTable, unknown: Undisclosed) -> Selected:
    """Return selected and all decisions of everybody, whoever is of which group."""
    x, n = (sum(getattr(g, name) for g in table.counts.included) for name in ("selected", "n"))
    return x + unknown.selected, n + sum(unknown)


def bounded(
    focal: Selected, others: list[Selected], unknown: Undisclosed, table: GroupTable, everybody: Selected | None
) -> dict[str, Estimate]:
    """Return the figures of those who disclosed, with the bounds as their intervals."""
    rate, n = rate_bounds(focal, unknown), focal[1] + sum(o[1] for o in others)
    other = max(others, key=lambda o: o[0] / o[1])
    if everybody is not None:
        x, whole = everybody
        other = (focal[0] + others[0][0], n)
        ratio = _over(rate, x, whole)
        difference = _less(rate, x, whole)
    else:
        ratio, difference = ratio_bounds(focal, others, unknown), difference_bounds(focal, others, unknown)
    return {
        table.measure: _estimate(focal[0] / focal[1], rate, focal[1]),
        "impact_ratio": _estimate(float(impact_ratio(*focal, *other)), ratio, n),
        "rate_difference": _estimate(float(rate_difference(*focal, *other)), difference, n),
    }


def _over(rate: Bounds, x: int, n: int) -> Bounds:
    if x == 0 or rate.low is None or rate.high is None:
        return Bounds(None, None)
    return Bounds(rate.low * n / x, rate.high * n / x)


def _less(rate: Bounds, x: int, n: int) -> Bounds:
    if rate.low is None or rate.high is None:
        return rate
    return Bounds(rate.low - Fraction(x, n), rate.high - Fraction(x, n))


def _estimate(value: float, bounds: Bounds, n: int) -> Estimate:
    if number(value) is None:
        return Estimate.undefined("undefined_no_selections", level=CERTAIN, n=n)
    low, high = (None if end is None else float(end) for end in bounds)
    return Estimate(value, low, high, CERTAIN, "worst_case", "ok", n, "high" if high is None else None)


def sampled(
    focal: Selected, others: list[Selected], highest: Selected, unknown: Undisclosed, level: float
) -> Estimate | None:
    """Return the ratio with an interval from the lower end of the smallest to the upper end of the largest."""
    value = number(impact_ratio(*focal, *highest))
    if value is None:
        return None
    (worst_f, worst_r), (best_f, best_r) = extreme_tables(focal, others, unknown)
    low = number(koopman(*worst_f, *worst_r, level)[0])
    high = number(koopman(*best_f, *best_r, level)[1])
    n = focal[1] + highest[1] + sum(unknown)
    return Estimate(value, low, high, level, "worst_case_koopman", "ok", n, "high" if high is None else None)


def curve_of(
    g: GroupCount, table: GroupTable, unknown: Undisclosed, against: list[tuple[GroupCount, ...]]
) -> tuple[Curve, float | None]:
    """Return the figures along the odds: against the group that is the highest of those who disclosed."""
    best = max(against, key=lambda side: sum(o.selected for o in side) / sum(o.n for o in side))
    rest = [(o,) for o in table.counts.included if o is not g and o not in best]
    sides = [(g,), best, *rest]
    x, n = ([sum(getattr(o, name) for o in side) for side in sides] for name in ("selected", "n"))
    first, second = rates_at_odds(x, n, unknown, (0, 1), ODDS)
    points = tuple(
        (odds, number(a / b) if b > 0 else None, number(a - b)) for odds, a, b in zip(ODDS, first, second, strict=True)
    )
    return points, tipping_odds(x, n, unknown, (0, 1), float(FOUR_FIFTHS))
