"""Where the years of a degree are in a free text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fairwitness.audit.counterfactual.templates import Site, Sites

if TYPE_CHECKING:
    from collections.abc import Collection

FIRST_YEAR, LAST_YEAR = 1920, 2060
SEGMENT = re.compile(r"[^\n.;]*(?:\.(?=\S)[^\n.;]*)*")  # a full stop ends one before a blank
ABBREVIATION = re.compile(r"\b(?:[A-Z][a-z]{0,3}\.[ ]?){2,}|\b(?:Univ|Inst|St|Dr|Mt)\.")  # B.A., Ph.D., M. Sc.
EDUCATION = re.compile(
    r"\b(?:graduat\w*|degrees?|diploma|class of|bachelor\w*|master'?s?|doctorate|doctoral|ph\.?d|mba|b\.?a|b\.?sc?"
    r"|m\.?a|m\.?sc?|b\.?eng|m\.?eng|j\.?d|associate'?s? of|university|college|high school|school of|institute of"
    r"|ged|abitur|gcse|a-levels?)\b",
    re.IGNORECASE,
)
YEAR = re.compile(
    r"(?<![\d.,/$£€#+-])\d{4}(?![\d%]|[.,]\d|\s+(?:students|graduates|members|hours|people|users)\b)|(?<=[12]\d\d\d-)\d{4}(?!\d)"
)
SHORT_YEAR = re.compile(r"['\u2019]\d\d(?!\d)")
WORK = re.compile(r"\b(?:present|current(?:ly)?|employ\w*|worked|hired|intern(?:ed|ship)?s?)\b", re.IGNORECASE)

NOT_TOLD_APART = "a year of its degrees stands beside employment, with two digits, or where no degree is named"


def year_sites(text: str, years: Collection[int]) -> Sites:
    """Return the places of years in those sentences or lines that name a degree and one of its known years.

    All years of such a sentence are taken together, so that 2006-2010 stays four years.  Other sentences are left
    alone, even where they hold the same year.

    Parameters
    ----------
    text : str
        A résumé.
    years : collection of int
        Years of graduation known from the row's columns.

    Examples
    --------
    >>> text = "B.A., Ohio State University, 2006-2010. Clerk since 2010."
    >>> [text[site.start : site.end] for site in year_sites(text, {2010}).at]
    ['2006', '2010']
    """
    sites: list[Site] = []
    unbroken = ABBREVIATION.sub(lambda m: m[0].replace(".", "\x00"), text)
    for segment in SEGMENT.finditer(unbroken):
        found = [m for m in YEAR.finditer(segment[0]) if FIRST_YEAR <= int(m[0]) <= LAST_YEAR]
        if not EDUCATION.search(segment[0].replace("\x00", ".")):
            continue
        if SHORT_YEAR.search(segment[0]):
            return Sites(because=NOT_TOLD_APART)
        if not any(int(m[0]) in years for m in found):
            continue
        if WORK.search(segment[0]):
            return Sites(because=NOT_TOLD_APART)
        sites += [Site(segment.start() + m.start(), segment.start() + m.end(), f"year_{m[0]}") for m in found]
    moved = {int(text[site.start : site.end]) for site in sites}
    if sites and any(year not in moved and re.search(rf"(?<!\d){year}(?!\d)", text) for year in years):
        return Sites(
            because=NOT_TOLD_APART
        )  # one degree's year found and another's not: the years between would change
    return Sites(tuple(sites))


def year_values(shift: int) -> dict[str, str]:
    """Return what every year slot is filled with when all years are moved by ``shift``.

    Examples
    --------
    >>> year_values(-20)["year_2010"]
    '1990'
    """
    return {f"year_{year}": str(year + shift) for year in range(FIRST_YEAR, LAST_YEAR + 1)}
