"""The choices of method that an audit could have made otherwise, each with the decisions and the plan that it means."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.counting.repeats import REPEAT
from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.independent import Independent
from fairwitness.audit.judging.sentences import DONE
from fairwitness.audit.tally import NOT_SELECTED, NOTHING, SELECTED, SET_ASIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.judging.independent import TestName
    from fairwitness.audit.plan import AuditPlan, Rule
    from fairwitness.audit.tally import AxisRole, Count, Key, Level, Tally

REFERENCES = ("highest", "largest", "overall", "rest")
RULES: tuple[Rule, ...] = ("screen_and_test", "clear", "point")
TESTS: tuple[TestName, ...] = ("pooled_z", "mid_p", "fisher_exact")
LEVELS = (0.9, 0.95, 0.99)
SHARES = (Decimal(0), Decimal("0.02"))  # under the latter 6 RCNY 5-301 lets a category be left out
NUMBERS = (0, 30)
NEEDED: tuple[AxisRole, ...] = ("decision", "stratum", "cluster")

ALONE = "each comparison by itself"
NAMED = "reference named beforehand"


class Question(NamedTuple):
    """One choice, and what the audit is made of with it.

    Attributes
    ----------
    kind, choice : str
        What is chosen, and the choice.
    tally, plan
        Those of the audit themselves where the choice leaves them as they are.
    test, rule : str, optional
        The test that decides, the rule that draws the verdict.
    alone : bool
        Whether p stays as it is, not adjusted over the family.
    group : Group, optional
        The only group that the question is about.
    """

    kind: str
    choice: str
    tally: Tally
    plan: AuditPlan
    test: TestName | None = None
    rule: Rule | None = None
    alone: bool = False
    group: Group | None = None


def needed(tally: Tally, table: GroupTable) -> Tally:
    """Return the tally by what a table's findings rest on, and no more: for a table of counts, that table."""
    name = table.by[0]
    if tally.axis("table"):
        return tally.table(name)
    return tally.margin(*(a.name for a in tally.axes if a.role in NEEDED or a.name == name))


def questions(tally: Tally, table: GroupTable, plan: AuditPlan) -> Iterator[Question]:
    """Yield every choice for a table, but for those that the plan has made and those that leave all counts as they are.

    Parameters
    ----------
    tally : Tally
        As `needed` gives it.
    table : GroupTable
        The audit's, by one attribute.
    plan : AuditPlan
        The audit's.
    """
    for rule in REFERENCES:
        if rule not in (plan.reference, table.reference.rule):
            yield Question("reference", rule, tally, _with(plan, reference=rule))
    if isinstance(table.inference, Independent):
        yield from (Question("test", test, tally, plan, test) for test in TESTS)
    yield Question("family", ALONE, tally, plan, alone=True)
    if table.reference.chosen_from_outcomes and len(table.counts.included) > 2:
        (best,) = reference_used(table.counts, table.reference).group
        if best not in REFERENCES:
            yield Question("family", NAMED, tally, _with(plan, reference=best))
    yield from (Question("rule", rule, tally, plan, rule=rule) for rule in RULES)
    yield from (Question("level", f"{x:g}", tally, _with(plan, level=x)) for x in LEVELS if x != plan.level)
    for share in SHARES:
        yield Question("left_out", _shares(share), tally, _with(plan, exclude_under=share))
    for n in NUMBERS:
        yield Question("left_out", _numbers(n), tally, _with(plan, min_n=n))
    yield from _of_set_aside(tally, table, plan)
    yield from _of_sampling(tally, table, plan)
    yield from _of_undisclosed(tally, table, plan)


def _with(plan: AuditPlan, **fields: object) -> AuditPlan:
    return plan.model_copy(update=fields)


def _shares(share: Decimal) -> str:
    return f"groups under {share * 100:.0f} %" if share else "no group for its share"


def _numbers(n: int) -> str:
    return f"groups of fewer than {n}" if n else "no group for its number"


def _of_set_aside(tally: Tally, table: GroupTable, plan: AuditPlan) -> Iterator[Question]:
    """Yield what was set aside counted as decided, reason by reason; repeats of a unit are no decisions."""
    at = _place(tally, "decision")
    aside = {str(key[at]) for key in tally.cells if str(key[at]).startswith(SET_ASIDE)} - {SET_ASIDE + REPEAT}
    for level in sorted(aside):
        for outcome, said in ((NOT_SELECTED, "not "), (SELECTED, "")):
            choice = f"{level.removeprefix(SET_ASIDE)}: counted as {said}{DONE[table.measure]}"
            yield Question("set_aside", choice, _counted_as(tally, at, level, outcome), plan)


def _of_sampling(tally: Tally, table: GroupTable, plan: AuditPlan) -> Iterator[Question]:
    """Yield strata, clusters and weights treated otherwise."""
    if table.stratified is not None:
        other = "stratified" if plan.decides == "pooled" else "pooled"
        yield Question("strata", other, tally, _with(plan, decides=other))
        yield Question("strata", "not heeded", _without(tally, "stratum"), _with(plan, decides="pooled"))
    if tally.axis("cluster"):
        yield Question("clusters", "not heeded", _without(tally, "cluster"), plan)
    if tally.weighted:
        yield Question("weights", "not heeded", replace(tally, weighted=False), plan)


def _of_undisclosed(tally: Tally, table: GroupTable, plan: AuditPlan) -> Iterator[Question]:
    """Yield, for each compared group, whoever is undisclosed given to it and to what it is compared with.

    Of two groups, these are the ends between which the ratio lies however the undisclosed are shared out: a ratio of
    rates is least where the selected are all of the other group, and the others all of this one.
    """
    counts = table.counts
    if not counts.unknown or counts.unknown_selected is None:
        return
    name = table.by[0]
    at = [axis.name for axis in tally.axes].index(name)
    for row in table.rows:
        others = [g for g in counts.included if g is not row.count]
        if row.comparison is None or not others:
            continue
        best = reference_used(counts, table.reference) if table.reference.groups else max(others, key=lambda g: g.n)
        (ours,), (theirs,) = row.group, best.group
        for selected, rejected in ((theirs, ours), (ours, theirs)):
            choice = f"{DONE[table.measure]}: {selected}; not {DONE[table.measure]}: {rejected}"
            given = _disclosed(tally, at, {SELECTED: selected, NOT_SELECTED: rejected})
            yield Question("undisclosed", choice, given, plan, group=row.group)


def _place(tally: Tally, role: AxisRole) -> int:
    return next(i for i, axis in enumerate(tally.axes) if axis.role == role)


def _without(tally: Tally, role: AxisRole) -> Tally:
    return tally.margin(*(axis.name for axis in tally.axes if axis.role != role))


def _counted_as(tally: Tally, at: int, level: str, outcome: str) -> Tally:
    return _moved(tally, at, lambda key: outcome if key[at] == level else key[at])


def _disclosed(tally: Tally, at: int, owners: dict[str, str]) -> Tally:
    """Return the tally with decisions on people of undisclosed group given to a group, by their outcome."""
    decision = _place(tally, "decision")
    return _moved(tally, at, lambda key: owners.get(str(key[decision])) if key[at] is None else key[at])


def _moved(tally: Tally, at: int, level: Callable[[Key], Level]) -> Tally:
    cells: dict[Key, Count] = {}
    for key, count in tally.cells.items():
        moved = (*key[:at], level(key), *key[at + 1 :])
        cells[moved] = cells.get(moved, NOTHING) + count
    return replace(tally, cells=cells)
