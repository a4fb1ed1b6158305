"""Which figures of an answer rest on few people, or tell of few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.comparing.group_rates import rate_tables
from fairwitness.audit.gating.figures import PLAIN
from fairwitness.audit.tally import SMALL_CELL as SMALL

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fairwitness.audit.comparing.change import Change
    from fairwitness.audit.comparing.group_rates import GroupRate
    from fairwitness.audit.comparing.release import ReleaseComparison
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally

    Place = tuple[tuple[str, ...], str, Group]  # attributes, measure, group


def some_hidden(table: GroupTable, hidden: Collection[Group]) -> bool:
    """Tell whether anybody's group in a table is hidden."""
    return any(g.n and g.group in hidden for g in table.counts.groups)


def rests_on_few(table: GroupTable, group: Group, hidden: Collection[Group]) -> bool:
    """Tell whether a figure rests on a hidden group: itself, or one that it is compared with.

    Parameters
    ----------
    table : GroupTable
    group : tuple of str
        Empty for a figure of the whole table.
    hidden : collection of groups
        Of this table; see `fairwitness.audit.disclosure.hidden_groups`.
    """
    if not some_hidden(table, hidden):
        return False
    if not group or group in hidden or any(other in hidden for other in table.reference.groups):
        return True
    return table.reference.rule in PLAIN and _parts_the_hidden(table, hidden)


def _parts_the_hidden(table: GroupTable, hidden: Collection[Group]) -> bool:
    """Tell whether "everybody" holds some of those hidden and not the others, who could then be computed."""
    unknown, chosen = table.counts.unknown, table.counts.unknown_selected or 0
    few_unknown = unknown > 0 and min(chosen, unknown - chosen) < SMALL
    return few_unknown or any(g.n and g.group in hidden and g.status != "ok" for g in table.counts.groups)


def small_changes(table: Sequence[Change], sizes: Mapping[Place, GroupRate]) -> frozenset[Group]:
    """Return the groups of a table that rest on a count under 10 in either release.

    With them stand as many of the smallest others as it takes until those hidden are together not small: totals are
    known, so that a group hidden alone could be computed.
    """
    counts: dict[Group, dict[str, int]] = {}
    for c in table:
        counts[c.group] = _cells(c)
        if c.reference is not None:
            counts[c.reference] = _cells(c, reference=True)
    small = {group for group, cells in counts.items() if min(cells.values(), default=0) < SMALL}
    small |= {
        group for group in counts if _few_unmatched(counts[group], sizes.get((table[0].by, table[0].measure, group)))
    }
    others = sorted(counts.keys() - small, key=lambda group: (sum(counts[group].values()), group))
    while small and others and not _large_together([counts[group] for group in small]):
        small.add(others.pop(0))
    return frozenset(small)


def _cells(c: Change, *, reference: bool = False) -> dict[str, int]:
    """Return how many each release selected and did not, of the releases that have the group."""
    made: dict[str, int] = {}
    for when, f in (("then", c.old), ("now", c.new)):
        if f is not None and f.n:  # that nobody is there tells nothing of anybody's decision
            selected, n = (f.reference_selected or 0, f.reference_n or 0) if reference else (f.selected, f.n)
            made |= {f"{when}, selected": selected, f"{when}, not": n - selected}
    return made


def sizes_of(counted: Tally, found: ReleaseComparison, plan: AuditPlan) -> dict[Place, GroupRate]:
    """Return how many of each group the whole new release selected, of how many, matched or not."""
    asked = tuple(dict.fromkeys(c.by for c in found.changes))
    tables = rate_tables(counted, plan, asked, of_positives=found.question.of_positives)
    return {(t.by, t.measure, group): rate for t in tables for group, rate in t.groups.items()}


def _few_unmatched(cells: Mapping[str, int], whole_release: GroupRate | None) -> bool:
    """Tell whether the whole group, shown by another check, less those matched would be a few people."""
    if whole_release is None or "now, selected" not in cells:
        return False
    selected = whole_release.selected - cells["now, selected"]
    others = whole_release.n - whole_release.selected - cells["now, not"]
    return 0 < selected < SMALL or 0 < others < SMALL


def few_disagree(c: Change) -> bool:
    """Tell whether among matched people any kind of two decisions is small, in the group or the reference group."""
    for found, reference in ((c.mcnemar, False), (c.reference_mcnemar, True)):
        cells = _cells(c, reference=reference)
        if found is not None and cells:
            both = cells["then, selected"] - found.only_old
            neither = cells["then, not"] - found.only_new
            if min(both, neither, found.only_new, found.only_old) < SMALL:
                return True
    return False


def _large_together(groups: Sequence[Mapping[str, int]]) -> bool:
    names = {name for cells in groups for name in cells}
    return all(sum(cells.get(name, 0) for cells in groups) >= SMALL for name in names)
