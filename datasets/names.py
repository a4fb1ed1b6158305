"""Names as signals: first names and surnames of the United States with the shares of their bearers by race and sex.

A share says how many of the people who bear a name were counted under a race or a sex.  It says nothing of any person
who bears it: names are drawn here to be *shown* to a model, never to guess who somebody is.
"""

from __future__ import annotations

import csv
import gzip
import re
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, Literal, get_args

from fairwitness.datasets.bundled import path
from fairwitness.datasets.name_words import ALSO_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

Race = Literal["white", "black", "asian", "native", "multiple", "hispanic"]
Sex = Literal["female", "male"]
Kind = Literal["first", "last"]

RACES: tuple[Race, ...] = get_args(Race)
SEXES: tuple[Sex, ...] = get_args(Sex)
COLUMNS = dict(zip(RACES, ("pctwhite", "pctblack", "pctapi", "pctaian", "pct2prace", "pcthispanic"), strict=True))
TABLES = {"first": "first_names", "last": "surnames"}
SOURCES = {
    "first": "US Census Bureau, Frequently Occurring First Names in the 2020 Census (names of 1,000 bearers and more)",
    "last": "US Census Bureau, Frequently Occurring Surnames from the 2010 Census (the 5,000 most common)",
}
AT_LEAST: Mapping[str, str] = {"black": "0.80"}  # few names reach 90 %: see the card us_names
AT_LEAST_OTHERS = "0.90"
PER_CENT = 10_000  # shares are whole hundredths of a per cent, so that thresholds compare exactly


@dataclass(frozen=True, slots=True)
class SignalledName:
    """A name, how many people bear it, and what share of them were counted under each race and sex.

    Attributes
    ----------
    name : str
        As it is written in a résumé.  The tables have capitals only, without accents, blanks and apostrophes:
        DEANDRE becomes Deandre.
    count : int
        How many people in the United States bear it.
    race : mapping of str to float
        P(race | name), 0 to 1, for ``white``, ``black``, ``asian`` (with Native Hawaiian and other Pacific
        Islander), ``native`` (American Indian and Alaska Native), ``multiple`` (two or more races) and ``hispanic``
        (of any race; the other five are not Hispanic).
    sex : mapping of str to float
        P(sex | name) for ``female`` and ``male``; empty for surnames.
    source : str
        Where the numbers are from.
    """

    name: str
    count: int
    race: Mapping[Race, float] = field(hash=False)
    sex: Mapping[Sex, float] = field(hash=False)
    source: str


def signalled_names(
    race: Race | None = None,
    sex: Sex | None = None,
    *,
    kind: Kind = "first",
    at_least: float | None = None,
    sex_at_least: float = 0.95,
    most: int | None = None,
    also_words: bool = True,
) -> tuple[SignalledName, ...]:
    """Return the names most of whose bearers are of a race and a sex, the most common first.

    Parameters
    ----------
    race : {"white", "black", "asian", "native", "multiple", "hispanic"}, optional
        None: of any.
    sex : {"female", "male"}, optional
        None: of either.  Surnames have none.
    kind : {"first", "last"}
        First names or surnames.
    at_least : float, optional
        The smallest share of bearers of that race, over 0.5 to 1.  By default 0.80 for ``black`` and 0.90 for others.
    sex_at_least : float
        The smallest share of bearers of that sex, over 0.5 to 1.
    most : int, optional
        Only so many, the most common.
    also_words : bool
        False leaves out names that are words or places, too (Queen, Madison).

    Raises
    ------
    ValueError
        A race, sex or kind that the tables do not have, a share outside its range, or a sex of surnames.

    References
    ----------
    US Census Bureau. Frequently Occurring First Names in the 2020 Census.
    https://www.census.gov/topics/population/genealogy/data/2020_names.html
    Comenetz, J. (2016). Frequently Occurring Surnames in the 2010 Census. US Census Bureau.

    Examples
    --------
    >>> first = signalled_names("black", "female", most=3)
    >>> [(n.name, n.count, n.race["black"], n.sex["female"]) for n in first]
    [('Latoya', 37469, 0.9229, 0.9985), ('Ebony', 30676, 0.8626, 0.9929), ('Latasha', 22709, 0.8364, 0.9985)]
    """
    _one_of("race", race, RACES)
    _one_of("sex", sex, SEXES)
    _one_of("kind", kind, tuple(TABLES))
    if kind == "last" and sex is not None:
        raise ValueError("Surnames have no sex. Leave out sex, or ask for kind='first'.")
    race_line = _line("at_least", at_least if at_least is not None else AT_LEAST.get(str(race), AT_LEAST_OTHERS))
    sex_line = _line("sex_at_least", sex_at_least)
    found = [
        n
        for n in _table(kind).values()
        if (race is None or _hundredths(n.race[race]) >= race_line)
        and (sex is None or _hundredths(n.sex[sex]) >= sex_line)
        and (also_words or n.name.casefold() not in ALSO_WORDS)
    ]
    return tuple(found[:most])


def shares_of(name: str, kind: Kind = "first") -> SignalledName | None:
    """Return what the tables say of a name, however it is written; None where they do not have it.

    Examples
    --------
    >>> shares_of("EMILY").race["white"], shares_of("Qwertz")
    (0.7561, None)
    """
    _one_of("kind", kind, tuple(TABLES))
    return _table(kind).get(re.sub(r"[^A-Z]", "", name.upper()))


def experiment_names(race: Race, sex: Sex) -> tuple[SignalledName, ...]:
    """Return the first names that Bertrand and Mullainathan sent out: nine for each of four groups, alphabetically.

    They were chosen from birth records of Massachusetts and a survey of how they are perceived, not by the shares
    that stand here.

    Raises
    ------
    ValueError
        A group that the experiment does not have.

    References
    ----------
    Bertrand, M., Mullainathan, S. (2004). Are Emily and Greg More Employable than Lakisha and Jamal?
    American Economic Review 94(4), 991-1013. doi:10.1257/0002828042002561

    Examples
    --------
    >>> [n.name for n in experiment_names("white", "female")][:3]
    ['Allison', 'Anne', 'Carrie']
    """
    _one_of("race", race, ("black", "white"))
    _one_of("sex", sex, SEXES)
    with gzip.open(path("resume_callbacks_by_name"), "rt", encoding="utf-8", newline="") as file:
        sent = [r["firstname"] for r in csv.DictReader(file) if (r["race"], r["gender"]) == (race, sex[0])]
    return tuple(_table("first")[name.upper()] for name in sorted(sent))


@cache
def _table(kind: Kind) -> dict[str, SignalledName]:
    with gzip.open(path("us_names", TABLES[kind]), "rt", encoding="utf-8", newline="") as file:
        return {row["name"]: _read(row, kind) for row in csv.DictReader(file)}


def _read(row: Mapping[str, str], kind: Kind) -> SignalledName:
    def share(column: str) -> float:
        return round(float(row[column]) * 100) / PER_CENT

    race = {name: share(column) for name, column in COLUMNS.items()}
    female = share("pctfemale") if kind == "first" else 0.0
    sex: dict[Sex, float] = (
        {"female": female, "male": (PER_CENT - _hundredths(female)) / PER_CENT} if kind == "first" else {}
    )
    return SignalledName(_written(row["name"], kind), int(row["count"]), race, sex, SOURCES[kind])


def _written(capitals: str, kind: Kind) -> str:
    if kind == "last" and re.match(r"MC[A-Z]{3}", capitals):
        return "Mc" + capitals[2:].capitalize()
    return capitals.capitalize()


def _hundredths(share: float) -> int:
    return round(share * PER_CENT)


def _line(name: str, share: float | str) -> Fraction:
    line = Fraction(str(share))
    if not Fraction(1, 2) < line <= 1:
        raise ValueError(f"{name} is a share over 0.5 and at most 1. It is {share}.")
    return line * PER_CENT


def _one_of(what: str, given: str | None, known: tuple[str, ...]) -> None:
    if given is not None and given not in known:
        raise ValueError(f"There is no {what} {given!r}. There are: {', '.join(known)}.")
