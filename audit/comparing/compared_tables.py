"""Which tables two releases have in common, and what each release counts in them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.comparing.baseline import Baseline
from fairwitness.audit.comparing.group_rates import GroupRate, RateTable, rate_tables
from fairwitness.audit.tally import NOT_SELECTED, NOTHING, SELECTED, Tally

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Count, Key

By = tuple[str, ...]


class Pair(NamedTuple):
    """Matched people of one group: selected by both releases, by the new one only, the old one only, by neither."""

    both: int
    new: int
    old: int
    neither: int


class Decided(NamedTuple):
    """How many a whole release decided on: people of a known group, and of none that is known (None: not kept)."""

    n: int
    unknown: int | None


@dataclass(frozen=True, slots=True)
class ComparedTable:
    """One table in two releases.

    Attributes
    ----------
    old, new : RateTable
        What is compared; of matched people, those on whom both releases decided.  The old one has also the groups of
        which that is nobody, with all that the last release decided on.
    before, after : Decided
        Of the last release and of this one, compared or not.
    pairs : mapping of Group to Pair, or None
        Where the same people stand in both releases, matched.
    """

    old: RateTable
    new: RateTable
    pairs: Mapping[Group, Pair] | None
    before: Decided
    after: Decided


def independent_tables(
    base: Tally | Baseline, new: Tally, plan: AuditPlan, asked: tuple[By, ...], *, of_positives: bool
) -> Iterator[ComparedTable]:
    """Yield the tables of a release with those of an earlier one, whose decisions are other people's.

    Parameters
    ----------
    base : Tally or Baseline
        Where it has no such table, the old one is empty.
    new : Tally
    plan : AuditPlan
        Of the new release; a base that is a tally is counted by it, too.
    asked : tuple of tuple of str
        The attributes of the tables.
    of_positives : bool
    """
    if isinstance(base, Baseline):
        held: Iterable[RateTable] = base.tables
    else:
        there = tuple(by for by in asked if set(by) <= set(base.attributes))
        held = list(rate_tables(base, plan, there, of_positives=of_positives)) if there else ()
    for table in rate_tables(new, plan, asked, of_positives=of_positives):
        old = next(
            (
                other.ordered_as(table.by)
                for other in held
                if (set(other.by), other.measure, other.rate) == (set(table.by), table.measure, table.rate)
            ),
            replace(table, groups={}, unknown=None),
        )
        yield ComparedTable(old, table, None, Decided(old.n, old.unknown), Decided(table.n, table.unknown))


def paired_tables(
    both: Tally, plan: AuditPlan, asked: tuple[By, ...], *, of_positives: bool
) -> Iterator[ComparedTable]:
    """Yield the tables of two releases that decided on the same people; only people decided on in both count.

    Parameters
    ----------
    both : Tally
        With an axis of the role ``earlier``.
    plan : AuditPlan
    asked : tuple of tuple of str
    of_positives : bool
    """
    decided = _decided(both, "decision", "earlier")
    before, after = (
        {t.by: t for t in rate_tables(release, plan, asked, of_positives=of_positives)}
        for release in (_as_decided_before(_decided(both, "earlier")), _decided(both, "decision"))
    )
    parts = [
        {table.by: table for table in rate_tables(_earlier(decided, was), plan, asked, of_positives=of_positives)}
        for was in (SELECTED, NOT_SELECTED)
    ]
    for table in rate_tables(decided, plan, asked, of_positives=of_positives):
        pairs = {group: _pair(*(part[table.by].groups.get(group) for part in parts)) for group in table.groups}
        old = {
            group: replace(rate, selected=pairs[group].both + pairs[group].old) for group, rate in table.groups.items()
        }
        then, now = before[table.by], after[table.by]
        old |= {group: rate for group, rate in then.groups.items() if rate.n and not (group in old and old[group].n)}
        totals = (Decided(then.n, then.unknown), Decided(now.n, now.unknown))
        yield ComparedTable(replace(table, groups=old), table, pairs, *totals)


def _decided(both: Tally, *roles: str) -> Tally:
    """Return the part of a paired tally in which the releases whose axes have these roles decided, without scores."""
    both = both.margin(*(axis.name for axis in both.axes if axis.role != "score"))
    at = [i for i, axis in enumerate(both.axes) if axis.role in roles]
    decisions = (SELECTED, NOT_SELECTED)
    return replace(both, cells={key: c for key, c in both.cells.items() if all(key[i] in decisions for i in at)})


def _as_decided_before(both: Tally) -> Tally:
    """Return a paired tally with the earlier decision in the place of the later one."""
    kept = [i for i, axis in enumerate(both.axes) if axis.role != "decision"]
    axes = [replace(both.axes[i], role="decision") if both.axes[i].role == "earlier" else both.axes[i] for i in kept]
    cells: dict[Key, Count] = {}
    for key, count in both.cells.items():
        part = tuple(key[i] for i in kept)
        cells[part] = cells.get(part, NOTHING) + count
    return Tally.of(axes, cells, measure=both.measure)


def _earlier(both: Tally, was: str) -> Tally:
    at = [axis.role for axis in both.axes].index("earlier")
    return replace(both, cells={key: c for key, c in both.cells.items() if key[at] == was})


def _pair(was_selected: GroupRate | None, was_not: GroupRate | None) -> Pair:
    nobody = GroupRate(0, 0, "undefined_empty_group")
    yes, no = was_selected or nobody, was_not or nobody
    return Pair(both=yes.selected, new=no.selected, old=yes.n - yes.selected, neither=no.n - no.selected)
