"""Rows as JSON: what an endpoint and a command are sent, and what a cache knows a row by."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

Value = str | int | float | bool | None
Row = dict[str, Value]


def json_rows(rows: pd.DataFrame) -> Iterator[Row]:
    """Yield each row as an object of column and value, as JSON has them.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of text, numbers, booleans and dates.

    Yields
    ------
    dict of str to str, int, float, bool or None
        Missing values (None, NaN, NaT, NA) are None; dates and times ISO 8601 text; whole numbers stay exact; other
        numbers are the nearest double, which JSON gives back to the last digit.

    Raises
    ------
    FairwitnessError
        A column whose name is no text or occurs twice, or with a value that JSON has no word for.

    References
    ----------
    RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format.

    Examples
    --------
    >>> import pandas as pd
    >>> list(json_rows(pd.DataFrame({"degree": ["BA", None], "years": [3, 4], "gpa": [3.5, float("nan")]})))
    [{'degree': 'BA', 'years': 3, 'gpa': 3.5}, {'degree': None, 'years': 4, 'gpa': None}]
    """
    names = list(rows.columns)
    for name in names:
        if not isinstance(name, str):
            raise FairwitnessError(
                f"The column {quoted(name)} has a name that is no text. Rename it before it is sent."
            )
    if len(set(names)) < len(names):
        repeated = next(name for name in names if names.count(name) > 1)
        raise FairwitnessError(f"There are two columns {quoted(repeated)}, of which JSON can hold one. Rename one.")
    columns = [_values(rows.iloc[:, at], name) for at, name in enumerate(names)]
    if not columns:
        yield from ({} for _ in range(len(rows)))
    for values in zip(*columns, strict=True):
        yield dict(zip(names, values, strict=True))


def canonical(row: Row) -> bytes:
    r"""Return the one text of a row: keys sorted, no blanks.

    Examples
    --------
    >>> canonical({"years": 3, "degree": "Maîtrise"})
    b'{"degree":"Ma\\u00eetrise","years":3}'
    """
    return json.dumps(row, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")


def _values(column: pd.Series[Any], name: str) -> list[Value]:
    import numpy as np

    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "biu":  # without missing values: nothing to look at
        plain: list[Value] = column.tolist()
        return plain
    return [_value(value, name) for value in column.tolist()]


def _value(value: Any, name: str) -> Value:
    import numpy as np
    import pandas as pd

    if isinstance(value, np.generic):
        value = pd.Timestamp(value) if isinstance(value, np.datetime64) else value.item()
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        return int(value)
    if isinstance(value, float | Decimal):
        return _number(float(value), name)
    if isinstance(value, dt.date | dt.time):  # a datetime and a Timestamp are dates
        return value.isoformat()
    kind = printable(type(value).__name__)
    raise FairwitnessError(
        f"The column {quoted(name)} holds a {kind}, which JSON has no word for. Make it text or a number, or leave the "
        "column out: features = […]."
    )


def _number(value: float, name: str) -> float | None:
    if math.isinf(value):
        raise FairwitnessError(
            f"The column {quoted(name)} holds an infinite number, which JSON has no word for. Give a finite one."
        )
    return None if math.isnan(value) else value
