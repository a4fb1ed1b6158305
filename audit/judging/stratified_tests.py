"""Tests within strata: which one decides, its p over the table's family, and all others beside it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.metrics.cmh import CMH, clustered_cmh, cmh, default_test, score
from fairwitness.metrics.homogeneity import BreslowDay, Woolf, breslow_day, woolf
from fairwitness.metrics.linearised import FEWEST_CLUSTERS
from fairwitness.metrics.multiple_events import MultipleEvents, multiple_events
from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.strata import informative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.judging.group_counts import Group, Reference
    from fairwitness.audit.judging.strata_counts import Pools, StrataCounts

MOST_VARIANCE = 250_000.0  # of the sum of selections: beyond it the exact test is slow, and the other one as good

CLUSTERED = "Decisions of one cluster belong together, and the exact test is for independent ones."
REPEATED = "Rows repeat a unit, and the exact test is for independent decisions."
TOO_MANY = "There are so many selections that the exact test and the Cochran–Mantel–Haenszel test agree."
NOTHING_TOLD = "No stratum has people of both groups of whom some, but not all, were selected."


@dataclass(frozen=True, slots=True)
class StratifiedTests:
    """The tests of one group against its reference within strata.

    Attributes
    ----------
    default : {"cmh", "multiple_events_mid_p", "clustered_cmh"} or None
        The one that decides, chosen from the margins alone; None if no stratum tells anything.
    p, p_adjusted : float or None
        Of the default test, and by Holm over the same family as the table's own tests.
    m : int
        How many defined tests the family has.
    exact : MultipleEvents or None
    exact_because : str or None
        Why there is no exact test.
    clustered : (statistic, p, design effect) or None
        By cluster, where decisions are in clusters; nan with fewer than five clusters in informative strata, or where
        all of a group's decisions there are in one.
    """

    default: str | None
    p: float | None
    p_adjusted: float | None
    m: int
    cmh: CMH
    breslow_day: BreslowDay
    woolf: Woolf
    exact: MultipleEvents | None
    exact_because: str | None
    clustered: tuple[float, float, float] | None

    @property
    def inflation(self) -> float:
        """By how much clusters raise variances; never below 1, so that no interval is narrower for them.

        nan where there are too few clusters to say: then there is no interval.
        """
        return float(np.maximum(self.clustered[2], 1.0)) if self.clustered else 1.0


def tests_within(
    counts: StrataCounts, reference: Reference, best: Group | None, focal: Sequence[Group], *, repeats: int
) -> dict[Group, StratifiedTests]:
    """Return the tests of every compared group.

    Parameters
    ----------
    counts : StrataCounts
    reference : Reference
        Of the table: where the decisions chose it, the family is all pairs of groups, otherwise the pairs compared.
    best : Group or None
        The reference that is computed with; None for everybody else.
    focal : sequence of Group
    repeats : int
        Rows that repeat a unit.
    """
    alone = {group: _deciding(counts, group, best, repeats=repeats) for group in focal}
    if reference.chosen_from_outcomes:
        every = list(combinations(counts.groups, 2))
        p = np.array([_deciding(counts, *pair, repeats=repeats)[1] for pair in every])
        place = {frozenset(pair): i for i, pair in enumerate(every)}
        at = [place[frozenset((group, best))] for group in focal if best is not None]
    else:
        p, at = np.array([alone[group][1] for group in focal]), list(range(len(focal)))
    adjusted, m = holm(p), int(np.isfinite(p).sum())
    return {
        group: _all(counts, group, best, alone[group], float(adjusted[i]), m, repeats=repeats)
        for group, i in zip(focal, at, strict=True)
    }


def _deciding(counts: StrataCounts, group: Group, best: Group | None, *, repeats: int) -> tuple[str | None, float]:
    """Return the default test of a pair and its p, nan where there is none."""
    pools = counts.pools(group, best)
    name = default_test(*pools)
    if name is None:
        return None, np.nan
    if counts.clusters is not None:
        p = _clustered(counts, group, best)[1]
        return ("clustered_cmh", p) if np.isfinite(p) else (None, np.nan)
    if name == "cmh" or repeats:  # of rows that are not independent nothing is exact
        return "cmh", float(cmh(*pools).p)
    exact = multiple_events(*pools)
    return name, exact.mid_p if exact else np.nan


def _clustered(counts: StrataCounts, group: Group, best: Group | None) -> tuple[float, float, float]:
    cells = counts.clusters
    if cells is None:
        return np.nan, np.nan, np.nan
    of_focal = cells.group == counts.groups.index(group)
    kept = informative(*counts.pools(group, best))[cells.stratum]
    if best is not None:
        kept &= of_focal | (cells.group == counts.groups.index(best))
    of_each = [np.unique(cells.cluster[kept & side]) for side in (of_focal, ~of_focal)]
    if min(map(len, of_each)) < 2 or len(np.union1d(*of_each)) < FEWEST_CLUSTERS:
        return np.nan, np.nan, np.nan
    clusters = np.unique(cells.cluster[kept], return_inverse=True)[1]
    return clustered_cmh(cells.selected[kept], cells.n[kept], of_focal[kept], cells.stratum[kept], clusters)


def _all(
    counts: StrataCounts, group: Group, best: Group | None, decided: tuple[str | None, float], adjusted: float, m: int,
    *, repeats: int,
) -> StratifiedTests:  # fmt: skip
    pools = counts.pools(group, best)
    exact, because = _exact(pools, clustered=counts.clusters is not None, repeats=repeats)
    return StratifiedTests(
        default=decided[0],
        p=decided[1] if np.isfinite(decided[1]) else None,
        p_adjusted=adjusted if np.isfinite(adjusted) else None,
        m=m,
        cmh=cmh(*pools),
        breslow_day=breslow_day(*pools),
        woolf=woolf(*pools),
        exact=exact,
        exact_because=because,
        clustered=_clustered(counts, group, best) if counts.clusters is not None else None,
    )


def _exact(pools: Pools, *, clustered: bool, repeats: int) -> tuple[MultipleEvents | None, str | None]:
    """Return the exact test, or why there is none."""
    variance = float(score(*pools).variance)
    why = (
        CLUSTERED if clustered else REPEATED if repeats else NOTHING_TOLD if not variance > 0
        else TOO_MANY if variance > MOST_VARIANCE else None
    )  # fmt: skip
    return (None, why) if why else (multiple_events(*pools), None)


def tests_json(group: Group, t: StratifiedTests) -> dict[str, dict[str, Any]]:
    """Return the tests of one group, by the list of audit.json that each belongs to."""
    of = {"group": list(group)}
    exact = t.exact
    figures: dict[str, dict[str, Any]] = {
        "cmh": {
            "statistic": t.cmh.statistic,
            "p": t.cmh.p,
            "statistic_corrected": t.cmh.statistic_corrected,
            "p_corrected": t.cmh.p_corrected,
        },
        "breslow_day": t.breslow_day._asdict(),
        "woolf": t.woolf._asdict(),
        "multiple_events": dict.fromkeys(MultipleEvents._fields) if exact is None else exact._asdict(),
    }
    made: dict[str, dict[str, Any]] = {
        name: of | {key: _number(value) for key, value in part.items()} for name, part in figures.items()
    }
    made["multiple_events"]["because"] = t.exact_because
    clustered = t.clustered or (None, None, None)
    made["tests"] = of | {
        "default": t.default,
        "p": t.p,
        "p_adjusted": t.p_adjusted,
        "m": t.m,
        "clustered_cmh": None
        if t.clustered is None
        else dict(zip(("statistic", "p", "design_effect"), map(_number, clustered), strict=True)),
    }
    return made


def _number(x: Any) -> float | int | None:
    """Return a number as JSON has it, None for what is undefined."""
    return None if x is None or not np.isfinite(x) else x if isinstance(x, int) else float(x)
