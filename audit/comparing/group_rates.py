"""The rates that are compared: for each group of a table of one release, how many were selected of how many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.judging.group_counts import FALSE_NEGATIVE, TRUE_POSITIVE, count_groups
from fairwitness.audit.judging.group_table import measured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.audit.judging.group_counts import Group, GroupCount, GroupCounts
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Measure, Tally
    from fairwitness.metrics.estimate import Status

TRUE_POSITIVE_RATE = "true_positive_rate"


@dataclass(frozen=True, slots=True)
class GroupRate:
    """One group's rate.

    Attributes
    ----------
    selected, n : int
        Of the group's decisions; of a true positive rate, of those on people whose true outcome is positive.
    status : Status
        Anything but ``ok`` keeps the group out of comparisons.
    """

    selected: int
    n: int
    status: Status


@dataclass(frozen=True, slots=True)
class RateTable:
    """One rate by one combination of attributes.

    Attributes
    ----------
    measure : {"selection_rate", "scoring_rate"}
        What selected means.
    rate : str
        The measure's name, or ``true_positive_rate``.
    groups : mapping of Group to GroupRate
        In the order in which a reader expects them.
    unknown : int or None
        Of the rate of all, decisions on people whose group is not known; None where that is not kept.
    """

    by: tuple[str, ...]
    measure: Measure
    rate: str
    groups: Mapping[Group, GroupRate]
    unknown: int | None = None

    @property
    def n(self) -> int:
        """Of how many the rates of all groups are."""
        return sum(rate.n for rate in self.groups.values())

    def ordered_as(self, by: tuple[str, ...]) -> RateTable:
        """Return the table with its attributes in another order."""
        at = [self.by.index(name) for name in by]
        groups = {tuple(group[i] for i in at): rate for group, rate in self.groups.items()}
        return replace(self, by=by, groups=groups)


def rate_tables(
    tally: Tally, plan: AuditPlan, tables: tuple[tuple[str, ...], ...], *, of_positives: bool
) -> Iterator[RateTable]:
    """Yield the rates of some tables, once for each measure that the tally can tell.

    Parameters
    ----------
    tally : Tally
    plan : AuditPlan
        Its ``exclude_under`` and ``min_n`` say which groups are compared.
    tables : tuple of tuple of str
        The attributes of each.
    of_positives : bool
        Take the true positive rate instead of the rate of all.

    Raises
    ------
    FairwitnessError
        The true positive rate of a tally without true outcomes, or any rate of a weighted or clustered one.
    """
    if tally.weighted:
        raise FairwitnessError("A weighted tally cannot be compared: the tests are for counts. Count without weights.")
    if tally.axis("cluster") is not None:
        raise FairwitnessError(
            "Releases whose decisions come in clusters cannot be compared: the tests are for independent decisions. "
            "Audit each release by itself."
        )
    if of_positives and tally.axis("label") is None:
        raise FairwitnessError(
            "No true outcomes were counted, and this metric compares true positive rates. "
            "Name the column of the outcome (--label)."
        )
    for counted in measured(tally):
        for by in tables:
            counts = count_groups(counted, by, exclude_under=plan.exclude_under, min_n=plan.min_n)
            yield rate_table(counts, of_positives=of_positives)


def rate_table(counts: GroupCounts, *, of_positives: bool) -> RateTable:
    """Return the rates of a table of counts: of all, or of those whose true outcome is positive."""
    groups = {g.group: _rate(g, of_positives=of_positives) for g in counts.groups}
    rate = TRUE_POSITIVE_RATE if of_positives else counts.measure
    return RateTable(counts.by, counts.measure, rate, groups, None if of_positives else counts.unknown)


def _rate(g: GroupCount, *, of_positives: bool) -> GroupRate:
    if not of_positives:
        return GroupRate(g.selected, g.n, g.status)
    selected = g.outcomes[TRUE_POSITIVE]
    n = selected + g.outcomes[FALSE_NEGATIVE]
    return GroupRate(selected, n, "undefined_no_positives" if g.status == "ok" and n == 0 else g.status)


def tables_asked(by: str | tuple[str, ...] | None, attributes: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """Return the tables that are compared: one named, or every one by a single attribute.

    Raises
    ------
    FairwitnessError
        An attribute that was not counted, or one named twice.

    Examples
    --------
    >>> tables_asked(None, ("race", "sex")), tables_asked(("sex", "race"), ("race", "sex"))
    ((('race',), ('sex',)), (('race', 'sex'),))
    """
    if by is None:
        return tuple((name,) for name in attributes)
    named = (by,) if isinstance(by, str) else tuple(by)
    for name in named:
        if name not in attributes:
            raise FairwitnessError(
                f"by: no protected attribute {quoted(name)}; there are {listed(attributes)}."
                f"{did_you_mean(name, attributes)}"
            )
    if not named or len(set(named)) < len(named):
        raise FairwitnessError(f"by: {quoted(', '.join(named))} does not name different attributes. Name each once.")
    return (tuple(name for name in attributes if name in named),)
