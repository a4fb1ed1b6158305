"""Texts with named slots: those that users write, and those made of a résumé whose name is known.

A slot is a name in braces and nothing else.  There are no expressions, no attributes, no filters: what is filled in is
text, and is not read again.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

STROKES = str.maketrans({
    "ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "\u0131": "i", "þ": "th", "Þ": "Th",
    "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss",
})  # fmt: skip
BRACES = re.compile(r"\{\{|\}\}|\{([A-Za-z_][A-Za-z0-9_]{0,63})\}|[{}]")


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a text that a swap fills.

    Attributes
    ----------
    name : str
        ``first_name``, ``pronoun_subject``, … or a column of the row.
    was : str
        What stands there in the original, whose capitals are kept; empty where the text was written as a template.
    """

    name: str
    was: str = ""


Template = tuple[str | Slot, ...]


class Site(NamedTuple):
    """Where a slot is in a free text: from ``start`` up to ``end``."""

    start: int
    end: int
    slot: str


class Sites(NamedTuple):
    """Every place of a field in a text; or why the text cannot be rewritten.  Neither: the field is not in it."""

    at: tuple[Site, ...] = ()
    because: str | None = None


class Unclear(Exception):  # noqa: N818 -- no error: the text is left as it is, and the reason said
    """An occurrence of a field that may or may not be the row's own."""


def parse(text: str, known: Collection[str], where: str) -> Template:
    """Return a text that was written as a template, cut at its slots.

    ``{first_name}`` is a slot, ``{First_name}`` the same with a capital, ``{FIRST_NAME}`` in capitals; ``{{`` and
    ``}}`` stand for braces.

    Parameters
    ----------
    text : str
        The template.
    known : collection of str
        Names of slots that can be filled.
    where : str
        The column, for messages.

    Raises
    ------
    FairwitnessError
        An unknown slot, or a brace that is not part of one.

    Examples
    --------
    >>> parse("Dear {first_name},", {"first_name"}, "letter")
    ('Dear ', Slot(name='first_name', was=''), ',')
    """
    parts: list[str | Slot] = []
    end = 0
    for match in BRACES.finditer(text):
        parts.append(text[end : match.start()])
        end = match.end()
        if match[1]:
            parts.append(_slot(match[1], known, where))
        elif len(match[0]) == 2:
            parts.append(match[0][0])
        else:
            raise FairwitnessError(
                f"The template in column {quoted(where)} has a brace that is not part of a slot. A slot is a name in "
                "braces, such as {first_name}; write {{ and }} for braces themselves."
            )
    parts.append(text[end:])
    return tuple(part for part in parts if part != "")


def _slot(written: str, known: Collection[str], where: str) -> Slot:
    if written in known:
        return Slot(written)
    name = written.lower()
    if name in known:
        return Slot(name, "XX" if written.isupper() else "Xx")
    raise FairwitnessError(
        f"The template in column {quoted(where)} has the slot {quoted(written)}, and nothing fills it. Known are the "
        f"slots and columns {listed(sorted(known))}.{did_you_mean(name, known)}"
    )


def cut(text: str, sites: Collection[Site]) -> Template:
    """Return a free text as a template, with slots at the sites.

    Examples
    --------
    >>> cut("Jane Doe", [Site(0, 4, "first_name")])
    (Slot(name='first_name', was='Jane'), ' Doe')
    """
    parts: list[str | Slot] = []
    end = 0
    for site in sorted(sites):
        parts += [text[end : site.start], Slot(site.slot, text[site.start : site.end])]
        end = site.end
    return tuple(part for part in (*parts, text[end:]) if part != "")


def fill(template: Template, values: Mapping[str, str]) -> str:
    """Return the text with every slot filled, in the capitals of what stood there.

    Examples
    --------
    >>> fill((Slot("first_name", "JANE"), " DOE"), {"first_name": "Lakisha"})
    'LAKISHA DOE'
    """
    return "".join(part if isinstance(part, str) else cased(values[part.name], part.was) for part in template)


@lru_cache(maxsize=65_536)
def cased(value: str, was: str) -> str:
    """Return a value in the capitals of what it takes the place of; the same word comes back as it was.

    Examples
    --------
    >>> cased("Lakisha", "JANE"), cased("Lakisha", "jane"), cased("he", "She"), cased("LaToya", "Jane")
    ('LAKISHA', 'lakisha', 'He', 'LaToya')
    """
    if not was or plain(value) == plain(was):
        return was or value
    letters = [c for c in was if c.isalpha()]
    if was.isupper() and len(letters) > 1:
        return value.upper()
    if was.islower():
        return value.lower()
    return value[:1].upper() + value[1:]


@lru_cache(maxsize=65_536)
def plain(name: str) -> str:
    """Return a name without accents and in lower case, to compare by.

    Examples
    --------
    >>> plain("José"), plain("Łukasz")
    ('jose', 'lukasz')
    """
    return bare(name).casefold()


def bare(name: str) -> str:
    """Return a name without accents and strokes.

    Examples
    --------
    >>> bare("Søren Müller")
    'Soren Muller'
    """
    apart = unicodedata.normalize("NFD", name)
    return "".join(c for c in apart if not unicodedata.combining(c)).translate(STROKES)
