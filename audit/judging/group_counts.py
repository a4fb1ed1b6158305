"""From a tally to the counts of one table: its groups, who is left out of comparisons, who is the reference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.tally import NEGATIVE, NOT_SELECTED, NOTHING, POSITIVE, SELECTED, Measure, Tally

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from numpy.typing import NDArray

    from fairwitness.audit.tally import Count, Level
    from fairwitness.metrics.estimate import Status

Group = tuple[str, ...]

TRUE_POSITIVE, FALSE_POSITIVE, FALSE_NEGATIVE, TRUE_NEGATIVE = (
    "true_positive",
    "false_positive",
    "false_negative",
    "true_negative",
)
OUTCOMES = {
    (SELECTED, POSITIVE): TRUE_POSITIVE,
    (SELECTED, NEGATIVE): FALSE_POSITIVE,
    (NOT_SELECTED, POSITIVE): FALSE_NEGATIVE,
    (NOT_SELECTED, NEGATIVE): TRUE_NEGATIVE,
}


@dataclass(frozen=True, slots=True)
class GroupCount:
    """The decisions on one group.

    Attributes
    ----------
    group : tuple of str
        One label for each attribute of the table.
    selected, not_selected : int
        Decisions; what was set aside is in neither.
    outcomes : dict of str to int
        With a true outcome: ``true_positive``, ``false_positive``, ``false_negative``, ``true_negative``.
    status : {"ok", "undefined_empty_group", "excluded", "below_min_n"}
        Anything but ``ok`` keeps the group out of every comparison.
    weights : mapping of str to int, or None
        Where decisions have survey weights: their sums in millionths, by ``selected``, ``not_selected`` and the
        outcomes.
    """

    group: Group
    selected: int
    not_selected: int
    outcomes: dict[str, int]
    status: Status
    weights: Mapping[str, int] | None = None

    @property
    def n(self) -> int:
        """Decisions on the group."""
        return self.selected + self.not_selected

    def stands_for(self, *kinds: str) -> int:
        """How much decisions of some kinds stand for: their number, or the sum of their weights in millionths."""
        counts = {SELECTED: self.selected, NOT_SELECTED: self.not_selected, **self.outcomes}
        return sum((counts if self.weights is None else self.weights)[kind] for kind in kinds)

    @property
    def weight(self) -> int:
        """What all decisions on the group stand for."""
        return self.stands_for(SELECTED, NOT_SELECTED)

    @property
    def rate(self) -> Fraction:
        """Share selected, exactly, weighted where decisions have weights; of an empty group 0."""
        return Fraction(self.stands_for(SELECTED), self.weight) if self.weight else Fraction(0)


@dataclass(frozen=True, slots=True)
class GroupCounts:
    """The counts of one table.

    Attributes
    ----------
    by : tuple of str
        The attributes that make the groups.
    groups : tuple of GroupCount
        In the order of `in_order`; for a single attribute also declared labels that nobody bears.
    unknown : int
        Decisions on people of whom at least one of the attributes is not disclosed.
    unknown_selected : int or None
        How many of them were selected; None where the source does not say.
    divided : bool
        Whether the groups are also compared within strata, or with controls.
    """

    by: tuple[str, ...]
    measure: Measure
    groups: tuple[GroupCount, ...]
    unknown: int
    unknown_selected: int | None
    divided: bool = False

    @property
    def known(self) -> int:
        """Decisions on people whose group is known."""
        return sum(g.n for g in self.groups)

    @property
    def included(self) -> tuple[GroupCount, ...]:
        """The groups that are compared."""
        return tuple(g for g in self.groups if g.status == "ok")


@dataclass(frozen=True, slots=True)
class Reference:
    """What the groups of a table are compared with.

    Attributes
    ----------
    rule : str
        ``highest``, ``largest``, ``overall``, ``rest``, or ``named``.
    groups : tuple of groups
        Several where the highest rates are equal, unless the groups are also compared within strata or with controls:
        what is equal in all need not be equal there, so then the largest of them is the reference, and the others are
        compared with it.  None for ``overall`` and ``rest``.
    tie_broken : bool
        Whether several groups are the largest, so that their rates had to say which of them is the reference.
    """

    rule: str
    groups: tuple[Group, ...]
    tie_broken: bool = False

    @property
    def chosen_from_outcomes(self) -> bool:
        """Whether the decisions themselves chose the reference, so that every pair is in the family of tests."""
        return self.rule == "highest" or self.tie_broken


def count_groups(tally: Tally, by: tuple[str, ...], *, exclude_under: Decimal, min_n: int) -> GroupCounts:
    """Return the counts of the table by some attributes.

    Parameters
    ----------
    tally : Tally
        Its decision axis tells selected from not selected; a label axis, if any, gives the true outcomes.
    by : tuple of str
        Attributes of the tally; for a table of counts the name of one table.
    exclude_under : Decimal
        Groups with a smaller share of the known are left out of comparisons; compared exactly.
    min_n : int
        Groups with fewer decisions are left out of comparisons.
    """
    if tally.axis("table"):
        tally = tally.table(by[0])
    decision, label = tally.axis("decision"), tally.axis("label")
    if decision is None:
        raise FairwitnessError("The tally has no decision to count: count the source with a decision, or with a score.")
    names = [*by, decision.name, *([label.name] if label else [])]
    margin = tally.margin(*names)
    cells: dict[Group, dict[str, Count]] = {}
    if len(by) == 1:
        cells = {(level,): {} for level in next(a for a in margin.axes if a.name == by[0]).levels}
    unknown = {SELECTED: 0, NOT_SELECTED: 0, None: 0}
    for key, count in margin.cells.items():
        levels, outcome = key[: len(by)], key[len(by)]
        if isinstance(outcome, str) and outcome not in (SELECTED, NOT_SELECTED):
            continue  # set aside
        if any(level is None for level in levels):
            unknown[outcome if isinstance(outcome, str) else None] += count.n
            continue
        cell = cells.setdefault(tuple(str(level) for level in levels), {})
        if isinstance(outcome, str):
            for kind in kinds_of(outcome, key[-1] if label else None):
                cell[kind] = cell.get(kind, NOTHING) + count
    known = sum(cell.get(SELECTED, NOTHING).n + cell.get(NOT_SELECTED, NOTHING).n for cell in cells.values())
    left_out = LeftOut(known, Fraction(exclude_under), min_n)
    groups = tuple(
        _group_count(group, cells[group], left_out, labelled=bool(label), weighted=tally.weighted)
        for group in sorted(cells, key=in_order)
    )
    selected = None if unknown[None] else unknown[SELECTED]
    divided = any(axis.role in ("stratum", "control") for axis in tally.axes)
    return GroupCounts(by, tally.measure, groups, sum(unknown.values()), selected, divided)


def kinds_of(outcome: str, label: Level) -> tuple[str, ...]:
    """Return what a decision counts as: selected or not, and where the true outcome is known one of the four kinds.

    Examples
    --------
    >>> kinds_of("selected", "positive"), kinds_of("not_selected", None)
    (('selected', 'true_positive'), ('not_selected',))
    """
    return (outcome,) if label is None else (outcome, OUTCOMES[outcome, str(label)])


class LeftOut(NamedTuple):
    """What leaves a group out of comparisons: a share of the known under this one, fewer decisions than these."""

    known: int
    exclude_under: Fraction
    min_n: int


def _group_count(
    group: Group, cell: dict[str, Count], left_out: LeftOut, *, labelled: bool, weighted: bool
) -> GroupCount:
    kinds = (SELECTED, NOT_SELECTED, *(OUTCOMES.values() if labelled else ()))
    counts = {kind: cell.get(kind, NOTHING) for kind in kinds}
    n = counts[SELECTED].n + counts[NOT_SELECTED].n
    status: Status = "ok"
    if n == 0 or (weighted and counts[SELECTED].weight + counts[NOT_SELECTED].weight == 0):
        status = "undefined_empty_group"
    elif Fraction(n, left_out.known) < left_out.exclude_under:
        status = "excluded"
    elif n < left_out.min_n:
        status = "below_min_n"
    return GroupCount(
        group=group,
        selected=counts[SELECTED].n,
        not_selected=counts[NOT_SELECTED].n,
        outcomes={kind: counts[kind].n for kind in kinds[2:]},
        status=status,
        weights={kind: count.weight for kind, count in counts.items()} if weighted else None,
    )


def counts_of(groups: Sequence[GroupCount]) -> dict[str, NDArray[np.int64]]:
    """Return the counts of groups by name, one entry per group, as metrics read them."""
    made = {SELECTED: [g.selected for g in groups], NOT_SELECTED: [g.not_selected for g in groups]}
    if groups and all(g.outcomes for g in groups):
        made |= {kind: [g.outcomes[kind] for g in groups] for kind in OUTCOMES.values()}
    return {name: np.array(column, np.int64) for name, column in made.items()}


def in_order(group: Group) -> tuple[tuple[int, float, str], ...]:
    """Return a key that sorts groups as a reader would: numbers and bins by size, words by letter.

    Examples
    --------
    >>> sorted([("40+",), ("<25",), ("9",), ("25–39",)], key=in_order)
    [('9',), ('<25',), ('25–39',), ('40+',)]
    """

    def key(label: str) -> tuple[int, float, str]:
        number = re.match(r"<?(-?\d+(?:\.\d+)?)", label)
        below = "" if label.startswith("<") else label
        return (0, float(number[1]), below) if number else (1, 0.0, label)

    return tuple(map(key, group))


def choose_reference(counts: GroupCounts, rule: str) -> Reference:
    """Return what the table's groups are compared with; groups left out are never the reference.

    Parameters
    ----------
    counts : GroupCounts
    rule : str
        ``highest`` rate, ``largest`` number (of several largest the one with the highest rate: all of them as the
        reference would be compared with nobody), ``overall``, ``rest``, or a group's name: its label, or for an
        intersection its labels joined by a comma.  A table that has no group of that name takes ``highest``.

    Raises
    ------
    FairwitnessError
        The named group is left out of comparisons in this table.
    """
    included = counts.included
    if rule in ("overall", "rest") or not included:
        return Reference(rule, ())
    if rule == "largest":
        most = max(g.n for g in included)
        largest = [g for g in included if g.n == most]
        return Reference(rule, _with_highest_rate(counts, largest), tie_broken=len(largest) > 1)
    named = next((g for g in counts.groups if names_group(rule, g.group)), None) if rule != "highest" else None
    if named is None:
        return Reference("highest", _with_highest_rate(counts, included))
    if named.status != "ok":
        table = " × ".join(counts.by)
        raise FairwitnessError(
            f"reference {quoted(rule)}: in the table by {printable(table)} this group is left out of comparisons "
            f"({named.status}, n = {named.n}). Name one of {listed(' · '.join(g.group) for g in included)}."
        )
    return Reference("named", (named.group,))


def _with_highest_rate(counts: GroupCounts, groups: Sequence[GroupCount]) -> tuple[Group, ...]:
    best = max(g.rate for g in groups)
    tied = [g for g in groups if g.rate == best]
    return tuple(g.group for g in ([max(tied, key=lambda g: g.n)] if counts.divided else tied))


def names_group(name: str, group: Group) -> bool:
    """Tell whether a name given by a person means this group.

    Examples
    --------
    >>> names_group("black, f", ("black", "f"))
    True
    """
    return name == ", ".join(group) or tuple(part.strip() for part in name.split(",")) == group
