"""The question asked both ways: where the data chose the reference group, whether it is the one that lost ground.

Without a named reference group the data say which of two groups is the higher one, and in a small sample they may be
wrong; then the group that lost ground is the reference, and the other one has of course lost nothing.  So the question
is turned round as well.  The reference group counts as worse off if it lost more than the margin against the group and
now stands below it by more than the margin; where it only lost what it had been ahead, nobody is worse off.

References
----------
Two conditions must hold for the reference group to be worse off, so that both must be shown (an intersection-union
test: Berger, "Multiparameter hypothesis testing and acceptance sampling", Technometrics 24 (1982), 295-300,
doi:10.2307/1267823); and refuting either is enough.  Either may err, so that the second is asked at a hundredth of the
error: then both together err hardly more often than one (Bonferroni).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.audit.comparing.figures import number_of
from fairwitness.audit.judging.policy import Evidence, judge
from fairwitness.metrics.difference_intervals import mee
from fairwitness.metrics.multiplicity import holm
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test, rejected

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.comparing.group_rates import RateTable
    from fairwitness.audit.comparing.question import Question
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.policy import Policy, Verdict

SHARE = 100  # of the error, that the second of two ways to refute is given


@dataclass(frozen=True, slots=True)
class Turned:
    """The question turned round: is the reference group the one that is worse off.

    Attributes
    ----------
    verdict : {"beyond", "within", "inconclusive", "not_evaluable"}
        ``beyond``: the reference group lost more than the margin, and stands below the group by more than that.
    level : float
        Confidence level of the interval below.
    low, high : float or None
        Score interval of the new release's figure, group against reference group.
    p_adjusted : float or None
        The default test of equal rates in the new release, adjusted by Holm over the table's compared groups.
    """

    verdict: Verdict
    level: float
    low: float | None
    high: float | None
    p_adjusted: float | None


class Judged(NamedTuple):
    """The verdict, and those of the question as it was asked and turned round."""

    verdict: Verdict
    attention: bool
    own: Verdict
    turned: Verdict | None


class Standing(NamedTuple):
    """How a group stands to the reference group in the new release: interval and test; None where undefined."""

    low: float | None
    high: float | None
    p_adjusted: float | None


def standing_level(level: float) -> float:
    """Return the level of the interval of `Standing`: it errs a hundredth as often.

    Examples
    --------
    >>> standing_level(0.95)
    0.9995
    """
    return 1 - (1 - level) / SHARE


def standings(
    release: RateTable, focal: Sequence[Group], against: Group, question: Question, level: float
) -> dict[Group, Standing]:
    """Return how groups stand to the reference group in one release."""
    if not focal:
        return {}
    own = [release.groups[group] for group in focal]
    x, n = (np.array(column, np.int64) for column in zip(*((rate.selected, rate.n) for rate in own), strict=True))
    reference = release.groups[against]
    counts = (x, n, np.full_like(x, reference.selected), np.full_like(n, reference.n))
    interval = koopman if question.scale == "ratio" else mee
    low, high = interval(*counts, standing_level(level))
    adjusted = holm(default_test(*counts)[1])
    return {
        group: Standing(*(number_of(column[i]) for column in (low, high, adjusted))) for i, group in enumerate(focal)
    }


def evidence_of(standing: Standing, value: Fraction | None, level: float) -> Evidence:
    """Return a group's standing as what a policy is held against."""
    low, high, p = standing
    return Evidence(value, low, high, low, high, None if p is None else bool(rejected(p, 1 - level)))


def judged(question: Question, change: Evidence, now: Evidence | None) -> Judged:
    """Judge a change, and where the data chose the reference group, the question turned round as well.

    Parameters
    ----------
    question : Question
    change : Evidence
        ``rejected``: whether a change is shown, in either direction.
    now : Evidence or None
        The group's figure in the new release, against the reference group; None where that was named.

    Returns
    -------
    Judged
        ``beyond`` if either of the two is worse off, ``within`` only if neither is.

    Examples
    --------
    The group gained: 1.3 times its ratio, which was 0.9 and is 1.17.  Were the reference named, that would settle it.
    But the reference group may now be the lower one by more than a tenth, which 1/(1 - .1) = 1.11 is.

    >>> from fractions import Fraction
    >>> from fairwitness.audit.comparing.question import Question
    >>> asked = Question("impact_ratio", "ratio", False, Fraction(1, 10), "screen_and_test")
    >>> change = Evidence(Fraction(13, 10), 1.1, 1.5, 1.15, 1.45, True)
    >>> now = Evidence(Fraction(117, 100), 0.9, 1.5, 0.9, 1.5, False)
    >>> judged(asked, change, None).verdict, judged(asked, change, now).verdict
    ('within', 'inconclusive')
    """
    shown, value = change.rejected, change.value
    worse, better = (
        None if shown is None else bool(shown and value is not None and side)
        for side in (value is not None and value < question.same, value is not None and value > question.same)
    )
    line, turned_line = _lines(question)
    asked = judge(line, replace(change, rejected=worse))
    own = asked.verdict or "not_evaluable"
    if now is None or own == "not_evaluable":
        return Judged(own, asked.attention, own, None)
    lost = judge(turned_line, _from_zero(replace(change, rejected=better)))
    below = judge(turned_line, _from_zero(now))
    either = {lost.verdict, below.verdict}
    turned: Verdict = "beyond" if either == {"beyond"} else "within" if "within" in either else "inconclusive"
    verdict: Verdict = "inconclusive"
    if "beyond" in (own, turned):
        verdict = "beyond"
    elif own == turned == "within":
        verdict = "within"
    standing_lower = bool(now.rejected) and now.value is not None and now.value > question.same
    attention = asked.attention or (bool(better) and standing_lower)
    return Judged(verdict, attention and verdict != "beyond", own, turned)


@cache
def _lines(question: Question) -> tuple[Policy, Policy]:
    """Return the line of a question, and that of the question turned round; both are asked of every group."""
    return question.policy(), question.turned_policy()


def _from_zero(e: Evidence) -> Evidence:
    """Return evidence whose line is on the far side of zero: a difference below zero is on the right side of it."""

    def floored(end: float | None) -> float | None:
        return None if end is None else max(end, 0.0)

    return Evidence(
        None if e.value is None else max(e.value, Fraction(0)),
        floored(e.low),
        floored(e.high),
        floored(e.low_one_sided),
        floored(e.high_one_sided),
        e.rejected,
    )
