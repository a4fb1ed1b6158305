"""Which groups of a tally are too small to be shown to everybody, and which others must hide them.

The decision is taken attribute by attribute.  A group is small if fewer than ten people in it were selected, or
fewer than ten were not, zero included; so are people whose group is not disclosed.  Small groups are hidden, and
with them as many of the smallest others as it takes until those hidden are large together: totals are known, so what
is hidden alone could be computed.  A group in which nobody was decided on asks for no other to be hidden: that it is
empty tells nothing of anybody's decision.

Intersections are shown whole or not at all: where every combination is large, undisclosed ones included, and where
the tables shown together pin down no combination that stands in none of them.  That holds if they are decomposable
(no cycle).  A count of a finer cross then lies between the smallest of the counts above it and the sum of those minus
the sum of the counts where they meet; each count stands beside others of at least ten where it meets the next, so
that the two ends are at least ten apart.  Decisions, and outcomes where there are any, are one more direction of
every such table.  What two measures, decisions and scores, tell together is not looked at but for who has no score.

References
----------
A. Dobra, S. E. Fienberg, Bounds for cell entries in contingency tables given marginal totals and decomposable
graphs, PNAS 97 (2000) 11885–11892, doi:10.1073/pnas.97.22.11885.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations, product
from typing import TYPE_CHECKING

from fairwitness.audit.counting.count_table import BETWEEN
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.judging.group_counts import OUTCOMES
from fairwitness.audit.judging.group_table import measured
from fairwitness.audit.tally import NOT_SELECTED, SELECTED, SMALL_CELL, Axis, Key, Level, Tally

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fairwitness.audit.plan import AuditPlan

SMALL = SMALL_CELL
MERGED = f"(merged: fewer than {SMALL})"

By = tuple[str, ...]
Levels = dict[str, frozenset[Level]]
Numbers = tuple[int, ...]  # counts of one group that must each be large for it to be shown


@dataclass(frozen=True, slots=True)
class Hiding:
    """What is hidden of the tables of an audit.

    Attributes
    ----------
    levels : dict of str to tuple of str
        By attribute: every label, also those that nobody bears.
    borne : dict of str to frozenset
        By attribute: the labels with a decision; None stands for "not disclosed".
    merged : dict of str to frozenset
        By attribute: the labels hidden in figures of the decisions.
    strict : dict of str to frozenset
        By attribute: those hidden in figures of the outcomes; they include ``merged``.
    whole : tuple of tuple of str
        The intersections that are shown, with the groups of ``merged`` as one.
    """

    levels: dict[str, tuple[str, ...]]
    borne: Levels
    merged: Levels
    strict: Levels
    whole: tuple[By, ...]

    @property
    def shown(self) -> By:
        """The attributes of which at least one group is shown by itself."""
        return tuple(name for name in self.levels if self.borne[name] - self.merged[name] - {None})


def hiding(tally: Tally, plan: AuditPlan) -> Hiding:
    """Decide what is hidden in the tables that a plan asks of a tally."""
    parts = list(measured(tally))
    levels: dict[str, tuple[str, ...]] = {}
    borne: Levels = {}
    merged: Levels = {}
    strict: Levels = {}
    for name in tally.attributes:
        tables = [table_of(t, name) for t in parts]
        levels[name] = next(axis.levels for axis in tables[0].axes if axis.name == name)
        decided, labelled = (_by_level(tables, name, outcomes=outcomes) for outcomes in (False, True))
        borne[name] = frozenset(decided)
        merged[name] = _hidden(decided, frozenset())
        strict[name] = _hidden(labelled, merged[name])
    for name in _joined(tally, merged):
        merged[name] = strict[name] = borne[name]
    wanted = [
        by
        for by in intersections(tally, plan)
        if all(merged[n] == strict[n] and borne[n] - merged[n] - {None} for n in by)
    ]
    return Hiding(levels, borne, merged, strict, _decomposable(wanted, parts, merged))


def table_of(tally: Tally, name: str) -> Tally:
    """Return the tally with the attribute ``name``: of a table of counts, one table."""
    return tally.table(name) if tally.axis("table") else tally


def decision_of(tally: Tally) -> Axis:
    """Return the decision's axis.

    Raises
    ------
    FairwitnessError
        There is none.
    """
    decision = tally.axis("decision")
    if decision is None:
        raise FairwitnessError("The tally has no decision to count: count the source with a decision, or with a score.")
    return decision


def intersections(tally: Tally, plan: AuditPlan) -> list[By]:
    """Return the intersections that a plan asks of a tally."""
    if tally.axis("table") or plan.intersect == "none":
        return []
    return list(combinations(tally.attributes, 2)) if plan.intersect == "all" else [tuple(by) for by in plan.intersect]


def as_seen(level: Level, merged: Collection[Level]) -> Level:
    """Return the label under which a level is shown."""
    return MERGED if level in merged else level


def all_large(parts: Sequence[Tally], by: By, merged: Levels) -> bool:
    """Tell whether every combination of the levels seen is large, those that do not occur included."""
    numbers = _numbers(parts, by, merged, outcomes=True)
    seen = ({key[i] for key in numbers} for i in range(len(by)))
    return all(key in numbers and min(numbers[key]) >= SMALL for key in product(*seen))


def _by_level(tables: Sequence[Tally], name: str, *, outcomes: bool) -> dict[Level, Numbers]:
    return {key[0]: numbers for key, numbers in _numbers(tables, (name,), {}, outcomes=outcomes).items()}


def _hidden(numbers: Mapping[Level, Numbers], start: frozenset[Level]) -> frozenset[Level]:
    """Return the small levels, and the smallest others until together they are large; every level if they never are."""
    hidden = {level for level, n in numbers.items() if min(n) < SMALL} | start
    if not hidden:
        return frozenset()
    hidden |= {MERGED} & numbers.keys()
    others = sorted((sum(numbers[v][:2]), v) for v in numbers.keys() - hidden if isinstance(v, str))
    while others and not _large_together(numbers, hidden):
        hidden.add(others.pop(0)[1])
    return frozenset(hidden if _large_together(numbers, hidden) else numbers)


def _large_together(numbers: Mapping[Level, Numbers], levels: Collection[Level]) -> bool:
    return all(sum(column) >= SMALL for column in zip(*(numbers[level] for level in levels), strict=True))


def _numbers(parts: Sequence[Tally], by: By, merged: Levels, *, outcomes: bool) -> dict[Key, Numbers]:
    """Return, for each combination of levels with a decision, the counts that must all be large.

    First those selected and those not, for each measure.  With outcomes also the four outcomes, and those whose
    outcome is not known, if there are any.  With two measures also those decided on without a score, if any.
    """
    columns: list[Counter[Key]] = []
    occasional: list[Counter[Key]] = []
    for t in parts:
        kinds = _kinds(t, by, merged)
        decided = [sum((kinds[kind] for kind in [*kinds] if kind[0] == d), Counter()) for d in (SELECTED, NOT_SELECTED)]
        if columns:
            occasional.append(columns[0] + columns[1] - decided[0] - decided[1])
        columns += decided
        if outcomes and t.axis("label"):
            columns += [kinds[kind] for kind in OUTCOMES]
            occasional += [kinds[d, None] for d in (SELECTED, NOT_SELECTED)]
    columns += [column for column in occasional if column.total()]
    return {key: tuple(column[key] for column in columns) for key in columns[0] | columns[1]}


def _kinds(tally: Tally, by: By, merged: Levels) -> defaultdict[tuple[Level, Level], Counter[Key]]:
    """Return the counts of each decision and outcome, by the levels as they are seen."""
    label = tally.axis("label")
    kinds: defaultdict[tuple[Level, Level], Counter[Key]] = defaultdict(Counter)
    for key, c in tally.margin(*by, decision_of(tally).name, *([label.name] if label else [])).cells.items():
        if c.n and key[len(by)] in (SELECTED, NOT_SELECTED):
            levels = tuple(as_seen(level, merged.get(name, ())) for name, level in zip(by, key, strict=False))
            kinds[key[len(by)], key[-1] if label else None][levels] += c.n
    return kinds


def _decomposable(wanted: Collection[By], parts: Sequence[Tally], merged: Levels) -> tuple[By, ...]:
    """Return the intersections that are large, and that pin nothing down if they are shown together.

    One that would close a cycle is taken only if the cross of everything on the cycle is large.
    """
    taken: set[By] = set()
    islands: list[list[frozenset[str]]] = []  # cliques that hang together
    for by in sorted(wanted, key=len, reverse=True):
        clique = frozenset(by)
        if any(clique <= other for island in islands for other in island):
            taken.add(by)
            continue
        if not all_large(parts, by, merged):
            continue
        touched = [island for island in islands if any(clique & other for other in island)]
        if not all(any(clique & frozenset().union(*island) <= other for other in island) for island in touched):
            clique = clique.union(*(other for island in touched for other in island))
            if not all_large(parts, tuple(sorted(clique)), merged):
                continue
        islands = [island for island in islands if island not in touched]
        islands.append([clique, *(other for island in touched for other in island)])
        taken.add(by)
    return tuple(by for by in wanted if by in taken)


def _joined(tally: Tally, merged: Levels) -> list[str]:
    """Return the tables of a table of counts that look like intersections and cannot be shown beside the others."""
    if tally.axis("table") is None:
        return []
    tables = {name: tally.table(name).cells for name in tally.attributes}
    unknown = [{key: c for key, c in cells.items() if key[0] is None} for cells in tables.values()]
    alike = all(each == unknown[0] for each in unknown)
    return [
        name
        for name, cells in tables.items()
        if any(BETWEEN in str(key[0]) for key in cells) and (merged[name] or not alike)
    ]
