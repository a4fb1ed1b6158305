"""A figure held against the last release: the no-worse check of a gate."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.comparing.release import NO_ROWS, NO_UNIT, PAIRED, compare_releases
from fairwitness.audit.disclosure import hidden_groups
from fairwitness.audit.gating.check import require
from fairwitness.audit.gating.checked import Checked, CheckedRow
from fairwitness.audit.gating.few import few_disagree, sizes_of, small_changes
from fairwitness.audit.gating.gate import closed_by, gate_of
from fairwitness.audit.judging.sentences import name_of
from fairwitness.audit.numerals import figure, p_value, whole
from fairwitness.audit.plan import AuditPlan, make_plan
from fairwitness.audit.result import AuditResult
from fairwitness.audit.tally import SMALL_CELL as SMALL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.audit.comparing.change import Change, McNemar
    from fairwitness.audit.comparing.group_rates import GroupRate
    from fairwitness.audit.comparing.question import Question
    from fairwitness.audit.comparing.release import ReleaseComparison
    from fairwitness.audit.counting.roles import Decisions
    from fairwitness.audit.gating.tables import By
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.plan import GatePlan
    from fairwitness.audit.tally import Tally

    Place = tuple[tuple[str, ...], str, Group]  # attributes, measure, group

IN_PUBLIC = (PAIRED, NO_ROWS, NO_UNIT)  # notes that give no number of people


def check_no_worse(
    new: AuditResult | Tally | Decisions,
    baseline: object,
    metric: str,
    *,
    margin: str | float,
    by: By = None,
    name: str | None = None,
    evidence: str | None = None,
    inconclusive: str | None = None,
    attention: str | None = None,
    **plan_fields: Any,
) -> Checked:
    """Ask whether a figure is no worse than in the last release, and raise where the gate fails.

    People are matched where both releases are decisions with a ``unit``; otherwise the releases are independent
    samples, and it is said.

    Parameters
    ----------
    new : AuditResult, Tally or Decisions
        This release.
    baseline : AuditResult, Tally, Baseline, Decisions, path or frame
        The last release; see `fairwitness.audit.comparing.release.compare_releases`.
    metric : str
        ``impact_ratio`` or ``rate_difference``; with true outcomes also ``equal_opportunity_ratio`` and
        ``equal_opportunity_difference``.
    margin : str or number, from 0 to below 1
        How much worse still counts as no worse: 0.02 is 2 % of the old ratio, or 2 points of a difference.
    by : str or tuple of str, optional
        One table: an attribute, or the attributes of an intersection.  By default every table by a single attribute.
    name : str, optional
        Of the audit, where a baseline file holds several.
    evidence, inconclusive, attention : str, optional
        When the gate fails, see `fairwitness.audit.plan.GatePlan`.  ``inconclusive="skip"`` is for the pytest fixture
        and means ``show`` here.
    **plan_fields
        Single fields of the plan; they override the audit's.

    Returns
    -------
    Checked
        Every change that was looked at.

    Raises
    ------
    ThresholdExceeded
        The gate fails: a figure is worse by more than the margin, a group is missing that the last release has,
        nothing could be evaluated, or as was asked for.
    FairwitnessError
        A question that does not fit the data, a baseline of another plan, or units that cannot be matched.

    Examples
    --------
    Women rise from 480 to 490 of 1,000 and men stay at 500 of 1,000.

    >>> from fairwitness.audit.tally import Axis, Tally
    >>> axes = [Axis("sex", "protected"), Axis("hired", "decision")]
    >>> men = {("M", "selected"): 500, ("M", "not_selected"): 500}
    >>> v1 = Tally.of(axes, men | {("F", "selected"): 480, ("F", "not_selected"): 520})
    >>> v2 = Tally.of(axes, men | {("F", "selected"): 490, ("F", "not_selected"): 510})
    >>> [(row.group, row.verdict) for row in check_no_worse(v2, v1, "impact_ratio", margin="0.2").rows]
    [(('F',), 'within')]
    """
    __tracebackhide__ = True
    plan = new.plan if isinstance(new, AuditResult) else AuditPlan()
    plan = make_plan(plan.model_dump() | plan_fields, where="check_no_worse") if plan_fields else plan
    gate = {"evidence": evidence, "inconclusive": inconclusive, "attention": attention}
    return require(compared(new, baseline, metric, margin=margin, by=by, name=name, plan=plan, gate=gate))


def compared(
    new: AuditResult | Tally | Decisions,
    baseline: object,
    metric: str,
    *,
    margin: str | float,
    by: By,
    name: str | None,
    plan: AuditPlan,
    gate: Mapping[str, str | None],
    data: str | None = None,
) -> Checked:
    """Return the answer of `check_no_worse` without raising; ``data`` is what to call the data."""
    asked = gate_of(plan, gate)
    found = compare_releases(
        baseline, new, metric=metric, margin=margin, evidence=asked.evidence, by=by, name=name, plan=plan
    )
    return checked_of(found, plan, asked, data)


def checked_of(found: ReleaseComparison, plan: AuditPlan, gate: GatePlan, data: str | None = None) -> Checked:
    """Return a comparison as the answer of a gate, which knows what anybody may read of it.

    Parameters
    ----------
    found : ReleaseComparison
    plan : AuditPlan
        By which the releases were compared.
    gate : GatePlan
        When the gate fails.  It fails, too, where this release counts nobody of a group that the last one has.
    data : str, optional
        What to call the data; by default what their source is called.
    """
    outcomes, rule = found.question.of_positives, found.question.rule
    # A baseline is public, and of matched people the tables are those of the new release.
    shown = filter(None, (found.counted, found.counted_before))
    hidden = [hidden_groups(each, plan, outcomes=outcomes) for each in shown]
    rows = tuple(_rows(found, hidden, sizes_of(found.counted, found, plan) if found.paired else {}))
    return Checked(
        title=f"{found.question.title}{'' if rule == 'screen_and_test' else f', rule {rule}'}",
        data=data or found.new["source"] or "decisions",
        rows=rows,
        footer=found.notes,
        failed=(*_gone(found, rows), *closed_by(rows, gate)),
        footer_in_public=tuple(_in_public(found, rows)),
    )


def _gone(found: ReleaseComparison, rows: Sequence[CheckedRow]) -> Iterator[str]:
    """Yield why the gate fails for groups of which this release counts nobody; no number where one may be small."""
    few = {row.by for row, c in zip(rows, found.changes, strict=True) if row.small and not c.gone}
    for c in found.changes:
        if not c.gone or c.old is None:
            continue
        fit = c.by not in few and min(c.old.selected, c.old.n - c.old.selected) >= SMALL
        people = f"{whole(c.gone)} people" if fit else "people"
        outcome = " with a positive outcome" if found.question.of_positives else ""
        yield (
            f"the last release decided on {people}{outcome} of {' × '.join(c.by)}: {name_of(c.group)}, this one on "
            f"none{' of them' if found.paired else ''}; a group that is missing is not a group treated no worse."
        )


def _in_public(found: ReleaseComparison, rows: Sequence[CheckedRow]) -> Iterator[str]:
    """Yield the notes that tell of fewer than ten people neither by themselves nor beside the figures."""
    yield from (note for note in found.notes if note in IN_PUBLIC)
    few = {row.by for row in rows if row.small}
    for totals in found.totals:
        if totals.by not in few and not totals.small:
            yield totals.in_words
        if totals.halved:
            yield totals.halved


def _rows(
    found: ReleaseComparison,
    hidden: Sequence[Mapping[tuple[str, ...], frozenset[Group]]],
    sizes: Mapping[Place, GroupRate],
) -> Iterator[CheckedRow]:
    for (by, _), group in groupby(found.changes, key=lambda c: (c.by, c.measure)):
        table = list(group)
        small = small_changes(table, sizes).union(*(each.get(by, {c.group for c in table}) for each in hidden))
        for c in table:
            withheld: tuple[str, ...] = ()
            if small:  # an adjusted p-value may be that of a small group's test
                withheld = ("note", "p_adjusted", "turned")
            if few_disagree(c):  # what is not told by each release's counts is told by who changed
                withheld = ("note", "interval", "details")
            row = _row(c, found.question, small=c.group in small or c.reference in small)
            yield replace(row, withheld=withheld)


def _row(c: Change, question: Question, *, small: bool) -> CheckedRow:
    interval = "" if c.low is None and c.high is None else f"[{_end(c.low, question)}, {_end(c.high, question)}]"
    said = [c.because, c.settle if c.verdict != "within" else None, _disagreements(c)]
    return CheckedRow(
        by=c.by,
        group=c.group,
        figure="" if c.change is None else question.in_words(c.change),
        interval=interval,
        counts=_counts(c),
        verdict=c.verdict,
        attention=c.attention,
        note=" ".join(filter(None, said)),
        small=small,
        details=c.to_json(),
        measure=c.measure,
    )


def _end(end: float | None, question: Question) -> str:
    return "no limit" if end is None else question.bare(end)


def _counts(c: Change) -> str:
    """Return the figure then and now, with the counts: ``0.97 → 0.54, 97/200 → 54/200 vs M 100/200 → 100/200``."""
    if c.old is None or c.new is None:
        only = c.old or c.new
        return f"{whole(only.selected)}/{whole(only.n)}" if only else ""
    scale: Literal["ratio", "difference"] = "ratio" if c.scale == "ratio" else "difference"
    then, now = (None if f.value is None else figure(f.value, scale) for f in (c.old, c.new))
    figures = f"{then} → {now}, " if then and now else ""
    own = " → ".join(f"{whole(f.selected)}/{whole(f.n)}" for f in (c.old, c.new))
    if c.reference is None:
        return figures + own
    other = " → ".join(f"{whole(f.reference_selected or 0)}/{whole(f.reference_n or 0)}" for f in (c.old, c.new))
    return f"{figures}{own} vs {name_of(c.reference)} {other}"


def _disagreements(c: Change) -> str | None:
    """Say on how many people of each group two releases disagree, if people are matched."""
    named = [(name_of(c.group), c.mcnemar), (name_of(c.reference or ()), c.reference_mcnemar)]
    said = [_gained_and_lost(name, found) for name, found in named if found is not None]
    return f"The same people: {'; '.join(said)}." if said else None


def _gained_and_lost(name: str, found: McNemar) -> str:
    test = ""
    if found.exact is not None and found.mid_p is not None:
        test = f" (McNemar: exact p {_p(found.exact)}, mid-P {_p(found.mid_p)})"
    return f"{name} {whole(found.only_new)} gained and {whole(found.only_old)} lost{test}"


def _p(p: float) -> str:
    shown = p_value(p)
    return shown if shown.startswith("<") else f"= {shown}"
