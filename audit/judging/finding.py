"""Findings: a figure held against a policy, the verdict, and the plain sentences that say why."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from fairwitness.audit.judging import sentences
from fairwitness.audit.judging.comparisons import Comparison, PairTests
from fairwitness.audit.judging.policy import Difference, Evidence, Judgement, Policy, Verdict, judge
from fairwitness.audit.judging.within_strata import NO_FORM, held_within, with_strata
from fairwitness.audit.numerals import whole
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.rates import RATES
from fairwitness.metrics.significance import rejected
from fairwitness.metrics.table import Metric, metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.audit.judging.disparities import Disparity
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupRow, GroupTable
    from fairwitness.audit.judging.inference import Inference

MOST_MULTIPLES = 1024  # how far the search for "what would settle it" goes


@dataclass(frozen=True, slots=True)
class Finding:
    """What the data show about one figure and one policy; a statement about data and a line, not about law.

    Attributes
    ----------
    group : tuple of str
        Empty for a figure of the whole table.
    stage : str or None
        The stage of a funnel that the figure is of; None for the decision.
    threshold : float or None
        The policy's line; None where it draws none.
    screen : str or None
        On which side of the line the exact figure lies: ``below``, ``not_below``, ``above``, ``not_above``.
    difference : {"shown", "not_shown", "not_evaluable"}
        Whether the default test, adjusted over its family, rejects parity.
    verdict : {"beyond", "within", "inconclusive", "not_evaluable"} or None
        None where the policy draws no line.
    attention : bool
        Parity is rejected, but the verdict is not ``beyond``.
    headline, because, settle, rests_on : str
        Plain sentences: the figure with its counts; why this verdict; what would settle an inconclusive one;
        what the figure rests on.
    decides : {"pooled", "stratified"}
        Whether the figure is of all decisions together or within strata, where there are strata.
    beside : dict or None
        The same comparison the other way, where it could be made.
    """

    metric: str
    measure: str
    by: tuple[str, ...]
    group: Group
    kind: str
    stage: str | None
    policy: str
    threshold: float | None
    rule: str | None
    screen: str | None
    difference: Difference
    estimate: float | None
    low: float | None
    high: float | None
    level: float
    method: str | None
    status: str
    test: str | None
    p: float | None
    p_adjusted: float | None
    m: int
    verdict: Verdict | None
    attention: bool
    headline: str
    because: str
    settle: str | None
    rests_on: str
    decides: str = "pooled"
    beside: dict[str, Any] | None = None

    def __repr__(self) -> str:  # test runners print it where many can read: no counts
        return f"Finding({self.metric}, by={self.by}, group={self.group}, verdict={self.verdict})"

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them; which way decides is there where there are two."""
        both = self.beside is not None
        shown = {name: getattr(self, name) for name in self.__slots__ if both or name not in ("decides", "beside")}
        return shown | {"by": list(self.by), "group": list(self.group)}


def findings_of(
    table: GroupTable, policies: Sequence[Policy], level: float, *, settling: bool = True
) -> Iterator[Finding]:
    """Yield the findings of a table: one for each policy and compared group, or one for the whole table.

    Without ``settling`` it is not asked how many decisions would settle what is inconclusive.
    """
    for policy in policies:
        row = metric(policy.metric)
        if row is None:
            continue
        if row.scope == "pair":
            for group in table.rows:
                if not group.is_reference:
                    yield _of_group(table, group, policy, row, level, settling=settling)
        elif policy.metric in table.disparities:
            yield _of_table(table, table.disparities[policy.metric], policy, row, level)


def _of_group(table: GroupTable, row: GroupRow, policy: Policy, m: Metric, level: float, *, settling: bool) -> Finding:
    c = row.comparison
    if c is None or m.name not in c.estimates:
        e = row.estimates.get(m.name) or Estimate.undefined("single_group", level=level, n=row.count.n)
        judged = judge(policy, Evidence(None, None, None, None, None, None))
        tests = PairTests(None, "", 0, None, None, {})
        headline, because = sentences.not_compared(table, row, e), sentences.undefined(e)
        return _finding(table, policy, m, judged, e, row.group, tests, headline, because, None, "")
    e = c.estimates[m.name]
    evidence = _evidence(c, m, level, overall=table.reference.rule == "overall")
    judged = judge(policy, evidence)
    settle = None
    if settling and judged.verdict == "inconclusive" and table.reference.rule != "overall":
        multiple = _multiple_that_settles(c, policy, m, level, table.inference)
        settle = sentences.settle(multiple, c.n + c.reference_n, MOST_MULTIPLES)
    headline = sentences.of_group(table, c, m)
    because = sentences.because(policy, judged, evidence, e, level, c.tests.default, c.tests.p_adjusted, c.tests.m)
    if table.reference.rule == "named" and judged.difference == "shown" and c.pair.rates[0] > c.pair.rates[1]:
        because += " The reference is the group with the lower rate."
    rests_on = (
        f"{whole(c.selected)} of {whole(c.n)} and {whole(c.reference_selected)} of {whole(c.reference_n)} decisions; "
        f"test: {c.tests.default or 'none'}; interval: {e.method or 'none'}"
    )
    made = _finding(table, policy, m, judged, e, row.group, c.tests, headline, because, settle, rests_on)
    strata = table.stratified.comparisons.get(row.group) if table.stratified else None
    within = held_within(table, strata, policy, m, level) if strata else None
    if within is not None:
        return with_strata(made, judged, within, policy)
    return replace(made, because=f"{because} {NO_FORM}") if strata and policy.decides == "stratified" else made


def _of_table(table: GroupTable, d: Disparity, policy: Policy, m: Metric, level: float) -> Finding:
    e = d.estimate
    evidence = Evidence(d.exact, e.low, e.high, *d.one_sided, _rejected(d.p_adjusted, level))
    judged = judge(policy, evidence)
    tests = PairTests(d.test, "", d.m, d.p, d.p_adjusted, {})
    headline = sentences.of_table(table, d, m)
    because = sentences.because(policy, judged, evidence, e, level, d.test, d.p_adjusted, d.m)
    if table.stratified and policy.decides == "stratified":
        because = f"{because} {NO_FORM}"
    rests_on = f"{whole(e.n)} decisions; test: {d.test or 'none'}; interval: {e.method or 'none'}"
    return _finding(table, policy, m, judged, e, (), tests, headline, because, None, rests_on)


def _evidence(c: Comparison, m: Metric, level: float, *, overall: bool) -> Evidence:
    e, o = c.estimates[m.name], c.one_sided[m.name]
    value = exact(c, m.name, overall=overall) if e.status == "ok" else None
    return Evidence(value, e.low, e.high, o.low, o.high, _rejected(c.tests.p_adjusted, level))


def _rejected(p: float | None, level: float) -> bool | None:
    return None if p is None else bool(rejected(p, 1 - level))


def exact(c: Comparison, name: str, *, overall: bool = False) -> Fraction:
    """Return a defined pair metric as a fraction, so that no rounding moves it across a line.

    A metric that is no fraction of counts (Cohen's h) is returned as the float that it is.
    """
    focal, reference = sentences.exact_rates(c, overall=overall)
    if name == "impact_ratio":
        return focal / reference
    if name == "rate_difference":
        return focal - reference
    if name == "rejection_ratio":
        return (1 - reference) / (1 - focal)
    if name == "odds_ratio":
        return focal * (1 - reference) / ((1 - focal) * reference)
    return Fraction(c.estimates[name].value or 0.0)


def _multiple_that_settles(c: Comparison, policy: Policy, m: Metric, level: float, inference: Inference) -> int | None:
    """Return by how many times as many decisions at the same rates the verdict would not be inconclusive.

    The number is bracketed by doubling and then halved in; None if 1,024 times as many would not do.
    The adjusted p is taken as Holm's for the smallest of the family, p times m.
    """

    def settled(k: int) -> bool:
        larger = inference.grown(k)
        _, p = larger.p_values([c.pair], RATES["selection_rate"])
        grown = replace(
            c,
            estimates=larger.estimates([c.pair], level, (m,))[0],
            one_sided=larger.estimates([c.pair], 2 * level - 1, (m,))[0],
            tests=replace(c.tests, p_adjusted=min(1.0, float(p[0]) * max(c.tests.m, 1))),
        )
        return judge(policy, _evidence(grown, m, level, overall=False)).verdict != "inconclusive"

    top = 2
    while not settled(top):
        top *= 2
        if top > MOST_MULTIPLES:
            return None
    low = top // 2
    while top - low > 1:
        middle = (top + low) // 2
        low, top = (low, middle) if settled(middle) else (middle, top)
    return top


def _finding(
    table: GroupTable, policy: Policy, m: Metric, judged: Judgement, e: Estimate, group: Group,
    tests: PairTests, headline: str, because: str, settle: str | None, rests_on: str,
) -> Finding:  # fmt: skip
    return Finding(
        metric=m.name,
        measure=table.measure,
        by=table.by,
        group=group,
        kind=table.kind,
        stage=table.stage,
        policy=policy.name,
        threshold=None if policy.threshold is None else float(policy.threshold),
        rule=policy.rule,
        screen=judged.screen,
        difference=judged.difference,
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
        verdict=judged.verdict,
        attention=judged.attention,
        headline=headline,
        because=because,
        settle=settle,
        rests_on=rests_on,
    )
