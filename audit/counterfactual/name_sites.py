"""Where a known name is in a free text: whole, in parts, possessive, with an initial, in an address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fairwitness.audit.counterfactual.address_sites import A_WORD, address_sites, is_address
from fairwitness.audit.counterfactual.person import BLANK, CAPITAL, LETTER
from fairwitness.audit.counterfactual.templates import Site, Sites, Unclear, plain
from fairwitness.datasets.name_words import ALSO_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.audit.counterfactual.person import Person

HONORIFIC = r"Mr|Mrs|Ms|Miss|Mx"
MAY_STAND_BEFORE = frozenset({"dear", "hi", "hello", "contact", "name", "candidate", "applicant", "about", "i'm"})

SOMEBODY_ELSE = "its name occurs where it may be somebody else's, or no name at all"
NICKNAME = "another first name stands between its first name and its surname"


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
    >>> from fairwitness.audit.counterfactual.person import Person
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
    >>> from fairwitness.audit.counterfactual.person import Person
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
        if is_address(token[0]):
            taken.append(token.span())
            yield from address_sites(token, person)
    blanked = _blank(text, taken)
    if person.nickname.search(blanked):
        raise Unclear(NICKNAME)
    whole = list(person.whole.finditer(blanked))
    for match in whole:
        for name, (start, end) in ((name, match.span(name)) for name in match.groupdict() if match[name]):
            slot = "first_initial" if name == "initial" else f"{name.rstrip('_')}_name"
            if slot != "last_name" or person.surname_too:
                yield _owning(blanked, Site(start, end, slot), match.start())
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
    return _owning(text, Site(start, end, "first_name" if first else "last_name"), start)


def _owning(text: str, site: Site, whole: int) -> Site:
    """Return the place of a name with the apostrophe behind its s, if it has one: another name may need an s there.

    ``whole``: where the whole name begins, which may be in quotes.
    """
    start, end, slot = site
    alone = re.match(rf"['\u2019](?!{LETTER})", text[end : end + 2])
    quote = text[max(0, whole - 1) : whole] in ("'", "\u2018")
    if slot.endswith("_name") and alone and not quote and text[end - 1] in "sS":
        return Site(start, end + 1, f"{slot}_possessive")
    return site


def _blank(text: str, spans: list[tuple[int, int]]) -> str:
    """Return the text with spans made unreadable, everything else in its place."""
    parts, end = [], 0
    for start, stop in sorted(spans):
        parts += [text[end:start], "\x00" * (stop - start)]
        end = stop
    return "".join((*parts, text[end:]))
