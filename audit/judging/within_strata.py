"""Findings where there are strata: what is held against a line within them, and what follows where the answers differ.

Which comparison decides is the policy's choice, and both are printed.  Where all decisions together and the strata
disagree, on whether there is a difference, whom it favours or on which side of the line it lies, neither settles the
other: the verdict is inconclusive, and marked for attention.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import printable
from fairwitness.audit.judging import sentences
from fairwitness.audit.judging.comparisons import PairTests
from fairwitness.audit.judging.policy import Evidence, Judgement, judge
from fairwitness.audit.judging.stratified import COUNTERPART
from fairwitness.audit.numerals import whole
from fairwitness.metrics.significance import rejected

if TYPE_CHECKING:
    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.judging.policy import Policy
    from fairwitness.audit.judging.stratified import Stratified, StratifiedComparison
    from fairwitness.metrics.estimate import Estimate
    from fairwitness.metrics.table import Metric

NO_FORM = "This measure has no form within strata, so that of all decisions decides."
NOT_SHARED = "people of both are in no stratum together"
DIFFER = "The two answers differ, so the verdict is inconclusive and marked for attention."


@dataclass(frozen=True, slots=True)
class Within:
    """A figure within strata, held against a policy's line.

    ``opposite``: it lies on another side of equal rates than the figure of all decisions.
    """

    column: str
    estimate: Estimate
    tests: PairTests
    judged: Judgement
    opposite: bool
    headline: str
    because: str
    rests_on: str


def held_within(table: GroupTable, c: StratifiedComparison, policy: Policy, m: Metric, level: float) -> Within | None:
    """Return what a group's figure within strata says of a line, or None where the measure has no such form."""
    s, name = table.stratified, COUNTERPART.get(m.name)
    if s is None or name is None:
        return None
    e, o, p = c.estimates[name], c.one_sided[name], c.tests.p_adjusted
    value = c.exact(name) if e.status == "ok" else None
    shown = None if p is None else bool(rejected(p, 1 - level))
    evidence = Evidence(value, e.low, e.high, o.low, o.high, shown)
    judged = judge(policy, evidence)
    because = sentences.because(policy, judged, evidence, e, level, c.tests.default, p, c.tests.m)
    if not c.shared:
        because = f"Could not be evaluated: {NOT_SHARED}."
    rests_on = (
        f"{whole(e.n)} decisions in the {whole(c.shared)} of {whole(len(s.names))} strata that both are in, "
        f"{whole(c.informative)} of them informative; test: {c.tests.default or 'none'}; interval: {e.method or 'none'}"
    )
    return Within(
        column=printable(s.column),
        estimate=e,
        tests=PairTests(c.tests.default, "", c.tests.m, c.tests.p, p, {}),
        judged=judged,
        opposite=c.simpson.opposite,
        headline=_headline(table, s, c, e, m),
        because=because,
        rests_on=rests_on,
    )


def with_strata(finding: Finding, pooled: Judgement, within: Within, policy: Policy) -> Finding:
    """Return a finding of all decisions with what its strata say: as its figure, or beside it.

    Parameters
    ----------
    finding : Finding
        Of all decisions together.
    pooled : Judgement
        Of the same.
    within : Within
    policy : Policy
        Which says what decides.
    """
    decided = decide(policy, pooled, within.judged, opposite=within.opposite)
    differ = _differ(pooled, within.judged, opposite=within.opposite)
    ours = f"Within {within.column}: {_lower(within.because)}"
    theirs = f"Over all decisions: {_lower(finding.because)}"
    stratified = policy.decides == "stratified"
    both = f"{ours} {theirs}" if stratified else f"{finding.because} {ours}"
    made = replace(
        finding,
        verdict=decided.verdict,
        attention=decided.attention,
        because=f"{both} {DIFFER}" if differ and decided.verdict == "inconclusive" else both,
        settle=None if differ or stratified else finding.settle,
        decides=policy.decides,
        beside=_beside(finding, pooled) if stratified else _beside(within, within.judged),
    )
    if not stratified:
        return made
    e, tests = within.estimate, within.tests
    return replace(
        made,
        screen=decided.screen,
        difference=decided.difference,
        estimate=e.value,
        low=e.low,
        high=e.high,
        level=e.level,
        method=e.method,
        status=e.status,
        test=tests.default,
        p=tests.p,
        p_adjusted=tests.p_adjusted,
        m=tests.m,
        headline=f"{within.headline} Over all decisions, {finding.headline}",
        rests_on=within.rests_on,
    )


def decide(policy: Policy, pooled: Judgement, within: Judgement, *, opposite: bool = False) -> Judgement:
    """Return the judgement of a comparison that was made both ways.

    What one of them cannot evaluate settles nothing: then the one that decides stands, not evaluable if it is that one.
    Two answers that agree are the answer.  Two that do not are inconclusive; under a policy without a line there is no
    verdict, but attention.  ``opposite``: the figures lie on different sides of equal rates, so that a difference that
    is shown both ways is not the same one.

    Examples
    --------
    >>> from fractions import Fraction
    >>> from fairwitness.audit.judging.policy import Policy
    >>> line = Policy("p", "P", "impact_ratio", Fraction(4, 5), "at_least", "screen_and_test", "s", "", "plan", "", "")
    >>> beyond = Judgement("below", "shown", "beyond", False)
    >>> decide(line, beyond, Judgement("not_below", "not_shown", "inconclusive", False))
    Judgement(screen='below', difference='shown', verdict='inconclusive', attention=True)
    """
    chosen = within if policy.decides == "stratified" else pooled
    if _unknown(pooled) or _unknown(within):
        shown = "shown" in (pooled.difference, within.difference) and chosen.verdict != "beyond"
        return replace(chosen, attention=chosen.attention or (_unknown(chosen) and shown))
    if not _differ(pooled, within, opposite=opposite):
        return chosen
    return replace(chosen, verdict=None if chosen.verdict is None else "inconclusive", attention=True)


def _unknown(judged: Judgement) -> bool:
    return judged.verdict == "not_evaluable" or judged.difference == "not_evaluable"


def _differ(pooled: Judgement, within: Judgement, *, opposite: bool) -> bool:
    if _unknown(pooled) or _unknown(within):
        return False
    turned = opposite and pooled.difference == "shown"
    return turned or pooled.difference != within.difference or pooled.screen != within.screen


def _beside(other: Finding | Within, judged: Judgement) -> dict[str, Any]:
    """Return the figure that does not decide, as JSON has it."""
    if isinstance(other, Within):
        e, tests = other.estimate, other.tests
        figures = {"estimate": e.value, "low": e.low, "high": e.high, "status": e.status, "method": e.method}
        figures |= {"test": tests.default, "p": tests.p, "p_adjusted": tests.p_adjusted}
    else:
        names = ("estimate", "low", "high", "status", "method", "test", "p", "p_adjusted")
        figures = {name: getattr(other, name) for name in names}
    way = "stratified" if isinstance(other, Within) else "pooled"
    return figures | {"way": way, "screen": judged.screen, "difference": judged.difference, "verdict": judged.verdict}


def _headline(table: GroupTable, s: Stratified, c: StratifiedComparison, e: Estimate, m: Metric) -> str:
    """Return the figure within strata in a sentence."""
    other = "everybody else" if s.against_rest else sentences.reference_of(table)
    name, column = sentences.name_of(c.group), printable(s.column)
    if not c.shared:
        return f"{name}, compared with {other} within {column}: could not be evaluated, because {NOT_SHARED}."
    strata = "1 stratum" if c.shared == 1 else f"{whole(c.shared)} strata"
    among = f"compared with {other} within {column}, over {strata} ({whole(c.informative)} informative)"
    return f"{name}, {among}: Mantel–Haenszel {sentences.figure_said(m, e)}."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
