"""What is asked of two releases: which figure, how much worse it may be, and by which rule evidence is judged."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Literal, get_args

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.judging.policy import Policy
from fairwitness.audit.numerals import figure, scale_of
from fairwitness.audit.plan import Rule
from fairwitness.metrics.table import metric as row_of

if TYPE_CHECKING:
    from fairwitness.audit.plan import AuditPlan

Scale = Literal["ratio", "difference"]

COMPARABLE = ("impact_ratio", "rate_difference", "equal_opportunity_ratio", "equal_opportunity_difference")


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a figure is no worse than in the last release.

    Attributes
    ----------
    metric : str
        One of `COMPARABLE`: each compared group's rate against the reference group's, as a ratio or a difference.
    scale : {"ratio", "difference"}
        A ratio changes by a factor, new over old; a difference by what is added, new minus old.
    of_positives : bool
        Whether the rates are those of people whose true outcome is positive.
    margin : Fraction
        How much worse still counts as no worse: a share of the old ratio, or points of the difference (0.02 is two).
    rule : {"screen_and_test", "clear", "assured", "point"}
        The rule of the verdict.
    """

    metric: str
    scale: Scale
    of_positives: bool
    margin: Fraction
    rule: Rule

    @property
    def same(self) -> int:
        """The change that is none: a factor of 1, a difference of 0."""
        return 1 if self.scale == "ratio" else 0

    @property
    def threshold(self) -> Fraction:
        """The smallest change that is no worse by more than the margin."""
        return self.same - self.margin

    @property
    def margin_in_words(self) -> str:
        """The margin as it is said: ``2 %`` of the old ratio, or ``2 points``."""
        shown = f"{float(100 * self.margin):.6g}"
        return f"{shown}\N{NARROW NO-BREAK SPACE}%" if self.scale == "ratio" else f"{shown} points"

    @property
    def title(self) -> str:
        """The question as a gate prints it."""
        return f"{self.metric} no worse than in the last release by more than {self.margin_in_words}"

    def policy(self) -> Policy:
        """Return the line as a policy, so that changes are judged as every figure is."""
        return Policy(
            name="no_worse",
            title=self.title,
            metric=self.metric,
            threshold=self.threshold,
            side="at_least",
            rule=self.rule,
            source="The margin was stated for this comparison.",
            as_of="",
            confidence="plan",
            status="",
            words="",
        )

    def turned_policy(self) -> Policy:
        """Return the same line for the reference group: how much a group may gain without leaving it worse off.

        Examples
        --------
        >>> str(Question("impact_ratio", "ratio", False, Fraction(1, 10), "clear").turned_policy().threshold)
        '10/9'
        """
        line = self.margin if self.scale == "difference" else 1 / self.threshold
        return replace(self.policy(), threshold=line, side="at_most")

    def in_words(self, change: float) -> str:
        """Write a change on its scale, with as many digits as its side of the line takes.

        Examples
        --------
        >>> Question("impact_ratio", "ratio", False, Fraction(1, 50), "clear").in_words(0.9798)
        '0.9798 times'
        >>> Question("rate_difference", "difference", False, Fraction(1, 50), "clear").in_words(-0.049)
        '−4.9 points'
        """
        return f"{self.bare(change)} {'times' if self.scale == 'ratio' else 'points'}"

    def bare(self, change: float) -> str:
        """Write a change without its unit."""
        return figure(change, self.scale, self.threshold if self.scale == "ratio" else self.margin)


def question_of(metric: str, margin: object, rule: str, plan: AuditPlan) -> Question:
    """Return the question, checked.

    Parameters
    ----------
    metric : str
    margin : str, int, float or Fraction
        At least 0 and below 1; taken exactly as written.
    rule : str
    plan : AuditPlan
        Says whose true outcomes are known.

    Raises
    ------
    FairwitnessError
        No such metric or rule; a margin that is no number from 0 to 1; a metric of true outcomes although the plan
        does not say whose are known.

    Examples
    --------
    >>> from fairwitness.audit.plan import AuditPlan
    >>> question_of("impact_ratio", 0.02, "screen_and_test", AuditPlan()).threshold
    Fraction(49, 50)
    """
    if metric not in COMPARABLE:
        raise FairwitnessError(
            f"metric: {quoted(metric)} cannot be compared between releases.{did_you_mean(metric, COMPARABLE)} "
            f"Give one of {listed(COMPARABLE)}."
        )
    if rule not in get_args(Rule):
        raise FairwitnessError(f"evidence: there is no rule {quoted(rule)}. Give one of {listed(get_args(Rule))}.")
    row = row_of(metric)
    of_positives = row is not None and "true_positive_rate" in row.rates
    if of_positives and plan.label_scope is None:
        raise FairwitnessError(
            f"metric: {metric} needs true outcomes, and outcomes known only for the selected are another question. "
            "State label_scope = 'all' or 'selected'."
        )
    scale: Scale = "ratio" if scale_of(metric) == "ratio" else "difference"
    return Question(metric, scale, of_positives, _margin(margin), rule)  # type: ignore[arg-type]  # just looked up


def _margin(given: object) -> Fraction:
    try:
        margin = Fraction(str(given).strip())
    except (ValueError, ZeroDivisionError):
        margin = Fraction(-1)
    if not 0 <= margin < 1:
        raise FairwitnessError(
            f"margin: found {quoted(given)}. Give how much worse still counts as no worse, from 0 to below 1: "
            "0.02 is 2 % of the old ratio, or 2 points of a difference."
        )
    return margin
