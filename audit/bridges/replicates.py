"""A foreign metric asked of rows, and of rows drawn anew; what it cannot say is undefined, with the reason."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import printable
from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    Array = np.ndarray[Any, Any]

Metric = Callable[..., Any]


class Columns(NamedTuple):
    """What a metric takes: true outcomes, what was said of them, and parameters that have one value a row."""

    truth: Array
    said: Array
    params: Mapping[str, Array]

    def at(self, rows: NDArray[np.int64]) -> Columns:
        """Return some of the rows."""
        return Columns(self.truth[rows], self.said[rows], {key: column[rows] for key, column in self.params.items()})


class _Undefined(NamedTuple):
    because: str


def figure(metric: Metric, columns: Columns, level: float, draws: int, seed: int) -> tuple[Estimate, str | None]:
    """Return a metric of rows with the percentile interval of a bootstrap, and why there is no value or no interval.

    Parameters
    ----------
    metric : callable
        Takes true outcomes, predictions, and the columns' parameters by name.
    columns : Columns
        At least one row.
    level : float
        Confidence level, between 0 and 1.
    draws : int
        How many times the rows are drawn anew.
    seed : int
    """
    import numpy as np

    n = len(columns.truth)
    value = _asked(metric, columns)
    if isinstance(value, _Undefined):
        return Estimate.undefined("undefined", level=level, n=n), value.because
    random = np.random.default_rng(seed)
    made = []
    for _ in range(draws):
        at = random.integers(0, n, n)
        made.append(_asked(metric, columns.at(at)))
    low, high, why = _ends([m for m in made if not isinstance(m, _Undefined)], draws, level)
    if why is not None:
        return Estimate(value, None, None, level, None, "ok", n), why
    return Estimate(value, low, high, level, "bootstrap_percentile", "ok", n), None


def _ends(values: list[float], draws: int, level: float) -> tuple[float | None, float | None, str | None]:
    """Return the ends of the interval, or why there is none.  Undefined replicates may lie beyond either end."""
    import numpy as np

    undefined = draws - len(values)
    if undefined > draws * (1 - level) / 2:
        return None, None, f"no interval: the metric is undefined in {undefined:,} of {draws:,} replicates"
    if min(values) == max(values):
        return None, None, "no interval: the metric is the same in every replicate"
    sure: NDArray[np.float64] = np.array(values)
    low = np.quantile(np.concatenate([np.full(undefined, sure.min()), sure]), (1 - level) / 2)
    high = np.quantile(np.concatenate([sure, np.full(undefined, sure.max())]), (1 + level) / 2)
    return float(low), float(high), None


def _asked(metric: Metric, columns: Columns) -> float | _Undefined:
    """Return what the metric says, or why that is no figure.  Its own message may quote rows, and is not repeated."""
    import numpy as np

    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("error", category=_undefined_metric_warning())
            made = metric(columns.truth, columns.said, **columns.params)
        value = float(made)
    except Exception as error:  # noqa: BLE001 -- a foreign metric raises what it likes
        return _Undefined(f"the metric raised {printable(type(error).__name__)}")
    if isinstance(made, str) or np.size(made) != 1 or not np.isfinite(value):
        return _Undefined("the metric gave no finite number")
    return value


def _undefined_metric_warning() -> type[Warning]:
    from sklearn.exceptions import UndefinedMetricWarning

    made: type[Warning] = UndefinedMetricWarning
    return made
