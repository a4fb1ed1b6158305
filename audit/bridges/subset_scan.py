"""aif360's multi-dimensional subset scan, on counts instead of rows."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from fairwitness.metrics.subset_scan import Subset, best_odds_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.metrics.subset_scan import Direction

RESTARTS = 10  # aif360's default
FEWEST_ROWS = 10  # of a random start, as aif360 has it
_DIRECTIONS = {"fewer": "negative", "more": "positive"}


def aif360_scan(
    selected: NDArray[np.int64],
    n: NDArray[np.int64],
    expected: NDArray[np.float64],
    direction: Direction,
    *,
    restarts: int = RESTARTS,
    seed: int = 0,
) -> Subset:
    """Return the subgroup that aif360's scan finds: not always the best one, but among any number of subgroups.

    Parameters
    ----------
    selected, n : array of int, one dimension an axis
        Selected and total of each cell.
    expected : array of float of the same shape
        The share expected to be selected in each cell.
    direction : {"fewer", "more"}
    restarts : int
        From how many subgroups it climbs; the first is everybody, the others are drawn.
    seed : int
        Of the draws, below 2**32.  The state of NumPy's global generator is left as it was.

    Returns
    -------
    Subset

    Notes
    -----
    The scan is given ten rows for each cell that somebody is in, so that every random start has the ten rows that
    aif360 demands, and a scoring function that knows how many decisions each of them stands for: the same scores as
    with a row for each decision, at a cost that does not grow with them.

    References
    ----------
    Zhang & Neill, "Identifying significant predictive bias in classifiers" (2016), arXiv:1611.08292.
    Bellamy et al., "AI Fairness 360", IBM Journal of Research and Development 63 (2019), doi:10.1147/JRD.2019.2942287.

    Examples
    --------
    20 of 40 in each cell but one, where it is 8.

    >>> import numpy as np
    >>> found = aif360_scan(np.array([[20, 20], [20, 8]]), np.full((2, 2), 40), np.full((2, 2), 0.5), "fewer")
    >>> found.levels
    ((1,), (1,))
    """
    import numpy as np
    import pandas as pd

    there = np.repeat(np.argwhere(n > 0), FEWEST_ROWS, axis=0)
    of_cells = tuple(there.T)
    coordinates = pd.DataFrame(there, columns=[f"axis {axis}" for axis in range(n.ndim)])
    numbers = pd.Series(np.arange(len(there), dtype=float))
    scanner = _scanner(n[of_cells] / FEWEST_ROWS, expected[of_cells], _DIRECTIONS[direction])
    before = np.random.get_state()  # noqa: NPY002 -- aif360 seeds the global generator
    try:
        found, _ = scanner.scan(
            coordinates, numbers, pd.Series(selected[of_cells] / FEWEST_ROWS), 0.0, restarts, seed=seed
        )
    finally:
        np.random.set_state(before)  # noqa: NPY002 -- as it was found
    levels = tuple(tuple(sorted(int(level) for level in found.get(f"axis {axis}", ()))) for axis in range(n.ndim))
    inside = members(n.shape, levels) & (n > 0)
    _, score = best_odds_ratio(selected[inside], n[inside], expected[inside])
    return Subset(direction, levels, score)


def members(shape: Sequence[int], levels: Sequence[Sequence[int]]) -> NDArray[np.bool_]:
    """Return which cells of a table belong to a subgroup; an axis without levels has all of them.

    Examples
    --------
    >>> members((2, 2), ((), (1,))).tolist()
    [[False, True], [False, True]]
    """
    import numpy as np

    inside = np.ones(tuple(shape), bool)
    for axis, chosen in enumerate(levels):
        if chosen:
            of_axis = np.isin(np.arange(shape[axis]), chosen)
            inside &= of_axis.reshape([-1 if i == axis else 1 for i in range(len(shape))])
    return inside


def _scanner(n: NDArray[np.float64], expected: NDArray[np.float64], direction: str) -> Any:
    """Return aif360's scan with a Bernoulli score for rows that stand for many.

    In the place of expectations it is handed the rows' numbers.
    """
    import numpy as np

    with warnings.catch_warnings():  # where aif360 was never compiled, Python warns of its escape sequences
        warnings.filterwarnings("ignore", message=".*invalid escape sequence")
        from aif360.detectors.mdss.MDSS import MDSS
        from aif360.detectors.mdss.ScoringFunctions import Bernoulli

    class OfMany(Bernoulli):  # type: ignore[misc]  # published without types
        def score(self, observed_sum: float, expectations: Any, penalty: float, q: float) -> float:
            at = np.asarray(expectations, int)
            taken = (n[at] * np.log(1 - expected[at] + q * expected[at])).sum()
            return float(observed_sum * np.log(q) - taken - penalty)

        def q_dscore(self, observed_sum: float, expectations: Any, q: float) -> float:
            at = np.asarray(expectations, int)
            return float(observed_sum - (n[at] * q * expected[at] / (1 - expected[at] + q * expected[at])).sum())

    return MDSS(OfMany(direction=direction))
