"""The gates that are asked about simulated pull requests, and how often each says what."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from gate_answers import RULES, Answers, at_least, fell, no_worse
from simulated_releases import LAST, HoldOut, PullRequests, pull_requests

if TYPE_CHECKING:
    from gate_answers import Known

WORSE = 0.75  # true impact ratio of a worse release
APPLICANTS = (300, 3_000, 30_000)
MARGIN, SMALL_MARGIN = Fraction(1, 10), Fraction(1, 50)
DROPS = (0.0, 0.02)  # what a naive gate allows

LINE, BELOW = "ratio at least 0.80", "naive: ratio below 0.80"
NAMED = ", reference named"
KNOWN: dict[Known, str] = {
    "elsewhere": "other applicants",
    "counts": "same applicants, counts",
    "paired": "same applicants, paired",
}
OTHER_OR_SAME: tuple[Known, Known] = ("elsewhere", "counts")  # all that bare figures can tell


class Gate(NamedTuple):
    """A question and a rule, as a row of a table names them; a naive gate has no rule."""

    question: str
    rule: str = ""

    def __str__(self) -> str:
        """Return the row's name."""
        return f"{self.question} · `{self.rule}`" if self.rule else self.question


class Shares(NamedTuple):
    """Shares of the pull requests."""

    stopped: float
    within: float
    inconclusive: float
    attention: float


Found = dict[int, tuple[dict[Gate, Shares], dict[Gate, Shares]]]  # by applicants: unchanged, worse


def line_gates() -> list[Gate]:
    """Return the gates on the ratio itself."""
    return [Gate(LINE, rule) for rule in RULES]


def margin_gates(margin: Fraction) -> list[Gate]:
    """Return the gates on what a release may lose."""
    return [Gate(loses(margin, known), rule) for known in KNOWN for rule in RULES]


def loses(margin: Fraction, known: Known) -> str:
    """Return the question of how much of the last ratio is lost."""
    return f"at most {100 * float(margin):.0f} % lost, {KNOWN[known]}"


def naive_gates() -> list[Gate]:
    """Return the gates that look at bare figures."""
    return [Gate(BELOW), *(Gate(falls(by, known)) for by in DROPS for known in OTHER_OR_SAME)]


def falls(by_more_than: float, known: Known) -> str:
    """Return the naive question of whether the ratio fell."""
    return f"naive: ratio fell{f' by over {by_more_than}' if by_more_than else ''}, {KNOWN[known].split(',')[0]}"


def simulate(
    share: float,
    rate: float,
    generator: np.random.Generator,
    draws: int,
    *,
    margins: tuple[Fraction, ...] = (MARGIN,),
    named: bool = False,
) -> Found:
    """Draw pull requests of both kinds for each size of hold-out, and ask every gate."""
    found = {}
    for applicants in APPLICANTS:
        hold_out = HoldOut(applicants, share, rate)
        kinds = [pull_requests(hold_out, ratio, draws, generator) for ratio in (LAST, WORSE)]
        said = [answers(drawn, margins) | (answers_when_named(drawn) if named else {}) for drawn in kinds]
        unchanged, worse = ({gate: shares(each) for gate, each in of.items()} for of in said)
        found[applicants] = unchanged, worse
    return found


def answers(drawn: PullRequests, margins: tuple[Fraction, ...] = (MARGIN,)) -> dict[Gate, Answers]:
    """Return what every gate says; the reference is the group with the highest rate."""
    said = {Gate(LINE, rule): each for rule, each in at_least(drawn).items()}
    said[Gate(BELOW)] = said[Gate(LINE, "point")]
    for known in KNOWN:
        for margin, by_rule in zip(margins, no_worse(drawn, known, *margins), strict=True):
            said |= {Gate(loses(margin, known), rule): each for rule, each in by_rule.items()}
    for by in DROPS:
        for known in OTHER_OR_SAME:
            stopped = fell(drawn, by, known)
            said[Gate(falls(by, known))] = Answers(stopped, ~stopped, *[np.zeros_like(stopped)] * 2)
    return said


def answers_when_named(drawn: PullRequests) -> dict[Gate, Answers]:
    """Return what gates say where the reference was named beforehand."""
    said = {Gate(LINE + NAMED, rule): each for rule, each in at_least(drawn, named=True).items()}
    for known in KNOWN:
        (by_rule,) = no_worse(drawn, known, MARGIN, named=True)
        said |= {Gate(loses(MARGIN, known) + NAMED, rule): each for rule, each in by_rule.items()}
    return said


def shares(said: Answers) -> Shares:
    """Return how often a gate says what."""
    return Shares(*(float(each.mean()) for each in said))
