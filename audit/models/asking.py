"""One question to a foreign model, and the checks of what it answers: one usable value for each row."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    import numpy as np

    Answer = TypeVar("Answer")

ALIKE = ({"bool"}, {"int", "float"}, {"str"})  # kinds of values that one model may mix


def asked(question: Callable[[Any], Answer], rows: Any, where: str = "") -> Answer:
    """Return what a model says of rows.

    Parameters
    ----------
    question : callable
        Takes the rows.
    rows : frame
    where : str
        What stands before the message: nothing, or the model's name with a colon.

    Raises
    ------
    FairwitnessError
        The model raised, or tried to end the program.  Its message may quote rows: only its kind and place are told.
    """
    try:
        return question(rows)
    except FairwitnessError:
        raise
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- a foreign model raises what it likes
        fault = raised(error)
    raise FairwitnessError(
        f"{where}The model raised {fault} on {len(rows):,} rows with the columns {listed(rows.columns)}. Its "
        "message may quote rows and is not repeated. Call the model alone on these columns, or name others: "
        "features = […]."
    )


def raised(error: BaseException) -> str:
    """Return the kind of an exception of foreign code and where it was raised, without its message.

    Examples
    --------
    >>> try:
    ...     int("Ann")
    ... except ValueError as error:
    ...     raised(error).partition(" ")[0]
    'ValueError'
    """
    last = traceback.extract_tb(error.__traceback__)[-1]
    file = last.filename.replace("\\", "/").rpartition("/")[2]
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    return printable(f"{kind} ({file}, line {last.lineno}, in {last.name})")


def no_model(given: object, where: str = "") -> FairwitnessError:
    """Return what to say of an object that cannot be asked; ``where`` is the file that it was in, with a colon."""
    if isinstance(given, type):
        return FairwitnessError(
            f"{where}The model is the class {printable(given.__name__)}. Give a fitted instance of it."
        )
    kind = printable(type(given).__name__)
    return FairwitnessError(f"{where}A {kind} is no model. Give an estimator with a method predict, or a function.")


def one_each(result: Any, n: int, where: str = "") -> np.ndarray[Any, Any]:
    """Return predictions as one array of booleans, numbers or text, one for each row.

    Parameters
    ----------
    result : array, series, list or the like
        Of shape n or n × 1.
    n : int
        How many rows the model was asked about.
    where : str
        What stands before a message.

    Raises
    ------
    FairwitnessError
        Another number of predictions, or another order; missing, infinite or mixed ones.

    Examples
    --------
    >>> one_each([0, 1.0, 0], 3)
    array([0., 1., 0.])
    """
    import numpy as np
    import pandas as pd

    if isinstance(result, pd.Series | pd.DataFrame) and not result.index.equals(pd.RangeIndex(n)) and len(result) == n:
        raise FairwitnessError(
            f"{where}The model's predictions come with another index than its rows, perhaps in another order. Return "
            "them in the order of the rows, with the rows' index or none."
        )
    if not isinstance(result, np.ndarray):
        result = next((getattr(result, name)() for name in ("to_list", "to_pylist") if hasattr(result, name)), result)
    try:  # a list stays as it is: numpy would turn a 1 beside a word into a word
        values = np.asarray(result, object if isinstance(result, list | tuple) else None)
    except (TypeError, ValueError):
        raise FairwitnessError(
            f"{where}The model's predictions are no column of values. Return one for each row."
        ) from None
    return _of_one_kind(_column(values, n, type(result).__name__, where), where)


def _column(values: np.ndarray[Any, Any], n: int, kind: str, where: str) -> np.ndarray[Any, Any]:
    shape = " × ".join(f"{size:,}" for size in values.shape) or f"a single {printable(kind)}"
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim == 2 and values.shape[0] == n and values.shape[1] == 2:
        raise FairwitnessError(
            f"{where}The model's predictions are {shape}: two for each row, as of predict_proba. For decisions, hold "
            "one of the columns against your threshold, lambda rows: model.predict_proba(rows)[:, 1] >= 0.5."
        )
    if values.ndim != 1:
        raise FairwitnessError(
            f"{where}The model's predictions are {shape}, for {n:,} rows. Return one value for each row."
        )
    if len(values) != n:
        raise FairwitnessError(
            f"{where}The model made {len(values):,} predictions for {n:,} rows. Return one for each row."
        )
    return values


def _of_one_kind(values: np.ndarray[Any, Any], where: str) -> np.ndarray[Any, Any]:
    import numpy as np
    import pandas as pd

    missing = int(pd.isna(values).sum())
    if missing:
        raise FairwitnessError(
            f"{where}{missing:,} of the model's {len(values):,} predictions are missing (None or NaN), and no "
            "prediction is no rejection. Give a value for each row, or leave out the rows on which the model does not "
            "decide."
        )
    if values.dtype.kind == "U":
        return _written(values.astype(object), where)
    if values.dtype.kind not in "biuf":
        made = [value.item() if isinstance(value, np.generic) else value for value in values]
        kinds = {type(value).__name__ for value in made}
        if not any(kinds <= alike for alike in ALIKE):
            raise FairwitnessError(
                f"{where}The model's predictions are of type {listed(sorted(kinds))}. Return booleans, numbers or "
                "labels, and one of these kinds only."
            )
        if kinds <= {"str"}:
            return _written(np.array(made, object), where)
        values = np.array(made)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise FairwitnessError(f"{where}Some of the model's predictions are infinite. Return finite numbers.")
    return values


def _written(texts: np.ndarray[Any, Any], where: str) -> np.ndarray[Any, Any]:
    """Return texts, if a report could be written with them: JSON may hold half of a character, and UTF-8 may not."""
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        sound = False
    else:
        sound = True
    if not sound:
        raise FairwitnessError(
            f"{where}Some of the model's predictions are texts with half a character (a lone surrogate, as JSON writes "
            "\\ud800). Return whole ones."
        )
    return texts
