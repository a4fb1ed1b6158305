"""A known name as it may be written: with and without accents, whole, the surname first, with an initial."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

from fairwitness.audit.counterfactual.templates import bare, plain

LETTER = r"(?:[^\W\d_]|[\u0300-\u036f])"
BLANK = r"[ \t\u00a0]+"
CAPITAL = r"(?-i:[^\W\d_a-z\u00df-\u00ff])"
ONE_WORD = re.compile(rf"{LETTER}+(?:['\u2019-]{LETTER}+)*")
SIGNS = {"'": "['\u2019\u02bc]", "\u2019": "['\u2019\u02bc]", "-": "[-\u2010\u2011]"}  # written either way
UMLAUTS = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "Å": "Aa", "Ø": "Oe"}
)
SHORTEST = 3

NO_NAME = "its first name or its surname is blank"
SCRIPT = "its name is not in Latin letters, and other scripts are not handled"
SEVERAL_WORDS = "its first name is of several words"
SHORT = "its first name is too short to be told from other words"


@dataclass(frozen=True)
class Person:
    """A name that is looked for; ``surname_too``: whether the surname is rewritten as well."""

    first: str
    last: str
    surname_too: bool = False

    @property
    def because(self) -> str | None:
        """Why this name is not looked for, or None."""
        letters = [c for c in self.first + self.last if c.isalpha()]
        if not self.first or not self.last:
            return NO_NAME
        if not all("LATIN" in unicodedata.name(c, "") for c in letters):
            return SCRIPT
        if not ONE_WORD.fullmatch(self.first):
            return SEVERAL_WORDS if " " in self.first else SCRIPT
        return SHORT if len(self.first) < SHORTEST else None

    @cached_property
    def first_pattern(self) -> str:
        """The first name with and without its accents, however they are encoded."""
        return _spellings(self.first)

    @cached_property
    def last_pattern(self) -> str:
        """The surname likewise; its words may be apart by any blanks."""
        return _spellings(self.last)

    @cached_property
    def whole(self) -> re.Pattern[str]:
        """First name, up to two middle names, surname; or surname, comma, first name; or initial and surname."""
        middle = rf"(?:{BLANK}{CAPITAL}(?:\.|{LETTER}{{0,30}})){{0,2}}?"
        first, last, end = self.first_pattern, self.last_pattern, rf"(?!{LETTER})"
        initial = re.escape(self.first[0].upper())
        return re.compile(
            rf"(?<!{LETTER})(?:(?P<first>{first}){end}{middle}\s+(?P<last>{last}){end}"
            rf"|(?P<last_>{last}),\s*(?P<first_>{first}){end}"
            rf"|(?<![^\W\d_]\.)(?<!\b[^\W\d_]\.[ ])(?P<initial>(?-i:{initial}))(?:\.{BLANK}|\.|{BLANK})"
            rf"(?:{LETTER}\.[ \t]*)?(?P<last__>{last}){end})",
            re.IGNORECASE,
        )

    @cached_property
    def nickname(self) -> re.Pattern[str]:
        """A word in quotes or brackets between the two names."""
        between = rf"{BLANK}[\"'(\u2018\u201c]{LETTER}+[\"')\u2019\u201d]{BLANK}"
        return re.compile(rf"(?<!{LETTER})(?:{self.first_pattern}){between}(?:{self.last_pattern})", re.IGNORECASE)

    @cached_property
    def alone(self) -> re.Pattern[str]:
        """One of the two names by itself."""
        names = rf"(?P<first>{self.first_pattern})" + (rf"|(?P<last>{self.last_pattern})" if self.surname_too else "")
        return re.compile(rf"(?<!{LETTER})(?:{names})(?!{LETTER})", re.IGNORECASE)


def handle(name: str) -> str:
    """Return a name as addresses have it.

    Examples
    --------
    >>> handle("D'Ángelo")
    'dangelo'
    """
    return "".join(c for c in plain(name) if c.isalpha())


def umlauts_apart(name: str) -> str:
    """Return a name with its umlauts as two letters.

    Examples
    --------
    >>> umlauts_apart("Jürgen")
    'Juergen'
    """
    return unicodedata.normalize("NFC", name).translate(UMLAUTS)


def _spellings(name: str) -> str:
    encoded = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    spelled = sorted({*encoded, bare(name), bare(umlauts_apart(name))}, key=lambda s: (-len(s), s))
    return "|".join(r"\s+".join(_signs(word) for word in s.split()) for s in spelled)


def _signs(word: str) -> str:
    return "".join(SIGNS.get(sign) or re.escape(sign) for sign in word)
