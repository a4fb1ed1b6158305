"""Cases of scores: standardised differences, areas, distances, the area between ROC curves, calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fairwitness.metrics.abroca import abroca
from fairwitness.metrics.calibration import brier, in_the_large
from fairwitness.metrics.calibration_error import equal_width, expected_calibration_error, reliability
from fairwitness.metrics.group_auc import group_auc, mann_whitney
from fairwitness.metrics.kolmogorov_smirnov import ks_distance, ks_test
from fairwitness.metrics.score_levels import moments
from fairwitness.metrics.standardised_difference import standardised_differences
from fairwitness.metrics.wasserstein import wasserstein


def counted(*groups):
    """The levels of all groups' scores, and each group's counts on them."""
    levels = sorted({score for group in groups for score in group})
    return levels, *([group.count(level) for level in levels] for group in groups)


def score_disparity(inputs):
    levels, focal, reference = counted(inputs["focal"], inputs["ref"])
    found = standardised_differences(levels, focal, reference)
    # For comparison in the literature, no figures of ours: a continuity correction, and p-values of the Kolmogorov–
    # Smirnov test that hold without ties only.
    corrected = stats.mannwhitneyu(inputs["focal"], inputs["ref"], use_continuity=True, method="asymptotic")
    return {
        "mean_ref": moments(levels, reference).mean,
        "mean_focal": moments(levels, focal).mean,
        "cohens_d": found.cohens_d.value,
        "hedges_g": found.hedges_g.value,
        "glass_delta_ref_sd": found.glass_delta.value,
        "auc_focal_over_ref": group_auc(focal, reference).value,
        "mwu_p": corrected.pvalue,
        "mwu_p_nocorr": mann_whitney(focal, reference).p,
        "ks": ks_distance(focal, reference),
        "ks_p_exact_scipy": stats.ks_2samp(inputs["focal"], inputs["ref"], method="exact").pvalue,
        "ks_p_asymp_scipy": stats.ks_2samp(inputs["focal"], inputs["ref"], method="asymp").pvalue,
        "ks_p_exact_R": ks_test(focal, reference).p,  # R's psmirnov knows of ties, and so does ours
        "wasserstein": wasserstein(levels, focal, reference).distance,
    }


def abroca_family(inputs):
    levels = sorted({score for group in inputs.values() for score in group["score"]})
    groups = {}
    for name, group in inputs.items():
        rows = list(zip(group["y"], group["score"], strict=True))
        groups[name] = [[rows.count((outcome, level)) for level in levels] for outcome in (0, 1)]
    areas = {f"auc_{name}": group_auc(positives, negatives).value for name, (negatives, positives) in groups.items()}
    return areas | {"abroca": abroca(groups["A"], groups["B"])}


def calibration(inputs):
    predicted, positives, bins = np.array(inputs["p"]), np.array(inputs["y"]), inputs["bins"]
    counts = (predicted, 1 - positives, positives)
    return {
        "brier": brier(*counts).value,
        "citl": in_the_large(*counts).value,
        f"ece{bins}": expected_calibration_error(reliability(*counts, equal_width(predicted, bins), bins)),
    }


FAMILIES = {"score_disparity_small": score_disparity, "abroca_toy": abroca_family, "calibration_toy": calibration}


@pytest.mark.parametrize("name", FAMILIES)
def test_every_expected_quantity(name, case, differences):
    found = case(name)
    assert differences(FAMILIES[name](found["inputs"]), found["expected"], found["tolerance"]) == []


def test_a_p_value_that_knows_nothing_of_ties_is_not_ours(case):
    found = case("score_disparity_small")
    _, focal, reference = counted(found["inputs"]["focal"], found["inputs"]["ref"])
    assert abs(ks_test(focal, reference).p - found["expected"]["ks_p_exact_scipy"]) > 0.05
