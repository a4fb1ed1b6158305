"""aif360's ClassificationMetric from a frame of numbers: selection rate, TPR and FPR of every group."""

from __future__ import annotations

import logging

logging.disable(logging.WARNING)  # aif360 warns at import of optional parts that are not installed

import pandas as pd  # noqa: E402 -- after the warnings are off
from aif360.datasets import BinaryLabelDataset  # noqa: E402 -- likewise
from aif360.metrics import ClassificationMetric  # noqa: E402 -- likewise
from ratios import of_rates  # noqa: E402 -- likewise

WAYS = {"sex": ["sex"], "race": ["race"], "sex × race": ["sex", "race"]}


def load(path: str) -> pd.DataFrame:
    """Read the file and turn its texts into numbers, as aif360 requires."""
    frame = pd.read_parquet(path)
    return frame.assign(**{name: frame[name].astype("category").cat.codes for name in ("sex", "race")})


def work(frame: pd.DataFrame) -> dict[str, list[tuple[float, float, float]]]:
    """Compute the rates of every group, each against the first one."""
    attributes = ["sex", "race"]
    truth = BinaryLabelDataset(
        df=frame.drop(columns="selected"), label_names=["qualified"], protected_attribute_names=attributes
    )
    decided = truth.copy()
    decided.labels = frame["selected"].to_numpy(float).reshape(-1, 1)
    made = {}
    for way, columns in WAYS.items():
        groups = [dict(zip(columns, key, strict=True)) for key in sorted(set(frame[columns].itertuples(index=False)))]
        metrics = [
            ClassificationMetric(truth, decided, unprivileged_groups=[group], privileged_groups=groups[:1])
            for group in groups[1:]
        ]
        made[way] = [_rates(metrics[0], privileged=True), *(_rates(m, privileged=False) for m in metrics)]
    return made


def _rates(m: ClassificationMetric, *, privileged: bool) -> tuple[float, float, float]:
    return m.selection_rate(privileged), m.true_positive_rate(privileged), m.false_positive_rate(privileged)


def answer(made: dict[str, list[tuple[float, float, float]]]) -> dict[str, float]:
    """Return the ratios."""
    return {way: of_rates(rate for rate, _, _ in rows) for way, rows in made.items()}
