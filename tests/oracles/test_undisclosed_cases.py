"""Cases of undisclosed groups: worst-case bounds, and probabilities of membership against labels made of them."""

from __future__ import annotations

import numpy as np
import pytest

from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.membership import membership_spread
from fairwitness.metrics.undisclosed import Undisclosed, extreme_tables, ratio_bounds


def bounds(inputs):
    (f, r), unknown = inputs["known"].values(), Undisclosed(inputs["unknown_selected"], inputs["unknown_rejected"])
    low, high = ratio_bounds(tuple(f), [tuple(r)], unknown)
    every = [
        impact_ratio(f[0] + s, f[1] + s + t, r[0] + unknown.selected - s, r[1] + sum(unknown) - s - t)
        for s in range(unknown.selected + 1)
        for t in range(unknown.rejected + 1)
    ]
    worst, _ = extreme_tables(tuple(f), [tuple(r)], unknown)
    all_rejects_and_all_selects = worst == (
        (f[0], f[1] + unknown.rejected),
        (r[0] + unknown.selected, r[1] + unknown.selected),
    )
    return {
        "complete_case": impact_ratio(*f, *r),
        "lo": float(low),
        "hi": float(high),
        "lo_check": min(every),
        "hi_check": max(every),
        "lo_formula": "focal gets all unknown rejects, ref all unknown selects" if all_rejects_and_all_selects else "",
    }


def by_probability(inputs):
    p = np.array(inputs["p_group_A"])
    both = np.stack([p, 1 - p], axis=1)
    weighted, labelled = (membership_spread(shares, inputs["selected"]).rates for shares in (both, both > 0.5))
    return {
        "weighted_rate_A": weighted[0],
        "weighted_rate_B": weighted[1],
        "threshold_rate_A": labelled[0],
        "threshold_rate_B": labelled[1],
    }


@pytest.mark.parametrize(
    ("name", "compute"), [("manski_bounds_unknown", bounds), ("proxy_weighted_vs_threshold", by_probability)]
)
def test_every_expected_quantity(case, differences, name, compute):
    found = case(name)
    assert differences(compute(found["inputs"]), found["expected"], found["tolerance"]) == []


def test_labels_are_further_apart_from_the_truth_than_weights(case):
    """The trap that the case is about: the two estimates differ, so one cannot stand for the other."""
    found = by_probability(case("proxy_weighted_vs_threshold")["inputs"])
    assert found["weighted_rate_A"] != pytest.approx(found["threshold_rate_A"], abs=0.01)
