"""Columns that a scikit-learn pipeline takes and drops in its first step: given to the model, and not read by it."""

from __future__ import annotations

import warnings
from typing import Any


def dropped_columns(estimator: Any) -> tuple[str, ...]:
    """Return the columns that a fitted pipeline drops in its first step.

    Parameters
    ----------
    estimator : object
        A ``ColumnTransformer`` or a pipeline that begins with one; none are known of any other.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.compose import make_column_transformer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> people = pd.DataFrame({"points": [7, 4], "sex": ["F", "M"]})
    >>> first = make_column_transformer(("passthrough", ["points"]))
    >>> dropped_columns(make_pipeline(first, LogisticRegression()).fit(people, [1, 0]))
    ('sex',)
    """
    steps = getattr(estimator, "steps", None)
    first = steps[0][1] if steps else estimator
    transformers = getattr(first, "transformers_", None)
    names = getattr(first, "feature_names_in_", None)
    if transformers is None or names is None:
        return ()
    used: set[str] = set()
    for _, transformer, columns in transformers:
        if isinstance(transformer, str) and transformer == "drop":
            continue
        chosen = _names(columns, [str(name) for name in names])
        if chosen is None:
            return ()
        used |= chosen
    return tuple(str(name) for name in names if str(name) not in used)


def _names(columns: Any, names: list[str]) -> set[str] | None:
    """Return the names of columns given by name, by place or by a mask; None where they are given otherwise."""
    import numpy as np

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)  # of scikit-learn 1.6, that places will become names
        chosen = np.asarray([columns] if isinstance(columns, str | int) else columns)
    if not chosen.size:
        return set()
    if chosen.dtype.kind in "biu":
        return set(np.asarray(names, object)[chosen].tolist())
    return {str(name) for name in chosen.tolist()} if chosen.dtype.kind in "UO" and chosen.ndim == 1 else None
