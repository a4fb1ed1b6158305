"""Whether people who are alike were decided on alike: `fw.consistency`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.rows.decided import decisions_of
from fairwitness.audit.rows.neighbours import nearby
from fairwitness.metrics import consistency as arithmetic
from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fairwitness.audit.counting.role_values import Value
    from fairwitness.audit.loaders.rows import Rows

PARTS = 20  # of the jackknife
METHOD = "jackknife_of_20_parts"
ONE_DECISION = "all were decided on in the same way, so that all are consistent whoever they are"


@dataclass(frozen=True, slots=True)
class Consistency:
    """How far decisions on people agree with those on their nearest neighbours: a study, for the report.

    Attributes
    ----------
    decision : str
    features : tuple of str
    neighbours : int
    itself : bool
        Whether each person counts as the first of their own neighbours.
    scaled : bool
        Whether every feature was brought to the same spread.
    n, left_out : int
        People; and those left out because a feature or the decision is not known, or the decision was set aside.
    selected : int
    estimate : Estimate
    at_random : float
        What it would be on average if as many were selected without regard to who they are.
    because : str or None
        Why there is no interval.
    """

    section: ClassVar[str] = "individual"

    decision: str
    features: tuple[str, ...]
    neighbours: int
    itself: bool
    scaled: bool
    n: int
    left_out: int
    selected: int
    estimate: Estimate
    at_random: float
    because: str | None

    def to_json(self) -> list[dict[str, Any]]:
        """Return the study as one entry of its section."""
        names = ("decision", "neighbours", "itself", "scaled", "n", "left_out", "selected", "at_random", "because")
        return [
            {"kind": "consistency", "features": list(self.features), "estimate": self.estimate.to_json()}
            | {name: getattr(self, name) for name in names}
        ]


def consistency(
    data: object,
    *,
    features: str | Sequence[str],
    decision: str,
    favorable: Value | Iterable[Value] | None = None,
    unfavorable: Value | Iterable[Value] | None = None,
    set_aside: Mapping[Any, str] | None = None,
    neighbours: int = 5,
    itself: bool = True,
    scale: bool = True,
    level: float = 0.95,
    seed: int = 0,
) -> Consistency:
    """Return the consistency of decisions: 1 less the mean distance to the mean decision on the nearest neighbours.

    Parameters
    ----------
    data : path or frame
        All rows are read.  They must be independent.
    features : str or sequence of str
        What makes people alike.  Numbers have a distance; any two different labels of text are equally far apart.
    decision : str
    favorable, unfavorable, set_aside : optional
        What the decisions' values mean; not needed for booleans and 0/1.
    neighbours : int
    itself : bool
        Whether each person is the first of their own neighbours, as in aif360.  Then the figure lies higher.
    scale : bool
        Whether to bring each feature of numbers to a standard deviation of 1, and labels to a distance of 1; otherwise
        the feature with the largest numbers decides who is near.
    level : float
        Confidence level, between 0 and 1.
    seed : int
        Of the parts of the jackknife.

    Returns
    -------
    Consistency

    Raises
    ------
    FairwitnessError
        Columns that are missing, decisions whose meaning is not clear, fewer people than neighbours.

    Notes
    -----
    Of several people at the distance of the last neighbour all count alike, so the order of rows does not matter;
    aif360 takes those that its tree happens to reach first.  The interval is that of a delete-a-group jackknife: the
    decisions are dealt out into 20 parts, and the figure is computed anew without each.

    References
    ----------
    Zemel, Wu, Swersky, Pitassi & Dwork, "Learning fair representations", ICML 2013, PMLR 28(3), 325-333.
    Kott, "The delete-a-group jackknife", Journal of Official Statistics 17 (2001), 521-526.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"years": [1, 1, 2, 8, 9, 9], "hired": [0, 0, 0, 1, 1, 1]})
    >>> made = consistency(people, features="years", decision="hired", neighbours=3)
    >>> made.estimate.value, round(made.at_random, 6)
    (1.0, 0.6)
    """
    if not 0 < level < 1:
        raise FairwitnessError(f"level: {level} is no confidence level. Give a number between 0 and 1, such as 0.95.")
    source = rows_of(data)
    named = (features,) if isinstance(features, str) else tuple(features)
    if not named or len({*named, decision}) < len(named) + 1:
        raise FairwitnessError(
            f"{source.where}: name at least one feature, each once, and not the decision; found {listed(named)}."
        )
    points, known = _points(source, named, scale=scale)
    chosen, decided = decisions_of(source, decision, favorable, unfavorable, set_aside)
    kept = known & decided
    points, y = points[kept], chosen[kept].astype(int)
    n, k = len(y), int(y.sum())
    if neighbours < 1 or n < neighbours + (not itself):
        raise FairwitnessError(
            f"{source.where}: {n:,} people with known features and decision, and {neighbours} neighbours each. Ask for "
            "fewer neighbours, or name features that are known of more people."
        )
    value = arithmetic.consistency(y, nearby(points, y, neighbours, itself=itself))
    constant = k in (0, n)
    ends = None if constant else _jackknife(points, y, neighbours, level, seed, itself=itself)
    low, high = (None, None) if ends is None else (max(value - ends, 0.0), min(value + ends, 1.0))
    return Consistency(
        decision=decision,
        features=named,
        neighbours=neighbours,
        itself=itself,
        scaled=scale,
        n=n,
        left_out=len(kept) - n,
        selected=k,
        estimate=Estimate(value, low, high, level, METHOD if ends is not None else None, "ok", n),
        at_random=arithmetic.consistency_at_random(k, n, neighbours, itself=itself),
        because=ONE_DECISION if constant else None if ends is not None else "too few people for an interval",
    )


def _points(source: Rows, names: Sequence[str], *, scale: bool) -> tuple[Any, Any]:
    """Return features as numbers, and of which rows all of them are known."""
    from fairwitness.audit.proxies.column import read_column

    part = source.part(locate(list(names), source.names, source.where))
    frame = (part.to_pandas() if hasattr(part, "to_pandas") else part).set_axis(list(names), axis=1)
    columns, known = [], np.ones(len(frame), bool)
    for name in names:
        known &= frame[name].notna().to_numpy(bool)
        column = read_column(frame[name])
        if column.status not in ("ok", "constant"):
            raise FairwitnessError(f"{source.where}, column {quoted(name)}: {column.because}. Leave it out.")
        if column.numbers is not None:
            spread = np.nanstd(column.numbers) if scale else 1.0
            columns.append(np.nan_to_num(column.numbers / (spread or 1.0))[:, None])
        else:
            labels = np.unique(column.levels)
            columns.append((column.levels[:, None] == labels) / np.sqrt(2))
    return np.concatenate(columns, axis=1), known


def _jackknife(points: Any, y: Any, neighbours: int, level: float, seed: int, *, itself: bool) -> float | None:
    """Return half the width of the interval; None where a part left out leaves too few people."""
    from scipy.special import stdtrit

    n = len(y)
    if n - -(-n // PARTS) < neighbours + (not itself) or n < PARTS:
        return None
    order = np.lexsort((y, *points.T))  # equal rows are alike, so the order of the source does not matter
    part = np.empty(n, np.int64)
    part[order] = np.random.default_rng(seed).permutation(n) % PARTS
    left = [part != i for i in range(PARTS)]
    values = np.array(
        [arithmetic.consistency(y[at], nearby(points[at], y[at], neighbours, itself=itself)) for at in left]
    )
    variance = (PARTS - 1) / PARTS * np.sum((values - values.mean()) ** 2)
    return float(stdtrit(PARTS - 1, (1 + level) / 2) * np.sqrt(variance))
