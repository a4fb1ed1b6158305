"""Policies: a metric, a line, where the line comes from, and the rule by which evidence is held against it."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.metrics.table import METRICS, metric

if TYPE_CHECKING:
    from fairwitness.audit.plan import AuditPlan, PolicyPlan, Rule

Verdict = Literal["beyond", "within", "inconclusive", "not_evaluable"]
Difference = Literal["shown", "not_shown", "not_evaluable"]
Side = Literal["at_least", "at_most"]


@dataclass(frozen=True, slots=True)
class Policy:
    """A line for a metric; without a threshold only whether there is a difference is asked.

    Attributes
    ----------
    threshold : Fraction or None
        Compared exactly with the exact value of the metric.
    side : {"at_least", "at_most"} or None
        The right side of the line; ``at_most`` bounds the size of a signed difference.
    confidence : {"source", "secondary", "none", "plan"}
        How the cited text was obtained; ``plan``: stated in the audit plan.
    decides : {"pooled", "stratified"}
        Which comparison of two groups is held against the line, where there are strata: of all decisions together, or
        of people of the same stratum.
    """

    name: str
    title: str
    metric: str
    threshold: Fraction | None
    side: Side | None
    rule: Rule | None
    source: str
    as_of: str
    confidence: str
    status: str
    words: str
    decides: Literal["pooled", "stratified"] = "pooled"

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them, the threshold as written (``"4/5"``)."""
        shown = {name: getattr(self, name) for name in self.__slots__ if name != "decides" or self.decides != "pooled"}
        return shown | {"threshold": None if self.threshold is None else str(self.threshold)}


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a policy is held against.

    Attributes
    ----------
    value : Fraction or None
        The metric's exact value; None if undefined.
    low, high : float or None
        The interval at the audit's level; None for an end without limit, or without interval.
    low_one_sided, high_one_sided : float or None
        The interval whose each end errs with probability ``1 - level``: the 90 % interval at level 0.95.
    rejected : bool or None
        Whether parity is rejected by the default test, adjusted over its family; None if there is no test.
    """

    value: Fraction | None
    low: float | None
    high: float | None
    low_one_sided: float | None
    high_one_sided: float | None
    rejected: bool | None


@dataclass(frozen=True, slots=True)
class Judgement:
    """The answers to the two questions, and the verdict that a rule draws from them."""

    screen: str | None
    difference: Difference
    verdict: Verdict | None
    attention: bool


def judge(policy: Policy, evidence: Evidence) -> Judgement:
    """Hold evidence against a policy.

    The two questions are answered apart: *is there a difference* by the test of parity, *is it beyond the
    line* by the exact value.  Losing evidence never turns ``beyond`` into ``within``.

    Parameters
    ----------
    policy : Policy
    evidence : Evidence

    Examples
    --------
    >>> line = Policy("p", "P", "impact_ratio", Fraction(4, 5), "at_least", "screen_and_test", "s", "", "plan", "", "")
    >>> judge(line, Evidence(Fraction(2, 3), 0.55, 0.81, 0.57, 0.79, True)).verdict
    'beyond'
    >>> judge(line, Evidence(Fraction(9, 10), 0.71, 1.13, 0.74, 1.09, False)).verdict
    'inconclusive'
    """
    difference: Difference = (
        "not_evaluable" if evidence.rejected is None else "shown" if evidence.rejected else "not_shown"
    )
    shown = evidence.rejected is True
    if policy.threshold is None or policy.side is None:
        return Judgement(None, difference, None if evidence.value is not None else "not_evaluable", shown)
    if evidence.value is None:
        return Judgement("not_evaluable", difference, "not_evaluable", shown)
    over = _beyond(evidence.value, policy.threshold, policy.side)
    verdict: Verdict = "inconclusive"
    if policy.rule == "point":
        verdict = "beyond" if over else "within"
    elif policy.rule == "screen_and_test":
        if over and shown:
            verdict = "beyond"
        elif not over and _all_within(evidence.low_one_sided, evidence.high_one_sided, policy.threshold, policy.side):
            verdict = "within"
    elif _all_beyond(evidence.low, evidence.high, policy.threshold, policy.side):
        verdict = "beyond"
    elif not over and _all_within(evidence.low, evidence.high, policy.threshold, policy.side):
        verdict = "within"
    word = "below" if policy.side == "at_least" else "above"
    return Judgement(word if over else f"not_{word}", difference, verdict, shown and verdict != "beyond")


def _beyond(value: Fraction, line: Fraction, side: Side) -> bool:
    return value < line if side == "at_least" else abs(value) > line


def _all_beyond(low: float | None, high: float | None, line: Fraction, side: Side) -> bool:
    edge = float(line)  # an interval's ends are floats
    if side == "at_least":
        return high is not None and high < edge
    return (low is not None and low > edge) or (high is not None and high < -edge)


def _all_within(low: float | None, high: float | None, line: Fraction, side: Side) -> bool:
    edge = float(line)
    if side == "at_least":
        return low is not None and low >= edge
    return low is not None and high is not None and low >= -edge and high <= edge


def policies_for(plan: AuditPlan) -> tuple[Policy, ...]:
    """Return the policies of a plan: its jurisdiction's and its own.

    Raises
    ------
    FairwitnessError
        A policy for a metric that does not compare groups, or with a rule that has no test for the metric;
        a line for error rates although the plan does not say whose outcomes are known.
    """
    data = _shipped()
    names = data["jurisdiction"][plan.jurisdiction or "none"]["policies"]
    shipped = tuple(replace(_from_data(name, data["policy"][name]), decides=plan.decides) for name in names)
    return shipped + tuple(policy_of(p, plan) for p in plan.policy)


def jurisdiction_words(jurisdiction: str | None) -> tuple[str, str]:
    """Return a jurisdiction's title, and what must be said where its policies are shown (may be empty)."""
    entry = _shipped()["jurisdiction"][jurisdiction or "none"]
    return entry["title"], entry.get("words", "")


def _shipped() -> dict[str, Any]:
    return tomllib.loads((files("fairwitness.audit.judging") / "policies.toml").read_text(encoding="utf-8"))


def _from_data(name: str, entry: dict[str, Any]) -> Policy:
    side: Side | None = "at_least" if "at_least" in entry else "at_most" if "at_most" in entry else None
    return Policy(
        name=name,
        title=entry["title"],
        metric=entry["metric"],
        threshold=Fraction(entry[side]) if side else None,
        side=side,
        rule=entry.get("rule"),
        source=entry["source"],
        as_of=str(entry["as_of"]),
        confidence=entry["confidence"],
        status=entry["status"],
        words=entry["words"],
    )


def policy_of(own: PolicyPlan, plan: AuditPlan) -> Policy:
    """Return a line of one's own as a policy of a plan.

    Raises
    ------
    FairwitnessError
        No metric of that name compares groups, the line is on the wrong side, or it is for error rates although
        the plan does not say whose outcomes are known.
    """
    where = f"policy {quoted(own.name)}"
    row = metric(own.metric)
    comparing = [m.name for m in METRICS if m.scope != "group" and m.parity is not None]
    if row is None or row.name not in comparing:
        raise FairwitnessError(
            f"{where}: no metric {quoted(own.metric)} compares groups.{did_you_mean(own.metric, comparing)} "
            f"Known: {listed(comparing, 40)}."
        )
    if "true_positive" in row.reads and plan.label_scope is None:
        raise FairwitnessError(
            f"{where}: {row.name} needs true outcomes, and outcomes known only for the selected are another question. "
            "State label_scope = 'all' or 'selected'."
        )
    side: Side = "at_least" if own.at_least is not None else "at_most"
    if (row.parity == 1) != (side == "at_least"):
        raise FairwitnessError(
            f"{where}: a line for {row.name} is given with {'at_least' if row.parity == 1 else 'at_most'}."
        )
    threshold = Fraction(str(own.at_least if own.at_least is not None else own.at_most))
    stated = "Stated in the audit plan."
    return Policy(
        own.name, own.name, row.name, threshold, side, own.rule, own.source, "", "plan", stated, "", plan.decides
    )
