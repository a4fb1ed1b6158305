"""Inequality of benefits: generalised entropy, with what of it lies between groups and what within them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import floats, quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Counts, Floats

BENEFITS = (0.0, 1.0, 2.0)
"""1 + decision - outcome: refused although positive, as the outcome has it, selected although negative."""


def benefit_counts(counts: Counts) -> Floats:
    """Return how many of each group have each benefit.

    Parameters
    ----------
    counts : Counts
        With the four counts of a known outcome, arrays of shape ``(..., groups)``.

    Returns
    -------
    array of shape ``(..., groups, 3)``
        In the order of ``BENEFITS``: false negatives, true decisions, false positives.

    Examples
    --------
    >>> benefit_counts({"true_positive": [3], "false_positive": [2], "false_negative": [1], "true_negative": [4]})
    array([[1., 7., 2.]])
    """
    kinds = ("true_positive", "false_positive", "false_negative", "true_negative")
    tp, fp, fn, tn = floats(*(counts[kind] for kind in kinds))
    return np.stack([fn, tp + tn, fp], axis=-1)


def generalized_entropy(people: ArrayLike, benefits: ArrayLike = BENEFITS, alpha: float = 2.0) -> Floats:
    """Return the generalised entropy of benefits, GE(alpha).

    Parameters
    ----------
    people : array of shape ``(..., values)``
        How many have each benefit.
    benefits : array of shape ``(values,)`` or ``(..., values)``
        At least 0.
    alpha : float
        2: half the squared coefficient of variation.  1: Theil's index.  0: the mean log deviation.

    Returns
    -------
    float or array of shape ``(...)``
        Σ people·[(b/μ)^α - 1] / (N·α·(α - 1)); for α = 1 Σ people·(b/μ)·ln(b/μ) / N with 0·ln 0 = 0; for α = 0
        -Σ people·ln(b/μ) / N.  0 where all have the same benefit.  nan without people, if the mean benefit is 0, and
        for α ≤ 0 if anybody's benefit is 0: its logarithm has no end.

    References
    ----------
    Speicher, Heidari, Grgić-Hlača, Gummadi, Singla, Weller & Zafar, KDD 2018, doi:10.1145/3219819.3220046.
    Shorrocks, "The class of additively decomposable inequality measures", Econometrica 48 (1980), doi:10.2307/1913126.

    Examples
    --------
    One has benefit 0 and one 2: μ = 1, and ((0 + 4)/2 - 1)/2 = 1/2; Theil's index is 2·ln 2/2.

    >>> float(generalized_entropy([1, 0, 1]))
    0.5
    >>> bool(generalized_entropy([1, 0, 1], alpha=1) == np.log(2))
    True
    """
    number, benefit = floats(people, benefits)
    total = np.sum(number, axis=-1)
    mean = quotient(np.sum(number * benefit, axis=-1), total)
    share = np.asarray(quotient(benefit, np.asarray(mean)[..., None]))
    share = np.where(number > 0, share, 1.0)  # what nobody has adds nothing
    positive = np.where(share > 0, share, 1.0)
    if alpha == 1:
        each = np.where(np.isnan(share), np.nan, share * np.log(positive))
    elif alpha == 0:
        each = np.where(share > 0, -np.log(positive), np.nan)
    else:
        powers = np.where(share > 0, positive**alpha, np.nan if alpha < 0 else 0.0)
        each = np.where(np.isnan(share), np.nan, (powers - 1) / (alpha * (alpha - 1)))
    return np.asarray(quotient(np.sum(number * each, axis=-1), total))[()]


def between_groups(people: ArrayLike, benefits: ArrayLike = BENEFITS, alpha: float = 2.0) -> Floats:
    """Return the part of the generalised entropy that lies between groups: that of everybody having the group's mean.

    Parameters
    ----------
    people : array of shape ``(..., groups, values)``
        How many of each group have each benefit.
    benefits : array of shape ``(values,)``
        At least 0.
    alpha : float
        As in `generalized_entropy`.

    Returns
    -------
    float or array of shape ``(...)``
        At least 0, and at most the entropy of all people together.  What remains lies within groups:
        Σ (n_g/N)·(μ_g/μ)^α·GE_g(α).  nan where `generalized_entropy` of the group means is.

    References
    ----------
    As `generalized_entropy`.

    Examples
    --------
    Mean benefits 1, 1.25 and .75 of 2, 4 and 4 people: ((2·1 + 4·1.5625 + 4·.5625)/10 - 1)/2.

    >>> float(between_groups([[0, 2, 0], [0, 3, 1], [1, 3, 0]]))
    0.025
    """
    number, benefit = floats(people, benefits)
    size = np.sum(number, axis=-1)
    mean = quotient(np.sum(number * benefit, axis=-1), size)
    return generalized_entropy(size, np.where(size > 0, mean, 1.0), alpha)
