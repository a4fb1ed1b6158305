"""Which features to try first: those that tell most about the group and add least to the score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairwitness.audit.errors import quoted
from fairwitness.audit.numerals import MINUS
from fairwitness.audit.proxies.carrying import carrying
from fairwitness.metrics.auc import auc

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from fairwitness.audit.alternatives.candidates import Setting


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature of the baseline, and why it was tried.

    Attributes
    ----------
    tells : float
        The area under the curve of telling the compared group from the others by it alone, at least .5.
    adds : float
        How much area the baseline's score loses, about the outcome, when everybody has the same value of it.
    """

    name: str
    tells: float
    adds: float

    @property
    def words(self) -> str:
        """What it tells and adds, as a clause."""
        signed = f"{self.adds:+.3f}".replace("-", MINUS)
        return (
            f"{quoted(self.name)} (tells the group with an AUC of {self.tells:.2f}; adds {signed} to the "
            "baseline's on validation)"
        )


def ranked(setting: Setting) -> list[Feature]:
    """Return the features, first those with the largest surplus of what they tell of the group over what they add.

    Both are areas under a curve: what is told, beyond one half, less what is added.
    """
    import pandas as pd

    people = setting.validation
    rows = people.rows[list(setting.features)]
    whole = auc(setting.baseline.score(people.rows), people.label).value or 0.0
    focal = pd.Series(setting.train.group == setting.pair.focal)
    found = []
    for name in setting.features:
        column = setting.train.rows[name]
        without = setting.baseline.scorer(with_constants(rows, {name: constant(column)}, setting.features))
        left = auc(without, people.label).value or 0.0
        tells = carrying(column, focal, seed=setting.seed).auc.value or 0.5
        found.append(Feature(name, max(tells, 0.5), whole - left))
    return sorted(found, key=lambda f: f.adds - f.tells)


def constant(column: pd.Series) -> pd.Series:
    """Return one value to stand for a column, of its type: the middle one of numbers, otherwise the most frequent.

    Examples
    --------
    >>> import pandas as pd
    >>> constant(pd.Series([1, 2, 2, 9])).tolist(), constant(pd.Series(["a", "b", "b"])).tolist()
    ([2], ['b'])
    """
    known = column.dropna()
    if known.empty:
        return column.iloc[:1]
    if _is_number(column):
        return known.sort_values(kind="stable").iloc[[(len(known) - 1) // 2]]
    most: pd.Series = known[known == known.mode().iloc[0]]
    return most.iloc[:1]


def with_constants(rows: pd.DataFrame, values: Mapping[str, pd.Series], order: Sequence[str]) -> pd.DataFrame:
    """Return the rows with one value for everybody in some columns, which need not be there, and columns in order."""
    filled = {name: one.iloc[[0] * len(rows)].set_axis(rows.index) for name, one in values.items()}
    return rows.assign(**filled)[list(order)]


def _is_number(column: pd.Series) -> bool:
    import pandas as pd

    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column)
