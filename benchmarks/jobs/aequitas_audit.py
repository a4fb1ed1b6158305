"""aequitas' Group and Bias from a pandas frame: rates of every group, and disparities against the largest."""

from __future__ import annotations

import pandas as pd
from aequitas.bias import Bias
from aequitas.group import Group
from ratios import of_rates

ATTRIBUTES = ["sex", "race", "sex × race"]


def load(path: str) -> pd.DataFrame:
    """Read the file and name the columns as aequitas wants them; it crosses no attributes, so that is done here."""
    frame = pd.read_parquet(path).rename(columns={"selected": "score", "qualified": "label_value"})
    frame["sex × race"] = frame["sex"] + " × " + frame["race"]
    return frame


def work(frame: pd.DataFrame) -> pd.DataFrame:
    """Count the groups and compare them."""
    counts, _ = Group().get_crosstabs(frame, attr_cols=ATTRIBUTES)
    return Bias().get_disparity_major_group(counts, original_df=frame, check_significance=False)


def answer(groups: pd.DataFrame) -> dict[str, float]:
    """Return the ratios: predicted prevalence is the selection rate."""
    return {way: of_rates(groups.loc[groups["attribute_name"] == way, "pprev"]) for way in ATTRIBUTES}
