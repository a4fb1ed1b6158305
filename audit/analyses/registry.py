"""The analyses of a tally, in the order of the report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from fairwitness.audit.analyses import (
    calibration,
    choices,
    funnel,
    individual,
    intersections,
    periods,
    ranked_pools,
    requisitions,
    scores,
    subgroup_search,
    undisclosed,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.studies import Study
    from fairwitness.audit.tally import Tally


class Analyse(Protocol):
    """A function that makes an analysis, or returns None where its inputs are not there."""

    def __call__(self, tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Study | None:
        """Return the analysis."""


ANALYSES: tuple[Analyse, ...] = (
    intersections.analyse,
    subgroup_search.analyse,
    requisitions.analyse,
    funnel.analyse,
    ranked_pools.analyse,
    scores.analyse,
    calibration.analyse,
    individual.analyse,
    periods.analyse,
    undisclosed.analyse,
    choices.analyse,
)


def analyses_of(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Iterator[Study]:
    """Yield every analysis for which a tally has the inputs.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Those of the audit.
    plan : AuditPlan
    """
    for analyse in ANALYSES:
        made = analyse(tally, tables, plan)
        if made is not None:
            yield made
