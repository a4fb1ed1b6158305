"""From a tally to counts of scores: how many of each group have each score, by outcome where it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.counting.score import median
from fairwitness.audit.judging.comparisons import reference_used
from fairwitness.audit.tally import NOT_SELECTED, POSITIVE, SCORED, SELECTED, SET_ASIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.tally import Axis, Key, Tally
    from fairwitness.metrics.counts import Floats

    Ints = NDArray[np.int64]

NEGATIVES, POSITIVES, NO_OUTCOME = 0, 1, 2  # rows of the counts of a group
WEIGHTED = "the counts are weighted, and these methods are for counts of people"
IN_BINS = (
    "the score has so many values that it was counted in bins, and middles of bins are not taken for scores; rounded "
    "to at most 1,000 values it is counted as it is"
)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCounts:
    """The scores of the groups of one attribute.

    Attributes
    ----------
    axis : Axis
        The score's.
    levels : array of float, shape (levels,)
        Increasing: the scores, or the numbers of the bins, that anybody has.
    groups : dict of Group to array of int, shape (3, levels)
        How many have each score: of negative outcome, of positive, and of none known.
    everybody : array of int, shape (3, levels)
        The same of all people, those of undisclosed group included.
    unknown : int
        People with a score whose group is not disclosed.
    unscored : int
        People decided upon without a score.
    """

    axis: Axis
    levels: Floats
    groups: Mapping[Group, Ints]
    everybody: Ints
    unknown: int
    unscored: int

    @property
    def binned(self) -> bool:
        """Whether the levels are bins."""
        return bool(self.axis.edges)

    def people(self, groups: Iterable[Group]) -> Ints:
        """Return how many of some groups have each score, whatever the outcome."""
        return np.asarray(np.stack([self.groups[g] for g in groups]).sum(axis=(0, 1)))

    def outcomes(self, groups: Iterable[Group]) -> Ints:
        """Return how many of some groups have each score, by negative and positive outcome, the best scores last."""
        return self.best_last(np.stack([self.groups[g] for g in groups]).sum(axis=0)[:NO_OUTCOME])

    def best_last(self, counts: NDArray[Any]) -> NDArray[Any]:
        """Return what is by level, along the last axis, with the best scores last: reversed where low ones are good."""
        return counts if self.axis.order == "high" else counts[..., ::-1]


def score_tables(tally: Tally, tables: tuple[GroupTable, ...]) -> tuple[GroupTable, ...]:
    """Return the tables of single attributes by score; none where the tally has no scores."""
    if tally.axis("score") is None or tally.axis("decision") is None:
        return ()
    return tuple(t for t in tables if t.measure == "scoring_rate" and len(t.by) == 1)


def score_counts(tally: Tally, attribute: str) -> ScoreCounts:
    """Count the scores of everybody who has one and was not set aside.

    Parameters
    ----------
    tally : Tally
        With a score and a decision.
    attribute : str
        A protected attribute.
    """
    score, decision, label = (tally.axis(role) for role in ("score", "decision", "label"))
    if score is None or decision is None:
        raise ValueError("the tally has no scores")
    at = {a.name: i for i, a in enumerate(tally.axes)}
    of, place, told = at[attribute], tally.axes.index(score), tally.axes.index(decision)
    outcome = None if label is None else tally.axes.index(label)
    groups, levels, kinds, people, unscored = [], [], [], [], 0
    for key, count in tally.cells.items():
        if str(key[told]).startswith(SET_ASIDE):
            continue
        if key[place] is None:
            unscored += count.n
            continue
        groups.append(key[of])
        levels.append(float(key[place]))  # type: ignore[arg-type]  # a score's levels are numbers
        kinds.append(NO_OUTCOME if outcome is None else _kind(key, outcome))
        people.append(count.n)
    names = [None, *next(a.levels for a in tally.axes if a.name == attribute)]
    table = _table(names, groups, np.array(levels), kinds, people)
    known: dict[Group, Ints] = {(str(name),): table[1][i] for i, name in enumerate(names) if name is not None}
    return ScoreCounts(score, table[0], known, table[1].sum(axis=0), int(table[1][0].sum()), unscored)


def _kind(key: Key, outcome: int) -> int:
    told = key[outcome]
    return NO_OUTCOME if told is None else POSITIVES if told == POSITIVE else NEGATIVES


def _table(
    names: list[str | None], groups: list[Any], levels: Floats, kinds: list[int], people: list[int]
) -> tuple[Floats, Ints]:
    """Return the levels that somebody has, and counts of shape (names, 3, levels)."""
    place = {name: i for i, name in enumerate(names)}
    borne = np.array(people, np.int64)
    there = borne > 0
    found, level = np.unique(levels[there], return_inverse=True)
    made = np.zeros((len(names), 3, len(found)), np.int64)
    where = (np.array([place[g] for g in groups], np.intp)[there], np.array(kinds, np.intp)[there], level)
    np.add.at(made, where, borne[there])
    return found, made


def compared(table: GroupTable) -> dict[Group, tuple[Group, ...]]:
    """Return for each group of a table that is compared the groups that it is compared with.

    With the reference ``overall`` or ``rest`` these are all others: a group's scores cannot be told apart from those of
    a whole of which they are a part.  Of groups tied for the highest rate the largest is the reference, and the others
    are held against it: the same share beyond one score does not make the same scores.
    """
    included = [g.group for g in table.counts.included]
    if len(included) < 2:
        return {}
    used = reference_group(table)
    if used is None:
        return {g: tuple(other for other in included if other != g) for g in included}
    return {g: (used,) for g in included if g != used}


def reference_group(table: GroupTable) -> Group | None:
    """Return the group that the others are compared with; None where that is everybody else."""
    return reference_used(table.counts, table.reference).group if table.reference.groups else None


def operating_cutoff(tally: Tally) -> tuple[float, str] | None:
    """Return the cut-off that the decisions follow, or where there are none, that of the scoring rate.

    Returns
    -------
    (level, kind) or None
        At this level of the score the selected begin, in the good direction; ``kind`` is ``decision`` or ``median``.
        None where selected and not selected overlap in their scores, or one of the two is empty.
    """
    axis = tally.axis("score")
    decision = tally.axis("decision")
    if axis is None or decision is None:
        return None
    levels: dict[str, set[float]] = {}
    for (told, score), count in tally.margin(decision.name, axis.name).cells.items():
        if isinstance(score, int | float) and count.n and not str(told).startswith(SET_ASIDE):
            levels.setdefault(str(told), set()).add(float(score))
    kind = "median" if SCORED in levels else "decision"
    chosen, others = levels.get(SELECTED, set()), levels.get(NOT_SELECTED, set())
    if kind == "median":
        chosen, others = _beyond_median(tally, axis, levels[SCORED])
    if not chosen or not others:
        return None
    low = axis.order == "low"
    first, last = (max(chosen), min(others)) if low else (min(chosen), max(others))
    return (first, kind) if (first < last if low else first > last) else None


def _beyond_median(tally: Tally, axis: Axis, levels: set[float]) -> tuple[set[float], set[float]]:
    """Return the levels strictly beyond the median, and the others; none where it is known only within a bin."""
    middle = median(tally)
    if middle is None:
        return set(), set()
    at = axis.edges.index(middle) if axis.edges else middle
    beyond = {s for s in levels if (s < at if axis.order == "low" else s > at)}
    return beyond, levels - beyond
