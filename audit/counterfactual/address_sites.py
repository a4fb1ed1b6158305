"""Where a known name is in an e-mail address, a link or a file name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from fairwitness.audit.counterfactual.person import LETTER, SHORTEST, handle, umlauts_apart
from fairwitness.audit.counterfactual.templates import Site, Unclear, plain
from fairwitness.datasets.name_words import ALSO_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fairwitness.audit.counterfactual.person import Person

ADDRESS = re.compile(r"[@_\\]|://|(?<=\w)\.(?=\w)")
INITIALS = re.compile(rf"(?:{LETTER}\.)+\W*")
NOBODYS = frozenset({"mailto", "email", "mail", "cv", "resume", "job", "jobs", "hr"})

A_WORD = "its first name is also a word, and stands alone"
IN_ADDRESS = "its name is part of an address that cannot be taken apart"


def is_address(token: str) -> bool:
    """Whether a word without blanks is an address, a link or a file name.

    Examples
    --------
    >>> is_address("jdoe@x.org"), is_address("jane_doe.pdf"), is_address("J.D."), is_address("Jane.")
    (True, True, False, False)
    """
    return ADDRESS.search(token) is not None and INITIALS.fullmatch(token) is None


def address_sites(token: re.Match[str], person: Person) -> Iterator[Site]:
    """Yield the places of the name in an e-mail address, a link or a file name, taken apart at all but letters."""
    first, last = handle(person.first), handle(person.last)
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
    in_pieces = first in "".join(words) and not any(first in word for word in words)  # jean-luc
    if in_pieces or any(handle(umlauts_apart(person.first)) == word != first for word in words):
        raise Unclear(IN_ADDRESS)
    for i, (part, word) in enumerate(zip(parts, words, strict=True)):
        mine = forms.get(word)
        beside = word == first[0] and last in words[max(0, i - 1) : i + 2]
        if mine is None and not beside:
            strange = word.startswith(first) or word.endswith(first) or first + last in word or last + first in word
            if strange or _may_be_a_first_name(token[0], parts, i, person, local=part.end() <= len(local)):
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


def _may_be_a_first_name(address: str, parts: list[re.Match[str]], i: int, person: Person, *, local: bool) -> bool:
    """Whether a word of an address may be the person's first name in another form: kate.doe, jldoe, in/kate-doe."""
    first, last, words = handle(person.first), handle(person.last), [plain(part[0]) for part in parts]
    word = words[i]
    if len(word) < SHORTEST - 1 or word in NOBODYS:
        return False
    if local:
        of_local = words[: sum(part.end() <= address.index("@") for part in parts)]
        joined = len(last) > SHORTEST and len(word) > len(last) + 1 and (word.startswith(last) or word.endswith(last))
        return joined or first in words or last in of_local
    beside = [j for j in (i - 1, i + 1) if 0 <= j < len(words) and words[j] == last]
    ends = [sorted((parts[i].span(), parts[j].span())) for j in beside]
    return any(address[one[1] : other[0]] in ("-", "_") for one, other in ends)
