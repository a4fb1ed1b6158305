"""The pipeline fitted without some features, or with a feature capped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.alternatives.candidates import Candidate, Setting, cut_at
from fairwitness.audit.alternatives.features import Feature, constant, ranked, with_constants
from fairwitness.audit.alternatives.pipeline import fit
from fairwitness.audit.errors import listed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fairwitness.audit.alternatives.pipeline import Scorer

CAPS = (0.1, 0.9)  # quantiles of the training part at which numbers are capped
FEWEST_VALUES = 10  # distinct ones, for a number to be capped


def dropped(setting: Setting, most: int) -> list[Candidate]:
    """Return the pipeline fitted without each of the first features, and without the first two, three, … of them.

    Parameters
    ----------
    setting : Setting
    most : int
        How many features are tried.

    Notes
    -----
    A feature left out stands at one value for everybody, in training and when deciding, so that a pipeline that names
    its columns still runs.  The candidate does not read it.
    """
    first = ranked(setting)[: min(most, len(setting.features) - 1)]
    alone = [[feature] for feature in first]
    together = [first[:count] for count in range(2, len(first) + 1)]
    return [_without(setting, features, i) for i, features in enumerate(alone + together, start=1)]


def capped(setting: Setting, most: int) -> list[Candidate]:
    """Return the pipeline fitted with each of the first numeric features capped at its 10 % and 90 % points.

    Parameters
    ----------
    setting : Setting
    most : int
        How many features are tried.
    """
    import pandas as pd

    train = setting.train.rows
    numeric = [
        feature
        for feature in ranked(setting)
        if pd.api.types.is_numeric_dtype(train[feature.name]) and train[feature.name].nunique() > FEWEST_VALUES
    ]
    return [_within_caps(setting, feature, i) for i, feature in enumerate(numeric[:most], start=1)]


def _without(setting: Setting, features: Sequence[Feature], number: int) -> Candidate:
    names = tuple(f.name for f in features)
    kept = tuple(name for name in setting.features if name not in names)
    values = {name: constant(setting.train.rows[name]) for name in names}
    scorer, cut = _fitted(setting, lambda rows: with_constants(rows, values, setting.features), kept)
    why = features[0].words if len(features) == 1 else listed(names)
    return Candidate(f"drop-{number}", "drop", f"Fitted without {why}.", kept, scorer, cut, dropped=names)


def _within_caps(setting: Setting, feature: Feature, number: int) -> Candidate:
    name, column = feature.name, setting.train.rows[feature.name]
    low: Any = column.quantile(CAPS[0], interpolation="lower")  # values that occur, of the column's own type
    high: Any = column.quantile(CAPS[1], interpolation="higher")
    scorer, cut = _fitted(setting, lambda rows: rows.assign(**{name: rows[name].clip(low, high)}), setting.features)
    what = f"Fitted with {feature.words} capped at {low:g} and {high:g}, the training part's 10 % and 90 % points."
    return Candidate(f"cap-{number}", "cap", what, setting.features, scorer, cut)


def _fitted(
    setting: Setting, change: Callable[[pd.DataFrame], pd.DataFrame], columns: Sequence[str]
) -> tuple[Scorer, float]:
    """Fit the pipeline on changed rows; return what scores people by the given columns, and its cut-off."""
    of_changed = fit(setting.pipeline, change(setting.train.rows[list(columns)]), setting.train.label)

    def scorer(rows: pd.DataFrame) -> NDArray[np.float64]:
        return of_changed(change(rows))

    return scorer, cut_at(scorer(setting.validation.rows[list(columns)]), setting.share)
