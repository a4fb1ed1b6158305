"""Scores held against outcomes by group, from a tally: probabilities and other scores, bins, what is undefined."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import brier_score_loss, roc_auc_score
from statsmodels.api import Logit, add_constant

from fairwitness.audit.analyses import calibration
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Count, Tally

# Of each score so many negative and so many positive.  Women: .2 and .8 of 25 each; men's outcomes are bolder.
WOMEN = {0.25: (18, 7), 0.5: (12, 13), 0.75: (6, 19)}
MEN = {0.25: (23, 2), 0.5: (13, 12), 0.75: (1, 24)}


def tally_of(groups, *, order="high", edges=(), unlabelled=None, **more):
    axes = [
        Axis("sex", "protected"),
        Axis("decision", "decision"),
        Axis("good", "label"),
        Axis("p", "score", edges=edges, order=order),
    ]
    cells = {}
    for group, counts in groups.items():
        for score, (negatives, positives) in counts.items():
            cells[group, "scored", "negative", score] = negatives
            cells[group, "scored", "positive", score] = positives
    for (group, score), n in (unlabelled or {}).items():
        cells[group, "scored", None, score] = n
    return Tally.of(axes, {key: n for key, n in cells.items() if n}, **more)


def analysed(tally, **fields):
    plan = AuditPlan(resamples=400, **fields)
    found = calibration.analyse(tally, tuple(group_tables(tally, plan)), plan)
    assert found.section == "calibration"
    return json.loads(json.dumps(found.to_json(), allow_nan=False))


def of(entry, *group):
    return next(g for g in entry["groups"] if g["group"] == list(group))


def rows(counts):
    scores = np.repeat(list(counts), [sum(pair) for pair in counts.values()])
    return scores, np.concatenate([np.repeat([0, 1], pair) for pair in counts.values()])


def figures(entry, *group):
    return {name: e["value"] for name, e in of(entry, *group)["estimates"].items()}


def test_figures_of_each_group_by_scikit_learn_statsmodels_and_by_hand():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}), reference="M")
    assert (entry["probabilities"], entry["slope_in"], entry["warning"]) == (True, "log_odds", None)
    for name, counts in (("F", WOMEN), ("M", MEN)):
        scores, outcomes = rows(counts)
        found = figures(entry, name)
        assert found["auc"] == pytest.approx(roc_auc_score(outcomes, scores))
        assert found["brier"] == pytest.approx(brier_score_loss(outcomes, scores))
        assert found["in_the_large"] == pytest.approx(outcomes.mean() - scores.mean())
        fit = Logit(outcomes, add_constant(np.log(scores / (1 - scores)))).fit(disp=0)
        assert found["slope"] == pytest.approx(fit.params[1], abs=1e-6)
    # 7/25 − .25, 13/25 − .5 and 19/25 − .75: three times a third
    raw = (0.03 + 0.02 + 0.01) / 3
    assert of(entry, "F")["raw_calibration_error"] == pytest.approx(raw)
    squared = np.mean([d**2 - r * (1 - r) / 24 for d, r in ((0.03, 0.28), (0.02, 0.52), (0.01, 0.76))])
    assert squared < 0
    assert figures(entry, "F")["calibration_error"] == 0  # no more than chance
    assert figures(entry, "M")["calibration_error"] > 0.1


def test_bolder_outcomes_have_a_slope_above_one_and_the_difference_an_interval():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}), reference="M")
    women, men = (of(entry, g)["estimates"]["slope"] for g in "FM")
    assert women["low"] < 1 < women["high"]
    assert men["low"] > 1
    found = of(entry, "F")["compared"]["estimates"]["slope_difference"]
    assert found["value"] == pytest.approx(women["value"] - men["value"])
    down = np.hypot(women["value"] - women["low"], men["high"] - men["value"])
    assert found["low"] == pytest.approx(found["value"] - down)
    assert found["high"] < 0


def test_one_curve_for_both_groups_is_tested_by_likelihood_ratio():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}), reference="M")
    x, y, own = [], [], []
    for counts, here in ((WOMEN, 1), (MEN, 0)):
        scores, outcomes = rows(counts)
        x, y, own = [*x, *np.log(scores / (1 - scores))], [*y, *outcomes], [*own, *np.full(len(scores), here)]
    x, own = np.array(x), np.array(own)
    one = Logit(y, add_constant(x)).fit(disp=0)
    each = Logit(y, add_constant(np.column_stack([x, own, own * x]))).fit(disp=0)
    found = of(entry, "F")["compared"]["tests"]
    assert found["default"] == "same_curve"
    assert found["same_curve"]["df"] == 2
    assert found["same_curve"]["statistic"] == pytest.approx(2 * (each.llf - one.llf))
    assert found["same_curve"]["p"] == pytest.approx(stats.chi2.sf(2 * (each.llf - one.llf), 2))


def test_reliability_shows_what_was_predicted_and_what_came_true():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    bins = of(entry, "M")["reliability"]
    assert [(b["from"], b["to"], b["n"], b["positives"]) for b in bins] == [
        (0.2, 0.3, 25, 2),
        (0.5, 0.6, 25, 12),
        (0.7, 0.8, 25, 24),
    ]
    assert [b["predicted"] for b in bins] == [0.25, 0.5, 0.75]
    low, high = stats.binomtest(24, 25).proportion_ci(method="wilson")
    assert (bins[2]["observed"]["low"], bins[2]["observed"]["high"]) == pytest.approx((low, high))


def test_the_area_between_the_curves_and_its_permutation_p_value():
    """The women's score is turned round in one group: all of .25 tells, in the other none.  p is never 0."""
    perfect, wrong = {0.2: (40, 0), 0.8: (0, 40)}, {0.2: (0, 40), 0.8: (40, 0)}
    (entry,) = analysed(tally_of({"F": wrong, "M": perfect}), reference="M")
    found = of(entry, "F")["compared"]
    assert found["estimates"]["abroca"]["value"] == 1
    assert found["tests"]["abroca"]["p"] == 1 / 401
    assert found["tests"]["abroca"]["by_chance"] < 0.5
    assert found["tests"]["same_curve"] is None  # a cut-off separates the outcomes
    assert found["tests"]["default"] is None
    assert of(entry, "F")["estimates"]["slope"]["status"] == "undefined"


# -- other scores than probabilities ---------------------------------------------------------------------------


def points(counts):
    return {100 * score: pair for score, pair in counts.items()}


def test_what_is_no_probability_has_slope_and_areas_and_no_more():
    (entry,) = analysed(tally_of({"F": points(WOMEN), "M": points(MEN)}), reference="M")
    (as_probability,) = analysed(tally_of({"F": WOMEN, "M": MEN}), reference="M")
    assert (entry["probabilities"], entry["slope_in"]) == (False, "standard_deviations")
    found = of(entry, "F")["estimates"]
    assert {found[n]["status"] for n in ("in_the_large", "brier", "calibration_error")} == {"undefined"}
    assert "between 0 and 1" in entry["undefined"][0]["because"]
    assert entry["undefined"][0]["figures"] == ["in_the_large", "brier", "calibration_error"]
    assert of(entry, "F")["raw_calibration_error"] is None
    assert found["auc"] == of(as_probability, "F")["estimates"]["auc"]
    one, other = (of(e, "F")["compared"] for e in (entry, as_probability))
    assert one["estimates"]["abroca"] == other["estimates"]["abroca"]
    assert one["tests"]["abroca"] == other["tests"]["abroca"]
    bins = of(entry, "F")["reliability"]
    assert [(b["from"], b["to"], b["predicted"]) for b in bins] == [(s, s, None) for s in (25.0, 50.0, 75.0)]


def test_the_slope_of_another_score_is_per_standard_deviation_of_everybodys():
    scores, outcomes = rows(points(WOMEN))
    both = np.concatenate([scores, rows(points(MEN))[0]])
    fit = Logit(outcomes, add_constant((scores - both.mean()) / both.std(ddof=1))).fit(disp=0)
    (entry,) = analysed(tally_of({"F": points(WOMEN), "M": points(MEN)}))
    assert figures(entry, "F")["slope"] == pytest.approx(fit.params[1], abs=1e-6)


def test_a_change_of_unit_changes_nothing_of_such_a_score():
    one, other = (
        {name: {unit * s + 3: pair for s, pair in counts.items()} for name, counts in (("F", WOMEN), ("M", MEN))}
        for unit in (10, 40)
    )
    (a,), (b,) = (analysed(tally_of(groups), reference="M") for groups in (one, other))
    assert figures(a, "F") == pytest.approx(figures(b, "F"))
    p = [of(e, "F")["compared"]["tests"]["same_curve"]["p"] for e in (a, b)]
    assert p[0] == pytest.approx(p[1])


def test_a_certain_score_has_no_slope():
    groups = {"F": {0.0: (5, 5), **WOMEN}, "M": MEN}
    (entry,) = analysed(tally_of(groups))
    assert of(entry, "M")["estimates"]["slope"]["status"] == "undefined"
    assert entry["undefined"] == [
        {"figures": ["slope", "same_curve"], "because": "some scores are exactly 0 or 1, whose log odds are infinite"}
    ]
    assert of(entry, "M")["estimates"]["brier"]["status"] == "ok"


# -- low scores are good ---------------------------------------------------------------------------------------


def test_a_score_that_is_good_if_low_predicts_the_other_outcome():
    """A risk of .75 is a probability of .25 of the positive outcome: the same figures as of the scores turned round."""
    turned = {name: {1 - s: pair for s, pair in counts.items()} for name, counts in (("F", WOMEN), ("M", MEN))}
    (high,) = analysed(tally_of({"F": WOMEN, "M": MEN}), reference="M")
    (low,) = analysed(tally_of(turned, order="low"), reference="M")
    for name in "FM":
        assert figures(low, name) == pytest.approx(figures(high, name))
        assert [(b["from"], b["n"], b["positives"]) for b in of(low, name)["reliability"]] == [
            (b["from"], b["n"], b["positives"]) for b in of(high, name)["reliability"]
        ]
    assert low["warning"] is None


def test_a_risk_of_nine_tenths_is_a_chance_of_one_tenth_exactly():
    """1 − .9 is .09999999999999998: it still belongs to the tenth that begins at .1."""
    (entry,) = analysed(tally_of({"F": {0.9: (9, 1), 0.2: (3, 8)}, "M": {0.9: (8, 2), 0.2: (2, 9)}}, order="low"))
    assert [b["from"] for b in of(entry, "F")["reliability"]] == [0.1, 0.8]


def test_a_score_that_tells_the_wrong_outcome_is_noticed():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}, order="low"))
    assert "--score-order" in entry["warning"]


# -- bins ------------------------------------------------------------------------------------------------------


def binned(edges=(0.3, 0.6), **more):
    groups = {g: dict(enumerate(counts.values())) for g, counts in (("F", WOMEN), ("M", MEN))}
    return tally_of(groups, edges=edges, unlabelled={("F", 1): 1}, **more)


def test_bins_of_probabilities_have_bounds():
    tally = binned()
    tally = Tally.of([*tally.axes[:3], Axis("p", "score", edges=(0.3, 0.6), median=0.6)], tally.cells)
    (entry,) = analysed(tally)
    found = of(entry, "F")
    for name in ("in_the_large", "brier", "calibration_error", "slope"):
        assert found["estimates"][name]["status"] == "undefined"
    share, low, high = 39 / 75, (0 + 0.3 + 0.6) / 3, (0.3 + 0.6 + 1) / 3
    assert found["bounds"]["in_the_large"] == pytest.approx([share - high, share - low])
    best = (18 * 0**2 + 7 * 0.7**2 + 12 * 0.3**2 + 13 * 0.4**2 + 6 * 0.6**2 + 19 * 0**2) / 75
    worst = (18 * 0.3**2 + 7 * 1**2 + 12 * 0.6**2 + 13 * 0.7**2 + 6 * 1**2 + 19 * 0.4**2) / 75
    assert found["bounds"]["brier"] == pytest.approx([best, worst])
    assert found["bounds"]["auc"][0] < found["estimates"]["auc"]["value"] < found["bounds"]["auc"][1]
    assert [(b["from"], b["to"], b["predicted"]) for b in found["reliability"]] == [
        (0.0, 0.3, None),
        (0.3, 0.6, None),
        (0.6, 1.0, None),
    ]
    assert "1,000 values" in entry["undefined"][0]["because"]


def test_bins_of_other_scores_have_no_ends_at_either_side():
    tally = binned((10.0, 60.0))
    tally = Tally.of([*tally.axes[:3], Axis("p", "score", edges=(10.0, 60.0), median=60.0)], tally.cells)
    (entry,) = analysed(tally)
    assert entry["probabilities"] is False
    assert set(of(entry, "F")["bounds"]) == {"auc"}
    assert [(b["from"], b["to"]) for b in of(entry, "F")["reliability"]] == [(None, 10.0), (10.0, 60.0), (60.0, None)]


# -- who is in it ----------------------------------------------------------------------------------------------


def test_people_without_an_outcome_are_counted_apart():
    tally = tally_of({"F": WOMEN, "M": MEN}, unlabelled={("F", 0.9): 7, (None, 0.1): 2})
    (entry,) = analysed(tally)
    (plain,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    assert (entry["n"], entry["no_outcome"], of(entry, "F")["no_outcome"]) == (150, 9, 7)
    assert of(entry, "F")["estimates"] == of(plain, "F")["estimates"]


def test_a_group_without_positives_says_so():
    (entry,) = analysed(tally_of({"F": {0.25: (9, 0), 0.5: (4, 0)}, "M": MEN}), reference="M")
    found = of(entry, "F")
    assert found["estimates"]["auc"]["status"] == found["estimates"]["slope"]["status"] == "undefined_no_positives"
    assert found["estimates"]["in_the_large"]["status"] == "ok"
    compared = found["compared"]["estimates"]
    assert compared["abroca"]["status"] == compared["auc_difference"]["status"] == "undefined_no_positives"
    assert found["compared"]["tests"]["abroca"] is None


def test_a_group_of_nobody_with_an_outcome():
    tally = tally_of({"M": MEN}, unlabelled={("F", 0.5): 3, ("F", 0.25): 3})
    (entry,) = analysed(tally, reference="M")
    assert {e["status"] for e in of(entry, "F")["estimates"].values()} <= {"undefined_empty_group", "undefined"}
    assert of(entry, "F")["reliability"] == []


def test_excluded_groups_are_compared_with_nothing():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN, "X": {0.5: (1, 1)}}), exclude_under="0.05")
    assert (of(entry, "X")["status"], of(entry, "X")["compared"]) == ("excluded", None)


def test_against_the_rest_the_others_are_taken_together():
    third = {0.25: (10, 5), 0.5: (5, 5), 0.75: (5, 10)}
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN, "X": third}), reference="rest")
    together = {s: (MEN[s][0] + third[s][0], MEN[s][1] + third[s][1]) for s in MEN}
    scores, outcomes = rows(together)
    expected = figures(entry, "F")["auc"] - roc_auc_score(outcomes, scores)
    assert of(entry, "F")["compared"]["estimates"]["auc_difference"]["value"] == pytest.approx(expected)


def test_nothing_without_outcomes():
    axes = [Axis("sex", "protected"), Axis("decision", "decision"), Axis("p", "score")]
    tally = Tally.of(axes, {("F", "scored", 0.5): 3, ("M", "scored", 0.7): 4})
    plan = AuditPlan()
    assert calibration.analyse(tally, tuple(group_tables(tally, plan)), plan) is None


def test_weights_are_not_taken_for_people():
    tally = tally_of({"F": WOMEN, "M": MEN})
    tables = tuple(group_tables(tally, AuditPlan()))
    heavy = Tally.of(tally.axes, {k: Count(c.n, c.n, 1) for k, c in tally.cells.items()}, weighted=True)
    (entry,) = calibration.analyse(heavy, tables, AuditPlan()).to_json()
    assert entry["groups"] == []
    assert "weighted" in entry["because"]


def test_the_same_from_a_saved_tally_and_under_other_names(tmp_path):
    tally = tally_of({"F": WOMEN, "M": MEN})
    tally.save(tmp_path / "tally.json")
    assert analysed(Tally.load(tmp_path / "tally.json")) == analysed(tally)
    (one,), (other,) = analysed(tally, reference="M"), analysed(tally_of({"A": WOMEN, "B": MEN}), reference="B")
    for name in ("estimates", "reliability"):
        assert of(one, "F")[name] == of(other, "A")[name]
    assert of(one, "F")["compared"]["tests"]["abroca"] == of(other, "A")["compared"]["tests"]["abroca"]
