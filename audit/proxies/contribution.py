"""What each input contributes to the difference in selection rates: of a model, or of a column of decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.metrics.contribution import change_estimate, composition_estimate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fairwitness.audit.proxies.column import Column
    from fairwitness.audit.proxies.decisions import Gap
    from fairwitness.audit.proxies.groups import Groups
    from fairwitness.metrics.estimate import Estimate


def by_composition(
    column: Column, chosen: NDArray[np.bool_], groups: Groups, gap: Gap, *, level: float, draws: int, seed: int
) -> Estimate:
    """Return the part of a gap that goes with how an input's levels are spread over the two groups.

    Parameters
    ----------
    column : Column
    chosen : array of bool
        Who was selected.
    groups : Groups
        All known.
    gap : Gap
        Between which two groups.
    level : float
        Confidence level, between 0 and 1.
    draws, seed : int
        Of the bootstrap.
    """
    import numpy as np

    table = np.zeros((2, int(column.cells.max()) + 1, 2), np.int64)
    for place, group in enumerate((gap.high, gap.low)):
        of_group = groups.codes == group
        np.add.at(table[place], (column.cells[of_group], chosen[of_group].astype(int)), 1)
    return composition_estimate(table, level=level, draws=draws, seed=seed)


def without(
    rows: pd.DataFrame,
    names: Sequence[str],
    decide: Callable[[pd.DataFrame], NDArray[np.bool_]],
    *,
    shuffles: int,
    seed: int,
) -> NDArray[np.float64]:
    """Return for each row how often a model selects it when some inputs are those of somebody else, drawn at random.

    Parameters
    ----------
    rows : pandas.DataFrame
        What the model reads.
    names : sequence of str
        Inputs that are shuffled over all rows, all of them in the same order: so they keep their values and what they
        have to do with one another, and lose what they have to do with everything else, the groups above all.
    decide : callable
        From rows to who is selected.
    shuffles : int
        How many times.
    seed : int

    References
    ----------
    Fisher, Rudin & Dominici, "All models are wrong, but many are useful", Journal of Machine Learning Research 20
    (2019), 177: permuted inputs as what a model relies on.
    """
    import numpy as np

    random = np.random.default_rng(seed)
    times = np.zeros(len(rows))
    for _ in range(shuffles):
        order = random.permutation(len(rows))
        drawn = {name: rows[name].iloc[order].set_axis(rows.index) for name in names}
        times += decide(rows.assign(**drawn))
    made: NDArray[np.float64] = times / shuffles
    return made


def by_shuffling(
    chosen: NDArray[np.bool_],
    shares: NDArray[np.float64],
    groups: Groups,
    gap: Gap,
    *,
    level: float,
    draws: int,
    seed: int,
) -> Estimate:
    """Return how much smaller a model's gap is without an input.

    Parameters
    ----------
    chosen : array of bool
        Who was selected.
    shares : array of float
        How often each is selected `without` the input.
    groups : Groups
        All known.
    gap : Gap
        Between which two groups.
    level : float
        Confidence level, between 0 and 1.
    draws, seed : int
        Of the bootstrap.
    """
    import numpy as np

    changes, kind = np.unique(chosen - shares, return_inverse=True)
    counts = np.stack([np.bincount(kind[groups.codes == g], minlength=len(changes)) for g in (gap.high, gap.low)])
    return change_estimate(changes, counts, level=level, draws=draws, seed=seed)
