"""The rows as an ONNX model takes them: one input a column, or a matrix; of the types that it states."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import FairwitnessError, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

# TensorProto.DataType of onnx.proto3, and the type of numpy that stands for it.
TYPES = {
    1: "float32",
    2: "uint8",
    3: "int8",
    4: "uint16",
    5: "int16",
    6: "int32",
    7: "int64",
    8: "str",
    9: "bool",
    10: "float16",
    11: "float64",
    12: "uint32",
    13: "uint64",
}


class Input(NamedTuple):
    """One input of the graph.

    Attributes
    ----------
    name : str
    dtype : str
        One of the values of `TYPES`.
    width : int or None
        How many columns it takes; None: as many as there are.
    flat : bool
        It takes n values instead of n × 1.
    """

    name: str
    dtype: str
    width: int | None
    flat: bool


def fed(rows: pd.DataFrame, inputs: Sequence[Input], where: str) -> dict[str, np.ndarray[Any, Any]]:
    """Return what the inputs are given: the rows' columns from left to right.

    Parameters
    ----------
    rows : DataFrame
        With exactly the columns that the inputs take.
    inputs : sequence of Input
    where : str
        The model's name, for messages.

    Raises
    ------
    FairwitnessError
        Another number of columns, or a column that is not of the input's type: text for numbers, numbers for text,
        a missing value where the type has none, a number that does not fit.

    Examples
    --------
    >>> import pandas as pd
    >>> fed(pd.DataFrame({"a": [1, 2], "b": [0.5, 3]}), [Input("X", "float32", 2, False)], "m")["X"].tolist()
    [[1.0, 0.5], [2.0, 3.0]]
    """
    import numpy as np

    made: dict[str, np.ndarray[Any, Any]] = {}
    at = 0
    for each in inputs:
        part = rows.iloc[:, at:] if each.width is None else rows.iloc[:, at : at + each.width]
        at += part.shape[1]
        if each.dtype.startswith("float") and not each.flat and all(_plain_numbers(dtype) for dtype in part.dtypes):
            with suppress(FloatingPointError), np.errstate(over="raise"):  # as below, in one step
                made[each.name] = part.to_numpy(each.dtype)
                continue
        columns = [_column(part.iloc[:, i], each.dtype, where) for i in range(part.shape[1])]
        if each.flat:
            made[each.name] = columns[0]
        elif len(columns) == 1:
            made[each.name] = columns[0].reshape(-1, 1)
        else:
            made[each.name] = np.column_stack(columns)
    return made


def check_width(names: Sequence[str], inputs: Sequence[Input], where: str) -> None:
    """Refuse rows with more or fewer columns than the inputs take.

    Raises
    ------
    FairwitnessError
    """
    if any(each.width is None for each in inputs):
        return
    width = sum(each.width or 0 for each in inputs)
    if len(names) != width:
        raise FairwitnessError(
            f"{where}: the model takes {width} columns and is given {len(names)}: {listed(names)}. Name its columns in "
            "the order in which it was trained on them: features = […]."
        )


def _plain_numbers(dtype: Any) -> bool:
    import numpy as np

    return isinstance(dtype, np.dtype) and dtype.kind in "biuf"


def _column(column: pd.Series[Any], dtype: str, where: str) -> np.ndarray[Any, Any]:
    place = f"{where}, column {quoted(column.name)}"
    if dtype == "str":
        return _texts(column, place)
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(column.dtype):  # booleans are
        raise FairwitnessError(
            f"{place}: the model takes numbers ({dtype}) here and is given {_words(column)}. Make the column numbers "
            "as in training, or name other columns: features = […]."
        )
    values = column.to_numpy() if isinstance(column.dtype, np.dtype) else column.to_numpy(float, na_value=np.nan)
    if dtype.startswith("float"):
        return _floats(values, dtype, place)
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise FairwitnessError(
            f"{place}: the model takes {dtype} here, which has no missing or infinite value, and the column has "
            f"{int((~np.isfinite(values)).sum()):,}. Fill them as in training."
        )
    with np.errstate(invalid="ignore"):
        made = values.astype(dtype)
    if not (made == values).all():
        raise FairwitnessError(
            f"{place}: the model takes {dtype} here, and some numbers of the column do not fit: they have decimals or "
            "are too large. Check whether it is the column that the model was trained on."
        )
    return made


def _floats(values: np.ndarray[Any, Any], dtype: str, place: str) -> np.ndarray[Any, Any]:
    import numpy as np

    try:
        with np.errstate(over="raise"):
            return values.astype(dtype)
    except FloatingPointError:  # numpy would make it infinite, and the model some answer of that
        raise FairwitnessError(
            f"{place}: the model takes {dtype} here, at most {np.finfo(dtype).max:.4g}, and some numbers of the column "
            "are larger. Scale them as in training, or export the model with wider inputs."
        ) from None


def _texts(column: pd.Series[Any], place: str) -> np.ndarray[Any, Any]:
    import numpy as np
    import pandas as pd

    codes: np.ndarray[Any, Any]
    different: Any
    try:  # texts repeat: each different one is looked at, and made an object of Python, once
        codes, different = pd.factorize(column)
    except TypeError:  # lists and the like
        codes, different = np.zeros(0, int), np.array([None])
    missing = int((codes < 0).sum())
    if missing:
        raise FairwitnessError(
            f"{place}: {missing:,} texts are missing, and ONNX has no missing text. Write into the column what the "
            "model was trained to read there, such as an empty text."
        )
    values = np.asarray(different, object)
    if not all(isinstance(value, str) for value in values):
        raise FairwitnessError(
            f"{place}: the model takes text here and is given {_words(column)}. Make the column text as in training: "
            "of a number, nobody knows how it was written."
        )
    made: np.ndarray[Any, Any] = values[codes]
    return made


def _words(column: pd.Series[Any]) -> str:
    import pandas as pd

    return str(pd.api.types.infer_dtype(column.astype(object), skipna=True))
