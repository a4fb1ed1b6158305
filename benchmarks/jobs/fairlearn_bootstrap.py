"""fairlearn's MetricFrame with three bootstrap draws: what one draw costs is the difference to none, by three."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fairlearn_metricframe
from fairlearn_metricframe import answer, load

if TYPE_CHECKING:
    import pandas as pd
    from fairlearn.metrics import MetricFrame

DRAWS = 3

__all__ = ["DRAWS", "answer", "load", "work"]


def work(frame: pd.DataFrame) -> dict[str, MetricFrame]:
    """Compute every rate of every group, with intervals."""
    return fairlearn_metricframe.work(frame, n_boot=DRAWS, ci_quantiles=[0.025, 0.975], random_state=0)
