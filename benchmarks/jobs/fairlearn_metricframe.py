"""fairlearn's MetricFrame from a pandas frame: selection rate, TPR and FPR by sex, race, and both."""

from __future__ import annotations

import pandas as pd
from fairlearn.metrics import MetricFrame, false_positive_rate, selection_rate, true_positive_rate
from ratios import of_rates

METRICS = {"selection": selection_rate, "tpr": true_positive_rate, "fpr": false_positive_rate}
WAYS = {"sex": ["sex"], "race": ["race"], "sex × race": ["sex", "race"]}


def load(path: str) -> pd.DataFrame:
    """Read the file."""
    return pd.read_parquet(path)


def work(frame: pd.DataFrame, **bootstrap: object) -> dict[str, MetricFrame]:
    """Compute every rate of every group."""
    return {
        way: MetricFrame(
            metrics=METRICS,
            y_true=frame["qualified"],
            y_pred=frame["selected"],
            sensitive_features=frame[columns],
            **bootstrap,
        )
        for way, columns in WAYS.items()
    }


def answer(made: dict[str, MetricFrame]) -> dict[str, float]:
    """Return the ratios."""
    return {way: of_rates(frame.by_group["selection"]) for way, frame in made.items()}
