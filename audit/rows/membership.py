"""Rates of groups that only probabilities are known of: `fw.membership`, for groups and never for a person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, printable, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.loaders.texts import texts
from fairwitness.audit.rows.decided import decisions_of
from fairwitness.audit.rows.membership_figures import bounded_figures, weighted_figures
from fairwitness.metrics.membership import joint_bounds, membership_spread

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fairwitness.audit.counting.role_values import Value
    from fairwitness.audit.loaders.rows import Rows
    from fairwitness.metrics.estimate import Estimate

    Array = np.ndarray[Any, Any]

LEAST = 30  # people expected in a group: of fewer, probabilities tell too little
SLACK = 1e-6  # of a sum of probabilities, which were rounded where they were written
LABELS = (
    "all probabilities are 0 or 1: these are labels, not probabilities. A label guessed for a person (from a name, an "
    "address, a face) is wrong for many, and rates by such labels are off even where the probabilities behind them "
    "are right (Chen et al. 2019, doi:10.1145/3287560.3287594). Give the probabilities themselves; or, if people have "
    "said it, name the column as --protected."
)


@dataclass(frozen=True, slots=True)
class LikelyGroup:
    """A group by the probability of belonging to it.

    Attributes
    ----------
    group, column : str
    expected : float
        People expected in it.
    estimates, bounds : dict of str to Estimate
        ``selection_rate``, and of all but the reference ``impact_ratio`` and ``rate_difference``: with sampling error,
        if nothing but the probabilities ties selection to the group; and all that is possible if anything else may.
    """

    group: str
    column: str
    expected: float
    estimates: dict[str, Estimate]
    bounds: dict[str, Estimate]

    def to_json(self) -> dict[str, Any]:
        """Return the group as JSON has it."""
        return {
            "group": self.group,
            "column": self.column,
            "expected": self.expected,
            "estimates": {name: e.to_json() for name, e in self.estimates.items()},
            "bounds": {name: e.to_json() for name, e in self.bounds.items()},
        }


@dataclass(frozen=True, slots=True)
class Membership:
    """Rates of groups by the probability of membership: a study, for the report and audit.json.

    Attributes
    ----------
    decision : str
    n, left_out : int
        People counted; and those without a probability or a decision, or whose decision was set aside.
    reference : str or None
        The group that the others are compared with; None where no group has enough people.
    classes : int
        Of people with nearly the same probabilities, within which the bounds are made.
    """

    section: ClassVar[str] = "membership"

    decision: str
    n: int
    left_out: int
    reference: str | None
    classes: int
    groups: tuple[LikelyGroup, ...]

    def to_json(self) -> dict[str, Any]:
        """Return the section's content."""
        return {
            "decision": self.decision,
            "n": self.n,
            "left_out": self.left_out,
            "reference": self.reference,
            "classes": self.classes,
            "groups": [g.to_json() for g in self.groups],
        }


def membership(
    data: object,
    *,
    probabilities: Mapping[str, str],
    decision: str,
    favorable: Value | Iterable[Value] | None = None,
    unfavorable: Value | Iterable[Value] | None = None,
    set_aside: Mapping[Any, str] | None = None,
    reference: str = "highest",
    level: float = 0.95,
) -> Membership:
    """Return selection rates of groups, each person counting in every group by the probability of belonging to it.

    Parameters
    ----------
    data : path or frame
        Rows must be independent: one person each.
    probabilities : mapping of str to str
        Group to the column with the probability of being in it.  They add up to 1, or to less if there are others.
    decision : str
    favorable, unfavorable, set_aside : optional
        What the decisions' values mean; not needed for booleans and 0/1.
    reference : str
        ``highest`` rate, or a group.
    level : float
        Confidence level, between 0 and 1.

    Returns
    -------
    Membership
        For groups of 30 expected people and more.  It says nothing of any person, and makes no verdict.

    Raises
    ------
    FairwitnessError
        Labels in place of probabilities, numbers that are none, columns that are missing.

    References
    ----------
    Chen, Kallus, Mao, Svacha & Udell, FAT* 2019, doi:10.1145/3287560.3287594.  Kallus, Mao & Zhou, Management Science
    68 (2022), doi:10.1287/mnsc.2020.3850.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"a": [0.9, 0.2] * 50, "b": [0.1, 0.8] * 50, "hired": [1, 0, 0, 0] * 25})
    >>> made = membership(people, probabilities={"A": "a", "B": "b"}, decision="hired")
    >>> made.reference, [(g.group, round(g.estimates["selection_rate"].value, 4)) for g in made.groups]
    ('A', [('A', 0.4091), ('B', 0.0556)])
    """
    if not 0 < level < 1:
        raise FairwitnessError(f"level: {level} is no confidence level. Give a number between 0 and 1, such as 0.95.")
    source = rows_of(data)
    shares, known = _probabilities(source, probabilities)
    chosen, decided = decisions_of(source, decision, favorable, unfavorable, set_aside)
    kept = known & decided
    if not kept.any():
        raise FairwitnessError(f"{source.where}: no row has both a decision and probabilities. Name other columns.")
    p, y = shares[kept], chosen[kept].astype(float)
    names = tuple(probabilities)
    bounds = joint_bounds(p, y)
    enough = bounds.total >= LEAST
    best = _reference(reference, names, membership_spread(p, y).rates, enough)
    groups = tuple(
        LikelyGroup(
            group=printable(name),
            column=printable(probabilities[name]),
            expected=float(bounds.total[i]),
            estimates=weighted_figures(p, y, (i, best), level, enough=bool(enough[i])),
            bounds=bounded_figures(bounds, p, y, (i, best), enough=bool(enough[i])),
        )
        for i, name in enumerate(names)
    )
    told = None if best is None else printable(names[best])
    return Membership(printable(decision), len(y), int((~kept).sum()), told, bounds.classes, groups)


def _probabilities(source: Rows, probabilities: Mapping[str, str]) -> tuple[Array, Array]:
    """Return the probabilities, and which rows have all of them.

    Raises
    ------
    FairwitnessError
        Fewer than two groups, columns that are missing, numbers that are no probabilities, labels.
    """
    columns = list(probabilities.values())
    if len(set(columns)) < max(2, len(columns)):
        raise FairwitnessError("probabilities: name two groups or more, each with a column of its own.")
    locate(columns, source.names, source.where)
    made = np.stack([_numbers(source, column) for column in columns], axis=1)
    known = ~np.isnan(made).any(axis=1)
    there = made[known]
    if len(there) and ((there < 0) | (there > 1)).any():
        at = columns[int(((there < 0) | (there > 1)).any(axis=0).argmax())]
        raise FairwitnessError(f"{source.where}, column {quoted(at)}: a probability is between 0 and 1. Mend the rows.")
    over = int((there.sum(axis=1) > 1 + SLACK).sum())
    if over:
        raise FairwitnessError(
            f"{source.where}: in {over:,} rows the probabilities of {listed(columns)} add up to more than 1. A person "
            "is in one of the groups: give probabilities that exclude each other."
        )
    if len(there) and np.isin(there, (0.0, 1.0)).all():
        raise FairwitnessError(f"{source.where}, columns {listed(columns)}: {LABELS}")
    return made, known


def _numbers(source: Rows, column: str) -> Array:
    try:
        return np.array([np.nan if text is None else float(text) for text in texts(source, column)])
    except ValueError:
        raise FairwitnessError(
            f"{source.where}, column {quoted(column)}: some values are no numbers. Give each person's probability of "
            "being in the group, from 0 to 1, and no label."
        ) from None


def _reference(reference: str, names: tuple[str, ...], rates: Array, enough: Array) -> int | None:
    if reference == "highest":
        usable = [i for i in range(len(names)) if enough[i]]
        return max(usable, key=lambda i: float(rates[i]), default=None)
    if reference not in names:
        raise FairwitnessError(
            f"reference: no group {quoted(reference)}; there are {listed(names)}.{did_you_mean(reference, names)} Or "
            "give highest."
        )
    at = names.index(reference)
    return at if enough[at] else None
