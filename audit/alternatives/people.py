"""The people of a search: what a pipeline may read of them, their true outcome, and their group, kept apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.counting.vocabulary import label_meanings
from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.labels import label_text
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.loaders.texts import texts
from fairwitness.audit.proxies.groups import groups_in
from fairwitness.audit.tally import POSITIVE

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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
    unknown : collection of str
        Texts of the protected attribute that mean "not disclosed"; empty always does.
    edges : sequence of float or None
        Cuts a protected attribute of numbers, left-closed.
    """

    label: str
    protected: str
    features: tuple[str, ...]
    withheld: tuple[str, ...]
    tie_break: str | None
    unknown: Collection[str] = ()
    edges: Sequence[float] | None = None


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
    labels = texts(source, columns.label)
    groups = groups_in(source, columns.protected, unknown=columns.unknown, edges=columns.edges)
    meanings = label_meanings(Counter(labels), columns.label, positive=_positives(label_positive))
    at = np.flatnonzero(
        [code >= 0 and meanings[text] is not None for code, text in zip(groups.codes, labels, strict=True)]
    )
    seen = list(dict.fromkeys(groups.codes[at].tolist()))
    place = {code: i for i, code in enumerate(seen)}
    people = People(
        rows=_frame(source, [*reads, *besides]).iloc[at].reset_index(drop=True),
        label=np.array([meanings[labels[i]] == POSITIVE for i in at], bool),
        group=np.array([place[code] for code in groups.codes[at].tolist()], np.int64),
    )
    positive = " or ".join(str(text) for text, meaning in meanings.items() if meaning == POSITIVE)
    out = len(labels) - len(at)
    note = f"{out:,} of {len(labels):,} rows are left out: their label or their group is not known."
    return Source(people, tuple(groups.labels[code] for code in seen), reads, positive, (note,) if out else ())


def _features(source: Rows, columns: Columns) -> tuple[str, ...]:
    label, protected, features, withheld, tie_break = columns[:5]
    locate([label, protected, *features, *withheld], source.names, source.where)
    if label == protected:
        raise FairwitnessError(f"The label and the protected attribute are one column, {quoted(label)}. Name two.")
    if len(set(features)) < len(features):
        raise FairwitnessError("features: name each column once.")
    for role, named in (("features", features), ("tie_break", (tie_break,))):
        if both := [name for name in named if name is not None and (name == label or name in withheld)]:
            raise FairwitnessError(f"{role}: {listed(both)} cannot be read when deciding: the label, or withheld.")
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


def _frame(source: Rows, columns: Sequence[str]) -> pd.DataFrame:
    rows: Any = source.part([source.names.index(name) for name in columns])
    made: pd.DataFrame = rows.to_pandas() if hasattr(rows, "to_pandas") else rows
    return made.set_axis(list(columns), axis=1)  # names are text, whatever a frame has


def _positives(given: object) -> tuple[str, ...]:
    values = () if given is None else given if isinstance(given, list | tuple | set) else (given,)
    return tuple(str(label_text(value)) for value in values)
