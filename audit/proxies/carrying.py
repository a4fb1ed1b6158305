"""How well one input tells a protected attribute: the figure that ranks inputs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.proxies.column import Column, Status, read_column
from fairwitness.audit.proxies.groups import Groups, asked_groups, groups_of, halves
from fairwitness.metrics.auc import auc
from fairwitness.metrics.cross_fitted_auc import cross_fitted_auc
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.mutual_information import mutual_information

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

PRIOR_ROWS = 1.0  # what a level's rate is drawn towards the rate of all by

Way = Literal["order", "rates", "model"]


class Contest(NamedTuple):
    """One group told from the rest in one way."""

    group: int
    way: Way
    auc: Estimate


@dataclass(frozen=True, slots=True)
class Carrying:
    """What one input tells of a protected attribute.

    Attributes
    ----------
    auc : Estimate
        Of telling ``group`` from everybody else by this input alone: .5 tells nothing, 1 everything.  Where several
        groups or ways were tried, the interval is simultaneous over all of them.
    mutual_information : Estimate
        In nats, of the input in at most 50 levels or 10 bins and all groups.
    status : Status
        ``ok``, or why nothing can be learnt from the input; then both figures have the status ``undefined``.
    because : str or None
        That reason, or what a reader must know of the input.
    group : str or None
        The group that the input tells best.
    way : {"order", "rates"} or None
        By the input's order, or by the group's share in each of its levels, learnt on the other half of the rows.
    """

    auc: Estimate
    mutual_information: Estimate
    status: Status
    because: str | None
    group: str | None = None
    way: Way | None = None


def carrying(values: pd.Series, attribute: pd.Series, *, level: float = 0.95, seed: int = 0) -> Carrying:
    """Return how well one input tells a protected attribute.

    Parameters
    ----------
    values : pandas.Series
        The input.  Numbers, booleans and dates are ordered, all else is text; missing values are a level of their own.
    attribute : pandas.Series
        The protected attribute, as long as the input.  Rows in which it is missing are left out.
    level : float
        Confidence level, between 0 and 1.
    seed : int
        Of the halves.

    Raises
    ------
    FairwitnessError
        An attribute that is longer or shorter than the input, has more than 50 groups, or holds what is no label.

    Notes
    -----
    Two-valued inputs are taken by their order, in whichever direction is better; text by the group's share in each
    level, learnt on one half of the rows and tried on the other; numbers in both ways, since an attribute may show at
    both ends of a range and not in its middle.  Of an attribute with several groups, each with at least 20 rows is
    told from the rest.  The result shown is the one whose interval begins highest, and by Bonferroni's inequality its
    interval holds for all that were tried.

    Examples
    --------
    >>> import pandas as pd
    >>> points, sex = pd.Series([1, 2, 3, 4] * 10), pd.Series(["F", "F", "M", "M"] * 10)
    >>> carrying(points, sex).auc.value
    1.0
    """
    if len(values) != len(attribute):
        raise FairwitnessError(
            f"The input has {len(values):,} rows and the attribute {len(attribute):,}. Give both for the same rows."
        )
    groups = groups_of(attribute.tolist())
    known = groups.codes >= 0
    return carried(read_column(values[known]), Groups(groups.labels, groups.codes[known]), level=level, seed=seed)


def carried(column: Column, groups: Groups, *, level: float, seed: int) -> Carrying:
    """Return what a column tells of groups; see `carrying`.

    Parameters
    ----------
    column : Column
    groups : Groups
        All known.
    """
    import numpy as np

    n = len(groups.codes)
    if column.status != "ok":
        nothing = Estimate.undefined("undefined", level=level, n=n)
        return Carrying(nothing, nothing, column.status, column.because)
    table = np.zeros((int(column.cells.max()) + 1, len(groups.labels)), np.int64)
    np.add.at(table, (column.cells, groups.codes), 1)
    told = mutual_information(table, level) if len(table) > 1 else Estimate.undefined("undefined", level=level, n=n)
    if len(groups.labels) < 2:
        return Carrying(Estimate.undefined("single_group", level=level, n=n), told, "ok", column.because)
    found = list(_contests(column, groups, level, seed))
    best = best_of(found)
    return Carrying(best.auc, told, "ok", column.because, groups.labels[best.group], best.way)


def best_of(found: list[Contest]) -> Contest:
    """Return the contest whose interval begins highest, the first of those that are equal."""
    return max(found, key=lambda c: -1.0 if c.auc.low is None else c.auc.low)


def _contests(column: Column, groups: Groups, level: float, seed: int) -> Iterator[Contest]:
    two_valued = int(column.levels.max()) == 1
    ways: list[Way] = ["order"] if two_valued else ["rates"] if column.numbers is None else ["order", "rates"]
    asked = asked_groups(groups)
    each = 1 - (1 - level) / (len(asked) * len(ways))
    second = halves(groups, seed)
    for group in asked:
        told = groups.codes == group
        for way in ways:
            if way == "order":
                made = _either_direction(auc(_order(column), told, each))
            else:
                made = cross_fitted_auc(_rates(column.levels, told, second), told, second, each)
            yield Contest(group, way, replace(made, level=level))


def _order(column: Column) -> NDArray[np.float64]:
    """Return numbers with the median for what is missing, or the two levels."""
    import numpy as np

    if column.numbers is None or int(column.levels.max()) == 1:
        return column.levels.astype(float)
    there = ~np.isnan(column.numbers)
    middle = float(np.quantile(column.numbers[there], 0.5, method="inverted_cdf"))
    return np.where(there, column.numbers, middle)


def _either_direction(made: Estimate) -> Estimate:
    """Return the area of the better direction."""
    if made.value is None or made.value >= 0.5 or made.low is None or made.high is None:
        return made
    return replace(made, value=1 - made.value, low=1 - made.high, high=1 - made.low)


def _rates(levels: NDArray[np.int64], told: NDArray[np.bool_], second: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return for each row the group's share among the rows of its level in the other half."""
    import numpy as np

    scores, size = np.empty(len(levels)), int(levels.max()) + 1
    for half in (second, ~second):
        n = np.bincount(levels[~half], minlength=size)
        of_group = np.bincount(levels[~half], weights=told[~half], minlength=size)
        overall = told[~half].mean() if (~half).any() else 0.0
        scores[half] = ((of_group + PRIOR_ROWS * overall) / (n + PRIOR_ROWS))[levels[half]]
    return scores
