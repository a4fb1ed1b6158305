"""To and from fairlearn's MetricFrame."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from fairwitness.audit.bridges.answers import UNKNOWN, answers, group_labels, once_each
from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.loaders.labels import label_text
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.tally import NOT_SELECTED, SELECTED, Axis, Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import pandas as pd

    from fairwitness.audit.bridges.answers import Positive
    from fairwitness.audit.tally import Key

ROUNDING = 1e-6  # of a count that a rate times a size gives back


def to_metric_frame(
    data: object,
    metrics: Callable[..., Any] | Mapping[str, Callable[..., Any]],
    *,
    label: str | None = None,
    prediction: str,
    protected: str | Iterable[str],
    control: str | Iterable[str] = (),
    label_positive: Positive = None,
    favorable: Positive = None,
    unknown: Positive = (),
    **others: Any,
) -> Any:
    """Return fairlearn's MetricFrame of a source's rows.

    Parameters
    ----------
    data : path or frame
    metrics : callable or mapping of str to callable
        Of true outcomes and predictions, as fairlearn's and scikit-learn's are.
    label : str, optional
        The column of true outcomes.  Without one, predictions stand in its place, for metrics that do not read it.
    prediction : str
        The column of predictions, decisions or scores.
    protected : str or iterable of str
        Of several, MetricFrame makes the intersection.
    control : str or iterable of str
        Columns within whose values groups are compared.
    label_positive, favorable : value or iterable of values, optional
        The label's and the prediction's values that count as 1, where they are not numbers or booleans.
    unknown : value or iterable of values
        Values that mean "not disclosed"; empty always does.
    **others
        For MetricFrame: ``sample_params``, ``n_boot``, ``ci_quantiles``, ``random_state``.

    Returns
    -------
    fairlearn.metrics.MetricFrame

    Raises
    ------
    FairwitnessError
        Columns that are missing, or rows without an outcome or a prediction.

    Notes
    -----
    People whose attribute is not known are a group of their own, ``(not disclosed)``.  Left empty, they would be
    refused by newer releases of fairlearn, and by older ones left out of every group but not of ``overall``.
    ``difference()`` and ``ratio()`` of a MetricFrame have no sign, and take that group for one like the others.

    Examples
    --------
    >>> import pandas as pd
    >>> from fairlearn.metrics import count, selection_rate
    >>> people = pd.DataFrame({"sex": ["f", "m", "f", None], "hired": [1, 1, 0, 0]})
    >>> frame = to_metric_frame(people, {"n": count, "rate": selection_rate}, prediction="hired", protected="sex")
    >>> frame.by_group["rate"].to_dict()
    {'(not disclosed)': 0.0, 'f': 0.5, 'm': 1.0}
    """
    import pandas as pd
    from fairlearn.metrics import MetricFrame

    source = rows_of(data)
    named, within = once_each(protected, "protected"), (control,) if isinstance(control, str) else tuple(control)
    predicted = answers(source, prediction, favorable)
    return MetricFrame(
        metrics=dict(metrics) if not callable(metrics) else metrics,
        y_true=predicted if label is None else answers(source, label, label_positive),
        y_pred=predicted,
        sensitive_features=pd.DataFrame(group_labels(source, named, unknown)),
        control_features=pd.DataFrame(group_labels(source, within)) if within else None,
        **others,
    )


def from_metric_frame(frame: Any, *, decision: str = "decision") -> Tally:
    """Return the tally of a MetricFrame that counted decisions.

    Parameters
    ----------
    frame : fairlearn.metrics.MetricFrame
        With fairlearn's ``count`` and ``selection_rate`` among its metrics, under these names.
    decision : str
        What to call the axis of the decision.

    Returns
    -------
    Tally
        With the sensitive and the control features as protected attributes.  Rows that are in ``overall`` and in no
        group, as older releases of fairlearn have them, are people whose attributes are not known; a warning says how
        many.

    Raises
    ------
    FairwitnessError
        A frame without these two metrics, or whose rates times counts are no whole numbers: weighted ones, say.

    Examples
    --------
    >>> from fairlearn.metrics import MetricFrame, count, selection_rate
    >>> hired, sex = [1, 0, 1, 1], ["f", "f", "m", "m"]
    >>> frame = MetricFrame(metrics={"count": count, "selection_rate": selection_rate}, y_true=hired, y_pred=hired,
    ...                     sensitive_features={"sex": sex})
    >>> from_metric_frame(frame).cells[("f", "selected")].n
    1
    """
    by_group = _counted(frame)
    names = [str(name) for name in by_group.index.names]
    if decision in names:
        raise FairwitnessError(
            f"A feature of the MetricFrame is called {quoted(decision)}. Give decision another name."
        )
    cells: dict[Key, int] = {}
    for at, (n, rate) in zip(by_group.index, by_group.to_numpy(dtype=float), strict=True):
        if not math.isnan(n):  # as a combination is that nobody has
            group = tuple(_level(part) for part in (at if isinstance(at, tuple) else (at,)))
            _put(cells, group, _whole(n, "a count"), _whole(n * rate, "a selection rate times its count"))
    warnings = _add_dropped(cells, frame, len(names))
    axes = [*(Axis(name, "protected") for name in names), Axis(decision, "decision")]
    return Tally.of(axes, cells, warnings=warnings)


def _counted(frame: Any) -> pd.DataFrame:
    import pandas as pd

    by_group = frame.by_group
    found = list(by_group.columns) if isinstance(by_group, pd.DataFrame) else [by_group.name]
    missing = [name for name in ("count", "selection_rate") if name not in found]
    if missing:
        raise FairwitnessError(
            f"The MetricFrame has the metrics {listed(found)}, and a tally needs {listed(missing)}. Make it with "
            "metrics={'count': count, 'selection_rate': selection_rate} of fairlearn.metrics, or tally the rows."
        )
    both: pd.DataFrame = by_group[["count", "selection_rate"]]
    return both


def _add_dropped(cells: dict[Key, int], frame: Any, features: int) -> tuple[str, ...]:
    """Add the rows that are in no group, and return a warning of them."""
    import numpy as np

    overall = np.atleast_2d(np.asarray(frame.overall[["count", "selection_rate"]], dtype=float))
    overall = overall[~np.isnan(overall).any(axis=1)]
    total = sum(_whole(n, "a count") for n, _ in overall)
    chosen = sum(_whole(n * rate, "a selection rate times its count") for n, rate in overall)
    lost = total - sum(cells.values())
    if lost == 0:
        return ()
    chosen -= sum(n for key, n in cells.items() if key[-1] == SELECTED)
    if not 0 <= chosen <= lost:
        raise FairwitnessError(
            "The MetricFrame's overall figures and its groups' are not of the same rows. Tally the rows instead."
        )
    _put(cells, (None,) * features, lost, chosen)
    found = f"{lost:,} of the {total:,} rows of the MetricFrame are in none of its groups"
    return (f"{found}: their attributes are counted as not disclosed.",)


def _put(cells: dict[Key, int], group: Key, n: int, chosen: int) -> None:
    for meaning, count in ((SELECTED, chosen), (NOT_SELECTED, n - chosen)):
        if count:
            cells[(*group, meaning)] = cells.get((*group, meaning), 0) + count


def _whole(value: float, what: str) -> int:
    made = round(value)
    if abs(value - made) > ROUNDING:
        raise FairwitnessError(
            f"In the MetricFrame, {what} is {value:.6g}, which is no whole number of people: weights, or another "
            "metric under this name. Tally the rows instead."
        )
    return made


def _level(part: object) -> str | None:
    import numpy as np

    text = label_text(part.item() if isinstance(part, np.generic) else part)
    return None if text == UNKNOWN else text
