"""The other side's choices: the same decisions under other choices of method, and which of them change the answer.

Whoever disputes an audit disputes its choices: the reference, the test, what was left out, what was pooled.  Each is
made anew here, one at a time, all else as the audit made it, from the same counts.

References
----------
Simmons, Nelson & Simonsohn (2011), False-positive psychology, Psychological Science 22(11),
doi:10.1177/0956797611417632, on choices made after the data were seen.  Steegen, Tuerlinckx, Gelman & Vanpaemel (2016),
Increasing transparency through a multiverse analysis, Perspectives on Psychological Science 11(5),
doi:10.1177/1745691616658637, on showing the answer under every choice that could have been made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit.analyses.choice_questions import needed, questions
from fairwitness.audit.analyses.choice_tables import tables_of
from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.finding import findings_of
from fairwitness.audit.judging.group_table import measured
from fairwitness.audit.judging.policy import policies_for
from fairwitness.metrics.table import metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.audit.analyses.choice_questions import Question
    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.judging.policy import Policy
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally

    Found = Mapping[tuple[str, Group], Finding]

FIGURES = (
    *("verdict", "difference", "screen", "attention", "estimate", "low", "high", "level", "method", "status"),
    *("test", "p", "p_adjusted"),
)
IS_REFERENCE = "The group is the reference then: others are compared with it."
ALL_ARE = "All groups are the reference then: nobody is compared."


@dataclass(frozen=True, slots=True)
class Answer:
    """What the audit says of a group under one choice.

    Attributes
    ----------
    kind : str
        What was chosen anew: ``reference``, ``test``, ``family``, ``rule``, ``level``, ``left_out``, ``set_aside``,
        ``undisclosed``, ``strata``, ``clusters`` or ``weights``.
    choice : str
    finding : Finding or None
        None where there is no answer about the group, for the reason in ``because``.
    compared_with : Group or None
        The reference that is computed with; None for everybody, or everybody else.
    changes : bool
        The verdict, or whether a difference is shown, is another one; or the group is the reference then, so that
        nothing is said of it any more.
    """

    kind: str
    choice: str
    finding: Finding | None
    compared_with: Group | None
    changes: bool
    because: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        other = None if self.compared_with is None else list(self.compared_with)
        shown = {"kind": self.kind, "choice": self.choice, "changes": self.changes, "because": self.because}
        return shown | {"compared_with": other} | _figures(self.finding)


@dataclass(frozen=True, slots=True)
class Disputed:
    """One finding of the audit, and what every other choice makes of it."""

    made: Finding
    compared_with: Group | None
    answers: tuple[Answer, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the finding and its answers as JSON has them."""
        kinds = list(dict.fromkeys(answer.kind for answer in self.answers))
        changing = [kind for kind in kinds if any(a.changes for a in self.answers if a.kind == kind)]
        return {
            "by": list(self.made.by),
            "group": list(self.made.group),
            "compared_with": None if self.compared_with is None else list(self.compared_with),
            "measure": self.made.measure,
            "metric": self.made.metric,
            "policy": self.made.policy,
            "threshold": self.made.threshold,
            "made": _figures(self.made),
            "changed_by": changing,
            "not_changed_by": [kind for kind in kinds if kind not in changing],
            "answers": [answer.to_json() for answer in self.answers],
        }


def _figures(finding: Finding | None) -> dict[str, Any]:
    return {name: None if finding is None else getattr(finding, name) for name in FIGURES}


@dataclass(frozen=True, slots=True)
class Choices:
    """Every finding of single attributes under other choices."""

    disputed: tuple[Disputed, ...]

    @property
    def section(self) -> str:
        """The key in audit.json."""
        return "choices"

    def to_json(self) -> list[dict[str, Any]]:
        """Return the section as JSON has it."""
        return [each.to_json() for each in self.disputed]


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Choices | None:
    """Return every finding of single attributes under other choices, or None where nothing is compared.

    Intersections, stages of a funnel and figures of a whole table are not asked anew.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Those of the audit.
    plan : AuditPlan
    """
    policies = tuple(p for p in policies_for(plan) if (m := metric(p.metric)) is not None and m.scope == "pair")
    disputed: list[Disputed] = []
    for counted in measured(tally):
        for table in tables:
            if len(table.by) == 1 and table.stage is None and table.measure == counted.measure:
                disputed += _of_table(counted, table, plan, policies)
    return Choices(tuple(disputed)) if disputed else None


def _of_table(tally: Tally, table: GroupTable, plan: AuditPlan, policies: Sequence[Policy]) -> Iterator[Disputed]:
    metrics = [m for p in policies if (m := metric(p.metric)) is not None]
    made = _found(table, policies, plan.level)
    asked = tuple(questions(needed(tally, table), table, plan))
    answered = tables_of(asked, table, plan, list(dict.fromkeys(metrics)))
    answers: dict[tuple[str, Group], list[Answer]] = {key: [] for key in made}
    for question, other in zip(asked, answered, strict=True):
        if not isinstance(other, str) and _as_it_is(question, other, table):
            continue
        held = _held(policies, question)
        found = {} if isinstance(other, str) else _found(other, held, question.plan.level)
        for policy, group in made:
            if policy not in {p.name for p in held} or question.group not in (None, group):
                continue
            if isinstance(other, str):
                answer = Answer(question.kind, question.choice, None, None, changes=False, because=other)
            elif _own(question, other, table, group):
                continue
            else:
                answer = _answer(question, other, found.get((policy, group)), made[policy, group])
            answers[policy, group].append(answer)
    for key, finding in made.items():
        if any(a.finding is not None and a.finding.status == "ok" for a in answers[key]):
            yield Disputed(finding, _other(table), tuple(answers[key]))


def _found(table: GroupTable, policies: Sequence[Policy], level: float) -> Found:
    return {(f.policy, f.group): f for f in findings_of(table, policies, level, settling=False)}


def _held(policies: Sequence[Policy], question: Question) -> list[Policy]:
    """Return the policies as a question has them: under another rule only those that it says something new of."""
    held = [replace(p, decides=question.plan.decides) for p in policies]
    if question.rule is None:
        return held
    same = {question.rule, "assured" if question.rule == "clear" else question.rule}  # their verdicts are the same
    return [replace(p, rule=question.rule) for p in held if p.threshold is not None and p.rule not in same]


def _answer(question: Question, table: GroupTable, other: Finding | None, made: Finding) -> Answer:
    """Return what one choice makes of a finding."""
    if other is None:
        if len(table.reference.groups) == len(table.counts.included):
            return Answer(question.kind, question.choice, None, None, changes=False, because=ALL_ARE)
        return Answer(question.kind, question.choice, None, made.group, changes=True, because=IS_REFERENCE)
    changes = (other.verdict, other.difference) != (made.verdict, made.difference)
    return Answer(question.kind, question.choice, other, _other(table), changes)


def _other(table: GroupTable) -> Group | None:
    """Return the reference that a table is computed with."""
    return reference_used(table.counts, table.reference).group if table.reference.groups else None


def _as_it_is(question: Question, other: GroupTable, table: GroupTable) -> bool:
    """Whether a choice of who is counted counts everybody as the audit does: then it is no choice here."""
    if question.kind not in ("left_out", "set_aside", "undisclosed"):
        return False
    return _counted(other) == _counted(table)


def _counted(table: GroupTable) -> list[tuple[Group, str, int, int]]:
    return [(g.group, g.status, g.selected, g.not_selected) for g in table.counts.groups]


def _own(question: Question, other: GroupTable, table: GroupTable, group: Group) -> bool:
    """Whether a choice of test or family is what the audit itself has for a group."""
    if question.kind not in ("test", "family"):
        return False
    return _tested(other, group) == _tested(table, group)


def _tested(table: GroupTable, group: Group) -> list[tuple[str | None, float | None]]:
    """Return the deciding tests of a group, of all decisions and within strata."""
    row = next(row for row in table.rows if row.group == group)
    within = table.stratified.comparisons.get(group) if table.stratified else None
    return [(c.tests.default, c.tests.p_adjusted) for c in (row.comparison, within) if c is not None]
