"""Tables of decisions that come in clusters, or with survey weights: which tests decide, and what is refused."""

from __future__ import annotations

import csv
import gzip
import json
from fractions import Fraction

import numpy as np
import pytest

from fairwitness.audit.comparing.group_rates import rate_tables
from fairwitness.audit.counting.roles import load
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.judging.finding import exact
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Count, Tally
from fairwitness.datasets.bundled import path, resume_rows
from fairwitness.metrics.linearised import spread_of_clusters, variance_of

RACE, OFFER, PAIR = Axis("race", "protected"), Axis("offer", "decision"), Axis("pair", "cluster")
MILLIONTHS = 10**6


def clusters_of(*contents):
    """Return a tally from one {(group, outcome): n} for each cluster."""
    cells = {(*key, i): n for i, content in enumerate(contents, 1) for key, n in content.items()}
    return Tally.of([RACE, OFFER, PAIR], cells)


def weighted(cells):
    """Return a tally from {(group, outcome): list of weights}."""
    counts = {
        key: Count(len(w), sum(round(v * MILLIONTHS) for v in w), sum(round(v * MILLIONTHS) ** 2 for v in w))
        for key, w in cells.items()
    }
    return Tally.of([RACE, OFFER], counts, weighted=True)


def row(result, group, by=("race",)):
    table = next(t for t in result.to_dict()["tables"] if t["by"] == list(by))
    return next(g for g in table["groups"] if g["group"] == [group])


@pytest.fixture(scope="module")
def paired_audit():
    """The hiring audit of Washington, 1988: 241 pairs of testers, one white and one black."""
    made = []
    with gzip.open(path("urban_institute_audit1988", "pairs"), "rt") as file:
        pairs = list(csv.DictReader(file))
    for pair in pairs:
        outcome = {"1": "selected", "0": "not_selected"}
        made.append({("white", outcome[pair["w"]]): 1, ("black", outcome[pair["b"]]): 1})
    return run_audit(clusters_of(*made))


def test_the_paired_audit_of_1988(paired_audit):
    """Published: 35.7 and 22.4 %, difference -.133, t of the differences -4.277; McNemar's exact p is 4.2237e-05."""
    tests = row(paired_audit, "black")["tests"]
    assert tests["default"] == "cluster_robust_z"
    assert tests["mcnemar_exact"]["p"] == pytest.approx(4.2237e-05, rel=1e-4)
    assert (tests["mcnemar_exact"]["only_group"], tests["mcnemar_exact"]["only_reference"]) == (14, 46)
    assert tests["mcnemar_mid_p"]["p"] < tests["mcnemar_exact"]["p"]
    assert tests["pooled_z"]["assumes"] == tests["fisher_exact"]["assumes"] == "independence"
    # By hand: b = 14, c = 46 of 241; each rate's variance is p(1 - p)/240, and the covariance
    # (40/241 - pf·pr)/240.  About the common rate 140/482 variances become q(1 - q)/240, the correlation stays.
    pf, pr, q = 54 / 241, 86 / 241, 140 / 482
    correlation = (40 / 241 - pf * pr) / np.sqrt(pf * (1 - pf) * pr * (1 - pr))
    z = (pf - pr) / np.sqrt(2 * q * (1 - q) / 240 * (1 - correlation))
    assert tests["cluster_robust_z"]["statistic"] == pytest.approx(z)
    assert tests["cluster_robust_z"]["df"] == pytest.approx(240)
    assert abs(z) == pytest.approx(4.277, rel=0.01)
    assert paired_audit.to_dict()["tables"][0]["inference"] == {"method": "cluster_robust", "clusters": 241}


def test_the_resume_experiment_clustered_by_advertisement():
    """Published unclustered: z -4.11.  Black and white résumés answer the same advertisements: clustered about -5.2."""
    data = resume_rows()
    plain = run_audit(load(data, protected="race", decision="received_callback"))
    robust = run_audit(load(data, protected="race", decision="received_callback", cluster="job_ad_id"))
    unclustered, tests = (row(result, "black")["tests"] for result in (plain, robust))
    assert unclustered["default"] == "pooled_z"
    assert unclustered["pooled_z"]["statistic"] == pytest.approx(-4.108, abs=5e-4)
    assert tests["default"] == "cluster_robust_z"
    assert tests["cluster_robust_z"]["clusters"] == 1323
    assert tests["cluster_robust_z"]["statistic"] == pytest.approx(-5.2, abs=0.1)
    table = data.groupby(["job_ad_id", "race"]).received_callback.agg(["sum", "count"]).unstack(fill_value=0)
    found = spread_of_clusters(table["sum"].to_numpy(), table["count"].to_numpy())
    own_rates = (found.rates[0] - found.rates[1]) / np.sqrt(variance_of(found, (1, -1)))
    assert own_rates == pytest.approx(-5.17, abs=0.01)  # as a regression with cluster-robust errors prints it
    assert tests["pooled_z"]["statistic"] == unclustered["pooled_z"]["statistic"]
    wide, narrow = (row(result, "black")["estimates"]["rate_difference"] for result in (plain, robust))
    assert wide["low"] < narrow["low"] < narrow["value"] < narrow["high"] < wide["high"]
    assert narrow["method"] == "cluster_robust"


def test_the_same_applicant_in_several_requisitions_is_one_cluster():
    """Trap 23: 30 applicants, each refused or taken four times over, are not 120 independent decisions."""
    people = [{("black", "selected"): 4}] * 6 + [{("black", "not_selected"): 4}] * 24
    people += [{("white", "selected"): 4}] * 14 + [{("white", "not_selected"): 4}] * 16
    as_rows = Tally.of(
        [RACE, OFFER],
        {("black", "selected"): 24, ("black", "not_selected"): 96, ("white", "selected"): 56,
         ("white", "not_selected"): 64},
    )  # fmt: skip
    fooled, robust = row(run_audit(as_rows), "black"), row(run_audit(clusters_of(*people)), "black")
    assert fooled["tests"]["pooled_z"]["p"] < 0.0001
    assert robust["tests"]["cluster_robust_z"]["p"] > 0.01
    assert robust["estimates"]["impact_ratio"]["value"] == fooled["estimates"]["impact_ratio"]["value"]
    assert robust["estimates"]["impact_ratio"]["high"] > fooled["estimates"]["impact_ratio"]["high"]
    assert robust["minimum_detectable_ratio"] < fooled["minimum_detectable_ratio"]


def test_numbers_of_clusters_and_their_order_do_not_matter():
    contents = [{("a", "selected"): 1, ("b", "not_selected"): 2}, {("b", "selected"): 1}, {("a", "not_selected"): 3}]
    one = run_audit(clusters_of(*contents * 4)).to_dict()["tables"]
    other = run_audit(clusters_of(*contents[::-1] * 4)).to_dict()["tables"]
    assert one == other


def test_few_clusters_are_said_and_fewer_than_five_give_no_test():
    contents = [
        {("a", "selected"): 2, ("a", "not_selected"): 3, ("b", "selected"): 1 + i % 2, ("b", "not_selected"): 4}
        for i in range(12)
    ]
    result = run_audit(clusters_of(*contents))
    assert any("rests on 12 clusters" in w and "fewer than 40" in w for w in result.warnings)
    few = run_audit(clusters_of(*contents[:4]))
    assert any("rests on 4 clusters" in w and "neither intervals nor tests" in w for w in few.warnings)
    found = next(g for g in few.to_dict()["tables"][0]["groups"] if g["tests"])
    assert found["tests"]["default"] is None
    assert found["estimates"]["impact_ratio"]["value"] is not None
    assert found["estimates"]["impact_ratio"]["low"] is None
    assert all(f.difference == "not_evaluable" and f.verdict == "inconclusive" for f in few.findings)
    assert few.tables[0].null_worst_ratio is None
    json.dumps(few.to_dict(), allow_nan=False)


def test_clusters_need_no_warning_of_repeats():
    tally = clusters_of(*[{("a", "selected"): 1, ("a", "not_selected"): 1, ("b", "selected"): 2}] * 50)
    repeated = Tally.of(tally.axes, tally.cells, repeats=30)
    assert not any("repeat a unit" in w for w in run_audit(repeated).warnings)
    without = repeated.margin("race", "offer")
    assert any("repeat a unit" in w for w in run_audit(without).warnings)
    assert run_audit(without).tables[0].disparities["demographic_parity_ratio"].estimate.method is None


def test_whole_table_disparities_resample_clusters():
    people = [{("black", "selected"): 5}] * 10 + [{("black", "not_selected"): 5}] * 30
    people += [{("white", "selected"): 5}] * 20 + [{("white", "not_selected"): 5}] * 20
    result = run_audit(clusters_of(*people), resamples=4000)
    found = result.tables[0].disparities["demographic_parity_difference"].estimate
    assert found.method == "cluster_bootstrap"
    # 40 independent people a group: the standard error is √(.25·.75/40 + .25/40) = .104, not that of 200, .047
    assert (found.high - found.low) / (2 * 1.96) == pytest.approx(0.104, rel=0.1)


# -- weights -----------------------------------------------------------------------------------------------------


def test_weights_decide_the_rates_and_are_never_counts():
    """Trap 12: tests for counts are refused, with the reason."""
    generator = np.random.default_rng(1)
    w = [[round(float(v), 2) for v in generator.gamma(2, 1, k)] for k in (30, 70, 50, 50)]
    keys = [("black", "selected"), ("black", "not_selected"), ("white", "selected"), ("white", "not_selected")]
    result = run_audit(weighted(dict(zip(keys, w, strict=True))))
    found = row(result, "black")
    tests = found["tests"]
    assert tests["default"] == "design_based_z"
    assert not {"pooled_z", "fisher_exact", "mid_p", "mcnemar_exact"} & set(tests)
    assert "would take weights for people" in tests["withheld"]
    rates = [sum(w[0]) / (sum(w[0]) + sum(w[1])), sum(w[2]) / (sum(w[2]) + sum(w[3]))]
    assert found["estimates"]["impact_ratio"]["value"] == pytest.approx(rates[0] / rates[1])
    assert found["estimates"]["selection_rate"]["method"] == "design_based"
    assert (found["n"], found["selected"]) == (100, 30)
    assert found["weight"]["selected"] == pytest.approx(sum(w[0]))
    assert found["flip_flop"] is None
    assert result.tables[0].disparities["demographic_parity_ratio"].estimate.method == "weighted_bootstrap"
    assert result.findings[0].test == "design_based_z"
    assert "weighted" in result.findings[0].headline
    json.dumps(result.to_dict(), allow_nan=False)


def test_weighted_screens_compare_exactly():
    """0.1 + 0.1 + 0.2 of 1.0 against 0.5 of 1.0: a ratio of exactly four fifths, which floats put below it."""
    cells = {
        ("a", "selected"): [0.1, 0.1, 0.2],
        ("a", "not_selected"): [0.3, 0.3],
        ("b", "selected"): [0.5],
        ("b", "not_selected"): [0.25, 0.25],
    }
    result = run_audit(weighted(cells))
    assert row(result, "a")["four_fifths"] == "not_below"
    compared = next(r.comparison for r in result.tables[0].rows if r.comparison)
    assert exact(compared, "impact_ratio") == Fraction(4, 5)
    assert result.findings[0].screen == "not_below"


def test_equal_weights_are_the_clusters_of_one():
    counts = {("a", "selected"): 20, ("a", "not_selected"): 60, ("b", "selected"): 45, ("b", "not_selected"): 55}
    alike = weighted({key: [2.5] * n for key, n in counts.items()})
    singles = clusters_of(*[{key: 1} for key, n in counts.items() for _ in range(n)])
    one, other = (row(run_audit(t), "a") for t in (alike, singles))
    assert one["tests"]["design_based_z"]["statistic"] == pytest.approx(other["tests"]["cluster_robust_z"]["statistic"])
    for name in ("selection_rate", "impact_ratio", "odds_ratio"):
        for end in ("value", "low", "high"):
            assert one["estimates"][name][end] == pytest.approx(other["estimates"][name][end])


def test_few_heavy_people_count_as_few():
    light = {("a", "selected"): [1.0] * 30, ("a", "not_selected"): [1.0] * 70,
             ("b", "selected"): [1.0] * 50, ("b", "not_selected"): [1.0] * 50}  # fmt: skip
    heavy = light | {("a", "selected"): [26.0] + [4 / 29] * 29}  # the same sum; one of 30 carries nearly all of it
    narrow, wide = (row(run_audit(weighted(cells)), "a") for cells in (light, heavy))
    assert wide["estimates"]["selection_rate"]["value"] == pytest.approx(0.3, abs=1e-4)
    low, high = (wide["estimates"]["selection_rate"][end] for end in ("low", "high"))
    assert high - low > 2 * (
        narrow["estimates"]["selection_rate"]["high"] - narrow["estimates"]["selection_rate"]["low"]
    )
    assert wide["tests"]["design_based_z"]["p"] > narrow["tests"]["design_based_z"]["p"]


def test_groups_whose_weights_are_all_0_have_no_rate():
    cells = {("a", "selected"): [0.0], ("a", "not_selected"): [0.0], ("b", "selected"): [1.0] * 9}
    found = row(run_audit(weighted(cells | {("b", "not_selected"): [1.0] * 9})), "a")
    assert found["status"] == "undefined_empty_group"
    assert found["estimates"]["selection_rate"]["value"] is None


def test_weights_in_clusters_are_design_based():
    cells = {}
    for i in range(60):
        for group, w in (("a", 1.5), ("b", 2.0)):
            outcome = "selected" if i * 3 % 7 < (3 if group == "a" else 5) else "not_selected"
            millionths = round(w * MILLIONTHS)
            cells[group, outcome, i] = Count(2, 2 * millionths, 2 * millionths**2)
    result = run_audit(Tally.of([RACE, OFFER, PAIR], cells, weighted=True))
    found = next(g for g in result.to_dict()["tables"][0]["groups"] if g["tests"])
    assert found["tests"]["default"] == "design_based_z"
    assert found["tests"]["design_based_z"]["clusters"] == 60
    assert result.tables[0].disparities["demographic_parity_ratio"].estimate.method == "cluster_bootstrap"


def test_releases_in_clusters_are_not_compared_as_if_independent():
    tally = clusters_of(*[{("a", "selected"): 1, ("a", "not_selected"): 1, ("b", "selected"): 2}] * 10)
    with pytest.raises(FairwitnessError, match="come in clusters cannot be compared"):
        list(rate_tables(tally, AuditPlan(), (("race",),), of_positives=False))


def test_error_rates_and_intersections_respect_clusters_too():
    axes = [RACE, Axis("sex", "protected"), OFFER, Axis("good", "label"), PAIR]
    cells = {}
    for i in range(45):
        for j, group in enumerate(("a", "b")):
            for k, sex in enumerate("FM"):
                outcome = "selected" if (i + 2 * j + k) % 3 == 0 else "not_selected"
                good = "positive" if (i + j) % 2 else "negative"
                cells[group, sex, outcome, good, i] = 2
    result = run_audit(Tally.of(axes, cells), resamples=400, label_scope="all")
    found = row(result, "a")["estimates"]["true_positive_rate"]
    assert found["method"] == "cluster_robust"
    disparities = result.tables[0].disparities
    assert disparities["equalized_odds_difference"].estimate.method == "cluster_bootstrap"
    assert disparities["equalized_odds_difference"].test == "cluster_robust_z"
    assert disparities["average_odds_difference"].test in ("cluster_robust_z", None)
    crossed = next(t for t in result.tables if len(t.by) == 2)
    assert {c.comparison.tests.default for c in crossed.contrasts} <= {"cluster_robust_z", None}


@pytest.mark.parametrize("rule", ["overall", "rest", "largest", "a"])
def test_every_reference_works_in_clusters(rule):
    contents = [
        {(g, "selected"): 1 + (i + j) % 2, (g, "not_selected"): 2 + i % 3}
        for j, g in enumerate("abc")
        for i in range(20)
    ]
    contents.append({("b", "not_selected"): 1})  # the largest
    result = run_audit(clusters_of(*contents), reference=rule)
    compared = [r for r in result.tables[0].rows if r.comparison]
    assert len(compared) == (3 if rule in ("overall", "rest") else 2)
    for r in compared:
        e = r.estimates["impact_ratio"]
        assert e.low < e.value < e.high
        assert exact(r.comparison, "impact_ratio", overall=rule == "overall") == pytest.approx(e.value)
