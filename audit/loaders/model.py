"""A model as the source of decisions: its predictions on a holdout become a column beside the rows."""

from __future__ import annotations

import traceback
from os import PathLike
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import numpy as np

    from fairwitness.audit.loaders.rows import Rows


def with_decisions(
    source: object,
    model: object,
    *,
    features: str | Sequence[str] | None = None,
    withheld: Collection[str] = (),
    into: str = "decision",
) -> Any:
    """Return the rows of a source with a column of what a model says of each.

    Parameters
    ----------
    source : path or frame
        A file, a folder or pattern of Parquet files, or a frame of pandas, Polars, PyArrow or another engine that
        narwhals knows.
    model : estimator or callable
        Has a method ``predict``, or is a function of a frame.  It is called once, with a copy of the rows: a Polars
        frame of Polars rows, otherwise a pandas frame with a new index.  From a text file, it sees what
        ``pandas.read_csv`` makes of the columns.
    features : str or sequence of str, optional
        The columns that the model sees, in this order.  By default those that it says it was fitted on
        (``feature_names_in_`` of scikit-learn); if it says nothing, all but the withheld.
    withheld : collection of str
        Columns that the model sees only if they are named in ``features``: protected attributes, the true outcome.
    into : str
        The new column.

    Returns
    -------
    pandas.DataFrame, polars.DataFrame or pyarrow.Table
        Of the same kind as a frame of pandas or Polars; otherwise a table of PyArrow.

    Raises
    ------
    FairwitnessError
        A model that cannot be called, is a file or raises; columns that are missing or withheld; predictions that
        are not one value for each row; a column named ``into`` that is there already.

    Examples
    --------
    >>> import pyarrow as pa
    >>> people = pa.table({"sex": ["F", "M"], "points": [7, 4]})
    >>> with_decisions(people, lambda rows: rows["points"] > 5, withheld=["sex"]).column("decision").to_pylist()
    [True, False]
    """
    predict = _predictor(model)
    rows = rows_of(source)
    if into.casefold() in {name.casefold() for name in rows.names}:
        raise FairwitnessError(
            f"{rows.where}: there is a column {quoted(into)} already, beside which the model's would stand. Give the "
            "model's another name (decision = 'model_decision'), or leave the model out to audit the column."
        )
    seen = locate(_features(model, features, withheld, rows), rows.names, rows.where)
    given = rows.part(seen)
    n = len(given)
    if n == 0:
        raise FairwitnessError(f"{rows.where}: no rows. Give the model at least one.")
    return rows.joined(into, _checked(_called(predict, given), n))


def _predictor(model: object) -> Callable[[Any], Any]:
    if isinstance(model, str | bytes | PathLike):
        raise FairwitnessError(
            "A model is not read from a file: a pickle runs whatever code its writer put into it. Load the model "
            "yourself, from a file that you trust, and give the object."
        )
    kind = printable(type(model).__name__)
    if isinstance(model, type):
        raise FairwitnessError(f"The model is the class {printable(model.__name__)}. Give a fitted instance of it.")
    predict = getattr(model, "predict", model)
    if not callable(predict):
        raise FairwitnessError(f"A {kind} is no model. Give an estimator with a method predict, or a function.")
    made: Callable[[Any], Any] = predict
    return made


def _features(model: object, features: str | Sequence[str] | None, withheld: Collection[str], rows: Rows) -> list[str]:
    if features is not None:
        named = [features] if isinstance(features, str) else list(features)
        if len(set(named)) < max(len(named), 1):
            raise FairwitnessError("features: name the model's columns, at least one and each once.")
        return named
    fitted = getattr(model, "feature_names_in_", None)
    if fitted is None:
        left = [name for name in rows.names if name not in withheld]
        if not left:
            raise FairwitnessError(f"{rows.where}: no column is left for the model. Name its columns: features = […].")
        return left
    kept = [str(name) for name in fitted if str(name) in withheld]
    if kept:
        raise FairwitnessError(
            f"The model was fitted on {listed(kept)}, which it does not see unless told so: protected attributes and "
            "true outcomes are withheld. If it shall see them, name all its columns: features = […]."
        )
    return [str(name) for name in fitted]


def _called(predict: Callable[[Any], Any], given: Any) -> Any:
    try:
        return predict(given)
    except Exception as error:  # noqa: BLE001 -- a foreign model raises what it likes, and its message may quote rows
        last = traceback.extract_tb(error.__traceback__)[-1]
        file = last.filename.replace("\\", "/").rpartition("/")[2]
        place = printable(f"{file}, line {last.lineno}, in {last.name}")
        kind = printable(f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins."))
    raise FairwitnessError(
        f"The model raised {kind} ({place}) on {len(given):,} rows with the columns {listed(given.columns)}. Its "
        "message may quote rows and is not repeated. Call the model alone on these columns, or name others: "
        "features = […]."
    )


def _checked(result: Any, n: int) -> list[Any]:
    """Return predictions as a list of plain values, one for each row."""
    import numpy as np
    import pandas as pd

    if isinstance(result, pd.Series | pd.DataFrame) and not result.index.equals(pd.RangeIndex(n)) and len(result) == n:
        raise FairwitnessError(
            "The model's predictions come with another index than its rows, perhaps in another order. Return them in "
            "the order of the rows, with the rows' index or none."
        )
    listed_out = next((getattr(result, name)() for name in ("to_list", "to_pylist") if hasattr(result, name)), result)
    try:  # a list stays as it is: numpy would turn a 1 beside a word into a word
        values = np.asarray(listed_out, object if isinstance(listed_out, list | tuple) else None)
    except (TypeError, ValueError):
        raise FairwitnessError("The model's predictions are no column of values. Return one for each row.") from None
    shape = " × ".join(f"{size:,}" for size in values.shape) or f"a single {printable(type(result).__name__)}"
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2 and values.shape[0] == n and values.shape[1] == 2:
        raise FairwitnessError(
            f"The model's predictions are {shape}: two for each row, as of predict_proba. For decisions, hold one of "
            "the columns against your threshold, lambda rows: model.predict_proba(rows)[:, 1] >= 0.5."
        )
    if values.ndim != 1:
        raise FairwitnessError(f"The model's predictions are {shape}, for {n:,} rows. Return one value for each row.")
    if len(values) != n:
        raise FairwitnessError(f"The model made {len(values):,} predictions for {n:,} rows. Return one for each row.")
    return _plain(values)


def _plain(values: np.ndarray[Any, Any]) -> list[Any]:
    import numpy as np
    import pandas as pd

    missing = int(pd.isna(values).sum())
    if missing:
        raise FairwitnessError(
            f"{missing:,} of the model's {len(values):,} predictions are missing (None or NaN), and no prediction is "
            "no rejection. Give a value for each row, or leave out the rows on which the model does not decide."
        )
    made = [value.item() if isinstance(value, np.generic) else value for value in values]
    kinds = {type(value).__name__ for value in made}
    if not any(kinds <= alike for alike in ({"bool"}, {"int", "float"}, {"str"})):
        raise FairwitnessError(
            f"The model's predictions are of type {listed(sorted(kinds))}. Return booleans, numbers or labels, and one "
            "of these kinds only."
        )
    if kinds <= {"int", "float"} and not np.isfinite(np.array(made, float)).all():
        raise FairwitnessError("Some of the model's predictions are infinite. Return finite numbers.")
    return made
