"""How columns become pandas columns: settled by all rows, so that a model sees the same of a batch as of the whole."""

from __future__ import annotations

import io
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    import pyarrow as pa

# What the values of a part of a column are; "empty" beside others means that some are missing.
INTEGER, NUMBER, BOOLEAN, TEXT, EMPTY = "integer", "number", "boolean", "text", "empty"


@dataclass(frozen=True, slots=True)
class PandasTypes:
    """The type of pandas that each column has, and how to get there.

    Attributes
    ----------
    text : bool
        The columns are texts as a file has them, and become what ``pandas.read_csv`` makes of them.
    types : mapping of str to dtype
        The columns of which a part alone might be given another type.
    rows : int
        How many rows were looked at.
    decimal : str
        The decimal sign in texts.
    """

    text: bool
    types: Mapping[str, Any]
    rows: int
    decimal: str = "."

    def frame(self, table: pa.Table) -> pd.DataFrame:
        """Return a part of the rows as a frame of pandas.

        It may share memory with the table: whoever changes it in place takes a copy first.
        """
        later = {name: dtype for name, dtype in self.types.items() if name in table.column_names}
        if self.text:
            made = _read(table, self.decimal, {name: dtype for name, dtype in later.items() if dtype != "object"})
            later = {name: dtype for name, dtype in later.items() if dtype == "object"}
        else:
            made = table.to_pandas(ignore_metadata=True, split_blocks=True)  # of most columns, nothing is copied
        for name, dtype in later.items():
            if made[name].dtype == "category":  # in another order they are equal for astype, and yet have other codes
                made[name] = made[name].cat.set_categories(dtype.categories)
            elif made[name].dtype != dtype:
                made[name] = made[name].astype(dtype)
        return made


def pandas_types(parts: Iterable[pa.Table], *, text: bool, decimal: str | None = None) -> PandasTypes:
    """Return the types that columns have as a whole.

    Parameters
    ----------
    parts : iterable of pyarrow.Table
        All rows; of columns that are no texts, those that `settled_by_schema` is not true of are enough.
    text : bool
    decimal : {".", ","} or None

    Returns
    -------
    PandasTypes
        Integers with a missing value among them are floating-point numbers, booleans are objects; of texts, columns
        of plain numbers only are numbers, and the words that ``pandas.read_csv`` takes for missing are missing.

    Examples
    --------
    >>> import pyarrow as pa
    >>> first = pa.table({"points": ["7", "4"], "code": ["12", "007"]})
    >>> made = pandas_types([first, pa.table({"points": ["9", None], "code": ["A", "3"]})], text=True)
    >>> made.frame(first).to_dict("list")
    {'points': [7.0, 4.0], 'code': ['12', '007']}
    """
    sign = decimal or "."
    seen: defaultdict[str, set[str]] = defaultdict(set)
    categories: defaultdict[str, dict[Any, None]] = defaultdict(dict)
    rows = 0
    for part in parts:
        rows += part.num_rows
        for name, kinds in (_kinds_of_texts(part, sign) if text else _kinds(part, categories)).items():
            seen[name] |= kinds
    types = {name: _type(kinds, text=text) for name, kinds in seen.items()} | _categoricals(categories)
    return PandasTypes(text, {name: dtype for name, dtype in types.items() if dtype is not None}, rows, sign)


def settled_by_schema(dtype: pa.DataType) -> bool:
    """Say whether every part of a column of this type becomes the same type of pandas, whatever its values."""
    import pyarrow as pa

    return not (pa.types.is_integer(dtype) or pa.types.is_boolean(dtype) or pa.types.is_dictionary(dtype))


def _kinds(part: pa.Table, categories: defaultdict[str, dict[Any, None]]) -> dict[str, set[str]]:
    """Return what a part of columns with types has, and note the categories of encoded ones."""
    import pyarrow as pa

    made: dict[str, set[str]] = {}
    for name in part.column_names:
        column = part[name]
        if pa.types.is_dictionary(column.type):
            for chunk in column.chunks:
                categories[name] |= dict.fromkeys(chunk.dictionary.to_pylist())
        elif not settled_by_schema(column.type):
            made[name] = {BOOLEAN if pa.types.is_boolean(column.type) else INTEGER}
            made[name] |= {EMPTY} if column.null_count else set()
    return made


def _kinds_of_texts(part: pa.Table, decimal: str) -> dict[str, set[str]]:
    read = _read(part, decimal)
    return {name: _kinds_of_read(read[name]) for name in part.column_names}


def _kinds_of_read(column: pd.Series[Any]) -> set[str]:
    import pandas as pd

    match column.dtype.kind:
        case "i":
            return {INTEGER}
        case "b":
            return {BOOLEAN}
        case "f":
            return {EMPTY} if column.isna().all() else {NUMBER}
    return {BOOLEAN, EMPTY} if pd.api.types.infer_dtype(column, skipna=True) == "boolean" else {TEXT}


def _type(kinds: set[str], *, text: bool) -> Any:
    """Return the type of pandas that goes with all kinds seen; None where the values themselves say it."""
    there = kinds - {EMPTY}
    if there == {BOOLEAN}:
        return "object" if EMPTY in kinds else "bool"
    if there == {INTEGER}:
        return "float64" if EMPTY in kinds else "int64" if text else None
    return "float64" if there <= {INTEGER, NUMBER} else str


def _categoricals(categories: Mapping[str, dict[Any, None]]) -> dict[str, Any]:
    import pandas as pd

    return {name: pd.CategoricalDtype([v for v in values if v is not None]) for name, values in categories.items()}


def _read(table: pa.Table, decimal: str, types: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Return what ``pandas.read_csv`` makes of texts."""
    import pandas as pd
    from pyarrow import csv

    written = io.BytesIO()
    places = {name: str(i) for i, name in enumerate(table.column_names)}
    csv.write_csv(table.rename_columns(list(places.values())), written)
    written.seek(0)
    made = pd.read_csv(
        written,
        dtype={places[name]: dtype for name, dtype in (types or {}).items() if name in places},
        decimal=decimal,
        skip_blank_lines=False,
        low_memory=False,
    )
    return made.set_axis(table.column_names, axis=1)
