"""English words by what may follow a pronoun: closed classes, written out, so that the rule can be read."""

from __future__ import annotations

_FUNCTION = """
    a about above across after again against all alone along already also although always among an and any anything are
    around as at back because been before behind below beside between beyond both but by can could did directly do does
    down during each either enough even ever every everything except for from had has have he here how i if in inside
    instead into is it just later like may might more most must near never no nor not now of off on once only or out
    outside over past per please properly rather several shall she should simply since so some something soon still
    than that the then there these they this those though through throughout to today together tomorrow too toward
    towards under unless until up upon very was we well were what when where whether which while who whom whose why
    will with within without would yet yesterday you
"""
_TWO_OBJECTS = """
    allow allowed appoint appointed ask asked award awarded bring brought call called consider considered elect elected
    find found gave get give given got grant granted handed help helped hear heard hire hired keep kept let letting made
    make making name named offer offered paid pay promised promote promoted saw see seen sell sent send show showed
    shown sold taught teach tell told watch watched wish wished
"""
_PAST_OR_MODAL = """
    became began brought built came can chose could cut did drew drove fell felt found gave got grew had held kept knew
    led left lost made may met might must oversaw put ran rose said sat saw set shall should sold sought spent spoke
    stood taught thought took understood went will won would wrote
"""
_ADVERBS = "also always both first later never next now often once soon still then"
_NOT_ADVERBS = "assembly daily early family friendly july monthly quarterly reply supply weekly yearly"
_EITHER = "home last next twice"

FUNCTION_WORDS = frozenset(_FUNCTION.split())
"""Before these, *her* and *his* stand for themselves: ``asked her to``, ``a friend of his who``."""

TWO_OBJECTS = frozenset(_TWO_OBJECTS.split())
"""After these, *her team* may be two objects (``gave her team leads``) or one (``gave her team a rise``)."""

PAST_OR_MODAL = frozenset(_PAST_OR_MODAL.split())
"""Irregular verbs that are the same after *he* and *they*."""

ADVERBS = frozenset(_ADVERBS.split())
"""They may stand between a subject and its verb, as may most words in -ly."""


def adverb_or_noun(word: str) -> bool:
    """Return whether a word after *her* may be about the verb (``joined her recently``, ``joined her last year``).

    Examples
    --------
    >>> adverb_or_noun("recently"), adverb_or_noun("last"), adverb_or_noun("family"), adverb_or_noun("team")
    (True, True, False, False)
    """
    return word in _EITHER.split() or (word.endswith("ly") and word not in _NOT_ADVERBS.split())
