"""Undisclosed groups: what those who did not say could change, from the worst case to the best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from fairwitness.audit.analyses.undisclosed_figures import bounded, curve_of, of_everybody, sampled
from fairwitness.audit.judging.group_counts import in_order
from fairwitness.audit.judging.sentences import name_of
from fairwitness.metrics.disclosure_odds import ODDS
from fairwitness.metrics.four_fifths import FOUR_FIFTHS, four_fifths
from fairwitness.metrics.undisclosed import Undisclosed, extreme_tables

if TYPE_CHECKING:
    from fairwitness.audit.judging.comparisons import FourFifths
    from fairwitness.audit.judging.group_counts import Group, GroupCount
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.estimate import Estimate

OUTCOMES = "The source does not say how many of the undisclosed were selected: there are no bounds."
WEIGHTS = "Decisions have weights, and bounds are made of whole people: count the source without weights."
NOT_SAMPLED = "Decisions are not independent: there are no intervals that also hold sampling error."


@dataclass(frozen=True, slots=True)
class Screen:
    """The four-fifths screen, as disclosed and at both ends.

    Attributes
    ----------
    disclosed, low, high : {"below", "not_below", "not_evaluable"}
        Of those who disclosed; where the ratio is smallest; where it is largest.
    """

    disclosed: FourFifths
    low: FourFifths
    high: FourFifths

    @property
    def could_change(self) -> bool:
        """Whether the undisclosed alone decide it."""
        return not self.disclosed == self.low == self.high


@dataclass(frozen=True, slots=True)
class Undecided:
    """One group, as disclosed and with all that the undisclosed allow.

    Attributes
    ----------
    against : tuple of groups
        What it is held against; of several the one with the highest rate counts, which may change.
    estimates : dict of str to Estimate
        The measure, ``impact_ratio`` and ``rate_difference`` of those who disclosed; their intervals are the bounds.
    sampled : Estimate or None
        The ratio, with an interval from the lower end of the smallest to the upper end of the largest.
    curve : tuple of (odds, ratio, difference)
    tipping_odds : float or None
        Where the curve crosses four fifths.
    """

    count: GroupCount
    is_reference: bool
    against: tuple[Group, ...]
    estimates: dict[str, Estimate]
    sampled: Estimate | None
    screen: Screen
    curve: tuple[tuple[float, float | None, float | None], ...]
    tipping_odds: float | None

    def to_json(self) -> dict[str, Any]:
        """Return the group as JSON has it."""
        return {
            "group": list(self.count.group),
            "n": self.count.n,
            "selected": self.count.selected,
            "is_reference": self.is_reference,
            "against": [list(group) for group in self.against],
            "estimates": {name: e.to_json() for name, e in self.estimates.items()},
            "with_sampling_error": None if self.sampled is None else self.sampled.to_json(),
            "screen": {
                "disclosed": self.screen.disclosed,
                "low": self.screen.low,
                "high": self.screen.high,
                "could_change": self.screen.could_change,
                "because": _because(self),
            },
            "curve": [{"odds": o, "impact_ratio": r, "rate_difference": d} for o, r, d in self.curve],
            "tipping_odds": self.tipping_odds,
        }


@dataclass(frozen=True, slots=True)
class UndisclosedTable:
    """One table of which some people's group is not known.

    Attributes
    ----------
    because : str or None
        Why there are no bounds, or no intervals.
    """

    table: GroupTable
    groups: tuple[Undecided, ...]
    because: str | None

    def to_json(self) -> dict[str, Any]:
        """Return the table as JSON has it."""
        counts = self.table.counts
        return {
            "by": list(self.table.by),
            "measure": self.table.measure,
            "stage": self.table.stage,
            "reference": self.table.reference.rule,
            "unknown": counts.unknown,
            "unknown_selected": counts.unknown_selected,
            "share": counts.unknown / (counts.known + counts.unknown),
            "groups": [g.to_json() for g in self.groups],
            "because": self.because,
        }


@dataclass(frozen=True, slots=True)
class UndisclosedGroups:
    """What undisclosed groups could change: a study, for the report and audit.json."""

    section: ClassVar[str] = "undisclosed"

    tables: tuple[UndisclosedTable, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the section's content."""
        return {"line": str(FOUR_FIFTHS), "odds": list(ODDS), "tables": [t.to_json() for t in self.tables]}


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> UndisclosedGroups | None:
    """Return what the undisclosed could change in the tables by a single attribute; None where all groups are known.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Of intersections nothing is said: people of whom one attribute is known cannot be in every one of their groups.
    plan : AuditPlan
    """
    made = tuple(
        _of_table(table, plan.level, weighted=tally.weighted)
        for table in tables
        if len(table.by) == 1 and table.counts.unknown
    )
    return UndisclosedGroups(made) if made else None


def _of_table(table: GroupTable, level: float, *, weighted: bool) -> UndisclosedTable:
    counts = table.counts
    if weighted or counts.unknown_selected is None:
        return UndisclosedTable(table, (), WEIGHTS if weighted else OUTCOMES)
    unknown = Undisclosed(counts.unknown_selected, counts.unknown - counts.unknown_selected)
    independent = table.inference.method == "independent"
    included = sorted(counts.included, key=lambda g: in_order(g.group))
    groups: tuple[Undecided, ...] = ()
    if len(included) > 1:
        groups = tuple(
            _undecided(g, table, unknown, level if independent else None)
            for g in included
            if table.reference.rule == "highest" or g.group not in table.reference.groups
        )
    return UndisclosedTable(table, groups, None if independent else NOT_SAMPLED)


def _undecided(g: GroupCount, table: GroupTable, unknown: Undisclosed, level: float | None) -> Undecided:
    focal, against = (g.selected, g.n), _against(g, table)
    others = [(sum(o.selected for o in side), sum(o.n for o in side)) for side in against]
    everybody = table.reference.rule == "overall"
    held = of_everybody(table, unknown) if everybody else None
    highest = max(others, key=lambda o: o[0] / o[1])
    curve, tipping = ((), None) if everybody else curve_of(g, table, unknown, against)
    return Undecided(
        count=g,
        is_reference=g.group in table.reference.groups,
        against=() if everybody or table.reference.rule == "rest" else tuple(side[0].group for side in against),
        estimates=bounded(focal, others, unknown, table, held),
        sampled=None if level is None or everybody else sampled(focal, others, highest, unknown, level),
        screen=_screen(g, table, unknown),
        curve=curve,
        tipping_odds=tipping,
    )


def _against(g: GroupCount, table: GroupTable) -> list[tuple[GroupCount, ...]]:
    """Return the groups that a group is held against, each by itself, or all others taken together."""
    others = tuple(o for o in table.counts.included if o is not g)
    if table.reference.rule == "highest":
        return [(o,) for o in others]
    if table.reference.groups:
        named = [o for o in others if o.group in table.reference.groups]
        return [(max(named, key=lambda o: o.n),)]
    return [others]


def _screen(g: GroupCount, table: GroupTable, unknown: Undisclosed) -> Screen:
    """Hold the group against the highest rate of the others, whatever the reference; in whole numbers."""
    others = [(o.selected, o.n) for o in table.counts.included if o is not g]
    highest = max(others, key=lambda o: o[0] / o[1])
    worst, best = extreme_tables((g.selected, g.n), others, unknown)
    return Screen(four_fifths(g.selected, g.n, *highest), *(four_fifths(*f, *r) for f, r in (worst, best)))


def _because(group: Undecided) -> str:
    """Say whether the undisclosed could change what the screen says."""
    screen, name = group.screen, name_of(group.count.group)
    said = {"below": "below four fifths", "not_below": "not below four fifths"}
    if "not_evaluable" in (screen.disclosed, screen.low, screen.high):
        return f"{name}: nobody is selected in the groups that it is held against, or need be."
    if not screen.could_change:
        return f"{name}: {said[screen.disclosed]}, whoever the undisclosed are."
    other = screen.low if screen.low != screen.disclosed else screen.high
    tip = f", from odds of {group.tipping_odds:.2g}" if group.tipping_odds is not None else ""
    return f"{name}: {said[screen.disclosed]} as disclosed, but the undisclosed could make it {said[other]}{tip}."
