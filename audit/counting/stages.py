"""A funnel taken apart: for each stage, a tally of those who entered it.

A person enters a stage who passed every stage before it.  Who waits there, withdrew there, or never reached it is set
aside in that stage: counted, and in no rate.

References
----------
29 CFR 1607.4(C), on the components of a selection process; Questions and Answers on the Uniform Guidelines, 44 FR 11996
(1979), question 15, by which a person who withdraws is no longer an applicant from then on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.tally import NOTHING, SELECTED, SET_ASIDE, Axis, Count, Key, Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.audit.tally import AxisRole

NOT_REACHED = "not reached"  # the reason under which those are set aside who passed all before and have no outcome here
KEPT: tuple[AxisRole, ...] = ("protected", "stratum", "period", "control", "cluster")


class OutOfOrder(NamedTuple):
    """People who passed a stage without having passed one before it.

    Attributes
    ----------
    passed, not_passed : tuple of str
        All stages that they passed, and those before the last of these that they did not.
    n : int
    """

    passed: tuple[str, ...]
    not_passed: tuple[str, ...]
    n: int


def stage_tallies(tally: Tally) -> Iterator[tuple[str, Tally]]:
    """Yield for each stage a tally of those who entered it, with the stage's outcome as the decision.

    Parameters
    ----------
    tally : Tally
        With stages in their order; without any, nothing is yielded.

    Yields
    ------
    str
        The stage's name.
    Tally
        By protected attributes, strata, periods, controls and clusters.  Scores and true outcomes are left out: they
        belong to the decision as a whole.

    Raises
    ------
    FairwitnessError
        The stages are no funnel in this order: see `check_monotone`.

    Examples
    --------
    Of eight, five passed the exam; one of these waits for the interview, and two passed it.

    >>> axes = [Axis("sex", "protected"), Axis("exam", "stage"), Axis("interview", "stage")]
    >>> cells = {("F", "not_selected", None): 3, ("F", "selected", "selected"): 2, ("F", "selected", None): 1,
    ...          ("F", "selected", "not_selected"): 2}
    >>> for name, entered in stage_tallies(Tally.of(axes, cells)):
    ...     print(name, {key[1]: count.n for key, count in entered.cells.items()})
    exam {'not_selected': 3, 'selected': 5}
    interview {'not_selected': 2, 'selected': 2, 'set_aside:not reached': 1}
    """
    check_monotone(tally)
    for axis in (a for a in tally.axes if a.role == "stage"):
        yield axis.name, _entered(tally, axis)


def last_step(tally: Tally) -> tuple[str, Tally] | None:
    """Return the decision as one more step after all stages, or None where the last stage is the decision.

    It is a step of its own if somebody who passed every stage was not selected, or is still undecided.

    Examples
    --------
    The exam was passed by three, of whom one was hired.

    >>> axes = [Axis("sex", "protected"), Axis("hired", "decision"), Axis("exam", "stage")]
    >>> cells = {("F", "not_selected", "not_selected"): 1, ("F", "not_selected", "selected"): 2,
    ...          ("F", "selected", "selected"): 1}
    >>> name, entered = last_step(Tally.of(axes, cells))
    >>> name, {key[1]: count.n for key, count in entered.cells.items()}
    ('hired', {'not_selected': 2, 'selected': 1})
    """
    decision = tally.axis("decision")
    if decision is None:
        return None
    entered = _entered(tally, decision)
    return None if all(key[-1] == SELECTED for key in entered.cells) else (decision.name, entered)


def _entered(tally: Tally, axis: Axis) -> Tally:
    """Return those who passed every stage before an axis, with its levels as the decision."""
    place = tally.axes.index(axis)
    stages = [i for i, a in enumerate(tally.axes) if a.role == "stage"]
    before = [i for i in stages if axis.role != "stage" or i < place]
    kept = [i for i, a in enumerate(tally.axes) if a.role in KEPT]
    cells: dict[Key, Count] = {}
    for key, count in tally.cells.items():
        if all(key[i] == SELECTED for i in before):
            outcome = SET_ASIDE + NOT_REACHED if key[place] is None else key[place]
            part = (*(key[i] for i in kept), outcome)
            cells[part] = cells.get(part, NOTHING) + count
    return Tally.of(
        [*(tally.axes[i] for i in kept), Axis(axis.name, "decision")],
        cells,
        weighted=tally.weighted,
        repeats=tally.repeats,
        sources=tally.sources,
        warnings=tally.warnings,
    )


def check_monotone(tally: Tally) -> tuple[OutOfOrder, ...]:
    """Return who passed a stage without having passed all before it, by pattern, the most frequent first.

    A few such people are usual (a referral skips the screen, an internal candidate the exam), so they are reported and
    not refused: they are in no later stage's rate, but they are in the bottom line.  Where they are more than those who
    passed both stages, the stages are not a funnel in this order, and every figure of it would be of a small rest.

    Parameters
    ----------
    tally : Tally
        A decision counts as one more stage after all others.

    Raises
    ------
    FairwitnessError
        More people passed a later stage without an earlier one than with it.

    Examples
    --------
    >>> axes = [Axis("sex", "protected"), Axis("exam", "stage"), Axis("interview", "stage")]
    >>> cells = {("F", "selected", "selected"): 9, ("F", None, "selected"): 1, ("M", "not_selected", None): 5}
    >>> check_monotone(Tally.of(axes, cells))
    (OutOfOrder(passed=('interview',), not_passed=('exam',), n=1),)
    """
    steps = [i for i, a in enumerate(tally.axes) if a.role == "stage"]
    if not steps:
        return ()
    decision = tally.axis("decision")
    steps += [tally.axes.index(decision)] if decision is not None else []
    names = [tally.axes[i].name for i in steps]
    patterns: dict[tuple[bool, ...], int] = {}
    for key, count in tally.cells.items():
        passed = tuple(key[i] == SELECTED for i in steps)
        patterns[passed] = patterns.get(passed, 0) + count.n
    _refuse_no_funnel(names, patterns)
    found = []
    for passed, n in patterns.items():
        last = max((i for i, p in enumerate(passed) if p), default=0)
        if n and not all(passed[: last + 1]) and any(passed):
            done = tuple(name for name, p in zip(names, passed, strict=True) if p)
            skipped = tuple(name for name, p in zip(names[:last], passed, strict=False) if not p)
            found.append(OutOfOrder(done, skipped, n))
    return tuple(sorted(found, key=lambda f: (-f.n, f.passed, f.not_passed)))


def _refuse_no_funnel(names: Sequence[str], patterns: dict[tuple[bool, ...], int]) -> None:
    for later in range(len(names)):
        for earlier in range(later):
            both = sum(n for passed, n in patterns.items() if passed[later] and passed[earlier])
            without = sum(n for passed, n in patterns.items() if passed[later] and not passed[earlier])
            if without > both:
                raise FairwitnessError(
                    f"stages: {without:,} people came through {quoted(names[later])} without having come through "
                    f"{quoted(names[earlier])} before it, and {both:,} through both: no funnel in this order. Name the "
                    "stages in the order in which people go through them, and the values that mean they did."
                )
