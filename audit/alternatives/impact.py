"""The impact ratio of a candidate, and whether it is better than the baseline's on the same people."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.paired_change import Pairs, change_z
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.audit.alternatives.candidates import Outcome, Pair


class Chances(NamedTuple):
    """The probabilities with which the people of the two groups are selected."""

    focal: NDArray[np.float64]
    reference: NDArray[np.float64]


def chances(seen: Outcome, pair: Pair) -> Chances:
    """Return the two groups' probabilities of being selected."""
    return Chances(seen.chance[seen.group == pair.focal], seen.chance[seen.group == pair.reference])


def ratio(seen: Outcome, pair: Pair, level: float) -> Estimate:
    """Return the focal group's selection rate divided by the reference group's, with its interval.

    Notes
    -----
    Koopman's score interval for decisions.  Where a band is drawn by lot, the rates are expected ones, and the interval
    is normal on the logarithm, with the spread of the probabilities within each group; none if nobody in the focal
    group has a chance.
    """
    import numpy as np

    focal, reference = chances(seen, pair)
    n = len(focal) + len(reference)
    if min(len(focal), len(reference)) == 0:
        return Estimate.undefined("undefined_empty_group", level=level, n=n)
    if reference.sum() == 0:
        return Estimate.undefined("undefined_no_selections", level=level, n=n)
    value = float(impact_ratio(focal.sum(), len(focal), reference.sum(), len(reference)))
    if decided(seen):
        low, high = koopman(int(focal.sum()), len(focal), int(reference.sum()), len(reference), level)
        return Estimate(value, float(low), float(high), level, "koopman", "ok", n)
    reach = normal_quantile(level) * _error([_pull(focal), _pull(reference)])
    if value == 0 or np.isnan(reach):
        return Estimate(value, None, None, level, None, "ok", n)
    return Estimate(value, float(value * np.exp(-reach)), float(value * np.exp(reach)), level, "delta_log", "ok", n)


def no_better(new: Outcome, old: Outcome, pair: Pair) -> float | None:
    """Return the one-sided p-value of "the ratio is no better", on the same people; None if it cannot be told.

    Parameters
    ----------
    new, old : Outcome
        Of the candidate and of the baseline.
    pair : Pair
        Where its ``below`` is true a higher ratio is better, otherwise a lower one; the training part has fixed that.

    Notes
    -----
    For decisions, a score test of the change of a ratio on the same people; where there is a lot, the change of its
    logarithm over its standard error by the delta method.
    """
    import numpy as np
    from scipy.special import ndtr

    z = _rising(new, old, pair)
    return None if np.isnan(z) else float(ndtr(-z if pair.below else z))


def decided(seen: Outcome) -> bool:
    """Say whether everybody is selected or not, nobody by lot."""
    import numpy as np

    return bool(np.isin(seen.chance, (0.0, 1.0)).all())


def _rising(new: Outcome, old: Outcome, pair: Pair) -> float:
    """Return z of "the ratio has not changed": positive if it has risen."""
    import numpy as np

    (focal, reference), (focal_old, reference_old) = chances(new, pair), chances(old, pair)
    if min(len(focal), len(reference)) == 0 or min(reference.sum(), reference_old.sum()) == 0:
        return float("nan")
    if decided(new) and decided(old):
        cells = [
            np.count_nonzero((now == a) & (before == b))
            for now, before in ((focal, focal_old), (reference, reference_old))
            for a, b in ((1, 1), (1, 0), (0, 1), (0, 0))
        ]
        return float(change_z(Pairs(*cells), "ratio", 1.0))
    if min(focal.sum(), focal_old.sum()) == 0:
        return float("nan")
    change = np.log(focal.mean() / focal_old.mean()) - np.log(reference.mean() / reference_old.mean())
    error = _error([_pull(focal) - _pull(focal_old), _pull(reference) - _pull(reference_old)])
    return float(change / error) if error > 0 else float("nan")


def _pull(chance: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each person's pull on the logarithm of a group's rate."""
    pulls: NDArray[np.float64] = chance / chance.mean() if chance.sum() > 0 else chance
    return pulls


def _error(pulls: list[NDArray[np.float64]]) -> float:
    """Return the standard error of a sum of means of independent groups; nan for a group of one."""
    import numpy as np

    return float(np.sqrt(sum(np.var(p, ddof=1) / len(p) if len(p) > 1 else np.nan for p in pulls)))
