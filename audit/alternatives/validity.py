"""How well a candidate selects: the area under the curve, the precision among those selected, or the user's utility."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.metrics.auc import auc, auc_covariance
from fairwitness.metrics.bootstrap import percentile_interval
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.placements import FEWEST_FOR_DELONG
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.audit.alternatives.candidates import Outcome

Metric = Literal["auc", "precision_at_selection_rate", "utility"]
METRICS = ("auc", "precision_at_selection_rate", "utility")


@dataclass(frozen=True, slots=True)
class Validity:
    """What is meant by selecting well.

    Attributes
    ----------
    metric : {"auc", "precision_at_selection_rate", "utility"}
    margin : float
        By how much an alternative may be worse and still be as valid, on the metric's scale.
    utility : callable or None
        ``f(y, selected, score)``, each an array with one entry a person, to a number; more is better.  ``selected`` is
        0 or 1, or between them the probability of being drawn.
    level : float
    draws, seed : int
        Of the bootstrap.
    """

    metric: Metric
    margin: float
    utility: Callable[..., Any] | None
    level: float
    draws: int
    seed: int

    @property
    def sees_cut(self) -> bool:
        """Whether it depends on who is selected: the area under the curve looks at the order of scores alone."""
        return self.metric != "auc"


def validity_of(given: object, *, margin: float, level: float, draws: int, seed: int) -> Validity:
    """Return what the user means by validity.

    Parameters
    ----------
    given : {"auc", "precision_at_selection_rate"} or callable
    margin : float
        At least 0.

    Raises
    ------
    FairwitnessError
        A metric that is not known, a negative margin, or a level that is none.
    """
    if not margin >= 0:
        raise FairwitnessError("margin: give by how much an alternative may be less valid, 0 or more.")
    if not 0.5 < level < 1:
        raise FairwitnessError("level: give a confidence level between 0.5 and 1.")
    if callable(given):
        return Validity("utility", margin, given, level, draws, seed)
    if given == "auc" or given == "precision_at_selection_rate":  # noqa: PLR1714 -- so that its type is known
        return Validity(given, margin, None, level, draws, seed)
    raise FairwitnessError(
        f"No validity {quoted(given)}. Give {listed(METRICS[:2])}, or a function f(y, selected, score) that returns a "
        "number."
    )


def estimate(validity: Validity, seen: Outcome) -> Estimate:
    """Return how well a candidate selects, with its interval.

    Notes
    -----
    DeLong's interval for the area; Wilson's for a precision; for one with a lot in it, the normal interval of a ratio
    of means; for a utility, percentiles of a bootstrap of persons.
    """
    if validity.metric == "auc":
        return auc(seen.score, seen.label, validity.level)
    if validity.metric == "precision_at_selection_rate":
        return _precision(seen, validity.level)
    import numpy as np

    value = _utility(validity, seen, np.arange(len(seen.label)))
    low, high, undefined = percentile_interval(_redrawn(validity, seen), validity.level)
    if np.isnan(low) or undefined:
        return Estimate(value, None, None, validity.level, None, "ok", len(seen.label))
    return Estimate(value, float(low), float(high), validity.level, "bootstrap_percentile", "ok", len(seen.label))


def excess(validity: Validity, new: Outcome, old: Outcome) -> tuple[float, float]:
    """Return by how much one candidate's validity exceeds another's less the margin, on the same people.

    Returns
    -------
    excess, error : float
        With its standard error.  Of areas, on the logit scale.  nan where either is undefined, as is the error of areas
        with fewer than 20 people of either outcome.

    Notes
    -----
    DeLong's covariance for areas; the delta method for precisions; for utilities the standard deviation of a bootstrap
    that draws the same persons for both.  An area near 1 varies the less the larger it happens to be.
    Of 1,500 draws with 20 to 100 positives, in which an area of .92 had lost the margin, the test at 5 % of the plain
    difference called 7 to 11 % as valid for a margin of .045, and 6 to 8 % for one of .009; on the logit scale it is 4
    to 5 %, and 6 to 7 %.
    """
    import numpy as np

    if validity.metric == "auc":
        return _excess_of_area(validity.margin, new, old)
    if validity.metric == "precision_at_selection_rate":
        (value, pull), (before, pull_before) = _influence(new), _influence(old)
        return value - before + validity.margin, float(np.std(pull - pull_before, ddof=1) / np.sqrt(len(pull)))
    everybody = np.arange(len(new.label))
    difference = _utility(validity, new, everybody) - _utility(validity, old, everybody)
    error = float(np.std(_redrawn(validity, new) - _redrawn(validity, old), ddof=1))
    return difference + validity.margin, error


def _excess_of_area(margin: float, new: Outcome, old: Outcome) -> tuple[float, float]:
    import numpy as np

    areas, covariance = auc_covariance(np.stack([new.score, old.score]), new.label)
    value, least = float(areas[0]), float(areas[1]) - margin
    apart = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    if min(new.label.sum(), (~new.label).sum()) < FEWEST_FOR_DELONG:
        return value - least, float("nan")
    if not apart > 0:  # the same order of people, or two perfect ones
        return value - least, 0.0
    if min(value, least) <= 0 or max(value, areas[1]) >= 1:  # no logit
        return value - least, float(np.sqrt(apart))
    slopes = np.array([1 / (value * (1 - value)), -1 / (areas[1] * (1 - areas[1]))])
    logits = np.log([value, least]) - np.log1p([-value, -least])
    return float(logits[0] - logits[1]), float(np.sqrt(slopes @ covariance @ slopes))


def _precision(seen: Outcome, level: float) -> Estimate:
    import numpy as np

    chosen = float(seen.chance.sum())
    n = round(chosen)
    if chosen == 0:
        return Estimate.undefined("undefined_no_selections", level=level, n=0)
    if np.isin(seen.chance, (0.0, 1.0)).all():
        x = int(seen.chance[seen.label].sum())
        low, high = wilson(x, n, level)
        return Estimate(x / n, float(low), float(high), level, "wilson", "ok", n)
    value, pull = _influence(seen)
    reach = normal_quantile(level) * float(np.std(pull, ddof=1) / np.sqrt(len(pull)))
    return Estimate(value, max(0.0, value - reach), min(1.0, value + reach), level, "delta", "ok", n)


def _influence(seen: Outcome) -> tuple[float, NDArray[np.float64]]:
    """Return the precision, and each person's pull on it: a ratio of means, by the delta method."""
    import numpy as np

    mean = seen.chance.mean()
    if mean == 0:
        return float("nan"), np.full(len(seen.label), np.nan)
    value = float((seen.chance * seen.label).mean() / mean)
    return value, seen.chance * (seen.label - value) / mean


def _utility(validity: Validity, seen: Outcome, at: NDArray[np.int64]) -> float:
    import numpy as np

    if validity.utility is None:
        raise AssertionError("a utility has its function")
    try:
        value = float(validity.utility(seen.label[at].astype(int), seen.chance[at], seen.score[at]))
    except Exception as error:  # noqa: BLE001 -- a foreign function raises what it likes
        raise FairwitnessError(
            f"The utility raised {type(error).__name__}. It is called with three arrays, the outcome (0 or 1), who is "
            "selected (0 to 1) and the score, and returns one number."
        ) from None
    if not np.isfinite(value):
        raise FairwitnessError(
            "The utility is no finite number for some people drawn anew. Make it one for any people."
        )
    return value


def _redrawn(validity: Validity, seen: Outcome) -> NDArray[np.float64]:
    """Return the utility among persons drawn anew, the same persons for every candidate."""
    import numpy as np

    generator, n = np.random.default_rng(validity.seed), len(seen.label)
    return np.array([_utility(validity, seen, generator.integers(0, n, n)) for _ in range(validity.draws)])
