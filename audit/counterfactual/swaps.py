"""Swaps: what is exchanged, for whom, and which columns go with it.  Plain arguments, so a TOML table can give them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Literal

from fairwitness.audit.counterfactual.swap_checks import any_of, by_group, settle
from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted

Kind = Literal["names", "attribute", "pronouns", "honorific", "graduation_year", "affiliation"]
Columns = Sequence[str]  # or one text, which is taken for a list of one
Also = Mapping[str, Mapping[str, Any]]

FOUR_GROUPS = ("black female", "black male", "white female", "white male")
AS_IT_IS = "as it is"


@dataclass(frozen=True, slots=True)
class NameSwap:
    """First names that signal a race and a sex.

    Attributes
    ----------
    column, surname, full_name : str or None
        Columns of first names, of surnames, of whole names.
    text : str or sequence of str
        Columns of free text in which the row's own name is found and rewritten: résumé, letter, e-mail address.
    template : str or sequence of str
        Columns of text with slots (``{first_name}``, ``{pronoun_subject}``, ``{honorific}``, or any column).
    groups : sequence of str
        A sex (``female``, ``male``), alone or with a race (``black``, ``white``, ``asian``, ``hispanic``, ``native``,
        ``multiple``).  With names of one's own: any labels.
    names_per_group : int
        How many different names stand for a group.
    names : "census", "experiment", or mapping of str to sequence of str
        Where names are from: the census by their shares; those sent out by Bertrand and Mullainathan (2004), nine to
        a group; or one's own, by group.
    draw : {"alike", "uniform", "weighted"}
        From the census, names about as common in every group; any; or in proportion to their bearers.
    within : float
        Of ``alike``: the most common name of a set has at most so many times the bearers of the rarest.
    at_least, sex_at_least : float
        The smallest share of a name's bearers that is of the group's race, and of its sex; over 0.5 to 1.
    bearers : int
        The fewest people who bear a name: the rarer it is, the less a reader or a model knows it.
    change_surname : bool
        Draw surnames by race as well.
    pronouns : bool
        In free text, make pronouns and honorifics agree with the name that is shown.
    also : mapping of column to mapping of group to value
        Columns that go with the name: ``{"gender": {"black female": "f", …}}``.
    """

    column: str | None = None
    surname: str | None = None
    full_name: str | None = None
    text: Columns = ()
    template: Columns = ()
    groups: Sequence[str] = FOUR_GROUPS
    names_per_group: int = 12
    names: str | Mapping[str, Sequence[str]] = "census"
    draw: Literal["alike", "uniform", "weighted"] = "alike"
    within: float = 2.0
    at_least: float = 0.80
    sex_at_least: float = 0.95
    bearers: int = 3000
    change_surname: bool = False
    pronouns: bool = True
    also: Also = field(default_factory=dict)

    def __post_init__(self) -> None:
        settle(self, groups=("groups",))
        any_of(self, "column", "full_name", "text", "template")
        if self.names_per_group < 1:
            raise FairwitnessError(f"names_per_group is {self.names_per_group}. It is at least 1.")
        if isinstance(self.names, str) and self.names not in ("census", "experiment"):
            raise FairwitnessError(
                f"names is {quoted(self.names)}. Say 'census', 'experiment', or name them by group: "
                '{"group a": ["…", "…"], "group b": ["…", "…"]}.'
            )
        if self.draw not in ("alike", "uniform", "weighted"):
            raise FairwitnessError(f"draw is {quoted(self.draw)}. Say 'alike', 'uniform' or 'weighted'.")
        if self.text and not (self.full_name or (self.column and self.surname)):
            raise FairwitnessError(
                "To find a name in free text, its owner's name must be known: the surname tells Jane Doe from Jane "
                "Street. Name the columns of first names and surnames (column, surname) or of whole names (full_name)."
            )
        if self.change_surname and not (self.surname or self.full_name or self.template):
            raise FairwitnessError("change_surname is asked for, and no column holds surnames. Name it: surname.")
        if self.change_surname and not isinstance(self.names, str):
            raise FairwitnessError(
                "Surnames are drawn by race, and the names here are your own. Leave out change_surname."
            )


@dataclass(frozen=True, slots=True)
class AttributeSwap:
    """The levels of a column in place of one another: ``gender``, ``age_group``.

    Attributes
    ----------
    column : str
        The column.
    levels : sequence, optional
        By default all that occur in it, if they are at most ten.
    also : mapping of column to mapping of level to value
        Columns that go with it.
    """

    column: str
    levels: Sequence[Any] | None = None
    also: Also = field(default_factory=dict)

    def __post_init__(self) -> None:
        if isinstance(self.levels, str):
            raise FairwitnessError("levels is one text. Give two or more levels as a list.")


@dataclass(frozen=True, slots=True)
class PronounSwap:
    """*He*, *she* and *they*, in all their forms.

    Attributes
    ----------
    column : str or None
        A column of pronouns, such as ``she/her``.
    text, template : str or sequence of str
        Columns of free text, and of text with slots (``{pronoun_subject}``, ``{pronoun_is}``, …).
    groups : sequence of {"he", "she", "they"}
        Which sets are shown.
    also : mapping of column to mapping of group to value
        Columns that go with them.
    """

    column: str | None = None
    text: Columns = ()
    template: Columns = ()
    groups: Sequence[str] = ("he", "she")
    also: Also = field(default_factory=dict)

    def __post_init__(self) -> None:
        settle(self, groups=("groups",))
        any_of(self, "column", "text", "template")
        if unknown := [g for g in self.groups if g not in ("he", "she", "they")]:
            raise FairwitnessError(f"There are no pronouns {quoted(unknown[0])}. Known are 'he', 'she' and 'they'.")


@dataclass(frozen=True, slots=True)
class HonorificSwap:
    """*Mr*, *Ms*, *Mrs*, *Miss* and *Mx*.

    Attributes
    ----------
    column : str or None
        A column of honorifics.
    text, template : str or sequence of str
        Columns of free text, where they stand before the row's own name, and of text with the slot ``{honorific}``.
    first_name, surname, full_name : str or None
        Columns of the name, which free text needs.
    groups : mapping of str to sequence of str
        Several to a group give a swap within it: ``{"men": ["Mr"], "women": ["Ms", "Mrs"]}``.
    also : mapping of column to mapping of group to value
        Columns that go with them.
    """

    column: str | None = None
    text: Columns = ()
    template: Columns = ()
    first_name: str | None = None
    surname: str | None = None
    full_name: str | None = None
    groups: Mapping[str, Sequence[str]] = field(default_factory=lambda: {"Mr": ["Mr"], "Ms": ["Ms"]})
    also: Also = field(default_factory=dict)

    def __post_init__(self) -> None:
        settle(self)
        any_of(self, "column", "text", "template")
        by_group(self.groups, str)
        if self.text and not (self.full_name or (self.first_name and self.surname)):
            raise FairwitnessError(
                "In free text, an honorific is rewritten before its owner's name only. Name the columns of first names "
                "and surnames (first_name, surname) or of whole names (full_name)."
            )


@dataclass(frozen=True, slots=True)
class GraduationYearSwap:
    """Years of graduation moved together: a signal of age.

    Attributes
    ----------
    columns : str or sequence of str
        Columns of years.  All are moved by the same number, so the years between two degrees stay.
    text, template : str or sequence of str
        Columns of free text, where the years stand in a sentence that names a degree, and of text with the columns'
        names as slots.
    groups : mapping of str to int or sequence of int
        By how many years each group's are moved.
    also : mapping of column to mapping of group to value
        Columns that go with them.
    """

    columns: Columns
    text: Columns = ()
    template: Columns = ()
    groups: Mapping[str, int | Sequence[int]] = field(default_factory=lambda: {AS_IT_IS: 0, "20 years earlier": -20})
    also: Also = field(default_factory=dict)

    def __post_init__(self) -> None:
        settle(self, columns=("columns", "text", "template"))
        any_of(self, "columns")
        by_group(self.groups, int)


@dataclass(frozen=True, slots=True)
class AffiliationSwap:
    """Organisations in place of one another.  They are the user's: none come with the package.

    Attributes
    ----------
    groups : mapping of str to sequence of str
        Organisations by group, the k-th of each belonging together:
        ``{"women's": ["Women's Chess Club"], "general": ["Chess Club"]}``.  A résumé that names one of them is asked.
    column : str or None
        A column of affiliations.
    text, template : str or sequence of str
        Columns of free text, and of text with the slot ``{affiliation}``.
    also : mapping of column to mapping of group to value
        Columns that go with them.
    """

    groups: Mapping[str, Sequence[str]]
    column: str | None = None
    text: Columns = ()
    template: Columns = ()
    also: Also = field(default_factory=dict)

    def __post_init__(self) -> None:
        settle(self)
        any_of(self, "column", "text", "template")
        by_group(self.groups, str)
        sizes = {group: len(of_group) for group, of_group in self.groups.items()}
        if len(set(sizes.values())) > 1:
            raise FairwitnessError(
                f"The groups name different numbers of organisations ({listed(sizes)}). The k-th of each belong "
                "together: name as many for every group."
            )


Swap = NameSwap | AttributeSwap | PronounSwap | HonorificSwap | GraduationYearSwap | AffiliationSwap
KINDS: Mapping[Kind, type[Swap]] = {
    "names": NameSwap,
    "attribute": AttributeSwap,
    "pronouns": PronounSwap,
    "honorific": HonorificSwap,
    "graduation_year": GraduationYearSwap,
    "affiliation": AffiliationSwap,
}


def owner_columns(swap: Swap) -> tuple[str, ...]:
    """Return the columns that say whose résumé it is, rewritten or not.

    Examples
    --------
    >>> owner_columns(HonorificSwap(text="cv", full_name="name"))
    ('name',)
    """
    named = (getattr(swap, name, None) for name in ("first_name", "surname", "full_name"))
    return tuple(name for name in named if name)


def kind_of(swap: Swap) -> Kind:
    """Return a swap's kind, as a table names it."""
    return next(kind for kind, made in KINDS.items() if isinstance(swap, made))


def columns_of(swap: Swap) -> tuple[str, ...]:
    """Return the columns that a swap rewrites itself, the field first; see ``also`` for those that go with it.

    Examples
    --------
    >>> columns_of(NameSwap("firstname", surname="lastname", text="cv"))
    ('firstname', 'cv')
    """
    match swap:
        case NameSwap():
            surname = swap.surname if swap.change_surname else None
            named: tuple[str | None, ...] = (swap.column, swap.full_name, surname, *swap.text, *swap.template)
        case AttributeSwap():
            named = (swap.column,)
        case GraduationYearSwap():
            named = (*swap.columns, *swap.text, *swap.template)
        case _:
            named = (swap.column, *swap.text, *swap.template)
    return tuple(dict.fromkeys(name for name in named if name))


def swap_of(table: Mapping[str, Any]) -> Swap:
    """Return the swap that a table describes: its ``kind``, and the arguments of that kind.

    Raises
    ------
    FairwitnessError
        An unknown kind or argument, or one that is missing.

    Examples
    --------
    >>> swap_of({"kind": "attribute", "column": "gender", "levels": ["f", "m"]}).levels
    ['f', 'm']
    """
    kind, kinds = str(table.get("kind")), {str(name): made for name, made in KINDS.items()}
    if kind not in kinds:
        raise FairwitnessError(f"A swap has the kind {quoted(kind)}; there are {listed(kinds)}.")
    known = [f.name for f in fields(kinds[kind])]
    for name in table.keys() - {"kind"}:
        if name not in known:
            raise FairwitnessError(
                f"A swap of {kind} has no {quoted(name)}; it has {listed(known)}.{did_you_mean(name, known)}"
            )
    for needed in ("column",) if kind == "attribute" else ("columns",) if kind == "graduation_year" else ():
        if needed not in table:
            raise FairwitnessError(f"A swap of kind {kind} names no column. Say which: {needed}.")
    if kind == "affiliation" and "groups" not in table:
        raise FairwitnessError("A swap of affiliations names no organisations. Say which, by group: groups.")
    try:
        return kinds[kind](**{name: value for name, value in table.items() if name != "kind"})
    except TypeError:
        raise FairwitnessError(
            f"A swap of kind {kind} has an argument of the wrong type. Columns and groups are texts or lists of them, "
            "numbers are numbers, and what goes by group is a table."
        ) from None
