"""Who is selected, by a column of decisions or by a model, and the two groups whose rates lie furthest apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fairwitness.audit.counting.vocabulary import decision_meanings
from fairwitness.audit.loaders.labels import label_text
from fairwitness.audit.proxies.groups import FEWEST_OF_GROUP
from fairwitness.audit.tally import SELECTED, SET_ASIDE
from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.audit.proxies.groups import Groups


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the values of a decision mean; see `fairwitness.audit.counting.vocabulary.decision_meanings`."""

    favorable: tuple[str, ...] = ()
    unfavorable: tuple[str, ...] = ()
    set_aside: Mapping[str, str] | None = None


def selected(values: Sequence[object], name: str, meanings: Meanings) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return who is selected, and of whom that was decided at all.

    Parameters
    ----------
    values : sequence
        One decision for each row.
    name : str
        What to call it in messages.
    meanings : Meanings

    Raises
    ------
    FairwitnessError
        A value whose meaning is not clear.

    Examples
    --------
    >>> chosen, decided = selected(["yes", "no", "left"], "d", Meanings(("yes",), ("no",), {"left": "withdrawn"}))
    >>> chosen.tolist(), decided.tolist()
    ([True, False, False], [True, True, False])
    """
    import numpy as np

    seen = {value: label_text(value) for value in set(values)}
    counts: Counter[str | None] = Counter()
    for value, n in Counter(values).items():
        counts[seen[value]] += n
    told, _ = decision_meanings(
        counts,
        name,
        favorable=meanings.favorable,
        unfavorable=meanings.unfavorable,
        set_aside=meanings.set_aside,
    )
    chosen = {value: told[text] == SELECTED for value, text in seen.items()}
    decided = {value: not told[text].startswith(SET_ASIDE) for value, text in seen.items()}
    return np.array([chosen[value] for value in values], bool), np.array([decided[value] for value in values], bool)


@dataclass(frozen=True, slots=True)
class Gap:
    """The difference in selection rates that inputs are held against: of the highest rate and of the lowest.

    Attributes
    ----------
    high, low : int
        Places among the groups.
    estimate : Estimate
        The difference of the two rates.  Its interval holds for all pairs of groups at once.
    pairs : int
        Among how many pairs of groups it is the widest.
    """

    high: int
    low: int
    estimate: Estimate
    pairs: int


def widest_gap(chosen: NDArray[np.bool_], groups: Groups, level: float) -> Gap | None:
    """Return the groups with the highest and the lowest selection rate, or None where there are not two.

    Groups with fewer than 20 rows are passed over where two larger ones are left; the first of equal ones is taken.
    The widest of several gaps is partly the luckiest, so its interval is Newcombe's at Bonferroni's level.
    """
    import numpy as np

    n = np.bincount(groups.codes, minlength=len(groups.labels))
    x = np.bincount(groups.codes, weights=chosen, minlength=len(groups.labels)).astype(int)
    large = np.flatnonzero(n >= FEWEST_OF_GROUP)
    places = large if len(large) > 1 else np.flatnonzero(n > 0)
    if len(places) < 2:
        return None
    rates = x[places] / n[places]
    high, low = int(places[rates.argmax()]), int(places[len(rates) - 1 - rates[::-1].argmin()])
    if high == low:  # all rates are equal: any two
        high, low = int(places[0]), int(places[1])
    value = float(x[high] / n[high] - x[low] / n[low])
    pairs = len(places) * (len(places) - 1) // 2
    ends = newcombe(x[high], n[high], x[low], n[low], one_of(pairs, level))
    made = Estimate(value, float(ends[0]), float(ends[1]), level, "newcombe", "ok", int(n[high] + n[low]))
    return Gap(high, low, made, pairs)


def one_of(many: int, level: float) -> float:
    """Return the level of each of many intervals that together hold at a level (Bonferroni's inequality)."""
    return 1 - (1 - level) / many
