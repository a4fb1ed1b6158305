"""How figures move as those who did not disclose their group differ more and more from those who did.

The odds parameter says how differently the undisclosed are made up.  At 1 they are, among the selected and among the
rejected, like those who disclosed; towards 0 and infinity the figures reach the bounds of
`fairwitness.metrics.undisclosed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import quotient

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.undisclosed import Undisclosed

ODDS = (1 / 10, 1 / 5, 1 / 3, 1 / 2, 2 / 3, 1.0, 3 / 2, 2.0, 3.0, 5.0, 10.0)
_FAR = 60.0  # of log odds: beyond, nothing moves
_HALVINGS = 100


def rates_at_odds(
    selected: ArrayLike, total: ArrayLike, unknown: Undisclosed, pair: tuple[int, int], odds: ArrayLike
) -> tuple[Floats, Floats]:
    """Return the rates of two groups when the undisclosed are shared out at given odds.

    Parameters
    ----------
    selected, total : array of int, shape (k,)
        Of every group that the undisclosed may belong to.
    unknown : Undisclosed
    pair : tuple of int
        Places of the group in question and of the one it is compared with.
    odds : float or array
        Above 0.  By how much the odds of being of the second group rather than the first are larger among the selected
        who did not disclose than among those who did, and smaller among the rejected.

    Returns
    -------
    first, second : float or array
        nan where the undisclosed selected (or rejected) have nobody disclosed to be compared with.

    Notes
    -----
    With θ the odds, a group's share of the undisclosed selected is proportional to x·t, of the undisclosed rejected to
    (n - x)/t, where t is 1/√θ for the first group, √θ for the second and 1 for others.

    References
    ----------
    Rosenbaum & Rubin, "Assessing sensitivity to an unobserved binary covariate in an observational study with binary
    outcome", Journal of the Royal Statistical Society B 45 (1983), doi:10.1111/j.2517-6161.1983.tb01242.x.
    Scharfstein, Rotnitzky & Robins, "Adjusting for nonignorable drop-out using semiparametric nonresponse models",
    Journal of the American Statistical Association 94 (1999), doi:10.1080/01621459.1999.10473862.

    Examples
    --------
    Half of the selected and half of the rejected did not disclose; at odds 1 nothing changes.

    >>> from fairwitness.metrics.undisclosed import Undisclosed
    >>> first, second = rates_at_odds([3, 6], [10, 10], Undisclosed(9, 11), (0, 1), 1.0)
    >>> round(float(first), 9), round(float(second), 9)
    (0.3, 0.6)
    """
    x, n = (np.asarray(a, np.float64) for a in (selected, total))
    theta = np.asarray(odds, np.float64)[..., None]
    tilt = np.zeros(len(x))
    tilt[list(pair)] = (-0.5, 0.5)
    t = theta**tilt
    more = unknown.selected * quotient(x * t, (x * t).sum(axis=-1, keepdims=True)) if unknown.selected else 0 * t
    fewer = (n - x) / t
    rest = unknown.rejected * quotient(fewer, fewer.sum(axis=-1, keepdims=True)) if unknown.rejected else 0 * t
    rates = quotient(x + more, n + more + rest)
    return rates[..., pair[0]][()], rates[..., pair[1]][()]


def tipping_odds(
    selected: ArrayLike, total: ArrayLike, unknown: Undisclosed, pair: tuple[int, int], line: float
) -> float | None:
    """Return the odds at which the ratio of two groups crosses a line, or None where it never does.

    Parameters
    ----------
    selected, total, unknown, pair
        As `rates_at_odds`.
    line : float
        A ratio.

    Returns
    -------
    float or None
        Below it the ratio is above the line: the ratio falls as the odds rise.

    References
    ----------
    As `rates_at_odds`.

    Examples
    --------
    .72 as disclosed; it takes odds of about a third to bring it to four fifths.

    >>> from fairwitness.metrics.undisclosed import Undisclosed
    >>> odds = tipping_odds([30, 50], [100, 120], Undisclosed(6, 14), (0, 1), 0.8)
    >>> a, b = rates_at_odds([30, 50], [100, 120], Undisclosed(6, 14), (0, 1), odds)
    >>> round(odds, 2), round(float(a / b), 6)
    (0.34, 0.8)
    """

    def above(log: float) -> bool:
        first, second = rates_at_odds(selected, total, unknown, pair, float(np.exp(log)))
        return bool(first > line * second)

    low, high = -_FAR, _FAR
    if above(high) or not above(low):
        return None
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if above(middle) else (low, middle)
    return float(np.exp(low))
