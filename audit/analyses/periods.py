"""Months, quarters or releases, one after another: what each shows, and what may be said after any of them.

Who looks at a p-value after every month finds something sooner or later.  The e-processes here may be looked at after
every period: against equal odds, and against odds that stay the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from fairwitness.audit.analyses.period_counts import count_periods, whole_periods
from fairwitness.audit.analyses.period_figures import figures_of, next_period, processes
from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.group_table import measured

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.audit.analyses.period_counts import PeriodCounts
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally

WEIGHTED = "The decisions are weighted, and the figures of a period are of counts: count the source without weights."
CLUSTERED = (
    "The decisions come in clusters, and an e-process takes each decision by itself: count without clusters what are "
    "single decisions, or one decision of each cluster."
)
SCORED = (
    "The line between better and worse scores is the median of all periods together, so that a new period moves it and "
    "changes what was counted before: give the decision, or a fixed line."
)
SAME_SIZES = (
    "Every period counts equally many of each group. If they are the same people each time (one test set, decided on "
    "by one release after another), the periods are not independent and e-values mean nothing: compare the releases "
    "two by two, with people matched."
)
REPEATED = "Rows repeat a unit: e-values take each decision by itself, and may be too large."


@dataclass(frozen=True, slots=True)
class Periods:
    """Every attribute period by period: a study, for the report and audit.json.

    Attributes
    ----------
    attributes : tuple of dict
        One for each single attribute and measure, as JSON has it.
    """

    section: ClassVar[str] = "periods"

    attributes: tuple[dict[str, Any], ...]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each attribute and measure."""
        return list(self.attributes)


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Periods | None:
    """Follow every single attribute through the periods; None where the tally has fewer than two.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Those of the audit, which say which groups are compared, and with what: the same in all periods.
    plan : AuditPlan
    """
    if tally.axis("period") is None:
        return None
    made = tuple(_of_tables(tally, tables, plan))
    return Periods(made) if made else None


def _of_tables(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Iterator[dict[str, Any]]:
    for counted in measured(tally):
        for table in tables:
            if len(table.by) == 1 and table.stage is None and table.measure == counted.measure:
                found = count_periods(counted, table.counts)
                if found is not None:
                    yield _of_table(table, found, tally, plan)


def _of_table(table: GroupTable, counts: PeriodCounts, tally: Tally, plan: AuditPlan) -> dict[str, Any]:
    focal = [group for group in counts.groups if group not in table.reference.groups]
    best = reference_used(table.counts, table.reference).group if table.reference.groups else None
    k = len(counts.groups)
    m = k * (k - 1) // 2 if table.reference.chosen_from_outcomes else len(focal)
    line = float(m / (1 - Fraction(str(plan.level))))
    because = _because(table, tally)
    return {
        "by": list(table.by),
        "measure": table.measure,
        "column": counts.column,
        "stratum": counts.stratum,
        "periods": list(counts.names),
        "not_stated": counts.not_stated,
        "stratum_not_stated": counts.stratum_not_stated,
        "reference": {
            "rule": table.reference.rule,
            "groups": [list(g) for g in table.reference.groups],
            "used": None if best is None else list(best),
        },
        "level": plan.level,
        "m": m,
        "line": line,
        "because": because,
        "cautions": [] if because else list(_cautions(counts, repeated=bool(tally.repeats))),
        "groups": []
        if tally.weighted
        else [_of_group(group, best, counts, m, line, plan, because=because) for group in focal],
    }


def _because(table: GroupTable, tally: Tally) -> str | None:
    """Say why there are no e-values."""
    if tally.weighted:
        return WEIGHTED
    if tally.axis("cluster") is not None:
        return CLUSTERED
    return SCORED if table.measure == "scoring_rate" else None


def _cautions(counts: PeriodCounts, *, repeated: bool) -> Iterator[str]:
    """Yield what may make e-values too large."""
    sizes = counts.n.sum(axis=2)
    if (sizes == sizes[:, :1]).all():
        yield SAME_SIZES
    if repeated:
        yield REPEATED


def _of_group(
    group: Group,
    best: Group | None,
    counts: PeriodCounts,
    m: int,
    line: float,
    plan: AuditPlan,
    *,
    because: str | None,
) -> dict[str, Any]:
    tables = counts.tables(group, best)
    whole = whole_periods(tables)
    rows = figures_of(counts.names, whole, plan.level)
    told = None if because else processes(counts.names, counts.within(tables), m, line, plan.level)
    if told is not None:
        for row, own in zip(rows, told.rows, strict=True):
            row.update(own)
    return {
        "group": list(group),
        "against": None if best is None else list(best),
        "periods": rows,
        "equality": told.equality if told else None,
        "drift": told.drift if told else None,
        "next": next_period(whole, (1 - plan.level) / m),
    }
