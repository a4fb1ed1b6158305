"""A group and what it is held against, and how a number with its interval becomes an estimate."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fairwitness.audit.tally import SELECTED
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.table import METRICS

if TYPE_CHECKING:
    from fairwitness.audit.judging.group_counts import GroupCount
    from fairwitness.metrics.estimate import Status

PAIR_METRICS = tuple(m for m in METRICS if m.scope == "pair")
OF_A_WHOLE = ("impact_ratio", "rate_difference")  # what can be said of a group against all, itself included


@dataclass(frozen=True, slots=True)
class Pair:
    """One group, and the group or the groups together that it is held against."""

    focal: tuple[GroupCount, ...]
    reference: tuple[GroupCount, ...]

    @property
    def selected(self) -> tuple[int, int]:
        """Decisions: the selected of both sides."""
        return sum(g.selected for g in self.focal), sum(g.selected for g in self.reference)

    @property
    def n(self) -> tuple[int, int]:
        """Decisions of both sides."""
        return sum(g.n for g in self.focal), sum(g.n for g in self.reference)

    @property
    def rates(self) -> tuple[Fraction, Fraction]:
        """The exact rates of both sides."""
        f, r = (Fraction(sum(g.stands_for(SELECTED) for g in side), _whole(side)) for side in self._sides)
        return f, r

    @property
    def share(self) -> Fraction:
        """The group's share of both sides together."""
        f, r = (_whole(side) for side in self._sides)
        return Fraction(f, f + r)

    @property
    def _sides(self) -> tuple[tuple[GroupCount, ...], tuple[GroupCount, ...]]:
        return self.focal, self.reference


def _whole(side: tuple[GroupCount, ...]) -> int:
    return sum(g.weight for g in side)


def estimate(
    value: float, low: float, high: float, level: float, method: str | None, undefined: Status, n: int
) -> Estimate:
    """Return a number and its interval as an estimate; what is not finite becomes the status given."""
    if not np.isfinite(value):
        return Estimate.undefined(undefined, level=level, n=n)
    if np.isnan(low) or np.isnan(high):
        return Estimate(float(value), None, None, level, None, "ok", n)
    unbounded: Literal["low", "high"] | None = "high" if np.isinf(high) else "low" if np.isinf(low) else None
    return Estimate(float(value), number(low), number(high), level, method, "ok", n, unbounded)


def undefined_pair(xf: float, nf: float, xr: float, nr: float) -> Status:
    """Return why a metric of two groups has no value."""
    if nf == 0 or nr == 0:
        return "undefined_empty_group"
    return "undefined_no_selections" if xr == 0 or xf == 0 else "undefined_no_rejections"


def number(x: Any) -> float | None:
    """Return a float, or None for what is not finite."""
    return float(x) if np.isfinite(x) else None
