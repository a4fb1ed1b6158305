"""Ranked pools: who stands at the top of a list ordered by score, pool by pool and over all pools.

Everything is computed within a pool, and figures of many pools are averages or sums over pools: people who applied for
different positions were never ranked in one list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fairwitness.audit.analyses.pool_draws import drawn, draws_for, generator_for, totals
from fairwitness.audit.analyses.pool_figures import by_pool, caveats, departure, groups_over_pools
from fairwitness.audit.analyses.pools import ranked
from fairwitness.audit.judging.comparisons import reference_used

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Axis, Tally

WEIGHTED = "The decisions are weighted, and a place in a list has no weight: count the source without weights."
ONE_GROUP = "Fewer than two groups can be compared."
NO_POOL = "No pool has people of two groups that can be compared."


@dataclass(frozen=True, slots=True)
class RankedPools:
    """What the order by score says of every attribute: a study, for the report and audit.json.

    Attributes
    ----------
    score, order : str
        The column, and which of its values are good.
    binned : bool
        Whether scores were counted in bins, whose people are then tied.
    stratum : str or None
        The column that tells the pools; None where all are one pool.
    top_k : int or None
        Places looked at; None for as many as were selected in the pool.
    seed : int
    attributes : tuple of dict
        One for each protected attribute, as JSON has it.
    because : str or None
        Why there is none.
    """

    section: ClassVar[str] = "ranked_pools"

    score: str
    order: str
    binned: bool
    stratum: str | None
    top_k: int | None
    seed: int
    attributes: tuple[dict[str, Any], ...]
    because: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the section of audit.json."""
        return {
            "score": self.score,
            "order": self.order,
            "binned": self.binned,
            "stratum": self.stratum,
            "k": {"rule": "selected" if self.top_k is None else "top_k", "value": self.top_k},
            "seed": self.seed,
            "attributes": list(self.attributes),
            "because": self.because,
        }


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> RankedPools | None:
    """Look at the order by score, for every protected attribute; None where the tally has no scores.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Those of the audit: they say which groups are compared, and with what.
    plan : AuditPlan
        ``top_k``, ``level``, ``resamples`` and ``seed``.
    """
    score, stratum = tally.axis("score"), tally.axis("stratum")
    if score is None:
        return None
    first: dict[str, GroupTable] = {}
    for table in tables:
        if len(table.by) == 1 and table.stage is None:
            first.setdefault(table.by[0], table)
    weighted = tally.weighted
    return RankedPools(
        score=score.name,
        order=score.order,
        binned=bool(score.edges),
        stratum=None if stratum is None else stratum.name,
        top_k=plan.top_k,
        seed=plan.seed,
        attributes=() if weighted else tuple(_of_attribute(t, score, tally, plan) for t in first.values()),
        because=WEIGHTED if weighted else None,
    )


def _of_attribute(table: GroupTable, score: Axis, tally: Tally, plan: AuditPlan) -> dict[str, Any]:
    attribute, groups = table.by[0], tuple(g.group for g in table.counts.included)
    found = ranked(tally, score, attribute, groups)
    pools = [pool for pool in found.pools if pool.several_groups]
    used = reference_used(table.counts, table.reference).group if table.reference.groups else None
    made: dict[str, Any] = {
        "attribute": attribute,
        "reference": {
            "rule": table.reference.rule,
            "groups": [list(g) for g in table.reference.groups],
            "used": None if used is None else list(used),
        },
        "pools": {"all": len(found.pools), "compared": len(pools)},
        "left_out": [{"group": list(g.group), "status": g.status} for g in table.counts.groups if g.status != "ok"],
        "not_ranked": {"no_score": found.without_score, "no_pool": found.without_pool},
        "undisclosed": table.counts.unknown,
        "because": None,
        "draws": None,
        "ndkl": None,
        "groups": [],
        "by_pool": [],
        "caveats": [],
    }
    if len(groups) < 2 or not pools:
        return made | {"because": ONE_GROUP if len(groups) < 2 else NO_POOL}
    draws, generator = draws_for(pools, plan.resamples), generator_for(attribute, plan.seed)
    each = [drawn(pool, pool.places(plan.top_k), draws, generator) for pool in pools]
    against = _against(len(groups), None if used is None else groups.index(used), table.reference.rule)
    single, open_top = by_pool(pools, each, groups, against, plan)
    total = totals(pools, each, against, open_top)
    return made | {
        "draws": draws,
        "pools": made["pools"] | {"with_top": sum(open_top), "tied": sum(1 for p in single if p["tied"])},
        "ndkl": departure(total, len(pools), sum(pool.n for pool in pools), plan.level),
        "groups": groups_over_pools(total, pools, open_top, groups, used, plan),
        "by_pool": single,
        "caveats": list(caveats(found, pools, single, tally, plan, draws)),
    }


def _against(groups: int, reference: int | None, rule: str) -> NDArray[np.int64]:
    """Return which groups (down) each (across) is compared with: the reference, all, or all others."""
    made = np.zeros((groups, groups), np.int64)
    made[slice(None) if reference is None else reference] = 1
    if rule == "rest":
        np.fill_diagonal(made, 0)
    return made
