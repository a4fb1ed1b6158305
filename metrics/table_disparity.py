"""Disparities of a whole table: the distance between its extreme groups, under fairlearn's names.

Every function takes the counts of all groups and gives one number per replicate.  A group whose rate is
undefined is left out of the extremes; with fewer than two groups left the disparity is undefined (nan).
Unlike `disparity`, these are unsigned: they do not say which group fares worse.

fairlearn gives a group without positives a true positive rate of 0; here that rate is undefined.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import quotient
from fairwitness.metrics.rates import RATES, rate

if TYPE_CHECKING:
    from fairwitness.metrics.counts import Counts, Floats


def _extremes(rates: Floats) -> tuple[Floats, Floats]:
    """Return the lowest and highest defined rate over the last axis; nan where fewer than two are defined."""
    enough = np.count_nonzero(~np.isnan(rates), axis=-1) >= 2
    lowest = np.where(enough, np.fmin.reduce(rates, axis=-1), np.nan)
    highest = np.where(enough, np.fmax.reduce(rates, axis=-1), np.nan)
    return lowest, highest


def _spread(rates: Floats) -> Floats:
    lowest, highest = _extremes(rates)
    return (highest - lowest)[()]


def _share(rates: Floats) -> Floats:
    return quotient(*_extremes(rates))


def _named(counts: Counts, name: str) -> Floats:
    return rate(counts, RATES[name])


def demographic_parity_difference(counts: Counts) -> Floats:
    """Return the highest minus the lowest selection rate.

    Parameters
    ----------
    counts : Counts
        Arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 0 is parity.  nan with fewer than two groups that have decisions.

    References
    ----------
    Agarwal, Beygelzimer, Dudík, Langford & Wallach, "A reductions approach to fair classification", ICML 2018,
    arXiv:1803.02453.

    Examples
    --------
    Rates .3, .6 and .5.

    >>> counts = {"selected": np.array([3, 6, 5]), "not_selected": np.array([7, 4, 5])}
    >>> round(float(demographic_parity_difference(counts)), 12)
    0.3
    """
    return _spread(_named(counts, "selection_rate"))


def demographic_parity_ratio(counts: Counts) -> Floats:
    """Return the lowest divided by the highest selection rate.

    Parameters
    ----------
    counts : Counts
        Arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 1 is parity.  nan if nobody is selected, or with fewer than two groups that have decisions.

    References
    ----------
    As `demographic_parity_difference`.

    Examples
    --------
    .3 / .6.

    >>> counts = {"selected": np.array([3, 6, 5]), "not_selected": np.array([7, 4, 5])}
    >>> float(demographic_parity_ratio(counts))
    0.5
    """
    return _share(_named(counts, "selection_rate"))


def equal_opportunity_difference(counts: Counts) -> Floats:
    """Return the highest minus the lowest true positive rate.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 0 is parity.  nan with fewer than two groups that have positives.

    References
    ----------
    Hardt, Price & Srebro, "Equality of opportunity in supervised learning", NeurIPS 2016, arXiv:1610.02413.
    """
    return _spread(_named(counts, "true_positive_rate"))


def equal_opportunity_ratio(counts: Counts) -> Floats:
    """Return the lowest divided by the highest true positive rate.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 1 is parity.  nan if every true positive rate is 0, or with fewer than two groups that have
        positives.

    References
    ----------
    As `equal_opportunity_difference`.
    """
    return _share(_named(counts, "true_positive_rate"))


def equalized_odds_difference(counts: Counts) -> Floats:
    """Return the larger of the spreads of the true positive rate and of the false positive rate.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 0 is parity.  nan if either spread is undefined: half of a worst case is none.

    References
    ----------
    Hardt, Price & Srebro (2016), arXiv:1610.02413; the summary is fairlearn's ``agg="worst_case"``.
    """
    return np.maximum(_spread(_named(counts, "true_positive_rate")), _spread(_named(counts, "false_positive_rate")))


def equalized_odds_ratio(counts: Counts) -> Floats:
    """Return the smaller of the two ratios, lowest to highest, of true positive rates and of false positive rates.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 1 is parity.  A rate that is 0 in every group sets no group apart: the other ratio alone
        counts.  nan if both rates are 0 everywhere, or where `equalized_odds_difference` is.

    References
    ----------
    As `equalized_odds_difference`.
    """
    smaller = np.fmin(_share(_named(counts, "true_positive_rate")), _share(_named(counts, "false_positive_rate")))
    return np.where(np.isnan(equalized_odds_difference(counts)), np.nan, smaller)[()]


def predictive_parity_difference(counts: Counts) -> Floats:
    """Return the highest minus the lowest positive predictive value.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 0 is parity.  nan with fewer than two groups in which anybody is selected.

    References
    ----------
    Chouldechova, "Fair prediction with disparate impact", Big Data 5 (2017), doi:10.1089/big.2016.0047.
    """
    return _spread(_named(counts, "positive_predictive_value"))


def predictive_parity_ratio(counts: Counts) -> Floats:
    """Return the lowest divided by the highest positive predictive value.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    float or array of shape ``(...)``
        Between 0 and 1; 1 is parity.  nan if every value is 0, or with fewer than two groups in which anybody is
        selected.

    References
    ----------
    As `predictive_parity_difference`.
    """
    return _share(_named(counts, "positive_predictive_value"))


def average_odds(counts: Counts) -> Floats:
    """Return half the sum of true and false positive rate of every group.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    array of shape ``(..., groups)``
        Between 0 and 1.  nan for a group without positives or without negatives.

    Notes
    -----
    The difference of two groups, focal minus reference, is aif360's ``average_odds_difference``.
    """
    return (_named(counts, "true_positive_rate") + _named(counts, "false_positive_rate")) / 2


def average_odds_difference(counts: Counts, reference: int) -> Floats:
    """Return the average odds of a group minus the reference group's, for the group farthest from the reference.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.
    reference : int
        The reference group's place.

    Returns
    -------
    float or array of shape ``(...)``
        Between -1 and 1, signed; 0 is parity, or two differences of opposite sign that cancel: read it beside
        `equalized_odds_difference`.  nan if the reference's or every other group's average odds are undefined.

    References
    ----------
    Bellamy et al., "AI Fairness 360", IBM Journal of Research and Development 63 (2019),
    doi:10.1147/JRD.2019.2942287.

    Examples
    --------
    A has rates 1/2 and 0/2, B 2/2 and 1/2: .25 - .75.

    >>> counts = {"true_positive": np.array([1, 2]), "false_negative": np.array([1, 0]),
    ...           "false_positive": np.array([0, 1]), "true_negative": np.array([2, 1])}
    >>> float(average_odds_difference(counts, reference=1))
    -0.5
    """
    odds = average_odds(counts)
    gaps = odds - odds[..., [reference]]
    gaps[..., reference] = np.nan
    farthest = np.argmax(np.where(np.isnan(gaps), -1.0, np.abs(gaps)), axis=-1, keepdims=True)
    return np.take_along_axis(gaps, farthest, axis=-1)[..., 0]
