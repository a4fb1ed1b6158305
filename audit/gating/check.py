"""A figure held against a line: the threshold check of a gate."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from fairwitness.audit.disclosure import hidden_groups, in_public
from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded
from fairwitness.audit.gating.checked import Checked, CheckedRow
from fairwitness.audit.gating.gate import closed_by, gate_of
from fairwitness.audit.gating.rows import rows_of
from fairwitness.audit.gating.tables import By, called, counted, is_public, tables_of
from fairwitness.audit.gating.text import message
from fairwitness.audit.judging.policy import Policy, policy_of
from fairwitness.audit.judging.sentences import name_of
from fairwitness.audit.numerals import points
from fairwitness.audit.plan import make_plan
from fairwitness.metrics.table import metric as metric_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.result import AuditResult

Line = str | float | int | None


def check(
    audit: AuditResult,
    metric: str,
    *,
    at_least: Line = None,
    at_most: Line = None,
    by: By = None,
    evidence: str | None = None,
    inconclusive: str | None = None,
    attention: str | None = None,
) -> Checked:
    """Hold a figure of an audit against a line, and raise where the gate fails.

    Parameters
    ----------
    audit : AuditResult
    metric : str
        A metric that compares groups, such as ``impact_ratio``; ``fairwitness metrics`` lists them.
    at_least, at_most : str or number
        The line, exactly one of them; a decimal or a fraction such as ``"4/5"``, compared exactly.
    by : str or tuple of str, optional
        One table: an attribute, or the attributes of an intersection.  By default every table by a single attribute.
    evidence, inconclusive, attention : str, optional
        When the gate fails, see `fairwitness.audit.plan.GatePlan`; what is not given is as in the audit's plan.
        ``inconclusive="skip"`` is for the pytest fixture and means ``show`` here.

    Returns
    -------
    Checked
        Every figure that was looked at.

    Raises
    ------
    ThresholdExceeded
        The gate fails: a figure is beyond the line, or nothing could be evaluated, or as was asked for.
    FairwitnessError
        No such metric, table or way; a line on the wrong side.

    Examples
    --------
    >>> from fairwitness.audit.run import run_audit
    >>> from fairwitness.audit.tally import Axis, Tally
    >>> t = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")],
    ...              {("F", "selected"): 480, ("F", "not_selected"): 520,
    ...               ("M", "selected"): 500, ("M", "not_selected"): 500})
    >>> [(row.group, row.figure, row.verdict) for row in check(run_audit(t), "impact_ratio", at_least=0.8).rows]
    [(('F',), '0.96', 'within')]
    """
    __tracebackhide__ = True
    gate = {"evidence": evidence, "inconclusive": inconclusive, "attention": attention}
    return require(held(audit, metric, at_least=at_least, at_most=at_most, by=by, gate=gate))


def require(checked: Checked) -> Checked:
    """Return an answer that holds.

    Raises
    ------
    ThresholdExceeded
        The gate fails; what is said is fit for the public where ``CI`` is set.
    """
    __tracebackhide__ = True
    if checked.failed:
        raise ThresholdExceeded(message(checked, public=in_public()), checked)
    return checked


def held(
    audit: AuditResult,
    metric: str,
    *,
    at_least: Line,
    at_most: Line,
    by: By,
    gate: dict[str, str | None],
    data: str | None = None,
) -> Checked:
    """Return the answer of `check` without raising; ``data`` is what to call the data."""
    asked = gate_of(audit.plan, gate)
    own = {"metric": metric, "at_least": at_least, "at_most": at_most, "rule": asked.evidence}
    own = {name: value for name, value in own.items() if value is not None}
    stated = make_plan({"policy": [{"name": metric, "source": "a gate in a test", **own}]}, where="check")
    policy = policy_of(stated.policy[0], audit.plan)
    outcomes = _reads_outcomes(policy, audit)
    tables = tables_of(audit, by)
    hidden = hidden_groups(audit.tally, audit.plan, outcomes=outcomes)
    rows = tuple(row for table in tables for row in rows_of(table, policy, audit, hidden[table.by]))
    said = [(counted(table, audit), is_public(table, audit, hidden[table.by])) for table in tables]
    return Checked(
        title=titled(policy),
        data=data or called(audit.tally),
        rows=rows,
        footer=tuple(dict.fromkeys(sentence for sentence, _ in said)),
        failed=(*closed_by(rows, asked), *_reference_beyond(tables, rows, policy)),
        footer_in_public=tuple(dict.fromkeys(sentence for sentence, public in said if public)),
    )


def _reference_beyond(tables: Sequence[GroupTable], rows: Sequence[CheckedRow], policy: Policy) -> Iterator[str]:
    """Yield where the reference is itself beyond a ratio's line against a group, and is shown to be the lower one.

    A reference that somebody has chosen is compared with nobody: without this, naming the group that is worst off would
    turn the question round and leave it unanswered.
    """
    if policy.side != "at_least" or policy.threshold is None:
        return
    for table in tables:
        higher = [
            name_of(row.group)
            for row in rows
            if row.by == table.by
            and row.measure == table.measure
            and row.attention
            and row.details["estimate"] > 1 / policy.threshold
        ]
        if higher and table.reference.groups:
            reference = " and ".join(name_of(group) for group in table.reference.groups)
            against = f"{', '.join(higher)} ({' × '.join(table.by)})"
            yield f"the reference, {reference}, is itself beyond the line against {against}: name another, or none."


def _reads_outcomes(policy: Policy, audit: AuditResult) -> bool:
    """Tell whether a metric needs true outcomes, and refuse it where there are none."""
    row = metric_row(policy.metric)
    reads = row is not None and "true_positive" in row.reads
    if reads and audit.tally.axis("label") is None:
        raise FairwitnessError(
            f"check: {policy.metric} needs the true outcome of each decision. Name its column: label = …, or check a "
            "metric of the decisions alone, such as impact_ratio."
        )
    return reads


def titled(policy: Policy) -> str:
    """Return the question that a policy asks: ``impact_ratio at least 0.80``."""
    line = policy.threshold or Fraction(0)
    shown = f"{float(line):.10g}"
    shown = str(line) if Fraction(shown) != line else shown if len(shown) > 4 else f"{float(line):.2f}"
    unit = f" ({points(float(line))} points)" if policy.metric.endswith("difference") else ""
    rule = "" if policy.rule == "screen_and_test" else f", rule {policy.rule}"
    return f"{policy.metric} {'at least' if policy.side == 'at_least' else 'at most'} {shown}{unit}{rule}"
