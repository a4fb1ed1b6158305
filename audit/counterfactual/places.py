"""Where a swap's field is in each row: a template for every cell that is rewritten, or why a row is left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counterfactual.images import DATA_URI
from fairwitness.audit.counterfactual.name_sites import HONORIFIC, honorific_sites, name_sites
from fairwitness.audit.counterfactual.organisation_sites import organisation_sites
from fairwitness.audit.counterfactual.person import Person
from fairwitness.audit.counterfactual.pronouns import declared_sites, pronoun_sites
from fairwitness.audit.counterfactual.swaps import (
    AffiliationSwap,
    AttributeSwap,
    GraduationYearSwap,
    HonorificSwap,
    NameSwap,
    PronounSwap,
)
from fairwitness.audit.counterfactual.templates import Site, Sites, Slot, cut, parse, plain
from fairwitness.audit.counterfactual.year_sites import FIRST_YEAR, LAST_YEAR, year_sites

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd

    from fairwitness.audit.counterfactual.shown import Groups
    from fairwitness.audit.counterfactual.swaps import Swap
    from fairwitness.audit.counterfactual.templates import Template

ABSENT = "the field does not occur in it"
IMAGE_WITHIN = "an image is within its text"
SHOWN_ALREADY = "a name that is to be shown is in its text already"
BLANK_SLOT = "a column that fills a slot of its template is blank"
NOT_KNOWN = "its cell is not one of the known values"
NO_YEAR = "its year is blank, or not a year of four digits"

Cells = list["Template | None"]


@dataclass
class Places:
    """What is rewritten in every row.

    Attributes
    ----------
    cells : dict of column to templates
        One a row; None where the cell stays.
    written : set of str
        Those of the columns that users wrote as templates: their slots may be columns of the row.
    texts : tuple of str
        Those of the columns that are texts, in which places are counted.
    years : tuple of str
        Columns of years, which are moved.
    because : list of str or None
        One a row: why it is left out.
    """

    cells: dict[str, Cells]
    because: list[str | None]
    written: set[str] = field(default_factory=set)
    texts: tuple[str, ...] = ()
    years: tuple[str, ...] = ()

    def leave_out(self, row: int, because: str) -> None:
        """Say why a row is left out; the first reason stays."""
        self.because[row] = self.because[row] or because


def places_of(swap: Swap, rows: pd.DataFrame, groups: Groups) -> Places:
    """Return the places that a swap rewrites in rows.

    Raises
    ------
    FairwitnessError
        A template with an unknown slot.
    """
    places = Places({}, [None] * len(rows))
    if isinstance(swap, AttributeSwap):
        return places
    if isinstance(swap, NameSwap):
        _names(swap, rows, groups, places)
    elif isinstance(swap, PronounSwap):
        plural = any(s.slots["pronoun_subject"] == "they" for s in groups.shown)
        _column(rows, swap.column, places, declared_sites)
        _texts(rows, swap.text, places, lambda text, _: pronoun_sites(text, plural=plural))
    elif isinstance(swap, HonorificSwap):
        people = _people(rows, swap.first_name, swap.surname, swap.full_name, surname_too=False)
        _column(rows, swap.column, places, _honorific_cell)
        _texts(rows, swap.text, places, lambda text, row: honorific_sites(text, people[row]))
    elif isinstance(swap, GraduationYearSwap):
        _graduation(swap, rows, places)
    elif isinstance(swap, AffiliationSwap):
        known = [
            o for of_group in swap.groups.values() for o in ([of_group] if isinstance(of_group, str) else of_group)
        ]
        _texts(
            rows,
            (*([swap.column] if swap.column else []), *swap.text),
            places,
            lambda t, _: organisation_sites(t, known),
        )
    _templates(swap, rows, groups, places)
    return places


def _names(swap: NameSwap, rows: pd.DataFrame, groups: Groups, places: Places) -> None:
    people = _people(rows, swap.column, swap.surname, swap.full_name, surname_too=swap.change_surname)
    if swap.column:
        places.cells[swap.column] = [(Slot("first_name", cell),) for cell in _words(rows[swap.column])]
    if swap.surname and swap.change_surname:
        places.cells[swap.surname] = [(Slot("last_name", cell),) for cell in _words(rows[swap.surname])]
    agree = swap.pronouns and all("pronoun_subject" in s.slots for s in groups.shown)
    names = {plain(s.slots["first_name"]) for s in groups.shown}

    def sites(text: str, row: int) -> Sites:
        person = people[row]
        found = name_sites(text, person)
        if found.because or not text:
            return found
        if {plain(word) for word in re.findall(r"[^\W\d_]+", text)} & (names - {plain(person.first)}):
            return Sites(because=SHOWN_ALREADY)
        if not agree:
            return found
        pronouns = pronoun_sites(text, plural=False)
        at = (*found.at, *pronouns.at, *honorific_sites(text, person).at)
        return Sites(at if found.at else (), pronouns.because)

    if swap.full_name:
        whole = _words(rows[swap.full_name])
        places.cells[swap.full_name] = [
            _cut(places, r, cell, name_sites(cell, people[r])) for r, cell in enumerate(whole)
        ]
    _texts(rows, swap.text, places, sites)


def _people(
    rows: pd.DataFrame, first: str | None, last: str | None, whole: str | None, *, surname_too: bool
) -> list[Person]:
    if first and last:
        pairs = list(zip(_words(rows[first]), _words(rows[last]), strict=True))
    elif whole:
        pairs = [_taken_apart(cell) for cell in _words(rows[whole])]
    else:
        pairs = [("", "")] * len(rows)
    return [Person(one.strip(), other.strip(), surname_too) for one, other in pairs]


def _taken_apart(name: str) -> tuple[str, str]:
    """Return the first name and the surname of a whole name; blank where they are not both there."""
    bare = re.sub(
        rf"^(?:{HONORIFIC}|Dr|Prof)\.?\s+|,?\s+(?:Jr|Sr|II|III|IV|PhD|MD|MBA)\.?$",
        "",
        name.strip(),
        flags=re.IGNORECASE,
    )
    last, comma, first = (part.strip() for part in bare.partition(","))
    words = first.split() if comma else bare.split()
    if comma:
        return (words[0], last) if words else ("", "")
    return (words[0], words[-1]) if len(words) > 1 else ("", "")


def _texts(rows: pd.DataFrame, columns: Sequence[str], places: Places, sites: Callable[[str, int], Sites]) -> None:
    """Find the field in columns of text; a row that has it in none of them is left out."""
    here = [False] * len(rows)
    for column in columns:
        made: Cells = []
        for row, text in enumerate(_words(rows[column])):
            if DATA_URI.search(text):
                places.leave_out(row, IMAGE_WITHIN)
            found = sites(text, row) if text else Sites()
            here[row] |= bool(found.at)
            made.append(_cut(places, row, text, found, optional=True))
        places.cells[column] = made
    places.texts += tuple(columns)
    for row in range(len(rows)) if columns else ():
        if not here[row]:
            places.leave_out(row, ABSENT)


def _column(rows: pd.DataFrame, column: str | None, places: Places, sites: Callable[[str], Sites]) -> None:
    if column:
        cells = _words(rows[column])
        places.cells[column] = [_cut(places, row, cell, sites(cell)) for row, cell in enumerate(cells)]


def _cut(places: Places, row: int, text: str, sites: Sites, *, optional: bool = False) -> Template | None:
    if sites.because or not (sites.at or optional):
        places.leave_out(row, sites.because or NOT_KNOWN)
    return cut(text, sites.at) if sites.at and not sites.because else None


def _honorific_cell(cell: str) -> Sites:
    match = re.fullmatch(rf"\s*({HONORIFIC})\.?\s*", cell, re.IGNORECASE)
    return Sites((Site(match.start(1), match.end(1), "honorific"),)) if match else Sites(because=NOT_KNOWN)


def _graduation(swap: GraduationYearSwap, rows: pd.DataFrame, places: Places) -> None:
    known: list[set[int]] = [set() for _ in range(len(rows))]
    for column in swap.columns:
        for row, cell in enumerate(_words(rows[column])):
            year = re.fullmatch(r"(\d{4})(?:\.0)?", cell)
            if year and FIRST_YEAR <= int(year[1]) <= LAST_YEAR:
                known[row].add(int(year[1]))
            elif cell:
                places.leave_out(row, NO_YEAR)
    for row, years in enumerate(known):
        if not years:
            places.leave_out(row, NO_YEAR)
    places.years = tuple(swap.columns)
    _texts(rows, swap.text, places, lambda text, row: year_sites(text, known[row]))


def _templates(swap: Any, rows: pd.DataFrame, groups: Groups, places: Places) -> None:
    """Cut what users wrote as templates; every slot must be the swap's or a column of the row."""
    columns = {str(column) for column in rows.columns}
    mine = set.intersection(*(set(s.slots) for s in groups.shown))
    moved = {*places.cells, *places.years, *(c for s in groups.shown for c in s.puts)}
    blank = {str(c): rows[c].isna().tolist() for c in rows.columns}
    for column in swap.template:
        made: Cells = []
        for row, text in enumerate(_words(rows[column])):
            template = parse(text, {*mine, *columns} - {column}, column)
            slots = {part.name for part in template if isinstance(part, Slot)}
            if not slots & (mine | moved):
                places.leave_out(row, ABSENT)
            if any(blank[name][row] for name in slots - mine):
                places.leave_out(row, BLANK_SLOT)
            made.append(template)
        places.cells[column] = made
        places.written.add(column)
    places.texts += tuple(swap.template)


def _words(column: pd.Series[Any]) -> list[str]:
    """Return the cells as text, the missing ones blank."""
    return ["" if missing else str(cell) for cell, missing in zip(column.tolist(), column.isna().tolist(), strict=True)]
