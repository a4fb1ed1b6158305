"""A pipeline for those who have none to give: what a plain screening model does with any table."""

from __future__ import annotations

from typing import Any


def plain_screener() -> Any:
    """Return an unfitted logistic regression on a table's columns.

    Numbers have their mean in the place of what is missing, and are brought to one scale; words become one column for
    each that at least 20 rows have, and the most frequent stands for what is missing.

    Returns
    -------
    sklearn.pipeline.Pipeline

    Examples
    --------
    >>> [name for name, _ in plain_screener().steps]
    ['columntransformer', 'logisticregression']
    """
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    known = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    words = make_pipeline(SimpleImputer(strategy="most_frequent"), known)
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include="number")),
        (words, make_column_selector(dtype_exclude="number")),
    )
    return make_pipeline(columns, LogisticRegression(max_iter=2000))
