"""The one function that joins the rooms: from decisions or a tally to an audit."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.count import tally as count
from fairwitness.audit.counting.roles import Decisions
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.judging.finding import findings_of
from fairwitness.audit.judging.group_table import GroupTable, group_tables
from fairwitness.audit.judging.policy import policies_for
from fairwitness.audit.plan import AuditPlan, DataPlan, make_plan
from fairwitness.audit.result import AuditResult
from fairwitness.audit.tally import Axis, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.studies import Study
    from fairwitness.audit.tally import Source

REPEATS = (
    "Because rows repeat a unit, tests and intervals are approximate, and whole-table disparities have no bootstrap "
    "interval."
)
OWN_TABLES = "The tables were given as counts and need not add up: the number of decisions is that of the largest."
WEIGHTED_STRATA = "Decisions are weighted: figures within strata, and with controls, are for counts and are not made."
NO_LABEL_SCOPE = (
    "label_scope is not stated: whether outcomes are known for everybody or only for the selected changes what error "
    "rates mean."
)
SELECTED_ONLY = "Outcomes are known only for the selected: rates that need the outcomes of others are range-restricted."


def run_audit(
    decisions: Decisions | Tally, plan: AuditPlan | None = None, *, studies: Sequence[Study] = (), **plan_fields: Any
) -> AuditResult:
    """Audit decisions, or the tally of them.

    Parameters
    ----------
    decisions : Decisions or Tally
        From ``fw.load``, or from ``fw.tally``, ``fw.merge`` or ``Tally.load``.
    plan : AuditPlan, optional
        What is asked; the defaults otherwise.
    studies : sequence of Study
        Sections of the report besides the decisions: what ``fw.counterfactual``, ``fw.proxies`` and
        ``fw.search_alternatives`` return.
    **plan_fields
        Single fields of the plan, by the names of the flags; they override the plan.

    Returns
    -------
    AuditResult

    Raises
    ------
    FairwitnessError
        A plan that does not fit the data, or data in which nothing can be counted.

    Examples
    --------
    >>> from fairwitness.audit.tally import Axis, Tally
    >>> t = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")],
    ...              {("F", "selected"): 48, ("F", "not_selected"): 32,
    ...               ("M", "selected"): 60, ("M", "not_selected"): 20})
    >>> result = run_audit(t, reference="highest")
    >>> [(f.group, f.screen, f.verdict) for f in result.findings]
    [(('F',), 'not_below', 'inconclusive')]
    """
    plan = make_plan((plan.model_dump() if plan else {}) | plan_fields) if plan_fields else plan or AuditPlan()
    plan = plan.model_copy(update={"data": data_plan(decisions) if isinstance(decisions, Decisions) else None})
    tally = count(decisions)
    policies = policies_for(plan)
    tables = tuple(group_tables(tally, plan))
    if not any(t.counts.known for t in tables):
        raise FairwitnessError(
            "Nothing to audit: no decision on anybody whose group is known was counted "
            f"({tally.rows} rows read). Check the decision's values and the protected columns."
        )
    findings = tuple(f for t in tables for f in findings_of(t, policies, plan.level))
    warnings = tuple(_warnings(tally, plan, tables))
    return AuditResult(
        plan,
        tally,
        policies,
        tables,
        findings,
        warnings,
        studies=tuple(studies),
    )


def report_of(studies: Sequence[Study], source: Source, plan: AuditPlan | None = None) -> AuditResult:
    """Return a report of studies alone, without an audit of decisions.

    Parameters
    ----------
    studies : sequence of Study
    source : Source
        What they were made from.
    plan : AuditPlan, optional
        What the report says of the system, and the policies that a study is held against.
    """
    plan = plan or AuditPlan()
    nothing = Tally.of([Axis("decision", "decision")], {}, sources=(source,))
    return AuditResult(plan, nothing, policies_for(plan), (), (), (), studies=tuple(studies))


def data_plan(decisions: Decisions) -> DataPlan:
    """Return the roles of loaded decisions as the plan writes them, so that its digest covers them."""
    roles = {
        f.name: getattr(decisions.roles, f.name) for f in fields(decisions.roles) if f.name in DataPlan.model_fields
    }
    return DataPlan.model_validate(
        roles | {"source": decisions.loaded.name, "unknown": tuple(sorted(roles["unknown"]))}
    )


def _warnings(tally: Tally, plan: AuditPlan, tables: tuple[GroupTable, ...]) -> list[str]:
    """Return what a reader must know before the first figure."""
    made = list(tally.warnings)
    if tally.repeats and tally.axis("cluster") is None:  # clusters say which rows go together
        made.append(REPEATS)
    made += [caution for t in tables for caution in t.inference.cautions(" × ".join(t.by), t.counts.included)]
    if tally.weighted and (tally.axis("stratum") or tally.axis("control")):
        made.append(WEIGHTED_STRATA)
    if tally.axis("table"):
        made.append(OWN_TABLES)
    if tally.axis("label") and plan.label_scope is None:
        made.append(NO_LABEL_SCOPE)
    if plan.label_scope == "selected":
        made.append(SELECTED_ONLY)
    if plan.reference not in ("highest", "largest", "overall", "rest"):
        without = [" × ".join(t.by) for t in tables if t.reference.rule == "highest"]
        made += [
            f"The table by {by} has no group {plan.reference!r}: its reference is the highest rate." for by in without
        ]
    return made
