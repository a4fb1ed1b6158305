"""Logistic regression of a decision on the group, with controls: from grouped counts, the effect also as rates."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from fairwitness.metrics.score_statistic import normal_quantile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from fairwitness.metrics.counts import Floats

MOST_COLUMNS = 200  # of the design; with more, compare within strata instead
_NEXT_TO_NOTHING = 1e-9

Status = Literal["ok", "separated", "told_by_controls", "too_many_levels", "too_few_clusters", "no_variation"]


@dataclass(frozen=True, slots=True)
class AdjustedEffect:
    """What the group still tells of the decision once the controls are known.

    Attributes
    ----------
    status : str
        ``ok``, or why there are no figures: ``separated`` (a combination of the columns tells some decisions with
        certainty, so that the likelihood has no maximum), ``told_by_controls`` (the controls tell the group),
        ``too_many_levels``, ``too_few_clusters``, ``no_variation``.
    beta, se : float
        Coefficient of the focal group, a logarithm of odds, and its standard error: robust to clusters where there are
        any, otherwise the model's.
    model_se : float
        The model's own standard error.
    odds_ratio, low, high : float
        exp(beta) and its interval.
    effect, effect_low, effect_high : float
        The average marginal effect: by how much the mean fitted rate of all these people would change if all of them
        were of the focal group instead of the reference group, their controls as they are.
    p : float
        Of beta = 0, by Student's t with a degree of freedom less than there are clusters, or by the normal law.
    n, left_out : int
        Decisions in the fit; and decisions in levels of a control in which nobody or everybody was selected, which tell
        nothing of the group.
    clusters : int
        0 if there are none.
    smallest : float
        The smaller number of selected and not selected for each coefficient; under 10 is few.
    """

    status: Status
    beta: float = np.nan
    se: float = np.nan
    model_se: float = np.nan
    odds_ratio: float = np.nan
    low: float = np.nan
    high: float = np.nan
    effect: float = np.nan
    effect_low: float = np.nan
    effect_high: float = np.nan
    p: float = np.nan
    n: int = 0
    left_out: int = 0
    clusters: int = 0
    smallest: float = np.nan


def adjusted_effect(
    selected: ArrayLike,
    n: ArrayLike,
    focal: ArrayLike,
    controls: Sequence[NDArray[np.int64]],
    level: float,
    clusters: NDArray[np.int64] | None = None,
) -> AdjustedEffect:
    """Fit a logistic regression of the decision on the group and categorical controls, and return the group's part.

    Parameters
    ----------
    selected, n : array of int
        Of each cell: a combination of group, levels of all controls and cluster.
    focal : array of bool
        Whether the cell is of the focal group; the others are of the reference group.
    controls : sequence of array of int
        For each control the level of each cell.
    level : float
        Confidence level, between 0 and 1.
    clusters : array of int, optional
        Which cluster each cell belongs to.

    Returns
    -------
    AdjustedEffect

    References
    ----------
    Agresti, "Categorical Data Analysis", 3rd ed. (2013), chapters 5 and 6.  Liang & Zeger, "Longitudinal data analysis
    using generalized linear models", Biometrika 73 (1986), doi:10.1093/biomet/73.1.13 (clusters).  Konis, "Linear
    programming algorithms for detecting separated data in binary logistic regression models", thesis, Oxford (2007).

    Examples
    --------
    One control that tells nothing: the odds 2/8 against 5/5, and rates 20 % against 50 %.

    >>> found = adjusted_effect([2, 2, 5, 5], [10, 10, 10, 10], [1, 1, 0, 0], [np.array([0, 1, 0, 1])], 0.95)
    >>> round(found.odds_ratio, 6), round(found.effect, 6)
    (0.25, -0.3)
    """
    x, people, group = (np.asarray(part, np.float64) for part in (selected, n, focal))
    kept = _telling(x, people, controls) & (people > 0)
    total, left_out = int(people[kept].sum()), int(people[~kept].sum())
    x, people, group = x[kept], people[kept], group[kept]
    levels = [np.unique(c[kept], return_inverse=True)[1] for c in controls]
    if not 0 < x.sum() < people.sum() or np.unique(group).size < 2:
        return AdjustedEffect("no_variation", n=total, left_out=left_out)
    if sum(int(c.max()) for c in levels) + 2 > MOST_COLUMNS:
        return AdjustedEffect("too_many_levels", n=total, left_out=left_out)
    design = _design(group, levels)
    if design is None:
        return AdjustedEffect("told_by_controls", n=total, left_out=left_out)
    if _separated(design, x, people):
        return AdjustedEffect("separated", n=total, left_out=left_out)
    of_cluster = None if clusters is None else np.unique(clusters[kept], return_inverse=True)[1]
    if of_cluster is not None and of_cluster.max() < 1:
        return AdjustedEffect("too_few_clusters", n=total, left_out=left_out)
    return _fitted(design, x, people, of_cluster, level, left_out)


def _telling(x: Floats, people: Floats, controls: Sequence[NDArray[np.int64]]) -> NDArray[np.bool_]:
    """Return which cells are in no level of a control where nobody or everybody is selected, of those that remain."""
    kept = np.ones(x.size, bool)
    while True:
        before = int(kept.sum())
        for control in controls:
            chosen, whole = (np.bincount(control, part * kept, control.max(initial=0) + 1) for part in (x, people))
            kept &= ((chosen > 0) & (chosen < whole))[control]
        if int(kept.sum()) == before:
            return kept


def _design(group: Floats, levels: Sequence[NDArray[np.intp]]) -> Floats | None:
    """Return the columns group, constant and levels, without redundant ones; None if the controls tell the group."""
    from scipy.linalg import qr

    columns = [np.ones(group.size), *(c == i for c in levels for i in range(1, int(c.max()) + 1))]
    nuisance = np.stack(columns, axis=1).astype(np.float64)
    _, triangle, order = qr(nuisance, mode="economic", pivoting=True)
    rank = int(np.sum(np.abs(np.diag(triangle)) > _NEXT_TO_NOTHING * abs(triangle[0, 0])))
    nuisance = nuisance[:, np.sort(order[:rank])]
    rest = group - nuisance @ np.linalg.lstsq(nuisance, group, rcond=None)[0]
    return None if np.linalg.norm(rest) < _NEXT_TO_NOTHING * group.size else np.column_stack([group, nuisance])


def _separated(design: Floats, x: Floats, people: Floats) -> bool:
    """Whether some combination of columns never speaks against a decision, and speaks for one somewhere."""
    from scipy.optimize import linprog

    all_in, all_out = x == people, x == 0
    sign = np.where(all_in, 1.0, -1.0)[:, None]
    sure, mixed = (sign * design)[all_in | all_out], design[~(all_in | all_out)]
    if not sure.size:
        return False
    found = linprog(
        -sure.sum(axis=0),
        A_ub=-sure,
        b_ub=np.zeros(len(sure)),
        A_eq=mixed if mixed.size else None,
        b_eq=np.zeros(len(mixed)) if mixed.size else None,
        bounds=(-1, 1),
    )
    return found.fun is not None and bool(found.fun < -1e-6)


def _fitted(
    design: Floats, x: Floats, people: Floats, clusters: NDArray[np.intp] | None, level: float, left_out: int
) -> AdjustedEffect:
    from scipy.special import expit, ndtr, stdtr, stdtrit
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.generalized_linear_model import GLM

    with warnings.catch_warnings():  # it warns of separation where a fit is merely perfect; we have looked ourselves
        warnings.simplefilter("ignore")
        fit = GLM(np.column_stack([x, people - x]), design, family=Binomial()).fit(tol=1e-12)
    beta = np.asarray(fit.params)
    rate = expit(design @ beta)
    bread = np.linalg.inv(design.T @ (design * (people * rate * (1 - rate))[:, None]))
    covariance, count = bread, 0
    if clusters is not None:
        count = int(clusters.max()) + 1
        scores = np.zeros((count, design.shape[1]))
        np.add.at(scores, clusters, design * (x - people * rate)[:, None])
        covariance = bread @ (scores.T @ scores) @ bread * count / (count - 1)
    one, other = design.copy(), design.copy()
    one[:, 0], other[:, 0] = 1, 0
    share = people / people.sum()
    high_rate, low_rate = expit(one @ beta), expit(other @ beta)
    effect = float(share @ (high_rate - low_rate))
    slope = (share * high_rate * (1 - high_rate)) @ one - (share * low_rate * (1 - low_rate)) @ other
    se, effect_se = float(np.sqrt(covariance[0, 0])), float(np.sqrt(slope @ covariance @ slope))
    tail = (1 - level) / 2
    quantile = float(stdtrit(count - 1, 1 - tail)) if count else normal_quantile(level)
    off = -abs(float(beta[0])) / se
    return AdjustedEffect(
        status="ok",
        beta=float(beta[0]),
        se=se,
        model_se=float(np.sqrt(bread[0, 0])),
        odds_ratio=float(np.exp(beta[0])),
        low=float(np.exp(beta[0] - quantile * se)),
        high=float(np.exp(beta[0] + quantile * se)),
        effect=effect,
        effect_low=effect - quantile * effect_se,
        effect_high=effect + quantile * effect_se,
        p=2 * float(stdtr(count - 1, off) if count else ndtr(off)),
        n=int(people.sum()),
        left_out=left_out,
        clusters=count,
        smallest=float(min(x.sum(), people.sum() - x.sum()) / design.shape[1]),
    )
