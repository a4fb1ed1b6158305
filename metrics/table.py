"""The table of metrics: what each is called, what it reads, how it is computed, and what it says in plain words.

This is the only list of metric names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal

from fairwitness.metrics.disparity import cohens_h, impact_ratio, odds_ratio, phi, rate_difference, rejection_ratio
from fairwitness.metrics.rates import RATES, rate
from fairwitness.metrics.table_disparity import (
    average_odds_difference,
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equal_opportunity_ratio,
    equalized_odds_difference,
    equalized_odds_ratio,
    predictive_parity_difference,
    predictive_parity_ratio,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairwitness.metrics.counts import Floats

Scope = Literal["group", "pair", "table"]


@dataclass(frozen=True, slots=True)
class Metric:
    """One row of the table.

    Attributes
    ----------
    name : str
        The field's name in audit.json.
    scope : {"group", "pair", "table"}
        One figure per group, per focal group against its reference, or per table.
    formula : str
        In the names of counts or rates; f is the focal group, r the reference, max and min run over groups.
    reads : tuple of str
        Names of the counts it reads.
    parity : float or None
        The value at which groups do not differ: 1 for a ratio, 0 for a difference; None for a rate.
    rates : tuple of str
        Names of the rates it compares, or is.
    interval : str or None
        The interval's name in `intervals`, or ``bootstrap_percentile``; None where no interval is given.
    sentence : str
        What the figure says, in plain words.
    reference : str
        Where it is defined.
    compute : callable
        group: ``(counts)`` to an array of groups.  pair: ``(xf, nf, xr, nr)``.  table: ``(counts)``, and with
        ``against_reference`` also the reference group's place.
    against_reference : bool
        A figure of a table that depends on which group is the reference.
    """

    name: str
    scope: Scope
    formula: str
    reads: tuple[str, ...]
    parity: float | None
    rates: tuple[str, ...]
    interval: str | None
    sentence: str
    reference: str
    compute: Callable[..., Floats]
    against_reference: bool = False


_DECIDED = ("selected", "not_selected")
_ERRORS = ("true_positive", "false_positive", "false_negative", "true_negative")
_CHOSEN = ("true_positive", "false_positive")
_REFUSED = ("false_negative", "true_negative")
_POSITIVE = ("true_positive", "false_negative")
_NEGATIVE = ("false_positive", "true_negative")
_ANY = ("selection_rate", "scoring_rate")
_ODDS = ("true_positive_rate", "false_positive_rate")
_PPV = ("positive_predictive_value",)
_SPREAD = "bootstrap_percentile"

_UGESP = "29 CFR 1607.4(D)"
_HARDT = "Hardt, Price & Srebro, NeurIPS 2016, arXiv:1610.02413"
_AGARWAL = "Agarwal et al., ICML 2018, arXiv:1803.02453"
_CHOULDECHOVA = "Chouldechova, Big Data 5 (2017), doi:10.1089/big.2016.0047"
_BELLAMY = "Bellamy et al., IBM Journal of Research and Development 63 (2019), doi:10.1147/JRD.2019.2942287"
_ALTMAN = "Altman & Bland, BMJ 309 (1994), 102, doi:10.1136/bmj.309.6947.102"
_AGRESTI = "Agresti, Categorical Data Analysis, 3rd ed. (2013), chapter 2"
_COHEN = "Cohen, Statistical Power Analysis for the Behavioral Sciences, 2nd ed. (1988), chapter 6"
_FLEISS = "Fleiss, Levin & Paik, Statistical Methods for Rates and Proportions, 3rd ed. (2003), chapter 6"
_NEWCOMBE = "Newcombe, Statistics in Medicine 17 (1998), 873-890"
_SOKOLOVA = "Sokolova & Lapalme, Information Processing & Management 45 (2009), doi:10.1016/j.ipm.2009.03.002"


def _of(name: str) -> Callable[..., Floats]:
    return partial(rate, kind=RATES[name])


# Name, scope, formula | reads, parity, rates, interval | sentence | reference, compute.
# One argument on each line would make a scroll of the table.
# fmt: off
METRICS: tuple[Metric, ...] = (
    Metric("selection_rate", "group", "selected / (selected + not_selected)",
           _DECIDED, None, ("selection_rate",), "wilson",
           "Of the people decided on, the share who were selected.",
           "29 CFR 1607.16(R)", _of("selection_rate")),
    Metric("scoring_rate", "group", "selected / (selected + not_selected), where selected is a score above the median",
           _DECIDED, None, ("scoring_rate",), "wilson",
           "Of the people with a score, the share whose score is better than the median of the full sample.",
           "6 RCNY 5-300, Scoring Rate", _of("scoring_rate")),
    Metric("true_positive_rate", "group", "true_positive / (true_positive + false_negative)",
           _POSITIVE, None, ("true_positive_rate",), "wilson",
           "Of the people whose true outcome is positive, the share who were selected.",
           _HARDT, _of("true_positive_rate")),
    Metric("false_positive_rate", "group", "false_positive / (false_positive + true_negative)",
           _NEGATIVE, None, ("false_positive_rate",), "wilson",
           "Of the people whose true outcome is negative, the share who were selected.",
           _HARDT, _of("false_positive_rate")),
    Metric("true_negative_rate", "group", "true_negative / (false_positive + true_negative)",
           _NEGATIVE, None, ("true_negative_rate",), "wilson",
           "Of the people whose true outcome is negative, the share who were not selected.",
           _SOKOLOVA, _of("true_negative_rate")),
    Metric("false_negative_rate", "group", "false_negative / (true_positive + false_negative)",
           _POSITIVE, None, ("false_negative_rate",), "wilson",
           "Of the people whose true outcome is positive, the share who were not selected.",
           _CHOULDECHOVA, _of("false_negative_rate")),
    Metric("positive_predictive_value", "group", "true_positive / (true_positive + false_positive)",
           _CHOSEN, None, _PPV, "wilson",
           "Of the people who were selected, the share whose true outcome is positive.",
           _CHOULDECHOVA, _of("positive_predictive_value")),
    Metric("negative_predictive_value", "group", "true_negative / (false_negative + true_negative)",
           _REFUSED, None, ("negative_predictive_value",), "wilson",
           "Of the people who were not selected, the share whose true outcome is negative.",
           _ALTMAN, _of("negative_predictive_value")),
    Metric("accuracy", "group", "(true_positive + true_negative) / (all four counts)",
           _ERRORS, None, ("accuracy",), "wilson",
           "Of the people with a known outcome, the share for whom decision and outcome agree.",
           _SOKOLOVA, _of("accuracy")),

    Metric("impact_ratio", "pair", "rate_f / rate_r",
           _DECIDED, 1.0, _ANY, "koopman",
           "The group's rate as a multiple of the reference group's.",
           _UGESP, impact_ratio),
    Metric("rate_difference", "pair", "rate_f - rate_r",
           _DECIDED, 0.0, _ANY, "newcombe",
           "How far the group's rate lies above the reference group's, or, if negative, below it.",
           _NEWCOMBE, rate_difference),
    Metric("rejection_ratio", "pair", "(1 - rate_r) / (1 - rate_f)",
           _DECIDED, 1.0, _ANY, "koopman_rejection",
           "The reference group's rejection rate as a multiple of the group's; below 1, the group's is higher.",
           _AGRESTI, rejection_ratio),
    Metric("odds_ratio", "pair", "(selected_f * not_selected_r) / (not_selected_f * selected_r)",
           _DECIDED, 1.0, _ANY, "odds_ratio_score",
           "The group's odds of selection as a multiple of the reference group's.",
           _AGRESTI, odds_ratio),
    Metric("cohens_h", "pair", "2 asin(sqrt(rate_f)) - 2 asin(sqrt(rate_r))",
           _DECIDED, 0.0, _ANY, "cohens_h",
           "The distance between the two rates on a scale where equal distances are equally hard to detect.",
           _COHEN, cohens_h),
    Metric("phi", "pair", "(selected_f * not_selected_r - not_selected_f * selected_r) / sqrt(product of the margins)",
           _DECIDED, 0.0, _ANY, None,
           "How strongly group and decision go together in these two groups, from -1 to 1.",
           _FLEISS, phi),

    Metric("demographic_parity_difference", "table", "max selection_rate - min selection_rate",
           _DECIDED, 0.0, ("selection_rate",), _SPREAD,
           "The distance between the highest and the lowest selection rate.",
           _AGARWAL, demographic_parity_difference),
    Metric("demographic_parity_ratio", "table", "min selection_rate / max selection_rate",
           _DECIDED, 1.0, ("selection_rate",), _SPREAD,
           "The lowest selection rate as a share of the highest.",
           _AGARWAL, demographic_parity_ratio),
    Metric("equal_opportunity_difference", "table", "max true_positive_rate - min true_positive_rate",
           _POSITIVE, 0.0, ("true_positive_rate",), _SPREAD,
           "Among people of positive true outcome, the distance between the highest and the lowest selection rate.",
           _HARDT, equal_opportunity_difference),
    Metric("equal_opportunity_ratio", "table", "min true_positive_rate / max true_positive_rate",
           _POSITIVE, 1.0, ("true_positive_rate",), _SPREAD,
           "Among people of positive true outcome, the lowest selection rate as a share of the highest.",
           _HARDT, equal_opportunity_ratio),
    Metric("equalized_odds_difference", "table",
           "the larger of max - min true_positive_rate and max - min false_positive_rate",
           _ERRORS, 0.0, _ODDS, _SPREAD,
           "Among people of the same true outcome, the largest distance between two groups' selection rates.",
           _HARDT, equalized_odds_difference),
    Metric("equalized_odds_ratio", "table",
           "the smaller of min / max true_positive_rate and min / max false_positive_rate",
           _ERRORS, 1.0, _ODDS, _SPREAD,
           "Among people of the same true outcome, the smallest ratio of two groups' selection rates.",
           _HARDT, equalized_odds_ratio),
    Metric("average_odds_difference", "table",
           "((true_positive_rate_f + false_positive_rate_f) - (true_positive_rate_r + false_positive_rate_r)) / 2, "
           "of the group f farthest from r",
           _ERRORS, 0.0, _ODDS, _SPREAD,
           "The mean distance from the reference group's two selection rates, among people of positive and of negative "
           "true outcome; opposite distances cancel.",
           _BELLAMY, average_odds_difference, against_reference=True),
    Metric("predictive_parity_difference", "table", "max positive_predictive_value - min positive_predictive_value",
           _CHOSEN, 0.0, _PPV, _SPREAD,
           "Among people selected, the distance between the highest and the lowest share of positive outcomes.",
           _CHOULDECHOVA, predictive_parity_difference),
    Metric("predictive_parity_ratio", "table", "min positive_predictive_value / max positive_predictive_value",
           _CHOSEN, 1.0, _PPV, _SPREAD,
           "Among people selected, the lowest share of positive outcomes as a share of the highest.",
           _CHOULDECHOVA, predictive_parity_ratio),
)
# fmt: on


def metric(name: str) -> Metric | None:
    """Return the row with a name, or None if there is none.

    Examples
    --------
    >>> row = metric("impact_ratio")
    >>> row.parity, float(row.compute(3, 20, 16, 80))
    (1.0, 0.75)
    >>> metric("impact_ration") is None
    True
    """
    return next((row for row in METRICS if row.name == name), None)
