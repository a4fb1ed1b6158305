"""The last step retrained by fairlearn under demographic parity: the group is used in training only."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fairwitness.audit.alternatives.candidates import Candidate, Setting, cut_at
from fairwitness.audit.alternatives.pipeline import own, parted, scorer, weight_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fairwitness.audit.alternatives.candidates import Family
    from fairwitness.audit.alternatives.pipeline import Scorer

BOUNDS = (0.01, 0.05)  # by how much selection rates may differ in training
WEIGHTS = (1 / 4, 1 / 2, 1, 2, 4, 8)  # on parity, in the grid search
USED = 1e-9  # a model with less weight than this has none


def exponentiated_gradient(setting: Setting) -> list[Candidate]:
    """Return the mixtures of models that fairlearn's ExponentiatedGradient finds, one for each bound.

    Parameters
    ----------
    setting : Setting

    Raises
    ------
    FairwitnessError
        The last step takes no weights.

    Notes
    -----
    The method's own prediction is drawn at random: one of its models decides, by their weights.  Nobody need be decided
    by lot here: the score is the expectation of that draw, the weighted mean of the models' probabilities (of their
    decisions, where they give none), and one cut-off is held against it.  So the bound that held for the draw need
    not hold for the decisions; what they do is measured.

    References
    ----------
    Agarwal, Beygelzimer, Dudík, Langford & Wallach, "A reductions approach to fair classification", ICML (2018),
    arXiv:1803.02453.
    """
    from fairlearn.reductions import DemographicParity, ExponentiatedGradient

    ready = parted(setting.pipeline, setting.train.rows[list(setting.features)], setting.train.label)
    prepared, name = ready.prepare(setting.train.rows[list(setting.features)]), weight_name(ready.last)
    cut, _ = _operating_point(setting)
    made = []
    for bound in BOUNDS:
        parity = DemographicParity(difference_bound=bound)
        search = ExponentiatedGradient(ready.last, parity, objective=_errors(cut), sample_weight_name=name)
        _fit(search, prepared, setting.train.label, setting.train.group)
        vote = mixture(list(search.predictors_), search.weights_.loc[search.predictors_.index].to_numpy())
        what = (
            f"Retrained under demographic parity within {bound:g} (exponentiated gradient); the score is the mean of "
            f"{(search.weights_ > USED).sum()} models, and the group is not read when deciding."
        )
        made.append(
            _candidate(
                setting, "exponentiated_gradient", f"exponentiated-gradient-{bound:g}", what, ready.prepare, vote
            )
        )
    return made


def grid_search(setting: Setting) -> list[Candidate]:
    """Return the models of fairlearn's GridSearch that come nearer parity in training than the one without a weight.

    Parameters
    ----------
    setting : Setting

    Raises
    ------
    FairwitnessError
        The last step takes no weights.

    Notes
    -----
    With more than two groups the grid would have a dimension for each: here it is the compared group against all
    others.

    References
    ----------
    As `exponentiated_gradient`.
    """
    from fairlearn.reductions import DemographicParity, GridSearch
    from sklearn.dummy import DummyClassifier

    ready = parted(setting.pipeline, setting.train.rows[list(setting.features)], setting.train.label)
    prepared, name = ready.prepare(setting.train.rows[list(setting.features)]), weight_name(ready.last)
    cut, spread = _operating_point(setting)
    focal = setting.train.group == setting.pair.focal
    unit = spread * min(focal.mean(), 1 - focal.mean())  # by which the smaller group's cut-off moves by one spread
    parity = DemographicParity()
    parity.default_objective = lambda: _errors(cut)  # the grid search takes no other way to be told
    grid = _grid([unit * times for times in (0.0, *WEIGHTS)], below=setting.pair.below)
    search = GridSearch(ready.last, parity, grid=grid, sample_weight_name=name)
    _fit(search, prepared, setting.train.label, focal.astype(int))
    gap = search.gammas_.max().to_numpy()
    return [
        _candidate(
            setting,
            "grid_search",
            f"grid-search-{i}",
            f"Retrained with a weight of {unit * WEIGHTS[i - 1]:.2g} on demographic parity (grid search, model {i} of "
            f"{len(WEIGHTS)}); the group is not read when deciding.",
            ready.prepare,
            scorer(model),
        )
        for i, model in enumerate(search.predictors_)
        if gap[i] < gap[0] and not isinstance(model, DummyClassifier)  # which decides alike on everybody
    ]


def mixture(models: list[Any], weights: NDArray[np.float64]) -> Scorer:
    """Return what scores prepared rows by the weighted mean of models."""
    import numpy as np

    used = [(model, weight) for model, weight in zip(models, weights, strict=True) if weight > USED]
    probable = all(hasattr(model, "predict_proba") for model, _ in used)

    def score(prepared: Any) -> NDArray[np.float64]:
        each = [
            scorer(model)(prepared) if probable else np.asarray(model.predict(prepared), float) for model, _ in used
        ]
        return np.average(each, axis=0, weights=[weight for _, weight in used])

    return score


def _errors(cut: float) -> Any:
    """Return the error that is to be small, with its two kinds weighed so that parity is sought where the cut-off is.

    The reductions compare decisions, at a probability of one half.  Where 8 % are selected hardly anybody has that, and
    decisions alike on everybody are at parity.  So a wrong selection weighs c and a wrong rejection 1 − c: then those
    with a probability above c are selected.
    """
    from fairlearn.reductions import ErrorRate

    return ErrorRate(costs={"fp": cut, "fn": 1 - cut})


def _operating_point(setting: Setting) -> tuple[float, float]:
    """Return the baseline's cut-off and the standard deviation of its score, both as probabilities.

    Where the score is none, the cut-off is the share to select, and the spread a guess.
    """
    import numpy as np

    if hasattr(setting.pipeline, "predict_proba") and 0 < setting.baseline.cut < 1:
        return setting.baseline.cut, float(np.std(setting.baseline.score(setting.validation.rows)))
    return setting.share, 0.25


def _grid(weights: Sequence[float], *, below: bool) -> pd.DataFrame:
    """Return the multipliers of fairlearn's two constraints on each of the groups 0 and 1, one column for each weight.

    The weight is on the one that group 1 breaks: selected less than all (−), or more (+).
    """
    import pandas as pd

    index = pd.MultiIndex.from_product([["+", "-"], ["all"], [0, 1]], names=["sign", "event", "group_id"])
    at = ("-" if below else "+", "all", 1)
    return pd.DataFrame({i: [w if row == at else 0.0 for row in index] for i, w in enumerate(weights)}, index=index)


def _candidate(setting: Setting, family: Family, name: str, what: str, prepare: Any, of_prepared: Scorer) -> Candidate:
    def score(rows: Any) -> NDArray[np.float64]:
        return of_prepared(prepare(rows))

    cut = cut_at(score(setting.validation.rows[list(setting.features)]), setting.share)
    return Candidate(name, family, what, setting.features, score, cut)


def _fit(search: Any, prepared: Any, label: NDArray[np.bool_], group: NDArray[np.int64]) -> None:
    with _quiet():
        own("retrained by fairlearn", lambda: search.fit(prepared, label.astype(int), sensitive_features=group))


@contextmanager
def _quiet() -> Iterator[None]:
    """Leave out what pandas has to say to fairlearn: version 0.15 sets items of a Series in ways that are to go."""
    with warnings.catch_warnings():
        for category in (DeprecationWarning, FutureWarning):
            warnings.filterwarnings("ignore", category=category, module=r"fairlearn\.")
        yield
