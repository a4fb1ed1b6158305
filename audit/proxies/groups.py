"""A protected attribute row by row: its groups, which of them are told from the rest, and halves of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.counting.binning import bin_labels
from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.loaders.labels import MOST_LEVELS, label_text
from fairwitness.audit.loaders.texts import texts

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.audit.loaders.rows import Rows

FEWEST_OF_GROUP = 20  # rows, for one of several groups to be told from the rest


class Groups(NamedTuple):
    """A protected attribute, row by row: labels, and each row's place among them, or -1 where it is not known."""

    labels: tuple[str, ...]
    codes: NDArray[np.int64]


def groups_of(values: Sequence[Any], where: str = "The attribute") -> Groups:
    """Return a protected attribute's labels in sorted order, and each row's place among them.

    Raises
    ------
    FairwitnessError
        More than 50 groups, or a value that is no label.

    Examples
    --------
    >>> groups_of(["m", "f", None]).codes.tolist()
    [1, 0, -1]
    """
    import numpy as np
    import pandas as pd

    try:
        seen = {v: None if v is pd.NA or v is pd.NaT else label_text(_plain(v)) for v in set(values)}
    except TypeError as error:
        raise FairwitnessError(f"{where}: holds a value ({error}) that is no label. Make it text.") from None
    labels = tuple(sorted({text for text in seen.values() if text is not None}))
    if len(labels) > MOST_LEVELS:
        raise FairwitnessError(
            f"{where}: {len(labels):,} groups, more than {MOST_LEVELS}. Cut it into bins, or name another column."
        )
    place = {text: i for i, text in enumerate(labels)}
    return Groups(labels, np.array([-1 if seen[v] is None else place[str(seen[v])] for v in values], np.int64))


def _plain(value: Any) -> Any:
    import numpy as np

    return value.item() if isinstance(value, np.generic) else value


def asked_groups(groups: Groups) -> list[int]:
    """Return which groups are told from the rest: the smaller of two, or each with at least 20 rows inside and out."""
    import numpy as np

    sizes = np.bincount(groups.codes, minlength=len(groups.labels))
    if len(sizes) == 2:
        return [int(sizes[1] <= sizes[0])]
    large = [i for i, n in enumerate(sizes) if min(n, sizes.sum() - n) >= FEWEST_OF_GROUP]
    return large or list(range(len(sizes)))


def halves(groups: Groups, seed: int) -> NDArray[np.bool_]:
    """Return which rows are the second half, at random and with half of each group in it."""
    import numpy as np

    random = np.random.default_rng(seed)
    second = np.zeros(len(groups.codes), bool)
    for i in range(len(groups.labels)):
        rows = random.permutation(np.flatnonzero(groups.codes == i))
        second[rows[: len(rows) // 2]] = True
    return second


def groups_in(source: Rows, name: str, *, unknown: Collection[str], edges: Sequence[float] | None) -> Groups:
    """Return the groups of a source's column.

    Parameters
    ----------
    source : Rows
    name : str
    unknown : collection of str
        Texts that mean "not disclosed"; empty always does.
    edges : sequence of float, optional
        Cuts a column of numbers, left-closed.

    Raises
    ------
    FairwitnessError
        No such column, too many groups, or a value that is no label or no number.
    """
    import numpy as np

    told = [None if text in unknown else text for text in texts(source, name)]
    if edges is None:
        return groups_of(told, f"{source.where}, column {quoted(name)}")
    try:
        known = np.array([float(text) for text in told if text is not None])
    except ValueError:
        known = np.array([np.inf])
    if not np.isfinite(known).all():  # the word nan is no empty cell
        raise FairwitnessError(
            f"{source.where}, column {quoted(name)}: not all values are finite numbers, so it cannot be cut into bins. "
            "Name those that mean not disclosed (unknown), or leave the bins out."
        )
    labels = tuple(bin_labels(edges))
    codes = np.full(len(told), -1, np.int64)
    codes[[text is not None for text in told]] = np.searchsorted(np.asarray(edges), known, side="right")
    there = sorted(set(codes[codes >= 0].tolist()))
    place = np.full(len(labels) + 1, -1, np.int64)
    place[there] = np.arange(len(there))
    return Groups(tuple(labels[i] for i in there), place[codes])
