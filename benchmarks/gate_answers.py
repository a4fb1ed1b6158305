"""What gates say of simulated pull requests: the product's intervals, tests and rules, for many at once."""

from __future__ import annotations

from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

import numpy as np
from simulated_releases import Group, PullRequests

from fairwitness.audit.comparing.both_ways import Judged, judged, standing_level
from fairwitness.audit.comparing.question import Question
from fairwitness.audit.gating.checked import CheckedRow
from fairwitness.audit.gating.gate import closed_by
from fairwitness.audit.judging.policy import Evidence, Judgement, Policy, judge
from fairwitness.audit.plan import GatePlan, Rule
from fairwitness.metrics import paired_change, release_change
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.significance import default_test, rejected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    Marks = NDArray[np.bool_]
    Column = NDArray[np.int64]
    Known = Literal["elsewhere", "counts", "paired"]
    Judge = Callable[[Any], Judgement | Judged]

LEVEL = 0.95
LINE = Fraction(4, 5)
RULES: tuple[Rule, ...] = get_args(Rule)


class Answers(NamedTuple):
    """What a gate says of each pull request.

    Attributes
    ----------
    stopped, within, inconclusive, attention : array of bool
        ``assured`` stops what is inconclusive, and every rule what cannot be evaluated at all.
    """

    stopped: Marks
    within: Marks
    inconclusive: Marks
    attention: Marks


def at_least(drawn: PullRequests, *, named: bool = False) -> dict[Rule, Answers]:
    """Hold the new release's impact ratio against four fifths, by each rule.

    Parameters
    ----------
    drawn : PullRequests
    named : bool
        The reference was named beforehand; otherwise it is the group with the higher rate.
    """
    f, r = drawn if named else _reference_second(drawn, _new)

    def by(rule: Rule) -> Judge:
        policy = Policy("gate", "gate", "impact_ratio", LINE, "at_least", rule, "simulated", "", "plan", "", "")
        return lambda evidence: judge(policy, evidence)

    (said,) = _answers((_new(f), f.n, _new(r), r.n), _of_ratio, by)
    return said


def no_worse(drawn: PullRequests, known: Known, *margins: Fraction, named: bool = False) -> list[dict[Rule, Answers]]:
    """Hold the new release's impact ratio against the last one's, by each margin and rule.

    Parameters
    ----------
    drawn : PullRequests
    known : {"elsewhere", "counts", "paired"}
        What is known of the last release: its counts on other applicants, its counts on the same applicants, or its
        decision on each of the same applicants.
    *margins : Fraction
        Share of the last ratio that may be lost.
    named : bool
        The reference was named beforehand; otherwise it is the group with the higher rate in both releases together,
        and the question is asked both ways.
    """
    f, r = drawn if named else _reference_second(drawn, lambda group: _new(group) + _last(group, known))

    def by(margin: Fraction) -> Callable[[Rule], Judge]:
        def of(rule: Rule) -> Judge:
            question = Question("impact_ratio", "ratio", of_positives=False, margin=margin, rule=rule)
            return lambda evidence: judged(question, evidence[0], None if named else evidence[1])

        return of

    judges = map(by, margins)
    if known == "paired":
        return _answers((f.both, f.new, f.old, f.neither, r.both, r.new, r.old, r.neither), _of_pairs, *judges)
    return _answers((_new(f), f.n, _new(r), r.n, _last(f, known), f.n, _last(r, known), r.n), _of_samples, *judges)


def fell(drawn: PullRequests, by_more_than: float, known: Known) -> Marks:
    """Say where the ratio of the lower rate to the higher fell, by the bare figures."""
    (f, r), ratios = drawn, []
    for selected in (_new, lambda group: _last(group, known)):
        a, b = selected(f) / f.n, selected(r) / r.n
        ratios.append(np.minimum(a, b) / np.maximum(a, b))
    now, before = ratios
    return np.asarray(now < before - by_more_than)


def _new(group: Group) -> Column:
    return group.both + group.new


def _last(group: Group, known: Known) -> Column:
    return group.elsewhere if known == "elsewhere" else group.both + group.old


def _reference_second(drawn: PullRequests, selected: Any) -> PullRequests:
    """Return the pull requests with the group of the higher rate as the reference, whichever it is."""
    f, r = drawn
    other = selected(f) * r.n > selected(r) * f.n
    return PullRequests(
        Group(*(np.where(other, b, a) for a, b in zip(f, r, strict=True))),
        Group(*(np.where(other, a, b) for a, b in zip(f, r, strict=True))),
    )


def _answers(columns: Sequence[Column], evidence: Any, *judges: Callable[[Rule], Judge]) -> list[dict[Rule, Answers]]:
    """Judge each different table once in every way and by every rule."""
    shape = columns[0].shape
    tables, back = np.unique(np.stack([c.ravel() for c in columns], axis=1), axis=0, return_inverse=True)
    held = list(evidence(*tables.T))

    def said(judge: Judge, rule: Rule) -> Answers:
        found = [judge(each) for each in held]
        closes = {verdict: _closes(verdict, rule) for verdict in {j.verdict for j in found}}
        marks = np.array(
            [(closes[j.verdict], j.verdict == "within", j.verdict == "inconclusive", j.attention) for j in found]
        )
        return Answers(*marks[back.ravel()].T.reshape(4, *shape))

    return [{rule: said(of(rule), rule) for rule in RULES} for of in judges]


def _closes(verdict: Any, rule: Rule) -> bool:
    row = CheckedRow(("group",), ("compared",), "", "", "", verdict, attention=False, note="", small=False, details={})
    return bool(closed_by([row], GatePlan(evidence=rule)))


def _of_ratio(*counts: Column) -> Iterable[Evidence]:
    """Return the evidence on a ratio."""
    _, p = default_test(*counts)
    return _evidence(_ratios(*counts), koopman(*counts, LEVEL), koopman(*counts, 2 * LEVEL - 1), rejected(p, 1 - LEVEL))


def _of_samples(*counts: Column) -> Iterable[tuple[Evidence, Evidence]]:
    """Return the evidence on the change of a ratio and on the new one, from the counts of both releases."""
    return _of_change(release_change, release_change.Releases(*counts), counts[:4], counts[4:])


def _of_pairs(*counts: Column) -> Iterable[tuple[Evidence, Evidence]]:
    """Return the evidence on the change of a ratio and on the new one, from the same applicants under both releases."""
    both, new, old, neither = (np.stack(pair) for pair in zip(counts[:4], counts[4:], strict=True))
    n = both + new + old + neither
    columns = [(x[0], n[0], x[1], n[1]) for x in (both + new, both + old)]
    return _of_change(paired_change, paired_change.Pairs(*counts), *columns)


def _of_change(
    tests: Any, counts: Any, new: Sequence[Column], last: Sequence[Column]
) -> Iterable[tuple[Evidence, Evidence]]:
    from scipy.special import ndtr

    changes = [None if not b or a is None else a / b for a, b in zip(_ratios(*new), _ratios(*last), strict=True)]
    intervals = [tests.change_interval(counts, "ratio", level) for level in (LEVEL, 2 * LEVEL - 1)]
    p = 2 * ndtr(-np.abs(tests.change_z(counts, "ratio", 1.0)))
    wide, (_, different) = koopman(*new, standing_level(LEVEL)), default_test(*new)
    standing = _evidence(_ratios(*new), wide, wide, rejected(different, 1 - LEVEL))
    return zip(_evidence(changes, *intervals, rejected(p, 1 - LEVEL)), standing, strict=True)


def _ratios(xf: Column, nf: Column, xr: Column, nr: Column) -> list[Fraction | None]:
    rows = zip((xf * nr).tolist(), (nf * xr).tolist(), strict=True)
    return [Fraction(own, other) if other else None for own, other in rows]


def _evidence(values: Sequence[Fraction | None], interval: Any, one_sided: Any, shown: Marks) -> Iterable[Evidence]:
    """Yield what is known of each figure; an end without limit is None, as in an audit."""
    ends = (end.tolist() for end in (*interval, *one_sided))
    for value, mark, *row in zip(values, shown.tolist(), *ends, strict=True):
        yield Evidence(value, *(end if isfinite(end) else None for end in row), mark)
