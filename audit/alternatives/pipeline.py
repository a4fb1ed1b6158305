"""What is asked of a scikit-learn pipeline: to be copied, fitted with weights, taken apart, and to score people."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.models.asking import raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Scorer = Callable[[pd.DataFrame], NDArray[np.float64]]

T = TypeVar("T")
BY_GROUP = ("fairlearn.postprocessing", "aif360.algorithms.postprocessing", "aif360.sklearn.postprocessing")
MOST_DENSE = 50_000_000  # numbers that a sparse matrix may become where a library takes none


@dataclass(frozen=True, slots=True)
class Parted:
    """A pipeline before its last step, fitted, and the last step, unfitted.

    Attributes
    ----------
    prepare : callable
        Rows to what the last step reads.
    last : estimator
        Unfitted.
    """

    prepare: Callable[[pd.DataFrame], Any]
    last: Any


def unfitted(pipeline: object, seed: int) -> tuple[Any, bool]:
    """Return a copy of an estimator that knows no data, and whether the one given was fitted.

    Parameters
    ----------
    pipeline : estimator
    seed : int
        For every ``random_state`` in it that is None, so that the same search finds the same.

    Raises
    ------
    FairwitnessError
        No scikit-learn estimator, or one that gives no score.
    """
    from sklearn.base import clone
    from sklearn.exceptions import NotFittedError
    from sklearn.utils.validation import check_is_fitted

    kind = printable(type(pipeline).__name__)
    if isinstance(pipeline, type):
        raise FairwitnessError(f"The pipeline is the class {printable(pipeline.__name__)}. Give an instance of it.")
    if not (hasattr(pipeline, "fit") and hasattr(pipeline, "get_params")):
        raise FairwitnessError(
            f"A {kind} is no scikit-learn estimator. The search fits every alternative anew: give a pipeline or an "
            "estimator with fit, fitted or not."
        )
    if not (hasattr(pipeline, "predict_proba") or hasattr(pipeline, "decision_function")):
        raise FairwitnessError(
            f"The {kind} offers no score (predict_proba or decision_function), and without one there is no cut-off to "
            "hold alternatives against. Give a classifier that scores."
        )
    try:
        check_is_fitted(pipeline)
        fitted = True
    except (NotFittedError, TypeError):
        fitted = False
    made = own("copied", lambda: clone(pipeline))
    drawn = [name for name, value in made.get_params().items() if value is None and name.endswith("random_state")]
    return made.set_params(**dict.fromkeys(drawn, seed)), fitted


def parts_of(pipeline: object) -> Iterator[Any]:
    """Yield an estimator and whatever it is made of, to any depth."""
    yield pipeline
    if hasattr(pipeline, "get_params"):
        yield from pipeline.get_params(deep=True).values()


def by_group(pipeline: object) -> str | None:
    """Return the name of a part that decides by group, such as fairlearn's ThresholdOptimizer, or None."""
    for part in parts_of(pipeline):
        kind = type(part)
        predict = getattr(kind, "predict", None)
        reads = callable(predict) and "sensitive_features" in inspect.signature(predict).parameters
        if kind.__module__.startswith(BY_GROUP) or reads:
            return printable(kind.__name__)
    return None


def names_column(pipeline: object, column: str) -> bool:
    """Say whether an estimator names a column: among its parameters, or among the features that it was fitted on."""

    def within(value: Any, depth: int = 4) -> bool:
        if isinstance(value, str):
            return value == column
        if isinstance(value, list | tuple | set) and depth:
            return any(within(v, depth - 1) for v in value)
        return False

    fitted_on = [getattr(part, "feature_names_in_", ()) for part in parts_of(pipeline)]
    return any(within(part) for part in parts_of(pipeline)) or any(column in list(names) for names in fitted_on)


def fitted_on(pipeline: object) -> tuple[str, ...]:
    """Return the columns that an estimator was fitted on, in order; none if it does not say."""
    return tuple(str(name) for name in getattr(pipeline, "feature_names_in_", ()))


def fit(pipeline: object, rows: Any, label: NDArray[Any], weight: NDArray[np.float64] | None = None) -> Scorer:
    """Fit a copy of a pipeline, and return what scores people by it.

    Parameters
    ----------
    pipeline : estimator
        Stays as it is.
    rows, label : frame, array of bool
    weight : array of float, optional
        Of each row, given to the last step.

    Raises
    ------
    FairwitnessError
        The pipeline raises, or its last step takes no weights.
    """
    from sklearn.base import clone

    made = clone(pipeline)
    weights = {} if weight is None else {weight_name(pipeline): weight}
    own("fitted", lambda: made.fit(rows, label.astype(int), **weights))
    return scorer(made)


def scorer(fitted: Any) -> Scorer:
    """Return what scores people by a fitted estimator: the positive class's probability, or the decision function."""

    def score(rows: Any) -> NDArray[np.float64]:
        import numpy as np

        if hasattr(fitted, "predict_proba"):
            given = np.asarray(own("asked for probabilities", lambda: fitted.predict_proba(rows)), float)
            values = given[:, list(fitted.classes_).index(1)] if 1 in fitted.classes_ else np.zeros(len(given))
        else:
            values = np.asarray(own("asked for scores", lambda: fitted.decision_function(rows)), float)
        if values.shape != (len(rows) if not hasattr(rows, "shape") else rows.shape[0],):
            raise FairwitnessError(
                "The pipeline does not give one score for each row. Give a classifier of two classes."
            )
        if not np.isfinite(values).all():
            raise FairwitnessError("Some of the pipeline's scores are missing or infinite. Make it score every row.")
        return values

    return score


def weight_name(pipeline: object) -> str:
    """Return how the weights of rows are called when a pipeline is fitted: those of its last step.

    Raises
    ------
    FairwitnessError
        The last step takes no weights.

    Examples
    --------
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> weight_name(LogisticRegression()), weight_name(make_pipeline(LogisticRegression()))
    ('sample_weight', 'logisticregression__sample_weight')
    """
    from sklearn.pipeline import Pipeline
    from sklearn.utils.validation import has_fit_parameter

    if isinstance(pipeline, Pipeline):
        name, last = pipeline.steps[-1]
        return f"{name}__{weight_name(last)}"
    if not has_fit_parameter(pipeline, "sample_weight"):
        raise FairwitnessError(f"The last step, {printable(type(pipeline).__name__)}, takes no weights of rows.")
    return "sample_weight"


def parted(pipeline: object, rows: pd.DataFrame, label: NDArray[np.bool_]) -> Parted:
    """Fit all but the last step of a pipeline.

    The libraries that retrain a model fit it many times, and take numbers only: preparation is done once, before.
    """
    from sklearn.base import clone
    from sklearn.pipeline import Pipeline

    if not isinstance(pipeline, Pipeline) or len(pipeline.steps) == 1:
        last = pipeline.steps[-1][1] if isinstance(pipeline, Pipeline) else pipeline
        return Parted(lambda given: given, clone(last))
    before, last = clone(pipeline[:-1]), clone(pipeline.steps[-1][1])
    own("fitted", lambda: before.fit(rows, label.astype(int)))
    return Parted(lambda given: _dense(own("asked to prepare rows", lambda: before.transform(given))), last)


def own(asked: str, call: Callable[[], T]) -> T:
    """Return what a foreign pipeline returns, or say where it raised, without its message, which may quote rows."""
    try:
        return call()
    except FairwitnessError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- a foreign pipeline raises what it likes
        fault = raised(error)
    raise FairwitnessError(
        f"The pipeline, {asked}, raised {fault}. Its message may quote rows and is not repeated. Try it alone on the "
        "same columns."
    )


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which linear algebra keeps to one thread.

    A search solves many small systems of equations: with several threads on a busy machine it took up to ten times as
    long.
    """
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # published without types

    context: AbstractContextManager[Any] = threadpool_limits(limits=1, user_api="blas")
    return context


def _dense(prepared: Any) -> Any:
    if not hasattr(prepared, "toarray"):
        return prepared
    rows, columns = prepared.shape
    if rows * columns > MOST_DENSE:
        raise FairwitnessError(
            f"The pipeline prepares a sparse matrix of {rows:,} × {columns:,}, too large for a library that takes "
            "dense ones only."
        )
    return prepared.toarray()
