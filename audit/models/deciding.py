"""A model as the source of decisions: its predictions on a holdout become a column beside the rows."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.models.asking import asked, no_model, one_each
from fairwitness.audit.models.model import Model

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

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
    model : estimator, callable or Model
        Has a method ``predict``, or is a function of a frame.  It is called once, with a copy of the rows: a Polars
        frame of Polars rows, otherwise a pandas frame with a new index.  From a text file, it sees what
        ``pandas.read_csv`` makes of the columns.  Or what `fairwitness.load_model` returns.
    features : str or sequence of str, optional
        The columns that the model sees, in this order.  By default those that it says it was fitted on
        (``feature_names_in_`` of scikit-learn, ``inputs`` of a `Model`); if it says nothing, all but the withheld.
        Predictions that are joined by a unit see the unit, as it is written.
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
    if isinstance(model, Model) and model.kind == "predictions":
        given = _as_written(rows, model)
    else:
        given = rows.part(locate(_features(model, features, withheld, rows), rows.names, rows.where))
    n = len(given)
    if n == 0:
        raise FairwitnessError(f"{rows.where}: no rows. Give the model at least one.")
    return rows.joined(into, asked(lambda rows: one_each(predict(rows), n), given).tolist())


def _predictor(model: object) -> Callable[[Any], Any]:
    if isinstance(model, str | bytes | PathLike):
        raise FairwitnessError(
            "A model is not read from a file: a pickle runs whatever code its writer put into it. fw.load_model reads "
            "files that cannot, and names that say where a model is: give what it returns. Or load the model yourself, "
            "from a file that you trust, and give the object."
        )
    predict = getattr(model, "predict", model)
    if isinstance(model, type) or not callable(predict):
        raise no_model(model)
    made: Callable[[Any], Any] = predict
    return made


def _as_written(rows: Rows, model: Model) -> Any:
    """Return the columns by which predictions are joined, of which 007 must not become 7; or any, to be counted."""
    import narwhals as nw

    places = locate(model.inputs, rows.names, rows.where) if model.inputs else [0]
    return nw.from_native(rows.whole)[:, places].to_pandas()


def _features(model: object, features: str | Sequence[str] | None, withheld: Collection[str], rows: Rows) -> list[str]:
    if features is not None:
        named = [features] if isinstance(features, str) else list(features)
        if len(set(named)) < max(len(named), 1):
            raise FairwitnessError("features: name the model's columns, at least one and each once.")
        return named
    fitted = model.inputs if isinstance(model, Model) else getattr(model, "feature_names_in_", None)
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
