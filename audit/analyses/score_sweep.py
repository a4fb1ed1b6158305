"""What the groups' selection rates would be at other cut-offs of the score: descriptive, not a test of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from fairwitness.audit.analyses.score_family import seed_of
from fairwitness.metrics.bootstrap import cell_draws
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.score_levels import block_starts
from fairwitness.metrics.threshold_sweep import sweep

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from fairwitness.audit.analyses.score_counts import ScoreCounts
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.metrics.threshold_sweep import Band

    Ints = NDArray[np.int64]

CUTOFFS = 30  # as many as a chart can tell apart; of more levels, as many as part everybody about evenly
BAND = {"ratio": "koopman_sup_t", "difference": "newcombe_sup_t"}


@dataclass(frozen=True, slots=True, eq=False)
class Cutoffs:
    """The cut-offs of an attribute's sweep, from lenient to strict, and the counts between them.

    Attributes
    ----------
    values : tuple of float
        In the score's own unit.
    rule : {"at_or_above", "above", "at_or_below"}
        Who is selected at a cut-off.
    groups : tuple of Group
        The groups that are compared.
    counts : array of int, shape (groups, cut-offs + 1)
        People of each group, the best scores last.
    """

    values: tuple[float, ...]
    rule: str
    groups: tuple[Group, ...]
    counts: Ints


def cutoffs(scores: ScoreCounts, groups: Sequence[Group], operating: float | None) -> Cutoffs:
    """Choose the cut-offs by everybody's scores, whatever their group; the operating one is among them.

    Parameters
    ----------
    scores : ScoreCounts
    groups : sequence of Group
        Those compared.
    operating : float or None
        The level at which the best-scoring selected begin, in the good direction.
    """
    high = scores.axis.order == "high"
    everybody = scores.everybody.sum(axis=0)
    at = None if operating is None else int(np.searchsorted(scores.levels, operating))
    kept = [] if at is None else [at if high else at + 1]
    starts = block_starts(everybody, CUTOFFS + 1, [k for k in kept if 0 < k < len(everybody)])
    counts = np.array([np.add.reduceat(scores.people([g]), starts) for g in groups], np.int64)
    counts = counts.reshape(len(groups), len(starts))  # where every group is left out, too
    levels = scores.levels[starts[1:]] if high else scores.levels[starts[1:] - 1][::-1]
    values, rule = levels, "at_or_above" if high else "at_or_below"
    if scores.binned:
        edges = np.array(scores.axis.edges)
        values, rule = (edges[levels.astype(int) - 1], "above") if high else (edges[levels.astype(int)], rule)
    return Cutoffs(tuple(values.tolist()), rule, tuple(groups), scores.best_last(counts))


def sweeps(
    at: Cutoffs, pairs: Mapping[Group, Sequence[Group]], attribute: str, plan: AuditPlan
) -> dict[Group, dict[str, Any]]:
    """Return for each group that is compared how it compares at every cut-off.

    Parameters
    ----------
    at : Cutoffs
    pairs : mapping of Group to sequence of Group
        What each is compared with.
    attribute : str
    plan : AuditPlan
        Of which level, resamples and seed are used: one set of draws serves all pairs.
    """
    if not pairs or not at.values:
        return {}
    draws = cell_draws(at.counts, plan.resamples, seed_of(plan, "scores", attribute))
    place = {g: i for i, g in enumerate(at.groups)}
    made = {}
    for group, others in pairs.items():
        of = sweep(at.counts, draws, [place[group]], [place[o] for o in others], plan.level)
        n = int(at.counts[place[group]].sum())
        against = int(at.counts[[place[o] for o in others]].sum())
        figures = {
            name: _estimates(band, name, plan.level, n + against)
            for name, band in (("ratio", of.ratio), ("difference", of.difference))
        }
        made[group] = {
            "multiplier": {
                name: _number(band.multiplier) for name, band in (("ratio", of.ratio), ("difference", of.difference))
            },
            "cutoffs": [
                {
                    "cutoff": value,
                    "selected": int(of.selected[i]),
                    "reference_selected": int(of.reference_selected[i]),
                    "tiny": bool(of.tiny[i]),
                    "ratio": figures["ratio"][i].to_json(),
                    "difference": figures["difference"][i].to_json(),
                }
                for i, value in enumerate(at.values)
            ],
        }
    return made


def _estimates(band: Band, name: str, level: float, n: int) -> list[Estimate]:
    made = []
    for value, low, high in zip(band.value, band.low, band.high, strict=True):
        if not np.isfinite(value):
            made.append(Estimate.undefined("undefined_no_selections", level=level, n=n))
        elif np.isnan(low) or np.isnan(high):
            made.append(Estimate(float(value), None, None, level, None, "ok", n))
        else:
            unbounded: Literal["high"] | None = "high" if np.isinf(high) else None
            made.append(Estimate(float(value), float(low), _number(high), level, BAND[name], "ok", n, unbounded))
    return made


def _number(x: float) -> float | None:
    return float(x) if np.isfinite(x) else None
