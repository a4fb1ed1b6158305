"""Where a known name is in a free text: whole, in parts, possessive, with an initial, in an address."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from fairwitness.audit.counterfactual.templates import Site, Sites, plain
from fairwitness.datasets.name_words import ALSO_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

LETTER = r"(?:[^\W\d_]|[\u0300-\u036f])"
BLANK = r"[ \t\u00a0]+"
ADDRESS = re.compile(r"[@_\\]|://|(?<=\w)\.(?=\w)")
CAPITAL = r"(?-i:[^\W\d_a-z\u00df-\u00ff])"
ONE_WORD = re.compile(rf"{LETTER}+(?:['\u2019-]{LETTER}+)*")
HONORIFIC = r"Mr|Mrs|Ms|Miss|Mx"
MAY_STAND_BEFORE = frozenset({"dear", "hi", "hello", "contact", "name", "candidate", "applicant", "about", "i'm"})
NOBODYS = frozenset({"mailto", "email", "mail", "cv", "resume", "job", "jobs", "hr"})
SHORTEST = 3

NO_NAME = "its first name or its surname is blank"
SCRIPT = "its name is not in Latin letters, and other scripts are not handled"
SEVERAL_WORDS = "its first name is of several words"
SHORT = "its first name is too short to be told from other words"
A_WORD = "its first name is also a word, and stands alone"
SOMEBODY_ELSE = "its name occurs where it may be somebody else's, or no name at all"
IN_ADDRESS = "its name is part of an address that cannot be taken apart"


class Unclear(Exception):  # noqa: N818 -- no error: the text is left as it is, and the reason said
    """An occurrence that may or may not be the name."""


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
    def alone(self) -> re.Pattern[str]:
        """One of the two names by itself."""
        names = rf"(?P<first>{self.first_pattern})" + (rf"|(?P<last>{self.last_pattern})" if self.surname_too else "")
        return re.compile(rf"(?<!{LETTER})(?:{names})(?!{LETTER})", re.IGNORECASE)


def name_sites(text: str, person: Person) -> Sites:
    """Return the places of a person's name in a free text.

    Taken for the name: the first name before the surname, with up to two middle names; *Doe, Jane*; *J. Doe*; the first
    name alone where no other capitalised word stands beside it; both in e-mail addresses, links and file names
    (*jane.doe@*, *jdoe*).  If any other occurrence is found, the text is not rewritten at all.

    Parameters
    ----------
    text : str
        A résumé or a letter.
    person : Person
        The name to look for.  The surname must be known: it tells Jane Doe from Jane Street.

    Examples
    --------
    >>> [text.slot for text in name_sites("Jane Doe, jdoe@x.org. Jane led a team.", Person("Jane", "Doe")).at]
    ['first_name', 'first_initial', 'first_name']
    >>> name_sites("Worked at Jane Street.", Person("Jane", "Doe")).because
    "its name occurs where it may be somebody else's, or no name at all"
    """
    if person.because:
        return Sites(because=person.because)
    try:
        return Sites(tuple(sorted(_found(text, person))))
    except Unclear as unclear:
        return Sites(because=str(unclear))


def honorific_sites(text: str, person: Person) -> Sites:
    """Return the places of Mr, Mrs, Ms, Miss or Mx directly before a person's name.

    Examples
    --------
    >>> honorific_sites("Ms. Doe reports to Mr. Smith.", Person("Jane", "Doe")).at
    (Site(start=0, end=2, slot='honorific'),)
    """
    if person.because:
        return Sites(because=person.because)
    name = rf"(?:{person.whole.pattern}|(?:{person.last_pattern})(?!{LETTER}))"
    pattern = re.compile(rf"(?<!{LETTER})({HONORIFIC})(?=\.?\s+{name})", re.IGNORECASE)
    return Sites(tuple(Site(m.start(1), m.end(1), "honorific") for m in pattern.finditer(text)))


def _found(text: str, person: Person) -> Iterator[Site]:
    taken: list[tuple[int, int]] = []
    for token in re.finditer(r"\S+", text):
        if ADDRESS.search(token[0]):
            taken.append(token.span())
            yield from _in_address(token, person)
    blanked = _blank(text, taken)
    whole = list(person.whole.finditer(blanked))
    for match in whole:
        for name, (start, end) in ((name, match.span(name)) for name in match.groupdict() if match[name]):
            slot = "first_initial" if name == "initial" else f"{name.rstrip('_')}_name"
            if slot != "last_name" or person.surname_too:
                yield Site(start, end, slot)
    rest = _blank(blanked, [m.span() for m in whole])
    for match in person.alone.finditer(rest):
        site = _alone(blanked, match, person)
        if site is not None:
            yield site


def _alone(text: str, match: re.Match[str], person: Person) -> Site | None:
    """Return the place of a name by itself, None where it is a word; raise where it may be another's."""
    first, (start, end) = match["first"] is not None, match.span()
    name, written = (person.first if first else person.last), match[0]
    if plain(name) in ALSO_WORDS:
        if written.islower():
            return None
        raise Unclear(A_WORD)
    before, after = text[max(0, start - 60) : start], text[end : end + 60]
    previous = re.search(rf"(\S+){BLANK}\Z", before)
    following = re.match(rf"{BLANK}(\S)", after)
    capital_before = previous is not None and previous[1][0].isupper() and previous[1][-1].isalpha()
    known_before = previous is not None and previous[1].lower() in MAY_STAND_BEFORE
    compound = re.search(rf"{LETTER}[-'\u2019]\Z", before) or re.match(rf"-{LETTER}", after)
    initial = re.fullmatch(rf"({CAPITAL})\.?", previous[1]) if previous and not first else None
    if (
        written.islower()
        or compound
        or (initial is not None and plain(initial[1]) != plain(person.first[0]))  # a relative
        or (following is not None and following[1].isupper())
        or (capital_before and not known_before)
    ):
        raise Unclear(SOMEBODY_ELSE)
    slot = "first_name" if first else "last_name"
    bare = re.match(rf"['\u2019](?!{LETTER})", after)
    quote = before[-1:] in ("'", "\u2018")
    if bare and not quote and written[-1] in "sS":
        return Site(start, end + 1, f"{slot}_possessive")
    return Site(start, end, slot)


def _in_address(token: re.Match[str], person: Person) -> Iterator[Site]:
    """Yield the places of the name in an e-mail address, a link or a file name, taken apart at all but letters."""
    first, last = _handle(person.first), _handle(person.last)
    parts = list(re.finditer(rf"{LETTER}+", token[0]))
    words = [plain(part[0]) for part in parts]
    local = token[0].partition("@")[0] if "@" in token[0] else ""
    forms = {
        first: ("first",),
        first + last: ("first", "last"),
        last + first: ("last", "first"),
        first[0] + last: ("initial", "last"),
        last + first[0]: ("last", "initial"),
        first + last[0]: ("first", "last_initial"),
        last: ("last",),
    }
    for i, (part, word) in enumerate(zip(parts, words, strict=True)):
        mine = forms.get(word)
        beside = word == first[0] and last in words[max(0, i - 1) : i + 2]
        if mine is None and not beside:
            strange = word.startswith(first) or word.endswith(first)
            another = part.end() <= len(local) and first in words and len(word) > 1 and word not in NOBODYS
            if strange or another:
                raise Unclear(IN_ADDRESS)
            continue
        if word == first and first in ALSO_WORDS and last not in words:
            raise Unclear(A_WORD)
        if len(word) != len(part[0]):
            raise Unclear(IN_ADDRESS)  # an accent of its own: the parts' lengths are not those of the word
        yield from _pieces(token.start() + part.start(), ("initial",) if beside else mine or (), first, last, person)


def _pieces(start: int, forms: tuple[str, ...], first: str, last: str, person: Person) -> Iterator[Site]:
    lengths = {"first": len(first), "last": len(last), "initial": 1, "last_initial": 1}
    slots = {"first": "first_handle", "initial": "first_initial"}
    if person.surname_too:
        slots |= {"last": "last_handle", "last_initial": "last_initial"}
    for form in forms:
        if form in slots:
            yield Site(start, start + lengths[form], slots[form])
        start += lengths[form]


def _handle(name: str) -> str:
    return "".join(c for c in plain(name) if c.isalpha())


def _spellings(name: str) -> str:
    encoded = {unicodedata.normalize(form, name) for form in ("NFC", "NFD")}
    bare = "".join(c for c in unicodedata.normalize("NFD", name) if not unicodedata.combining(c))
    spelled = sorted({*encoded, bare}, key=lambda s: (-len(s), s))
    return "|".join(r"\s+".join(re.escape(word) for word in s.split()) for s in spelled)


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with spans made unreadable, everything else in its place."""
    parts, end = [], 0
    for start, stop in sorted(spans):
        parts += [text[end:start], "\x00" * (stop - start)]
        end = stop
    return "".join((*parts, text[end:]))
