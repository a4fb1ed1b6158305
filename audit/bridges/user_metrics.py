"""Any metric of the user's own, f(true outcomes, predictions), by group, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from fairwitness.audit.bridges.answers import UNKNOWN, answers, group_labels, once_each
from fairwitness.audit.bridges.replicates import Columns, figure
from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.loaders.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fairwitness.audit.bridges.answers import Positive
    from fairwitness.audit.bridges.replicates import Metric
    from fairwitness.metrics.estimate import Estimate


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """The metric of one group.

    Attributes
    ----------
    by, group : tuple of str
        The attributes, and the group's labels.
    n : int
        Its rows.
    estimate : Estimate
    because : str or None
        Why there is no value or no interval.
    """

    by: tuple[str, ...]
    group: tuple[str, ...]
    n: int
    estimate: Estimate
    because: str | None


@dataclass(frozen=True, slots=True)
class UserMetric:
    """A metric of the user's own by group: a study, for the report and audit.json.

    Attributes
    ----------
    name : str
    figures : tuple of GroupFigure
    unknown : mapping of tuple of str to int
        By attributes: rows of whom one of them is not known, and which are in no group.
    """

    section: ClassVar[str] = "user_metrics"

    name: str
    figures: tuple[GroupFigure, ...]
    unknown: Mapping[tuple[str, ...], int]

    def to_json(self) -> list[dict[str, Any]]:
        """Return one entry for each group."""
        return [
            {
                "name": self.name,
                "by": list(f.by),
                "group": list(f.group),
                "n": f.n,
                "unknown": self.unknown[f.by],
                "estimate": f.estimate.to_json(),
                "because": f.because,
            }
            for f in self.figures
        ]


def metric_by_group(
    data: object,
    metric: Metric,
    *,
    label: str | None = None,
    prediction: str,
    protected: str | Iterable[str],
    intersect: bool = False,
    label_positive: Positive = None,
    favorable: Positive = None,
    unknown: Positive = (),
    sample_params: Mapping[str, str] | None = None,
    name: str | None = None,
    level: float = 0.95,
    draws: int = 1000,
    seed: int = 0,
) -> UserMetric:
    """Return a metric of true outcomes and predictions for each group, with bootstrap intervals.

    Parameters
    ----------
    data : path or frame
        Rows must be independent: with several rows a person, intervals are too short.
    metric : callable
        Takes true outcomes and predictions as arrays, and gives one number.
    label : str, optional
        The column of true outcomes.  Without one, predictions stand in its place, for metrics that do not read it.
    prediction : str
        The column of predictions, decisions or scores.
    protected : str or iterable of str
        Several are taken one at a time.
    intersect : bool
        Take them together instead.
    label_positive, favorable : value or iterable of values, optional
        The label's and the prediction's values that count as 1, where they are not numbers or booleans.
    unknown : value or iterable of values
        Values that mean "not disclosed"; empty always does.  Those people are in no group, and counted.
    sample_params : mapping of str to column, optional
        What the metric takes besides, one value a row: ``{"sample_weight": "hours"}``.
    name : str, optional
        By default the function's.
    level : float
        Confidence level, between 0 and 1.
    draws : int
        Replicates of the bootstrap.
    seed : int

    Returns
    -------
    UserMetric

    Raises
    ------
    FairwitnessError
        Columns that are missing, or rows without an outcome or a prediction.

    Notes
    -----
    Each group's rows are drawn anew from itself, with replacement.  A metric that raises, gives anything but one finite
    number, or warns that it is not defined (as scikit-learn does where it puts 0 for 0/0), is undefined there.  A
    replicate in which it is undefined may lie beyond either end: it counts as such, so that an interval whose end is
    among them has none.  It also has none where all replicates are alike.

    References
    ----------
    Efron & Tibshirani, "An Introduction to the Bootstrap" (1993), chapter 13, doi:10.1201/9780429246593.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> people = pd.DataFrame({"sex": ["f", "f", "m", "m"], "true": [10, 20, 10, 30], "said": [12, 22, 9, 33]})
    >>> made = metric_by_group(people, lambda y, p: np.mean(np.abs(y - p)), label="true", prediction="said",
    ...                        protected="sex", name="mean error", draws=100)
    >>> [(f.group, f.estimate.value) for f in made.figures]
    [(('f',), 2.0), (('m',), 2.0)]
    """
    if not 0 < level < 1:
        raise FairwitnessError(f"level: {level} is no confidence level. Give a number between 0 and 1, such as 0.95.")
    if draws < 1:
        raise FairwitnessError(f"draws is {draws}. It is at least 1; 1000 or more give an interval that can be used.")
    source, named = rows_of(data), once_each(protected, "protected")
    predicted = answers(source, prediction, favorable)
    truth = predicted if label is None else answers(source, label, label_positive)
    params = {key: answers(source, column) for key, column in (sample_params or {}).items()}
    columns = Columns(truth, predicted, params)
    labels = group_labels(source, named, unknown)
    figures: list[GroupFigure] = []
    left_out = {}
    for by in [named] if intersect else [(each,) for each in named]:
        rows = list(zip(*(labels[each] for each in by), strict=True))
        left_out[by] = sum(UNKNOWN in row for row in rows)
        figures += _by_group(metric, columns, by, rows, level, draws, seed)
    if not figures:
        raise FairwitnessError(f"{source.where}: no row has a known group. Name an attribute with values.")
    told = name or str(getattr(metric, "__name__", type(metric).__name__))
    return UserMetric(printable(told), tuple(figures), left_out)


def _by_group(
    metric: Metric,
    columns: Columns,
    by: tuple[str, ...],
    rows: list[tuple[str, ...]],
    level: float,
    draws: int,
    seed: int,
) -> Iterator[GroupFigure]:
    import numpy as np

    for group in sorted({row for row in rows if UNKNOWN not in row}):
        at = np.flatnonzero([row == group for row in rows])
        estimate, because = figure(metric, columns.at(at), level, draws, seed)
        yield GroupFigure(by, group, len(at), estimate, because)
