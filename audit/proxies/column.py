"""An input column as what can be counted: numbers with their order, levels, and a table's rows."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

BINS = 10  # of equal numbers of rows, for numbers with more values than that
MOST_LEVELS = 50  # of text, in a table; the rarer ones are counted together
FEWEST_IN_LEVEL = 20  # rows, for a level of its own in a table

Status = Literal["ok", "missing", "constant", "identifier", "too_many_levels", "unreadable"]


@dataclass(frozen=True, slots=True)
class Column:
    """What one input holds, row by row; no value of it is kept as text.

    Attributes
    ----------
    status : Status
        ``ok``, or why nothing can be learnt from it.
    because : str or None
        That reason in words, or what a reader must know of how the column was read.
    numbers : array of float or None
        With nan where missing; None where the column is text.
    levels : array of int
        Which value each row has, counted from 0; numbers in bins; missing is a level of its own.
    cells : array of int
        The same with rare levels counted together.
    content : bytes
        Equal for two columns that say the same in other words.
    """

    status: Status
    because: str | None
    numbers: NDArray[np.float64] | None
    levels: NDArray[np.int64]
    cells: NDArray[np.int64]
    content: bytes


def read_column(values: pd.Series) -> Column:
    """Return what an input column holds.

    Parameters
    ----------
    values : pandas.Series
        Numbers, booleans and dates have an order; everything else is text.

    Examples
    --------
    >>> import pandas as pd
    >>> read_column(pd.Series(["a", "b", None, "a"])).levels.tolist()
    [1, 2, 0, 1]
    >>> read_column(pd.Series([7, 7, 7])).status
    'constant'
    """
    import numpy as np

    numbers = _numbers(values)
    if numbers is not None:
        return _of_numbers(numbers)
    codes = _codes(values)
    if codes is None:
        nothing = np.zeros(len(values), np.int64)
        return Column(
            "unreadable", "holds values that are neither text, numbers nor dates", None, nothing, nothing, b""
        )
    return _of_text(codes)


def _numbers(values: pd.Series) -> NDArray[np.float64] | None:
    import numpy as np
    from pandas.api import types

    if types.is_datetime64_any_dtype(values) or types.is_timedelta64_dtype(values):
        return np.where(values.isna(), np.nan, values.astype("int64").to_numpy("float64"))
    if types.is_bool_dtype(values) or (types.is_numeric_dtype(values) and not types.is_complex_dtype(values)):
        return np.asarray(values.to_numpy("float64", na_value=float("nan")))
    missing = values.isna().to_numpy(bool)
    if types.is_object_dtype(values) and all(isinstance(value, int | float | Decimal) for value in values[~missing]):
        made = np.full(len(values), np.nan)
        made[~missing] = [float(value) for value in values[~missing]]
        return made
    return None


def _codes(values: pd.Series) -> NDArray[np.int64] | None:
    """Return the place of each row's text among the sorted texts, or -1 where it is missing."""
    import numpy as np
    import pandas as pd

    try:
        first, seen = pd.factorize(values)
        texts = [label_text(value.item() if isinstance(value, np.generic) else value) for value in seen]
    except TypeError:
        return None
    place = {text: i for i, text in enumerate(sorted({text for text in texts if text is not None}))}
    of_seen = np.array([-1 if text is None else place[text] for text in texts] + [-1], np.int64)
    return of_seen[first]  # -1, missing, is the last


def _of_numbers(numbers: NDArray[np.float64]) -> Column:
    import numpy as np

    there = ~np.isnan(numbers)
    distinct, ranks = np.unique(numbers[there], return_inverse=True)
    if len(distinct) > BINS:
        edges = np.quantile(numbers[there], np.arange(1, BINS) / BINS, method="inverted_cdf")
        ranks_in_bins = np.unique(np.searchsorted(np.unique(edges), numbers[there]), return_inverse=True)[1]
    else:
        ranks_in_bins = ranks
    levels = np.zeros(len(numbers), np.int64)
    levels[there] = ranks_in_bins + (not there.all())
    order = np.full(len(numbers), -1, np.int64)
    order[there] = ranks
    turned = np.where(there, len(distinct) - 1 - order, -1)
    content = min(_digest(order), _digest(turned)) if len(distinct) > 2 else content_of_levels(order)
    status, because = _nothing_in(levels, there)
    return Column(status, because, numbers, levels, levels, content)


def _of_text(codes: NDArray[np.int64]) -> Column:
    import numpy as np

    there = codes >= 0
    levels = codes + (not there.all())
    sizes = np.bincount(codes[there])
    status, because = _nothing_in(levels, there)
    if status == "ok" and len(sizes) == there.sum() > 2:
        status, because = "identifier", "every value is another: a name, a number or free text tells of nobody else"
    elif status == "ok" and (sizes == 1).sum() > there.sum() / 2:
        status = "too_many_levels"
        because = f"{len(sizes):,} values in {there.sum():,} rows, most of them once: too many to learn from"
    cells, pooled = _pooled(levels)
    if status == "ok" and cells.min() == cells.max():
        because = f"no mutual information: none of its {len(sizes):,} values has {FEWEST_IN_LEVEL} rows"
    elif status == "ok" and pooled:
        because = f"in its mutual information, {pooled:,} rare values of {len(sizes):,} are counted together"
    return Column(status, because, None, levels, cells, content_of_levels(codes))


def _nothing_in(levels: NDArray[np.int64], there: NDArray[np.bool_]) -> tuple[Status, str | None]:
    if not there.any():
        return "missing", "has no value in any row"
    if levels.min() == levels.max():
        return "constant", "has the same value in every row"
    return "ok", None


def _pooled(levels: NDArray[np.int64]) -> tuple[NDArray[np.int64], int]:
    """Return levels with the rare ones as one, and how many those are."""
    import numpy as np

    sizes = np.bincount(levels)
    kept = np.argsort(-sizes, kind="stable")[:MOST_LEVELS]
    kept = kept[sizes[kept] >= FEWEST_IN_LEVEL]
    place = np.full(len(sizes), len(kept), np.int64)
    place[kept] = np.arange(len(kept))
    rare = int((sizes > 0).sum()) - len(kept)
    if rare <= 1:
        return levels, 0
    return place[levels], rare


def content_of_levels(codes: NDArray[np.int64]) -> bytes:
    """Return what two columns share exactly if their rows fall into the same levels, whatever these are called."""
    import pandas as pd

    return _digest(pd.factorize(codes)[0])


def _digest(codes: NDArray[np.int64]) -> bytes:
    import hashlib

    return hashlib.sha256(codes.astype("int64").tobytes()).digest()
