"""Evidence that may be looked at after every period: e-processes of equal odds, and of odds that stay the same.

An e-value is what a bet against the null hypothesis has come to, of a stake of 1.  If the hypothesis is true the bet is
worth no more than its stake at whatever time one stops, so that it ever reaches 1/α with a chance of at most α (Ville):
one may look after every period, and stop when one likes.  All is conditional on how many people each group has in a
table and how many were selected, so rates may move from period to period, and tables of one period (requisitions,
sites) have rates of their own.

References
----------
Ville, "Étude critique de la notion de collectif" (1939).  Robbins, "Statistical methods related to the law of the
iterated logarithm", Annals of Mathematical Statistics 41 (1970), 1397-1409, doi:10.1214/aoms/1177696786, for mixtures.
Wasserman, Ramdas & Balakrishnan, "Universal inference", PNAS 117 (2020), 16880-16890, doi:10.1073/pnas.1922664117, for
a null hypothesis with an unknown parameter.  Ramdas, Grünwald, Vovk & Shafer, "Game-theoretic statistics and safe
anytime-valid inference", Statistical Science 38 (2023), doi:10.1214/23-STS894.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.likelihood_curve import above, maximum
from fairwitness.metrics.noncentral_hypergeometric import log_likelihood

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

FARTHEST = 32.0  # odds ratios from 1/32 to 32
LOG_ODDS: Floats = np.log(FARTHEST) * np.sinh(np.linspace(-3, 3, 81)) / np.sinh(3)
"""The log odds ratios that are bet on, closer together near 0: from steps of .026 there to .26 at the ends."""
BETS: NDArray[np.bool_] = LOG_ODDS != 0  # each gets the same share of the stake


class EProcess(NamedTuple):
    """What periods show, each looked at with all before it.

    Attributes
    ----------
    equality, drift : array, one a period
        Natural logarithms of the e-values: against equal odds of both groups in every table, and against one odds
        ratio, whatever it is, in all tables.
    odds_ratio : array
        The conditional maximum-likelihood estimate from all periods so far; nan beyond 1/32 and 32.
    low, high : array
        Ends of the confidence sequence of a common odds ratio; 0 and inf where there is no limit.
    """

    equality: Floats
    drift: Floats
    odds_ratio: Floats
    low: Floats
    high: Floats


def e_process(xf: ArrayLike, nf: ArrayLike, xr: ArrayLike, nr: ArrayLike, level: float) -> EProcess:
    """Return the e-processes of equality and of drift, and the confidence sequence of the odds ratio.

    Parameters
    ----------
    xf, nf, xr, nr : array of int, periods by tables
        Selected and total of the focal and of the reference group in each table of each period, in the order of time;
        a table that does not occur in a period has 0 people.
    level : float
        Confidence level of the sequence, between 0 and 1.

    Returns
    -------
    EProcess
        Where no table tells anything, equality and drift stay at 0 (e-values of 1) and the odds ratio is nan.

    Notes
    -----
    With L_t(δ) the log-likelihood of the log odds ratio δ in the first t periods relative to δ = 0, and M(c, t) the
    mean of e^{L_t(δ) - L_c(δ)} over the 80 bets δ ≠ 0, what a bet on the periods after c comes to:

    - equality: E_t = Σ_{c < t} M(c, t)/((c + 1)(c + 2)) + 1/(t + 1).  Half of the stake is bet from the first period
      on, a sixth from the second, and so on, since odds may become unequal later; the last term is not bet yet.  It is
      a martingale if δ = 0, and never less than 1/(t + 1);
    - confidence sequence: the δ with M(0, t)·e^{-L_t(δ)} < 1/(1 - level), which contain a common odds ratio in all
      periods at once with probability ``level``;
    - drift: E_t = [Σ_{0 < c < t} M(0, c)·M(c, t)/(c(c + 1)) + M(0, t)/t] / sup over δ of e^{L_t(δ)}.  Before and after
      the first change each has its bets; a change after period c has the share 1/(c(c + 1)), fixed beforehand, and no
      change so far what is left.

    Examples
    --------
    Three times 0 of 1 against 1 of 1: each has the likelihood 2/(1 + e^δ) = 1 - tanh(δ/2).  The bets are symmetric, so
    one such pair tells nothing of equality, two have the mean of (1 - u)², which is 1 + m with m the mean of u², and
    three 1 + 3m.  So E is ½ + ½, then ½·(1 + m) + 1/6 + 1/3, then ½·(1 + 3m) + (1 + m)/6 + 1/12 + 1/4.

    >>> found = e_process([[0]] * 3, [[1]] * 3, [[1]] * 3, [[1]] * 3, 0.95)
    >>> u = np.tanh(LOG_ODDS[BETS] / 2)
    >>> np.allclose(np.exp(found.equality), [1, 1 + np.mean(u**2) / 2, 1 + np.mean(u**2) * 5 / 3])
    True
    >>> bool((found.drift < 0).all())
    True
    """
    curves = log_likelihood(xf, nf, xr, nr, LOG_ODDS).summed()
    bet = _bets(curves.value)
    where, highest = maximum(curves, LOG_ODDS)
    low, high = (np.exp(end) for end in above(curves, LOG_ODDS, where, bet[1:, 0] + np.log(1 - level)))
    told = curves.most > 0
    return EProcess(
        equality=_ever_unequal(bet),
        drift=np.where(told, _changed(bet) - highest, 0.0),
        odds_ratio=np.where(told & np.isfinite(where), np.exp(where), np.nan),
        low=low,
        high=high,
    )


def anytime_p(log_e: ArrayLike) -> Floats:
    """Return anytime-valid p-values of an e-process: 1 over its maximum so far, at most 1.

    Parameters
    ----------
    log_e : array, one a period
        Natural logarithms of e-values.

    Returns
    -------
    array
        Never 0, never rising.  Whatever the time at which one stops, p ≤ α has a chance of at most α if the null
        hypothesis is true.

    Examples
    --------
    >>> anytime_p(np.log([0.5, 4.0, 2.0, 10.0])).round(6).tolist()
    [1.0, 0.25, 0.25, 0.1]
    """
    so_far = np.maximum.accumulate(np.maximum(np.asarray(log_e, np.float64), 0.0))
    return np.maximum(np.exp(-so_far), sys.float_info.min)


def first_reaching(log_e: ArrayLike, line: float) -> int | None:
    """Return the place of the first period in which an e-value is at least ``line``; None if there is none.

    Examples
    --------
    >>> first_reaching(np.log([0.5, 25.0, 3.0]), 20.0), first_reaching([0.0], 20.0)
    (1, None)
    """
    reached = np.asarray(log_e) >= np.log(line)
    return int(np.argmax(reached)) if reached.any() else None


def _bets(values: Floats) -> Floats:
    """Return the logarithm of what a bet on periods c + 1 to t comes to, at [t, c]; -inf where there are none."""
    known = np.vstack([np.zeros(BETS.sum()), values[:, BETS]])
    now, then = np.tril_indices(known.shape[0], -1)
    between = known[now] - known[then]
    top = between.max(axis=1)
    made = np.full((known.shape[0], known.shape[0]), -np.inf)
    made[now, then] = top + np.log(np.mean(np.exp(between - top[:, None]), axis=1))
    return made


def _ever_unequal(bet: Floats) -> Floats:
    """Return the logarithm of the mixture over when the odds became unequal, after each period."""
    from scipy.special import logsumexp

    c = np.arange(bet.shape[0])
    return np.asarray(np.logaddexp(logsumexp(bet - np.log((c + 1) * (c + 2)), axis=1), -np.log(c + 1)))[1:]


def _changed(bet: Floats) -> Floats:
    """Return the logarithm of the mixture over when the odds ratio changed, after each period."""
    from scipy.special import logsumexp

    c = np.arange(1, bet.shape[0])
    after = bet[1:, 1:] + (bet[1:, 0] - np.log(c * (c + 1)))
    return np.asarray(np.logaddexp(bet[1:, 0] - np.log(c), logsumexp(after, axis=1)))
