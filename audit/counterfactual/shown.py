"""What is shown for each group: its variants, and what each of them puts into the slots of a row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counterfactual.pronouns import HONORIFICS, pronoun_values
from fairwitness.audit.counterfactual.swaps import (
    AffiliationSwap,
    AttributeSwap,
    GraduationYearSwap,
    HonorificSwap,
    NameSwap,
    PronounSwap,
)
from fairwitness.audit.counterfactual.year_sites import year_values
from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from fairwitness.audit.counterfactual.swaps import Swap

MOST_LEVELS = 10


@dataclass(frozen=True, slots=True)
class Variant:
    """One value that is shown for a group: a name, a level, a set of pronouns, a shift of years.

    Attributes
    ----------
    group : int
        Index into the design's groups.
    label : str
        As the report prints it.
    shares : mapping of str to float, or None
        Of a name: the share of its bearers of the group's race and sex (``{"black": 0.87, "female": 0.99}``).
        They describe the bearers of the name in the source, and nobody's résumé.
    source : str or None
        Where the shares are from.
    """

    group: int
    label: str
    shares: Mapping[str, float] | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Shown:
    """A variant, and what it puts where.

    Attributes
    ----------
    variant : Variant
        As the design has it.
    slots : mapping of str to str
        What fills the slots of texts and of columns of text.
    puts : mapping of column to value
        Columns that get one value whatever stood there.
    years : int
        By how much columns of years are moved.
    """

    variant: Variant
    slots: Mapping[str, str] = field(default_factory=dict)
    puts: Mapping[str, Any] = field(default_factory=dict)
    years: int = 0


@dataclass(frozen=True, slots=True)
class Groups:
    """The groups in order, all that is shown for them, and what a reader must know of it.

    ``together``: the k-th variant of one group belongs to the k-th of every other, and they are shown side by side.
    """

    labels: tuple[str, ...]
    shown: tuple[Shown, ...]
    notes: tuple[str, ...] = ()
    together: bool = False

    def sizes(self) -> list[int]:
        """How many variants each group has."""
        return [sum(s.variant.group == g for s in self.shown) for g in range(len(self.labels))]


def shown_by(swap: Swap, rows: pd.DataFrame, *, groups: Sequence[str] | None, seed: int) -> Groups:
    """Return what a swap shows.

    Parameters
    ----------
    swap : Swap
        What is exchanged.
    rows : pandas.DataFrame
        Only an `AttributeSwap` without levels looks at them.
    groups : sequence of str, optional
        Of the swap's groups, those to be shown, in this order.
    seed : int
        Of the draw of names.

    Raises
    ------
    FairwitnessError
        Fewer than two groups, an unknown one, or too few names; see also `also_values`.
    """
    if isinstance(groups, str):
        raise FairwitnessError(f"groups is one text, {quoted(groups)}. Give two or more as a list.")
    made = _made(swap, rows, groups, seed)
    if len(made.labels) < 2 or len(set(made.labels)) < len(made.labels):
        raise FairwitnessError(
            f"The groups are {listed(made.labels)}. A swap compares groups: name at least two, each once."
        )
    also = [also_values(swap.also, label, made.labels) for label in made.labels]
    shown = tuple(
        Shown(s.variant, s.slots, {**s.puts, **also[s.variant.group]}, s.years) if swap.also else s for s in made.shown
    )
    return Groups(made.labels, shown, made.notes, made.together)


def _made(swap: Swap, rows: pd.DataFrame, groups: Sequence[str] | None, seed: int) -> Groups:
    if isinstance(swap, NameSwap):
        from fairwitness.audit.counterfactual.names_shown import names_shown

        return names_shown(swap, tuple(groups) if groups else None, seed)
    if isinstance(swap, AttributeSwap):
        return _levels(swap, rows, groups)
    if isinstance(swap, PronounSwap):
        chosen = _chosen(tuple(swap.groups), groups)
        return _of({g: [(g, pronoun_slots(g))] for g in chosen})
    if isinstance(swap, HonorificSwap):
        chosen = _chosen(tuple(swap.groups), groups)
        return _of({g: [(h, {"honorific": h}) for h in _several(swap.groups[g])] for g in chosen})
    if isinstance(swap, GraduationYearSwap):
        return _shifts(swap, _chosen(tuple(swap.groups), groups))
    if isinstance(swap, AffiliationSwap):
        chosen = _chosen(tuple(swap.groups), groups)
        made = _of({g: [(o, {"affiliation": o}) for o in _several(swap.groups[g])] for g in chosen})
        return Groups(made.labels, made.shown, together=True)
    raise AssertionError(swap)


def pronoun_slots(pronouns: str) -> dict[str, str]:
    """Return the slots of a set of pronouns, with the honorific that goes with it."""
    return {**pronoun_values(pronouns), "honorific": HONORIFICS[pronouns]}  # type: ignore[arg-type,index] # checked by the swap


def also_values(also: Mapping[str, Mapping[str, Any]], group: str, groups: Sequence[str]) -> dict[str, Any]:
    """Return the values of the columns that go with a group.

    Raises
    ------
    FairwitnessError
        A column that says nothing of the group.
    """
    for column, values in also.items():
        if group not in values:
            raise FairwitnessError(
                f"The column {quoted(column)}, which goes with the swap, has no value for the group {quoted(group)}; "
                f"it has {listed(values)}. Give one for each of {listed(groups)}."
            )
    return {column: values[group] for column, values in also.items()}


def _of(groups: Mapping[str, Sequence[tuple[str, Mapping[str, str]]]]) -> Groups:
    shown = [Shown(Variant(g, label), slots) for g, group in enumerate(groups.values()) for label, slots in group]
    return Groups(tuple(groups), tuple(shown))


def _levels(swap: AttributeSwap, rows: pd.DataFrame, groups: Sequence[str] | None) -> Groups:
    there = sorted(rows[swap.column].dropna().unique().tolist(), key=str) if swap.column in rows else []
    if swap.levels is None and len(there) > MOST_LEVELS:
        raise FairwitnessError(
            f"The column {quoted(swap.column)} has {len(there)} different values. Name those to be swapped: levels."
        )
    levels = {str(level): level for level in (there if swap.levels is None else swap.levels)}
    chosen = _chosen(tuple(levels), groups)
    known = {str(level) for level in there}
    strange = [label for label in chosen if label not in known]
    notes = [
        f"The level {quoted(label)} does not occur in {quoted(swap.column)}, so a model may not know it."
        f"{did_you_mean(label, known)}"
        for label in strange
    ]
    shown = tuple(Shown(Variant(g, label), puts={swap.column: levels[label]}) for g, label in enumerate(chosen))
    return Groups(chosen, shown, tuple(notes))


def _shifts(swap: GraduationYearSwap, chosen: tuple[str, ...]) -> Groups:
    shown: list[Shown] = []
    for g, group in enumerate(chosen):
        given = swap.groups[group]
        for years in (given,) if isinstance(given, int) else given:
            label = f"{abs(years)} years {'later' if years > 0 else 'earlier'}" if years else "as it is"
            shown.append(Shown(Variant(g, label), year_values(years), years=years))
    return Groups(chosen, tuple(shown))


def _several(given: str | Sequence[str]) -> Sequence[str]:
    return (given,) if isinstance(given, str) else given


def _chosen(known: tuple[str, ...], groups: Sequence[str] | None) -> tuple[str, ...]:
    for group in groups or ():
        if str(group) not in known:
            raise FairwitnessError(
                f"The swap has no group {quoted(group)}; it has {listed(known)}.{did_you_mean(str(group), known)}"
            )
    return tuple(str(g) for g in groups) if groups else known
