"""A pipeline for those who have none to give: what a plain screening model does with any table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

ORDERED = ("number", "bool", "datetime", "datetimetz")  # kinds of columns of pandas


def plain_screener() -> Any:
    """Return an unfitted logistic regression on a table's columns.

    Numbers, dates and booleans have their mean in the place of what is missing, and are brought to one scale; words
    become one column for each that at least 20 rows have, and the most frequent stands for what is missing.

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
    from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

    floats = FunctionTransformer(as_floats)
    numbers = make_pipeline(floats, SimpleImputer(keep_empty_features=True), StandardScaler())
    known = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    words = make_pipeline(SimpleImputer(strategy="most_frequent"), known)
    columns = make_column_transformer(
        (numbers, make_column_selector(dtype_include=list(ORDERED))),
        (words, make_column_selector(dtype_exclude=list(ORDERED))),
    )
    return make_pipeline(columns, LogisticRegression(max_iter=2000))


def as_floats(columns: pd.DataFrame) -> pd.DataFrame:
    """Return numbers and booleans as floating-point numbers, and dates as days, missing ones as nan.

    Examples
    --------
    >>> import pandas as pd
    >>> as_floats(pd.DataFrame({"a": [True, False], "b": pd.to_datetime(["1970-01-02", None])})).to_numpy().tolist()
    [[1.0, 1.0], [0.0, nan]]
    """
    import pandas as pd

    def floats(values: pd.Series) -> pd.Series:
        if values.dtype.kind == "M":
            return (values - pd.Timestamp(0, tz=getattr(values.dtype, "tz", None))) / pd.Timedelta(days=1)
        return pd.Series(values.to_numpy("float64", na_value=float("nan")), index=values.index)

    return columns.apply(floats)
