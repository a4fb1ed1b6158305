"""The figures of one attribute along a funnel: at each step, up to each step, under one reference for all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.judging.pairs import estimate
from fairwitness.metrics.counts import quotient
from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.funnel import cumulative_rates, effective_counts
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.ratio_intervals import koopman

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group, GroupCounts, Reference
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Status

    Counts = NDArray[np.int64]
    Table = list[list[Estimate]]  # by step, then by group
    Ends = tuple[Floats, Floats, Floats]  # value, low, high

PRODUCT_LIMIT = "_product_limit"  # added to a method's name where some who passed a step are undecided at the next


@dataclass(frozen=True, slots=True)
class Passage:
    """How many of each group entered and passed each step, and what each is compared with.

    Attributes
    ----------
    groups : tuple of groups
        All that the table has; ``status`` says which are compared.
    passed, entered : array of int, shape (steps, groups)
    status : tuple of Status
        At the bottom line.
    reference : int or None
        Place of the reference; None for ``overall`` and ``rest``.
    rule : str
    level : float
    min_n : int
    """

    groups: tuple[Group, ...]
    passed: Counts
    entered: Counts
    status: tuple[Status, ...]
    reference: int | None
    rule: str
    level: float
    min_n: int

    @property
    def included(self) -> list[int]:
        """Places of the groups that are compared."""
        return [i for i, status in enumerate(self.status) if status == "ok"]

    @property
    def against(self) -> Counts:
        """Which groups (down) each (across) is compared with: the reference, or all the others."""
        made = np.zeros((len(self.groups),) * 2, np.int64)
        made[self.included if self.reference is None else [self.reference]] = 1
        if self.reference is None:
            np.fill_diagonal(made, 0)
        return made

    def status_at(self, step: int, i: int) -> Status:
        """Return why a group cannot be compared at a step, or ``ok``."""
        if self.status[i] != "ok":
            return self.status[i]
        if len(self.included) < 2:
            return "single_group"
        least = min(int(self.entered[step, i]), int(self.entered[step] @ self.against[:, i]))
        return "undefined_empty_group" if least == 0 else "below_min_n" if least < self.min_n else "ok"


def passage(
    counts: GroupCounts, reference: Reference, steps: list[dict[Group, tuple[int, int]]], level: float, min_n: int
) -> Passage:
    """Return the passage of a table's groups through the steps.

    Parameters
    ----------
    counts : GroupCounts
        Of the bottom line: its groups, and who of them is compared.
    reference : Reference
        Of the bottom line, for all steps.
    steps : list of dict
        For each step the number that passed and the number that entered, by group.
    level : float
    min_n : int
    """
    groups = tuple(g.group for g in counts.groups)
    table = np.array([[step.get(group, (0, 0)) for group in groups] for step in steps], np.int64)
    table = table.reshape(len(steps), len(groups), 2)
    used = groups.index(reference_used(counts, reference).group) if reference.groups else None
    status = tuple(g.status for g in counts.groups)
    return Passage(groups, table[..., 0], table[..., 1], status, used, reference.rule, level, min_n)


def stage_rates(p: Passage) -> Table:
    """Return the rates of passing each step, among those who entered it."""
    ends = (quotient(p.passed, p.entered), *wilson(p.passed, p.entered, p.level))

    def status(step: int, i: int) -> Status:
        return "ok" if p.entered[step, i] else "undefined_empty_group"

    return _table(p, ends, p.entered, status, _always("wilson"))


def rates_so_far(p: Passage) -> Table:
    """Return the rates of passing every step up to each, among those who applied."""
    x, n = effective_counts(p.passed, p.entered)
    everybody = ~_undecided(p.passed, p.entered)
    value = np.where(everybody, quotient(x, n), cumulative_rates(p.passed, p.entered))
    applied = np.broadcast_to(p.entered[0], p.entered.shape)

    def status(step: int, i: int) -> Status:
        return "undefined_empty_group" if math.isnan(n[step, i]) else "ok"

    ends = (value, *wilson(np.nan_to_num(x), np.nan_to_num(n), p.level))
    return _table(p, ends, applied, status, _where("wilson", everybody))


def stage_ratios(p: Passage) -> Table:
    """Return the ratios of the groups' rates at each step to the reference's."""
    xf, nf, xr, nr = p.passed, p.entered, p.passed @ p.against, p.entered @ p.against
    ends = impact_ratio(xf, nf, xr, nr), *koopman(xf, nf, xr, nr, p.level)
    if p.rule == "overall":
        ends = _of_the_whole(ends, quotient(nf, nf + nr))
    return _table(p, ends, nf + nr, p.status_at, _always("koopman"), nf)


def ratios_so_far(p: Passage) -> Table:
    """Return the ratios of the rates of passing every step up to each: the product of the steps' ratios."""
    others = p.passed @ p.against, p.entered @ p.against
    (xf, nf), (xr, nr) = effective_counts(p.passed, p.entered), effective_counts(*others)
    everybody = ~(_undecided(p.passed, p.entered) | _undecided(*others))
    a, b, c, d = (np.nan_to_num(part) for part in (xf, nf, xr, nr))
    ends: Ends = (impact_ratio(xf, nf, xr, nr), *koopman(a, b, c, d, p.level))
    if p.rule == "overall":
        turned = _of_the_whole(ends, quotient(nf, nf + nr))
        passed, entered = (of[:, p.included].sum(axis=1, keepdims=True) for of in (p.passed, p.entered))
        to_all = quotient(cumulative_rates(p.passed, p.entered), cumulative_rates(passed, entered))
        # Where some are undecided, the groups' shares of the whole differ from step to step: no interval can be turned.
        low, high = (np.where(everybody, end, np.nan) for end in turned[1:])
        ends = np.where(everybody, turned[0], to_all), low, high

    def status(step: int, i: int) -> Status:
        held = [p.status_at(s, i) for s in range(step + 1)]
        first: Status = next((s for s in held if s not in ("ok", "undefined_empty_group")), "ok")
        return "undefined_empty_group" if first == "ok" and math.isnan(nf[step, i] + nr[step, i]) else first

    n = np.broadcast_to(p.entered[0] + others[1][0], nf.shape)
    applied = np.broadcast_to(p.entered[0], nf.shape)
    return _table(p, ends, n, status, _where("koopman", everybody), applied)


def component_ratios(p: Passage) -> tuple[list[list[int]], list[dict[int, Estimate]]]:
    """Return who has the highest rate at each step, and every compared group's ratio to it, component by component."""
    highest: list[list[int]] = []
    there = [[i for i in p.included if entered[i] >= max(1, p.min_n)] for entered in p.entered]
    best = np.zeros(len(there), np.int64)
    for step, (x, n) in enumerate(zip(p.passed, p.entered, strict=True)):
        found = there[step] if len(there[step]) > 1 else []
        if found:
            best[step] = top = max(found, key=lambda i, x=x, n=n: (x[i] / n[i], n[i]))  # type: ignore[misc]  # one step's
            found = [i for i in found if x[i] * n[top] == x[top] * n[i]]
        highest.append(found)
    rows = np.arange(len(there))
    xr, nr = (of[rows, best][:, None] for of in (p.passed, p.entered))
    ends = impact_ratio(p.passed, p.entered, xr, nr), *koopman(p.passed, p.entered, xr, nr, p.level)
    made = []
    for step, tied in enumerate(highest):
        row = {}
        for i in there[step] if tied else ():
            values = [float(end[step, i]) for end in ends]
            n = int(p.entered[step, i])
            row[i] = (
                _itself(p, n, values[0])
                if i in tied
                else _estimate(values, p.level, "koopman", n + int(p.entered[step, tied[0]]))
            )
        made.append(row)
    return highest, made


def logarithm(ratio: Estimate) -> Estimate:
    """Return the logarithm of a ratio: what a step adds to the logarithm of the bottom line's."""
    if ratio.value is None:
        return ratio
    if ratio.value == 0:
        return Estimate.undefined("undefined_no_selections", level=ratio.level, n=ratio.n)
    low = math.log(ratio.low) if ratio.low else None
    high = math.log(ratio.high) if ratio.high else None
    open_end = "low" if ratio.low == 0 else ratio.unbounded
    return Estimate(math.log(ratio.value), low, high, ratio.level, ratio.method, "ok", ratio.n, open_end)


def _table(
    p: Passage,
    ends: Ends,
    n: Counts,
    status: Callable[[int, int], Status],
    method: Callable[[int, int], str],
    own: Counts | None = None,
) -> Table:
    """Return an estimate for each step and group; of ratios, ``own`` has each group's n without the reference's."""
    made: Table = []
    for step in range(len(p.passed)):
        row = []
        for i in range(len(p.groups)):
            why, values = status(step, i), [float(end[step, i]) for end in ends]
            if why != "ok":
                row.append(Estimate.undefined(why, level=p.level, n=int((n if own is None else own)[step, i])))
            elif own is not None and i == p.reference:
                row.append(_itself(p, int(own[step, i]), values[0]))
            else:
                row.append(_estimate(values, p.level, method(step, i), int(n[step, i])))
        made.append(row)
    return made


def _estimate(values: list[float], level: float, method: str, n: int) -> Estimate:
    return estimate(values[0], values[1], values[2], level, method, "undefined_no_selections", n)


def _itself(p: Passage, n: int, value: float) -> Estimate:
    """Return the ratio of the reference to itself: 1, without an interval, unless it has no rate."""
    if math.isnan(value):
        return Estimate.undefined("undefined_no_selections", level=p.level, n=n)
    return Estimate(1.0, None, None, p.level, None, "ok", n)


def _of_the_whole(ends: Ends, share: Floats) -> Ends:
    """Turn ratios to everybody else into ratios to all, of whom the group is a share: r/(share·r + 1 - share)."""

    def turned(r: Floats) -> Floats:
        with np.errstate(invalid="ignore"):
            return np.where(np.isinf(r), quotient(1.0, share), r / (share * np.where(np.isinf(r), 0, r) + 1 - share))

    return turned(ends[0]), turned(ends[1]), turned(ends[2])


def _undecided(passed: Counts, entered: Counts) -> NDArray[np.bool_]:
    """Say up to which steps somebody who passed one was not decided upon at the next."""
    found = np.concatenate([np.zeros_like(passed[:1], dtype=bool), entered[1:] != passed[:-1]])
    return np.logical_or.accumulate(found, axis=0)


def _always(method: str) -> Callable[[int, int], str]:
    return lambda _step, _i: method


def _where(method: str, everybody: NDArray[np.bool_]) -> Callable[[int, int], str]:
    """Name the method for each step and group: another one where some are undecided."""
    return lambda step, i: method if everybody[step, i] else method + PRODUCT_LIMIT
