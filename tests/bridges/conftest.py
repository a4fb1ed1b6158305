"""aif360 without the noise of its import, and decisions on real data."""

from __future__ import annotations

import logging
import warnings

import pandas as pd
import pytest

from fairwitness.datasets.bundled import path


@pytest.fixture(scope="session")
def aif360():
    """Give aif360's data set and its metric; its import logs what optional parts are missing."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*invalid escape sequence")
        logging.disable(logging.WARNING)
        try:
            from aif360.datasets import BinaryLabelDataset
            from aif360.metrics import BinaryLabelDatasetMetric
        finally:
            logging.disable(logging.NOTSET)
    return BinaryLabelDataset, BinaryLabelDatasetMetric


@pytest.fixture(scope="session")
def berkeley():
    """Return the 4,526 applicants to Berkeley, one a row."""
    cells = pd.read_csv(path("ucb_admissions"))
    return cells.loc[cells.index.repeat(cells["Freq"]), ["Admit", "Gender", "Dept"]].reset_index(drop=True)
