"""How well all inputs together tell a protected attribute: one may carry nothing alone, and two of them everything."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit.proxies.carrying import Contest, best_of
from fairwitness.audit.proxies.groups import Groups, asked_groups, halves
from fairwitness.metrics.cross_fitted_auc import cross_fitted_auc
from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.audit.proxies.column import Column

MOST_ROWS = 50_000  # that a model learns from, of a half


def told_together(columns: Sequence[Column], groups: Groups, *, level: float, seed: int) -> tuple[Estimate, str | None]:
    """Return how well columns tell groups together, and the group that they tell best.

    Parameters
    ----------
    columns : sequence of Column
        Those whose status is not ``ok`` are left out.
    groups : Groups
        All known.
    level : float
        Confidence level, between 0 and 1.
    seed : int
        Of the halves and of the trees.

    Returns
    -------
    tuple of (Estimate, str or None)
        The area under the curve of the score that two models give on average, a logistic regression and gradient
        boosted trees (which find what two inputs tell only together), learnt on one half and tried on the other.
        Its interval is simultaneous over the groups that were tried.  Without a column or a second group, undefined.
    """
    import numpy as np

    n, usable = len(groups.codes), [column for column in columns if column.status == "ok"]
    if len(groups.labels) < 2:
        return Estimate.undefined("single_group", level=level, n=n), None
    asked, second = asked_groups(groups), halves(groups, seed)
    counts = [np.bincount(groups.codes[half], minlength=len(groups.labels)) for half in (second, ~second)]
    if not usable or any((of_half > 0).sum() < 2 for of_half in counts):
        return Estimate.undefined("undefined" if not usable else "undefined_empty_group", level=level, n=n), None
    shares = _shares(usable, groups, second, seed)
    each = 1 - (1 - level) / len(asked)
    found = [
        Contest(g, "model", replace(cross_fitted_auc(shares[:, g], groups.codes == g, second, each), level=level))
        for g in asked
    ]
    best = best_of(found)
    return best.auc, groups.labels[best.group]


def _shares(columns: Sequence[Column], groups: Groups, second: NDArray[np.bool_], seed: int) -> NDArray[np.float64]:
    """Return each row's probability of each group, learnt on the other half."""
    import numpy as np
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # of scikit-learn

    shares = np.zeros((len(groups.codes), len(groups.labels)))
    random = np.random.default_rng(seed)
    as_codes, as_numbers = _coded(columns), _spread(columns)
    categories = [column.numbers is None for column in columns]
    for half in (second, ~second):
        from_rows = np.flatnonzero(~half)
        if len(from_rows) > MOST_ROWS:
            from_rows = np.sort(random.permutation(from_rows)[:MOST_ROWS])
        told = groups.codes[from_rows]
        for model, rows in ((_trees(categories, seed), as_codes), (_logistic(), as_numbers)):
            with threadpool_limits(1):  # sums in one order, and no threads that wait for one another
                model.fit(rows[from_rows], told)
                shares[np.ix_(half, model.classes_)] += model.predict_proba(rows[half]) / 2
    return shares


def _trees(categories: list[bool], seed: int) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=60, max_leaf_nodes=15, early_stopping=False, categorical_features=categories, random_state=seed
    )


def _logistic() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=2000)


def _coded(columns: Sequence[Column]) -> NDArray[np.float64]:
    """Return numbers as they are, missing as nan, and levels of text as codes."""
    import numpy as np

    made = [column.cells.astype(float) if column.numbers is None else column.numbers for column in columns]
    return np.asarray(np.clip(np.column_stack(made), -1e300, 1e300))  # trees refuse infinity


def _spread(columns: Sequence[Column]) -> NDArray[np.float64]:
    """Return numbers by their rank from -1 to 1, missing as 0 with a mark of its own, and levels as marks."""
    import numpy as np
    from scipy.stats import rankdata

    made: list[NDArray[np.float64]] = []
    for column in columns:
        if column.numbers is None:
            made += [(column.cells == level).astype(float) for level in range(int(column.cells.max()) + 1)]
            continue
        there = ~np.isnan(column.numbers)
        ranks = np.zeros(len(there))
        ranks[there] = 2 * rankdata(column.numbers[there]) / (there.sum() + 1) - 1
        made += [ranks] if there.all() else [ranks, (~there).astype(float)]
    return np.column_stack(made)
