"""A subgroup found in one half of the decisions, held against the other half."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.bridges.subset_scan import members
from fairwitness.audit.judging.pairs import estimate
from fairwitness.metrics.cmh import cmh
from fairwitness.metrics.cmh import default_test as deciding_test
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.mantel_haenszel import mantel_haenszel_risk_ratio
from fairwitness.metrics.mantel_haenszel_intervals import risk_ratio_score
from fairwitness.metrics.multiple_events import multiple_events
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.analyses.subgroup_table import SubgroupTable
    from fairwitness.metrics.subset_scan import Direction


@dataclass(frozen=True, slots=True)
class Held:
    """A subgroup of the one half in the other.

    Attributes
    ----------
    searched, tested : int
        Decisions in the half that was searched, and in the one that was not.
    n, selected : int
        Of the subgroup, in the half that was not searched; others_n and others_selected of everybody else there.
    ratio : Estimate
        Of the subgroup's rate to everybody else's, there; with controls within their combinations.
    test : str or None
    p : float or None
    """

    direction: Direction
    searched: int
    tested: int
    subgroup: list[dict[str, Any]]
    n: int | None
    selected: int | None
    others_n: int | None
    others_selected: int | None
    ratio: Estimate
    test: str | None
    p: float | None
    because: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON has it."""
        made = {name: getattr(self, name) for name in self.__slots__ if name not in ("ratio", "test", "p")}
        return made | {"ratio": self.ratio.to_json(), "test": {"name": self.test, "p": self.p}}


def held(
    direction: Direction,
    levels: Sequence[Sequence[int]] | None,
    first: SubgroupTable,
    second: SubgroupTable,
    level: float,
    nothing: str,
) -> Held:
    """Return what the second half shows of a subgroup found in the first.

    Parameters
    ----------
    direction : {"fewer", "more"}
    levels : sequence of sequence of int, or None
        The subgroup, as the search gives it; None where it found none.
    first, second : SubgroupTable
        The half that was searched, and the other one.
    level : float
        Confidence level.
    nothing : str
        What to say where the search found none.
    """
    searched, tested = int(first.n.sum()), int(second.n.sum())
    if levels is None:
        none = Estimate.undefined("undefined", level=level, n=tested)
        return Held(direction, searched, tested, [], None, None, None, None, none, None, None, nothing)
    inside = members(second.n.shape, levels)
    xf, nf, xr, nr = (
        _by_stratum(second, np.where(part, counts, 0))
        for part, counts in (
            (inside, second.selected),
            (inside, second.n),
            (~inside, second.selected),
            (~inside, second.n),
        )
    )
    ratio, test, p = _compared(xf, nf, xr, nr, level)
    return Held(
        direction=direction,
        searched=searched,
        tested=tested,
        subgroup=second.named(levels),
        n=int(nf.sum()),
        selected=int(xf.sum()),
        others_n=int(nr.sum()),
        others_selected=int(xr.sum()),
        ratio=ratio,
        test=test,
        p=float(p) if np.isfinite(p) else None,
        because=None if ratio.status == "ok" else "in the half that was not searched the ratio is not defined",
    )


def _by_stratum(table: SubgroupTable, counts: Any) -> Any:
    """Sum over the cells of each combination of controls."""
    return np.bincount(table.strata.ravel(), weights=counts.ravel()).astype(np.int64)


def _compared(xf: Any, nf: Any, xr: Any, nr: Any, level: float) -> tuple[Estimate, str | None, float]:
    total = int(nf.sum() + nr.sum())
    if len(nf) == 1:
        pair = (int(xf[0]), int(nf[0]), int(xr[0]), int(nr[0]))
        value = pair[0] * pair[3] / (pair[1] * pair[2]) if pair[1] and pair[2] else np.nan
        low, high = koopman(*pair, level)
        name, p = default_test(*pair)
        return estimate(value, float(low), float(high), level, "koopman", "undefined", total), str(name), float(p)
    value = float(mantel_haenszel_risk_ratio(xf, nf, xr, nr))
    low, high = risk_ratio_score(xf, nf, xr, nr, level)
    found = estimate(value, float(low), float(high), level, "risk_ratio_score", "undefined", total)
    chosen = deciding_test(xf, nf, xr, nr)
    exact = multiple_events(xf, nf, xr, nr) if chosen == "multiple_events_mid_p" else None
    return found, chosen, exact.mid_p if exact else float(cmh(xf, nf, xr, nr).p)
