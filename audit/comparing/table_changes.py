"""The changes of one table: who is compared with whom, the tests, and the verdicts."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from fairwitness.audit.comparing import sentences
from fairwitness.audit.comparing.both_ways import Turned, evidence_of, judged, standing_level, standings
from fairwitness.audit.comparing.change import Change, Figure, McNemar
from fairwitness.audit.comparing.figures import NO_FIGURES, Figures, figures_of, number_of
from fairwitness.audit.disclosure import MERGED
from fairwitness.audit.judging.group_counts import in_order, names_group
from fairwitness.audit.judging.policy import Evidence
from fairwitness.metrics import paired_change
from fairwitness.metrics.significance import rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.comparing.both_ways import Standing
    from fairwitness.audit.comparing.change import ChangeStatus, Direction
    from fairwitness.audit.comparing.compared_tables import ComparedTable
    from fairwitness.audit.comparing.group_rates import RateTable
    from fairwitness.audit.comparing.question import Question
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.policy import Difference, Verdict


def changes_of(table: ComparedTable, question: Question, *, reference: str, level: float) -> list[Change]:
    """Return the change of every group of a table but the reference group, in the order of its labels.

    Parameters
    ----------
    table : ComparedTable
    question : Question
    reference : str
        The group that the plan names, or a rule; see `reference_of`.  Where it names none, the question is asked both
        ways; see `fairwitness.audit.comparing.both_ways`.
    level : float
        Confidence level; ``1 - level`` is the significance level of the test of no change.
    """
    statuses = {group: _status(table, group) for group in _groups(table)}
    comparable = [group for group, status in statuses.items() if status == "ok"]
    against, alone = reference_of(table, comparable, reference)
    chosen = against is not None and not names_group(reference, against)
    figures: dict[Group, Figures] = {}
    standing: dict[Group, Standing] = {}
    if against is not None:
        focal = [g for g in comparable if g != against and _exact(table, g, against, question) is not None]
        figures = figures_of(table, focal, against, question, level) if focal else {}
        standing = standings(table.new, focal, against, question, level) if chosen else {}
    made = []
    for group, status in statuses.items():
        if group == against:
            continue
        why = alone if status == "ok" and alone else status
        compared = against if why == "ok" else None
        made.append(_change(table, group, compared, why, question, figures.get(group), standing.get(group), level))
    return made


def reference_of(
    table: ComparedTable, comparable: Sequence[Group], rule: str
) -> tuple[Group | None, ChangeStatus | None]:
    """Return the group that the others are compared with in both releases, or why there is none.

    Parameters
    ----------
    table : ComparedTable
    comparable : sequence of Group
        The groups that both releases can tell.
    rule : str
        A group's name; anything else takes the group with the highest rate in both releases together, so that
        neither release's luck chooses it.
    """
    named = next((group for group in table.new.groups if names_group(rule, group)), None)
    if named is not None and named not in comparable:
        return None, "no_reference"
    if len(comparable) < 2:
        return None, "single_group"
    if named is not None:
        return named, None

    def rate_and_size(group: Group) -> tuple[Fraction, int]:
        old, new = table.old.groups[group], table.new.groups[group]
        return Fraction(old.selected + new.selected, old.n + new.n), old.n + new.n

    return max(comparable, key=rate_and_size), None


def _groups(table: ComparedTable) -> list[Group]:
    """Return the groups of either release; what a baseline holds merged is no group of anybody's."""
    old = [group for group in table.old.groups if MERGED not in group]
    return sorted({*old, *table.new.groups}, key=in_order)


def _status(table: ComparedTable, group: Group) -> ChangeStatus:
    old, new = table.old.groups.get(group), table.new.groups.get(group)
    if new is None:
        return "not_in_new"
    if new.status != "ok":
        return new.status
    if old is None:
        merged = any(MERGED in other for other in table.old.groups)
        return "merged_in_old" if merged else "not_in_old"
    return old.status


def _change(
    table: ComparedTable, group: Group, against: Group | None, status: ChangeStatus, question: Question,
    figures: Figures | None, standing: Standing | None, level: float,
) -> Change:  # fmt: skip
    value = None if against is None else _exact(table, group, against, question)
    if status == "ok" and value is None:
        status = "undefined_no_selections"
    f = figures or NO_FIGURES
    shown = None if f.p_adjusted is None else bool(rejected(f.p_adjusted, 1 - level))
    evidence = Evidence(value, f.low, f.high, f.low_one_sided, f.high_one_sided, shown)
    now = None
    if standing is not None and against is not None:
        now = evidence_of(standing, _value(table.new, group, against, question), level)
    found = judged(question, evidence, now)
    direction: Direction | None = None
    if value is not None:
        direction = "worse" if value < question.same else "better" if value > question.same else "same"
    difference: Difference = "not_evaluable" if shown is None else "shown" if shown else "not_shown"
    made = Change(
        metric=question.metric,
        measure=table.new.measure,
        rate=table.new.rate,
        scale=question.scale,
        by=table.new.by,
        group=group,
        reference=against,
        old=_figure(table.old, group, against, question),
        new=_figure(table.new, group, against, question),
        change=None if value is None else float(value),
        low=f.low,
        high=f.high,
        level=level,
        low_one_sided=f.low_one_sided,
        high_one_sided=f.high_one_sided,
        margin=float(question.margin),
        threshold=float(question.threshold),
        z=f.z,
        p=f.p,
        p_no_change=f.p_no_change,
        p_adjusted=f.p_adjusted,
        m=f.m,
        detectable=f.detectable,
        paired=table.pairs is not None,
        mcnemar=_mcnemar(table, group),
        reference_mcnemar=_mcnemar(table, against),
        turned=_turned(found.turned, standing, level),
        status=status,
        rule=question.rule,
        direction=direction,
        difference=difference,
        verdict=found.verdict,
        attention=found.attention,
        headline="",
        because="",
        settle=None,
    )
    return replace(
        made,
        headline=sentences.headline(made, question),
        because=sentences.because(made, question, found.own),
        settle=sentences.settle(made, question),
    )


def _turned(verdict: Verdict | None, standing: Standing | None, level: float) -> Turned | None:
    return None if verdict is None or standing is None else Turned(verdict, standing_level(level), *standing)


def _figure(release: RateTable, group: Group, against: Group | None, question: Question) -> Figure | None:
    own = release.groups.get(group)
    if own is None:
        return None
    if against is None:
        return Figure(own.selected, own.n)
    value = _value(release, group, against, question)
    reference = release.groups[against]
    return Figure(own.selected, own.n, reference.selected, reference.n, None if value is None else float(value))


def _value(release: RateTable, group: Group, against: Group, question: Question) -> Fraction | None:
    """Return the metric in one release, exactly; None where it is undefined."""
    own, reference = release.groups[group], release.groups[against]
    if question.scale == "difference":
        return Fraction(own.selected, own.n) - Fraction(reference.selected, reference.n)
    if reference.selected == 0:
        return None
    return Fraction(own.selected * reference.n, own.n * reference.selected)


def _exact(table: ComparedTable, group: Group, against: Group, question: Question) -> Fraction | None:
    """Return the change, exactly; None where it is undefined."""
    old, new = (_value(release, group, against, question) for release in (table.old, table.new))
    if old is None or new is None:
        return None
    if question.scale == "difference":
        return new - old
    return new / old if old else None


def _mcnemar(table: ComparedTable, group: Group | None) -> McNemar | None:
    pair = None if table.pairs is None or group is None else table.pairs.get(group)
    if pair is None:
        return None
    exact, mid_p, _ = paired_change.mcnemar(pair.new, pair.old)
    return McNemar(pair.new, pair.old, number_of(exact), number_of(mid_p))
