"""Pronouns and honorifics: which words they are, and which of them in a text can be taken for the applicant's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, get_args

from fairwitness.audit.counterfactual.english_words import (
    ADVERBS,
    FUNCTION_WORDS,
    PAST_OR_MODAL,
    TWO_OBJECTS,
    adverb_or_noun,
)
from fairwitness.audit.counterfactual.templates import Site, Sites

if TYPE_CHECKING:
    from collections.abc import Mapping

Pronouns = Literal["he", "she", "they"]
PRONOUNS: tuple[Pronouns, ...] = get_args(Pronouns)

_FORMS = ("subject", "object", "possessive", "possessive_alone", "reflexive")
_VERBS = ("is", "was", "has", "does", "is_not", "was_not", "has_not", "does_not")
_SINGULAR = ("is", "was", "has", "does", "isn't", "wasn't", "hasn't", "doesn't")
_PLURAL = ("are", "were", "have", "do", "aren't", "weren't", "haven't", "don't")
_WORDS: Mapping[Pronouns, tuple[str, ...]] = {
    "he": ("he", "him", "his", "his", "himself", *_SINGULAR),
    "she": ("she", "her", "her", "hers", "herself", *_SINGULAR),
    "they": ("they", "them", "their", "theirs", "themselves", *_PLURAL),
}
_AGREEING = dict(zip(_SINGULAR, _VERBS, strict=True))
SLOTS = tuple(f"pronoun_{form}" for form in (*_FORMS, *_VERBS))
HONORIFICS: Mapping[Pronouns, str] = {"he": "Mr", "she": "Ms", "they": "Mx"}

THIRD_PERSON = re.compile(
    r"(?<![\w@./-])(he|him|his|himself|she|her|hers|herself)(?![\w@/]|[.-]\w)", re.IGNORECASE
)  # not in addresses
SLASHED = re.compile(r"(?<![\w@./-])[A-Za-z]+(?:/[A-Za-z]+){1,2}(?![\w@/]|[.-]\w)")
MID_SENTENCE = re.compile(r"[\w,&][ \t]+\Z")
FIRST_PERSON = re.compile(r"(?<![\w@./-])(?:I|[Mm]e|[Mm]y|[Mm]ine|[Mm]yself)(?![\w@/&]|[.-]\w)")
CLAUSE_ENDS = re.compile(r"\s*\Z|[ \t]*\n[ \t]*\n|[.,;:!?)\]\u201d\u2026\"]|[ \t]*[\u2013\u2014]|[ \t]+-[ \t]")
NEXT_WORD = re.compile(r"(\s+)([A-Za-z]+(?:['\u2019][A-Za-z]+)?)")
WORD_BEFORE = re.compile(r"([A-Za-z]+)\s+\Z")
APOSTROPHES = ("'", "\u2019")

THEY = "it declares they/them, and which they in it are the applicant's cannot be told"
TWO_SETS = "the pronouns in it are of more than one set, and may be somebody else's"
FIRST_TOO = "it speaks of I and of he or she, who may be somebody else"
UNCLEAR = "a pronoun in it cannot be told apart"
VERB = "a verb in it cannot be put into the plural for they"


def pronoun_values(pronouns: Pronouns) -> dict[str, str]:
    """Return what each pronoun slot is filled with.

    Examples
    --------
    >>> values = pronoun_values("they")
    >>> values["pronoun_possessive"], values["pronoun_is"]
    ('their', 'are')
    """
    return dict(zip(SLOTS, _WORDS[pronouns], strict=True))


def pronoun_sites(text: str, *, plural: bool) -> Sites:
    """Return the places of *he* or *she* in a free text, in all their forms.

    All of one set are taken for the applicant's.  *Her* is taken for *him* at the end of a clause and before a
    function word, otherwise for *his*; *his* in the same way for *hers* or *her*.  It is not guessed after a verb that
    may take two objects (*gave her team …*), before an adverb (*joined her recently*), across the end of a line, or
    where a pronoun is in capitals (HIS may be a system; *Wei He* is a name).  What is declared (*she/her*) is taken as
    it is.  *They* is left alone: mostly it is several people.

    Parameters
    ----------
    text : str
        A résumé or a letter.
    plural : bool
        Whether *they* is to be shown, so that verbs must agree: is, was, has and does change; past tenses and modal
        verbs stay; any other verb is not guessed.

    Examples
    --------
    >>> [site.slot for site in pronoun_sites("She led her team. Ask her.", plural=False).at]
    ['pronoun_subject', 'pronoun_possessive', 'pronoun_object']
    """
    found = list(THIRD_PERSON.finditer(text))
    declared = [site for m in SLASHED.finditer(text) for site in _declared(m[0], m.start()).at]
    if because := _not_one_person(text, found, declared):
        return Sites(because=because)
    sites: list[Site] = declared
    for word in found:
        slot = _slot_of(text, word)
        if slot is None:
            return Sites(because=UNCLEAR)
        sites.append(Site(word.start(), word.end(), slot))
        if plural and slot == "pronoun_subject":
            verb = _verb_after(text, word)
            if verb is None:
                return Sites(because=VERB)
            sites += verb
    return Sites(tuple(sites))


def declared_sites(cell: str) -> Sites:
    """Return the places of pronouns as people declare them: ``she/her``, ``He/Him/His``, or the first alone.

    Examples
    --------
    >>> [site.slot for site in declared_sites("she/her").at]
    ['pronoun_subject', 'pronoun_object']
    >>> declared_sites("she/him")
    Sites(at=(), because=None)
    """
    return _declared(cell, 0)


def _declared(written: str, start: int) -> Sites:
    words = list(re.finditer(r"[A-Za-z]+", written))
    known: Mapping[str, tuple[str, ...]] = {p: (w[0], w[1], w[3]) for p, w in _WORDS.items()}
    said = tuple(word[0].lower() for word in words)
    if not said or said != known.get(said[0], ())[: len(said)]:
        return Sites()
    slots = ("pronoun_subject", "pronoun_object", "pronoun_possessive_alone")
    at = (Site(start + w.start(), start + w.end(), slot) for w, slot in zip(words, slots, strict=False))
    return Sites(tuple(at))


def _not_one_person(text: str, found: list[re.Match[str]], declared: list[Site]) -> str | None:
    """Return why the pronouns of a text are not surely those of one person, or None."""
    all_forms = {w.lower() for words in _WORDS.values() for w in words[: len(_FORMS)]}
    slashed = [m[0].lower().split("/") for m in SLASHED.finditer(text)]
    mixed = [said for said in slashed if set(said) <= all_forms and not _declared("/".join(said), 0).at]
    said = [text[site.start : site.end].lower() for site in declared] + [word[1].lower() for word in found]
    if any(word in _WORDS["they"] for word in said):
        return THEY
    if mixed or len({word in _WORDS["he"] for word in said}) > 1:
        return TWO_SETS
    return FIRST_TOO if found and FIRST_PERSON.search(text) else None


def _slot_of(text: str, word: re.Match[str]) -> str | None:
    written = word[1].lower()
    capital = word[1][0].isupper() and MID_SENTENCE.search(text, max(0, word.start() - 40), word.start())
    if word[1].isupper() or capital:
        return None
    if written in ("her", "his"):
        return _her_or_his(text, word)
    return f"pronoun_{_FORMS[_WORDS['he' if written in _WORDS['he'] else 'she'].index(written)]}"


def _her_or_his(text: str, word: re.Match[str]) -> str | None:
    """Return the slot of *her* (him or his) and of *his* (hers or her), None where it may be either."""
    her = word[1].lower() == "her"
    after = NEXT_WORD.match(text, word.end())
    following = after[2].lower() if after else ""
    if CLAUSE_ENDS.match(text, word.end()) or following in FUNCTION_WORDS:
        return "pronoun_object" if her else "pronoun_possessive_alone"
    before = WORD_BEFORE.search(text, max(0, word.start() - 40), word.start())
    two_objects = before is not None and before[1].lower() in TWO_OBJECTS
    if after is None or "\n" in after[1] or (her and (two_objects or adverb_or_noun(following))):
        return None
    return "pronoun_possessive"


def _verb_after(text: str, subject: re.Match[str]) -> list[Site] | None:
    """Return the place of the verb that has to agree with *they*, none if none has to, None if it is not known."""
    end = subject.end()
    if text[end : end + 1] in APOSTROPHES:
        return None if text[end + 1 : end + 2].lower() == "s" else []  # he's: is or has; he'd, he'll stay
    before = WORD_BEFORE.search(text, max(0, subject.start() - 40), subject.start())
    if before is not None and before[1].lower() in _AGREEING:
        return None  # nor does he
    after = NEXT_WORD.match(text, end)
    while after is not None and (after[2].lower() in ADVERBS or after[2].lower().endswith("ly")):
        after = NEXT_WORD.match(text, after.end())
    if after is None:
        return None
    verb = after[2].lower().replace("\u2019", "'")
    if verb in _AGREEING:
        return [Site(after.start(2), after.end(2), f"pronoun_{_AGREEING[verb]}")]
    return [] if verb in PAST_OR_MODAL or verb.endswith("ed") else None
