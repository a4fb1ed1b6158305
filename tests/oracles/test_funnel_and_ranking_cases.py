"""Cases of funnels and of ranked lists: a funnel by hand, a hypergeometric top, and a ranking in closed form."""

from __future__ import annotations

import numpy as np
import pytest

from fairwitness.metrics.disparity import impact_ratio
from fairwitness.metrics.funnel import cumulative_rates, stage_contributions
from fairwitness.metrics.multiple_events import multiple_events
from fairwitness.metrics.ranking import attention, exposure, mean_weights, ndkl, skew, top


def funnel(inputs):
    names = [stage["stage"] for stage in inputs["stages"]]
    women, men = (np.array([stage["counts"][group] for stage in inputs["stages"]]) for group in ("F", "M"))
    ratios = impact_ratio(women[1:], women[:-1], men[1:], men[:-1])
    return {
        "per_stage": [
            {"stage": f"{before}->{after}", "ratio": ratio}
            for before, after, ratio in zip(names[:-1], names[1:], ratios, strict=True)
        ],
        "cumulative": cumulative_rates(women[1:], women[:-1])[-1] / cumulative_rates(men[1:], men[:-1])[-1],
        "product_of_stage_ratios": np.prod(ratios),
        "log_decomposition": list(stage_contributions(women[1:], women[:-1], men[1:], men[:-1])),
    }


def top_k(inputs):
    inside, focal, k, n = (inputs[name] for name in ("observed_focal", "focal", "k", "N"))
    test = multiple_events(inside, focal, k - inside, n - focal)
    return {"p_le": test.p_less, "expected": test.expected, "midp_le": test.mid_p_less}


def ranking(inputs):
    groups = list(inputs["desired"])
    blocks = np.array([[place == group for group in groups] for place in inputs["ranking_top_first"]], int)
    n, sizes = len(blocks), blocks.sum(axis=0)
    skews = {}
    for k in (3, 5, 10):
        found = skew(top(blocks, k).expected, sizes, k, n)
        skews[str(k)] = dict(zip(groups, found, strict=True))
    departure = ndkl(blocks, [inputs["desired"][group] for group in groups])
    seen = dict(zip(groups, mean_weights(blocks, exposure(n)), strict=True))
    looked_at = dict(zip(groups, mean_weights(blocks, attention(n, 0.5)), strict=True))
    return {
        "ndkl_nats": departure,
        "ndkl_bits": departure / np.log(2),
        "skew_at_k": skews,
        "exposure_log2": seen,
        "exposure_ratio_F_over_M": seen["F"] / seen["M"],
        "attention_geometric_p_0_5": looked_at,
        "attention_ratio": looked_at["F"] / looked_at["M"],
    }


@pytest.mark.parametrize(
    ("name", "compute"), [("funnel_toy", funnel), ("topk_hypergeom", top_k), ("ranking_toy", ranking)]
)
def test_every_expected_quantity(name, compute, case, differences):
    expected = case(name)
    assert differences(compute(expected["inputs"]), expected["expected"], expected["tolerance"]) == []
