"""An estimator in memory: scikit-learn's, or any object with a method ``predict``, and plain functions."""

from __future__ import annotations

import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.models.asking import no_model
from fairwitness.audit.models.classes import class_at, classes_of
from fairwitness.audit.models.dropped_columns import dropped_columns
from fairwitness.audit.models.model import Answers, Model

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd

    from fairwitness.audit.models.model import ModelKind

    Score = Callable[[Any], Any]

METHODS = ("predict", "predict_proba", "decision_function")
MOST_CLASSES = 50  # that the record lists


def object_model(
    given: Any,
    *,
    name: str | None = None,
    kind: ModelKind | None = None,
    sha256: str | None = None,
    features: Sequence[str] | None = None,
    positive: object = None,
    cut: bool = False,
) -> Model:
    """Return a model from an object in memory: an estimator, or a function of a frame.

    Parameters
    ----------
    given : estimator or callable
    name : str, optional
        By default the name of its class, or of the function.
    kind : str, optional
        By default what it is.
    sha256, features, positive, cut
        As `estimator_model` takes them; a function has no classes.

    Raises
    ------
    FairwitnessError
        It is neither.
    """
    shown = printable(name or getattr(given, "__name__", type(given).__name__))
    where = f"{shown}: " if kind == "skops" else ""
    if isinstance(given, type):
        raise no_model(given, where)
    if any(callable(getattr(given, method, None)) for method in METHODS):
        return estimator_model(
            given,
            name=shown,
            kind=kind or "estimator",
            sha256=sha256,
            features=features,
            positive=positive,
            cut=cut,
        )
    if not callable(given):
        raise no_model(given, where)
    if positive is not None:
        raise FairwitnessError("positive: a function does not tell its classes. Leave positive out.")
    made = function_in_memory(given, name=shown)
    return replace(made, kind=kind or made.kind, sha256=sha256, inputs=None if features is None else tuple(features))


def function_in_memory(function: Callable[[Any], Any], *, name: str) -> Model:
    """Return a model from a function of a frame that returns one value for each row.

    Numbers are scores, booleans and labels are decisions, and zeros and ones are both.
    """
    return Model(name, "function", lambda rows, _: Answers.of(function(rows), len(rows), f"{name}: "))


def estimator_model(
    estimator: Any,
    *,
    name: str,
    kind: ModelKind = "estimator",
    sha256: str | None = None,
    features: Sequence[str] | None = None,
    positive: object = None,
    cut: bool = False,
) -> Model:
    """Return a model from a fitted estimator.

    Parameters
    ----------
    estimator : object
        Has ``predict``, ``predict_proba`` or ``decision_function``.  It is given a frame of pandas; an array, where
        it was fitted on one; a column of texts, where it begins with a vectorizer.
    name : str
    kind : str
        Where the estimator comes from.
    sha256 : str, optional
        Of the file that it was read from.
    features : sequence of str, optional
        The columns that it is given.  By default those that it says it was fitted on.
    positive : object, optional
        The class that means selected, whose score is asked: by default the last.
    cut : bool
        Whether decisions are made from the score, so that ``predict`` need not be asked.

    Raises
    ------
    FairwitnessError
        No such class, classes that it does not tell, or a cut-off on what has no score.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> rows = pd.DataFrame({"points": [2, 9]})
    >>> model = estimator_model(DecisionTreeClassifier().fit(rows, ["no", "yes"]), name="screener")
    >>> model.predict(rows), model.score(rows)
    (['no', 'yes'], array([0., 1.]))
    """
    classes = classes_of(estimator)
    method, score = _score(estimator, _place(positive, classes), len(classes or ()))
    predicts = callable(getattr(estimator, "predict", None))
    if score is None and cut and classes is not None:
        raise FairwitnessError(
            f"{printable(name)}: the estimator has neither predict_proba nor decision_function, so that no cut-off "
            "applies. Leave out at_least and top, or use an estimator that gives scores."
        )

    prepared = _prepared(estimator)

    def ask(rows: pd.DataFrame, _: int) -> Answers:
        given = prepared(rows)
        if score is None and classes is None:
            return Answers.of(estimator.predict(given), len(rows), f"{name}: ")
        decided = predicts and not (cut and score)
        return Answers(estimator.predict(given) if decided else None, score(given) if score else None)

    facts: dict[str, Any] = {
        "type": printable(f"{type(estimator).__module__}.{type(estimator).__qualname__}"),
        "score": method,
    }
    if classes is not None:
        shown = [printable(c) for c in classes]
        facts |= {"classes": shown[:MOST_CLASSES], "positive": shown[_place(positive, classes)]}
    dropped = dropped_columns(estimator)
    if dropped:
        facts["dropped"] = [printable(column) for column in dropped]
    fitted = getattr(estimator, "feature_names_in_", None)
    inputs = features if features is not None else None if fitted is None else [str(column) for column in fitted]
    return Model(name, kind, ask, sha256, None if inputs is None else tuple(inputs), facts=facts)


def loaded(load: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """Load an estimator from a file; return it, and what it was saved with if that is not what is installed.

    scikit-learn warns that an estimator of another version "might lead to breaking code or invalid results": that
    belongs into the record.
    """
    from sklearn.exceptions import InconsistentVersionWarning

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        made = load()
    found = [w.message for w in told if isinstance(w.message, InconsistentVersionWarning)]
    if not found:
        return made, {}
    then, now = found[0].original_sklearn_version, found[0].current_sklearn_version
    return made, {"saved_with": printable(f"scikit-learn {then}, and asked with {now}")}


def _place(positive: object, classes: list[str] | None) -> int:
    if classes is None and positive is not None:
        raise FairwitnessError(
            "positive: the model does not tell its classes (it has no classes_). Leave positive out; the last column "
            "of what it scores is taken."
        )
    return -1 if classes is None else class_at(positive, classes)


def _score(estimator: Any, place: int, classes: int) -> tuple[str | None, Score | None]:
    """Return which method gives the score of the class that means selected, and how to call it."""
    import numpy as np

    def probability(given: Any) -> np.ndarray[Any, Any]:
        made = np.asarray(estimator.predict_proba(given))
        return made[:, place] if made.ndim == 2 else made

    def distance(given: Any) -> np.ndarray[Any, Any]:
        made = np.asarray(estimator.decision_function(given))
        if made.ndim == 2 and made.shape[1] > 1:
            return made[:, place]
        return -made if classes == 2 and place == 0 else made

    for name, score in (("predict_proba", probability), ("decision_function", distance)):
        if callable(getattr(estimator, name, None)):
            return name, score
    return None, None


def _prepared(estimator: Any) -> Callable[[pd.DataFrame], Any]:
    """Return how a frame is handed over."""
    steps = getattr(estimator, "steps", None)
    first = steps[0][1] if steps else estimator
    if _reads_texts(first):
        return _texts
    if hasattr(estimator, "n_features_in_") and not hasattr(estimator, "feature_names_in_"):
        return lambda rows: rows.to_numpy()
    return lambda rows: rows


def _reads_texts(step: Any) -> bool:
    """Say whether a step takes texts one by one, as scikit-learn's vectorizers do."""
    tags = getattr(step, "__sklearn_tags__", None)
    if tags is None:
        return False
    asked = tags().input_tags
    return bool(asked.string and not asked.two_d_array)


def _texts(rows: pd.DataFrame) -> Any:
    if rows.shape[1] != 1:
        raise FairwitnessError(
            "The model begins with a vectorizer, which reads one column of texts, and is given "
            f"{listed(rows.columns)}. Name the one: features = 'resume'."
        )
    return rows.iloc[:, 0]
