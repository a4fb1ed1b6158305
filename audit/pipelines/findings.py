"""The findings of a whole audit as answers of gates, for pipelines that run the command instead of tests."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.disclosure import hidden_groups
from fairwitness.audit.gating.check import held
from fairwitness.audit.gating.checked import FEW, Checked
from fairwitness.audit.gating.few import rests_on_few
from fairwitness.audit.gating.tables import called
from fairwitness.audit.judging.sentences import VERDICTS, name_of
from fairwitness.audit.result import GATES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.judging.policy import Policy
    from fairwitness.audit.result import AuditResult


def answers(audit: AuditResult, gate: str) -> list[Checked]:
    """Return the findings of an audit, one answer for each policy.

    Parameters
    ----------
    audit : AuditResult
    gate : {"never", "beyond", "attention", "inconclusive"}
        What ``--fail-on`` was given; the findings that trip it are why an answer fails.

    Examples
    --------
    >>> from fairwitness.audit.run import run_audit
    >>> from fairwitness.audit.tally import Axis, Tally
    >>> t = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")],
    ...              {("F", "selected"): 400, ("F", "not_selected"): 600,
    ...               ("M", "selected"): 600, ("M", "not_selected"): 400})
    >>> [(answer.title, answer.failed) for answer in answers(run_audit(t), "beyond")]
    [('Four-fifths screen with a test: impact_ratio at least 0.80', ('beyond threshold: sex: F.',))]
    """
    made = []
    for policy in audit.policies:
        findings = [finding for finding in audit.findings if finding.policy == policy.name]
        if findings:
            answer = _without_line(audit, policy, findings) if policy.threshold is None else _with_line(audit, policy)
            made.append(replace(answer, failed=tuple(_reasons(findings, gate))))
    return made


def _with_line(audit: AuditResult, policy: Policy) -> Checked:
    parts = [
        held(
            audit,
            policy.metric,
            at_least=str(policy.threshold) if policy.side == "at_least" else None,
            at_most=str(policy.threshold) if policy.side == "at_most" else None,
            by=by,
            gate={"evidence": policy.rule},
        )
        for by in dict.fromkeys(table.by for table in audit.tables)
    ]
    return replace(
        parts[0],
        title=f"{policy.title}: {parts[0].title}",
        rows=tuple(row for part in parts for row in part.rows),
        footer=tuple(dict.fromkeys(said for part in parts for said in part.footer)),
        footer_in_public=tuple(dict.fromkeys(said for part in parts for said in part.footer_in_public)),
    )


def _without_line(audit: AuditResult, policy: Policy, findings: Sequence[Finding]) -> Checked:
    """Return an answer without rows: where no line is drawn there is no verdict, and each figure is a sentence."""
    hidden = hidden_groups(audit.tally, audit.plan)
    tables: dict[tuple[tuple[str, ...], str, str | None], GroupTable] = {
        (table.by, table.measure, table.stage): table for table in audit.tables
    }
    said, in_public = [], []
    for finding in findings:
        small = rests_on_few(tables[finding.by, finding.measure, finding.stage], finding.group, hidden[finding.by])
        word = f"{VERDICTS['attention']}: " if finding.attention else ""
        said.append(f"{word}{finding.headline}")
        in_public.append(f"{word}{_named(finding)}: {FEW}." if small else said[-1])
    return Checked(f"{policy.title}: {policy.metric}", called(audit.tally), (), tuple(said), (), tuple(in_public))


def _reasons(findings: Sequence[Finding], gate: str) -> Iterator[str]:
    """Yield why a gate trips, in words: the verdicts that it counts, each with its groups."""
    for word in GATES[gate]:
        tripped = [f for f in findings if (f.attention if word == "attention" else f.verdict == word)]
        if tripped:
            yield f"{VERDICTS[word]}: {'; '.join(map(_named, tripped))}."


def _named(finding: Finding) -> str:
    return f"{' × '.join(finding.by)}: {name_of(finding.group) or 'all groups'}"
