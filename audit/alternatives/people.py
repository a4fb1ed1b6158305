"""The people of a search: what a pipeline may read of them, their true outcome, and their group, kept apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.counting.vocabulary import label_meanings
from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.labels import MOST_LEVELS, label_text
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.tally import POSITIVE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fairwitness.audit.loaders.rows import Rows

COPY_SHARE = 0.5  # of the rows must lie in values that occur more than once, or a column is an identifier and no copy


class Columns(NamedTuple):
    """What the columns of a source are.

    Attributes
    ----------
    label, protected : str
        Read as text: no word means "missing", only an empty cell does.
    features : tuple of str
        What a pipeline reads; none: all columns that are neither label, protected nor withheld.
    withheld : tuple of str
        What nothing reads.
    tie_break : str or None
        May be read when deciding, though it be no feature.
    """

    label: str
    protected: str
    features: tuple[str, ...]
    withheld: tuple[str, ...]
    tie_break: str | None


@dataclass(frozen=True, slots=True)
class People:
    """Some of the people, row by row.

    Attributes
    ----------
    rows : pandas.DataFrame
        The columns that may be read when deciding; numbered from 0.
    label : array of bool
        Whether the true outcome is positive.
    group : array of int
        Which group, as a place in the list of groups; never part of ``rows`` unless the user has allowed it.
    """

    rows: pd.DataFrame
    label: NDArray[np.bool_]
    group: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.label)

    def part(self, at: NDArray[np.int64]) -> People:
        """Return the people at some places, numbered anew."""
        return People(self.rows.iloc[at].reset_index(drop=True), self.label[at], self.group[at])


@dataclass(frozen=True, slots=True)
class Source:
    """What was read of the data.

    Attributes
    ----------
    groups : tuple of str
        Labels of the protected attribute, in the order of first appearance: nothing depends on how they are spelt.
    features : tuple of str
        What the pipeline reads.
    positive : str
        The values of the label that mean positive.
    notes : tuple of str
        What a reader must know of how the rows were read.
    """

    people: People
    groups: tuple[str, ...]
    features: tuple[str, ...]
    positive: str
    notes: tuple[str, ...]


def read_people(data: object, columns: Columns, label_positive: object) -> Source:
    """Return the people of a source whose true outcome and group are known.

    Parameters
    ----------
    data : path or frame
    columns : Columns
    label_positive : value or sequence of values, optional
        Not needed for 0 and 1, or true and false.

    Raises
    ------
    FairwitnessError
        Columns that are missing, ambiguous or named twice, a feature that is the label or withheld, an outcome whose
        meaning is not clear, or more groups than a comparison can have.
    """
    import numpy as np

    source = rows_of(data)
    reads = _features(source, columns)
    besides = () if columns.tie_break is None or columns.tie_break in reads else (columns.tie_break,)
    locate([*reads, *besides], source.names, source.where)
    labels, groups = (_texts(source, name) for name in (columns.label, columns.protected))
    meanings = label_meanings(Counter(labels), columns.label, positive=_positives(label_positive))
    known = [g is not None and meanings[text] is not None for g, text in zip(groups, labels, strict=True)]
    at = np.flatnonzero(known)
    names = list(dict.fromkeys(str(groups[i]) for i in at))
    if len(names) > MOST_LEVELS:
        raise FairwitnessError(
            f"{source.where}, column {quoted(columns.protected)}: {len(names):,} groups, more than {MOST_LEVELS}. "
            "Name a column of few values, or cut it into bins first."
        )
    place = {name: i for i, name in enumerate(names)}
    people = People(
        rows=_frame(source, [*reads, *besides]).iloc[at].reset_index(drop=True),
        label=np.array([meanings[labels[i]] == POSITIVE for i in at], bool),
        group=np.array([place[str(groups[i])] for i in at], np.int64),
    )
    positive = " or ".join(str(text) for text, meaning in meanings.items() if meaning == POSITIVE)
    out = len(known) - len(at)
    note = f"{out:,} of {len(known):,} rows are left out: their label or their group is not known."
    return Source(people, tuple(names), reads, positive, (note,) if out else ())


def _features(source: Rows, columns: Columns) -> tuple[str, ...]:
    label, protected, features, withheld, _ = columns
    locate([label, protected, *features, *withheld], source.names, source.where)
    if label == protected:
        raise FairwitnessError(f"The label and the protected attribute are one column, {quoted(label)}. Name two.")
    if len(set(features)) < len(features):
        raise FairwitnessError("features: name each column once.")
    both = [name for name in features if name == label or name in withheld]
    if both:
        raise FairwitnessError(f"features: {listed(both)} cannot be read when deciding: the label, or withheld.")
    read = features or tuple(name for name in source.names if name not in {label, protected, *withheld})
    if not read:
        raise FairwitnessError(f"{source.where}: no column is left to decide by. Name some: features = […].")
    return read


def copies(people: People, protected: str) -> tuple[str, ...]:
    """Return a warning for each column that tells the group of everybody.

    Every value of such a column is borne by one group only.  Columns most of whose values occur once, as of an
    identifier, say nothing and are passed over.
    """
    import numpy as np
    import pandas as pd

    found = []
    for name in people.rows.columns:
        codes, values = pd.factorize(people.rows[name], use_na_sentinel=False)
        sizes = np.bincount(codes, minlength=len(values))
        repeated = sizes[codes] > 1
        by_value = pd.Series(people.group[repeated]).groupby(codes[repeated]).nunique()
        if repeated.mean() > COPY_SHARE and (by_value == 1).all() and len(np.unique(people.group[repeated])) > 1:
            found.append(name)
    return tuple(
        f"The column {quoted(name)} is a copy of {quoted(protected)}: whoever knows it knows the group. "
        "Withhold it (withheld = […]) unless that is what you want to study."
        for name in found
    )


def _texts(source: Rows, name: str) -> list[str | None]:
    at = source.names.index(name)
    column = source.whole.iloc[:, at] if hasattr(source.whole, "iloc") else source.whole[name]
    given = next(getattr(column, way)() for way in ("to_pylist", "to_list", "tolist") if hasattr(column, way))
    try:
        seen = {value: label_text(_plain(value)) for value in set(given)}
    except TypeError as error:
        raise FairwitnessError(
            f"{source.where}, column {quoted(name)}: a {error} is no label. Make it text, a number or a date."
        ) from None
    return [seen[value] for value in given]


def _plain(value: Any) -> Any:
    import pandas as pd

    return None if value is pd.NA or value is pd.NaT else value


def _frame(source: Rows, columns: Sequence[str]) -> pd.DataFrame:
    rows: Any = source.part([source.names.index(name) for name in columns])
    made: pd.DataFrame = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
    return made


def _positives(given: object) -> tuple[str, ...]:
    values = () if given is None else given if isinstance(given, list | tuple | set) else (given,)
    return tuple(str(label_text(value)) for value in values)
