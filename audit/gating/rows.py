"""Figures held against a line, as rows of an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.gating.checked import CheckedRow
from fairwitness.audit.gating.few import rests_on_few, some_hidden
from fairwitness.audit.gating.figures import compared_counts, figure_and_interval, note_on, whole_counts
from fairwitness.audit.judging.comparisons import compare, reference_used
from fairwitness.audit.judging.finding import findings_of
from fairwitness.audit.judging.group_counts import Reference

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.judging.policy import Policy
    from fairwitness.audit.result import AuditResult


def rows_of(table: GroupTable, policy: Policy, audit: AuditResult, hidden: Collection[Group]) -> Iterator[CheckedRow]:
    """Yield the rows of an answer: one for each figure that a policy looks at; one that says so if there is none."""
    table = _with_one_reference(table, audit.plan.level)
    findings = list(findings_of(table, [policy], audit.plan.level))
    for finding in findings:
        made = row_of(table, finding, policy, audit, small=rests_on_few(table, finding.group, hidden))
        # Beside hidden groups, an adjusted p-value may be that of one of their tests.
        tells = some_hidden(table, hidden) and finding.p_adjusted is not None
        noted = ("note",) if finding.attention else ()
        yield replace(made, withheld=("p_adjusted", "because", *noted)) if tells else made
    if not findings:
        yield _nothing_compared(table)


def _with_one_reference(table: GroupTable, level: float) -> GroupTable:
    """Return a table whose tied reference groups are compared with the largest of them, so that none is passed over."""
    if len(table.reference.groups) < 2:
        return table
    reference = Reference(table.reference.rule, (reference_used(table.counts, table.reference).group,))
    compared = compare(table.counts, reference, level=level, family="", inference=table.inference)
    rows = tuple(
        replace(row, is_reference=False, comparison=compared[row.group], estimates=compared[row.group].estimates)
        if row.group in compared
        else row
        for row in table.rows
    )
    return replace(table, reference=reference, rows=rows)


def row_of(table: GroupTable, finding: Finding, policy: Policy, audit: AuditResult, *, small: bool) -> CheckedRow:
    """Return a finding as a row of an answer."""
    group = next((row for row in table.rows if row.group == finding.group), None)
    figure, interval = figure_and_interval(finding, policy)
    return CheckedRow(
        by=table.by,
        group=finding.group,
        figure=figure,
        interval=interval,
        counts=compared_counts(table, group) if group else whole_counts(table, policy.metric),
        verdict=finding.verdict or "not_evaluable",
        attention=finding.attention,
        note=note_on(finding, table, group, audit.plan),
        small=small,
        details=finding.to_json(),
        measure=table.measure,
    )


def _nothing_compared(table: GroupTable) -> CheckedRow:
    groups = len(table.counts.included)
    return CheckedRow(
        by=table.by,
        group=(),
        figure="",
        interval="",
        counts="",
        verdict="not_evaluable",
        attention=False,
        note=f"There is {'one group' if groups == 1 else 'no group'} to compare, and it takes two.",
        small=False,
        details={"by": list(table.by), "group": [], "measure": table.measure, "status": "single_group"},
        measure=table.measure,
    )
