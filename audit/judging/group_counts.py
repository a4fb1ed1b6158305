"""From a tally to the counts of one table: its groups, who is left out of comparisons, who is the reference."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.tally import NEGATIVE, NOT_SELECTED, POSITIVE, SELECTED, Measure, Tally

if TYPE_CHECKING:
    from decimal import Decimal

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
    """

    group: Group
    selected: int
    not_selected: int
    outcomes: dict[str, int]
    status: Status

    @property
    def n(self) -> int:
        """Decisions on the group."""
        return self.selected + self.not_selected

    @property
    def rate(self) -> Fraction:
        """Share selected, exactly; of an empty group 0."""
        return Fraction(self.selected, self.n) if self.n else Fraction(0)


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
    """

    by: tuple[str, ...]
    measure: Measure
    groups: tuple[GroupCount, ...]
    unknown: int
    unknown_selected: int | None

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
        Several where the highest rates are equal; none for ``overall`` and ``rest``.
    """

    rule: str
    groups: tuple[Group, ...]

    @property
    def chosen_from_outcomes(self) -> bool:
        """Whether the decisions themselves chose the reference, so that every pair is in the family of tests."""
        return self.rule == "highest"


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
    cells: dict[Group, dict[str, int]] = {}
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
            cell[outcome] = cell.get(outcome, 0) + count.n
            if label and key[-1] is not None:
                kind = OUTCOMES[outcome, str(key[-1])]
                cell[kind] = cell.get(kind, 0) + count.n
    known = sum(cell.get(SELECTED, 0) + cell.get(NOT_SELECTED, 0) for cell in cells.values())
    groups = tuple(
        _group_count(group, cells[group], known, labelled=bool(label), exclude_under=exclude_under, min_n=min_n)
        for group in sorted(cells, key=in_order)
    )
    selected = None if unknown[None] else unknown[SELECTED]
    return GroupCounts(by, tally.measure, groups, sum(unknown.values()), selected)


def _group_count(
    group: Group, cell: dict[str, int], known: int, *, labelled: bool, exclude_under: Decimal, min_n: int
) -> GroupCount:
    selected, not_selected = cell.get(SELECTED, 0), cell.get(NOT_SELECTED, 0)
    n = selected + not_selected
    status: Status = "ok"
    if n == 0:
        status = "undefined_empty_group"
    elif Fraction(n, known) < Fraction(exclude_under):
        status = "excluded"
    elif n < min_n:
        status = "below_min_n"
    outcomes = {kind: cell.get(kind, 0) for kind in OUTCOMES.values()} if labelled else {}
    return GroupCount(group, selected, not_selected, outcomes, status)


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
        ``highest`` rate, ``largest`` number, ``overall``, ``rest``, or a group's name: its label, or for an
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
        return Reference(rule, tuple(g.group for g in included if g.n == most))
    named = next((g for g in counts.groups if names_group(rule, g.group)), None) if rule != "highest" else None
    if named is None:
        best = max(g.rate for g in included)
        return Reference("highest", tuple(g.group for g in included if g.rate == best))
    if named.status != "ok":
        table = " × ".join(counts.by)
        raise FairwitnessError(
            f"reference {quoted(rule)}: in the table by {printable(table)} this group is left out of comparisons "
            f"({named.status}, n = {named.n}). Name one of {listed(' · '.join(g.group) for g in included)}."
        )
    return Reference("named", (named.group,))


def names_group(name: str, group: Group) -> bool:
    """Tell whether a name given by a person means this group.

    Examples
    --------
    >>> names_group("black, f", ("black", "f"))
    True
    """
    return name == ", ".join(group) or tuple(part.strip() for part in name.split(",")) == group
