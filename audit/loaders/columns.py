"""The columns that were read: named ``c0``, ``c1``, …, so that no foreign name reaches an engine, and of fit types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import narwhals as nw

# What pandas finds in a column of Python objects when it holds one kind of value.
LABELS_OF_OBJECTS = {"string", "boolean", "integer", "floating", "mixed-integer-float", "decimal", "date", "empty"}
NUMBERS_OF_OBJECTS = {"integer", "floating", "mixed-integer-float", "decimal", "empty"}


def aliases(n: int) -> list[str]:
    """Return the names that ``n`` columns have inside."""
    return [f"c{i}" for i in range(n)]


def sql_identifier(name: str) -> str:
    """Return a name as a quoted SQL identifier.

    Examples
    --------
    >>> print(sql_identifier('a"b'))
    "a""b"
    """
    return '"' + name.replace('"', '""') + '"'


def of_relation(relation: Any, places: Sequence[int]) -> Any:
    """Return a DuckDB relation's columns by their places; it renames repeated names, but keeps the order."""
    import duckdb

    wanted = [duckdb.SQLExpression(sql_identifier(relation.columns[place])) for place in places]
    return relation.select(*(column.alias(alias) for column, alias in zip(wanted, aliases(len(wanted)), strict=True)))


def check_types(frame: nw.LazyFrame[Any], names: Sequence[str], numeric: Collection[str], where: str) -> None:
    """Refuse columns whose values can stand for no label, and text where numbers are needed.

    Parameters
    ----------
    frame : narwhals.LazyFrame
        With the columns ``c0``, …, in the order of ``names``.
    names : sequence of str
        The source's names, for messages.
    numeric : collection of str
        Those among them that must be numbers.
    where : str

    Raises
    ------
    FairwitnessError
        Nested, binary or time columns; Python objects of several types; numbers given as text.
    """
    import narwhals as nw

    refused = (nw.Binary, nw.Datetime, nw.Duration, nw.Time, nw.List, nw.Array, nw.Struct)
    for alias, name in zip(aliases(len(names)), names, strict=True):
        dtype = frame.collect_schema()[alias]
        place = f"{where}, column {quoted(name)}"
        kind = str(dtype)
        if dtype == nw.Object:
            kind = _kind_of_objects(frame, alias)
            known = NUMBERS_OF_OBJECTS if name in numeric else LABELS_OF_OBJECTS
            if kind in known:
                continue
            raise FairwitnessError(
                f"{place}: Python objects of no single usable type ({kind}). Make the column text or numbers first."
            )
        if name in numeric and not (dtype.is_numeric() or dtype == nw.Unknown):
            raise FairwitnessError(f"{place}: {kind} where numbers are needed. Convert the column to numbers first.")
        if isinstance(dtype, refused):
            raise FairwitnessError(f"{place}: {kind} cannot be a label. Convert the column to text or numbers first.")


def declared_labels(frame: nw.LazyFrame[Any], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the labels that an enumeration or a pandas categorical declares, borne by somebody or not."""
    import narwhals as nw

    found: dict[str, tuple[str, ...]] = {}
    for alias, name in zip(aliases(len(names)), names, strict=True):
        dtype = frame.collect_schema()[alias]
        native = frame.to_native()
        if isinstance(dtype, nw.Enum):
            categories = list(dtype.categories)
        elif dtype == nw.Categorical and nw.dependencies.is_pandas_dataframe(native):
            categories = native[alias].cat.categories.tolist()
        else:
            continue
        found[name] = tuple(text for value in categories if (text := label_text(value)) is not None)
    return found


def _kind_of_objects(frame: nw.LazyFrame[Any], alias: str) -> str:
    import narwhals as nw

    native = frame.to_native()
    if not nw.dependencies.is_pandas_dataframe(native):
        return "object"
    import pandas as pd

    return pd.api.types.infer_dtype(native[alias], skipna=True)
