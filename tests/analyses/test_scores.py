"""The scores of the groups, from a tally: what is compared with what, what is undefined, bins, cut-offs, weights."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy import stats

from fairwitness.audit.analyses import scores
from fairwitness.audit.judging.group_table import group_tables
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.tally import Axis, Count, Tally

# Women score 1, 2, 2, 3 … and men 2, 3, 3, 4 …: 20 of each, so that the table by score has a reference.
WOMEN = {1.0: 6, 2.0: 8, 3.0: 4, 4.0: 2}
MEN = {1.0: 2, 2.0: 4, 3.0: 8, 4.0: 6}
UNKNOWN = {2.0: 3, 4.0: 1}


def tally_of(groups, *, order="high", decide=None, edges=(), median=None, **more):
    """A tally of scores; ``decide`` turns a score into selected or not."""
    axes = [
        Axis("sex", "protected"),
        Axis("decision", "decision"),
        Axis("points", "score", edges=edges, order=order, median=median),
    ]
    cells = {}
    for group, counts in groups.items():
        for score, n in counts.items():
            told = "scored" if decide is None else "selected" if decide(score) else "not_selected"
            cells[group, told, score] = n
    return Tally.of(axes, cells, **more)


def analysed(tally, **fields):
    plan = AuditPlan(resamples=400, **fields)
    found = scores.analyse(tally, tuple(group_tables(tally, plan)), plan)
    text = json.dumps(found.to_json(), allow_nan=False)
    assert found.section == "scores"
    return json.loads(text)


def of(entry, *group):
    return next(g for g in entry["groups"] if g["group"] == list(group))


def rows(counts):
    return np.repeat(list(counts), list(counts.values()))


def test_figures_of_two_groups_by_scipy_and_by_hand():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN, None: UNKNOWN}))
    women, men = of(entry, "F"), of(entry, "M")
    assert (entry["n"], entry["unknown"], entry["levels"], entry["order"]) == (44, 4, 4, "high")
    assert (women["n"], men["n"], men["is_reference"], men["compared"]) == (20, 20, True, None)
    found = women["compared"]
    assert found["against"] == [["M"]]
    focal, reference = rows(WOMEN), rows(MEN)
    figures = {name: e["value"] for name, e in found["estimates"].items()}
    spread = np.sqrt((focal.var(ddof=1) + reference.var(ddof=1)) / 2)
    assert figures["mean_difference"] == pytest.approx((42 - 58) / 20)  # 6 + 16 + 12 + 8, 2 + 8 + 24 + 24
    assert figures["cohens_d"] == pytest.approx(-0.8 / spread)
    assert figures["hedges_g"] == pytest.approx(-0.8 / spread * (1 - 3 / (4 * 38 - 1)))
    assert figures["glass_delta"] == pytest.approx(-0.8 / reference.std(ddof=1))
    assert figures["auc"] == pytest.approx(stats.mannwhitneyu(focal, reference).statistic / 400)
    assert figures["ks"] == pytest.approx(14 / 20 - 6 / 20)
    assert figures["wasserstein"] == pytest.approx(0.8)  # all moved the same way: the difference of the means
    assert figures["wasserstein_standardised"] == pytest.approx(0.8 / spread)
    tests = found["tests"]
    expected = stats.mannwhitneyu(focal, reference, use_continuity=False, method="asymptotic")
    assert tests["default"] == "mann_whitney"
    assert tests["mann_whitney"]["p"] == pytest.approx(expected.pvalue)
    assert tests["mann_whitney"]["p_adjusted"] == tests["mann_whitney"]["p"]
    assert tests["family"]["m"] == 1
    assert tests["ks"]["method"] == "permutation_exact"
    assert tests["ks"]["p"] > 0


def test_means_and_spreads_are_those_of_each_group():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    interval = stats.t.interval(0.95, 19, rows(WOMEN).mean(), rows(WOMEN).std(ddof=1) / np.sqrt(20))
    mean = of(entry, "F")["mean"]
    assert (mean["value"], mean["low"], mean["high"]) == pytest.approx((2.1, *interval))
    assert of(entry, "M")["standard_deviation"] == pytest.approx(rows(MEN).std(ddof=1))


def test_where_low_scores_are_good_being_better_placed_is_turned_round_and_the_mean_is_not():
    """The women's low scores are now the better ones: as the men's high ones were."""
    (high,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    (low,) = analysed(tally_of({"F": WOMEN, "M": MEN}, order="low"), reference="M")
    before, after = (of(e, "F")["compared"]["estimates"] for e in (high, low))
    assert after["mean_difference"]["value"] == before["mean_difference"]["value"] < 0
    assert after["auc"]["value"] == pytest.approx(1 - before["auc"]["value"])
    assert after["auc"]["value"] > 0.5
    assert low["cutoff_rule"] == "at_or_below"


def test_the_sweep_shows_what_each_cut_off_would_have_made():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    sweep = of(entry, "F")["compared"]["sweep"]
    at = {c["cutoff"]: c for c in sweep["cutoffs"]}
    assert list(at) == [2.0, 3.0, 4.0]
    assert [(c["selected"], c["reference_selected"]) for c in at.values()] == [(14, 18), (6, 14), (2, 6)]
    assert at[3.0]["ratio"]["value"] == pytest.approx(6 / 14)
    assert at[3.0]["difference"]["value"] == pytest.approx(-8 / 20)
    assert at[3.0]["ratio"]["method"] == "koopman_sup_t"
    # 4 expected of 20 at the strictest cut-off (8 of 40), and 4 rejected at the most lenient one (8 of 40)
    assert [c["tiny"] for c in at.values()] == [True, False, True]
    assert at[4.0]["ratio"]["low"] is None
    assert "p" not in at[3.0]  # the sweep describes; it tests nothing
    assert entry["operating"] == {"cutoff": 3.0, "kind": "median", "because": None}  # strictly above 2.5


def test_where_low_scores_are_good_the_sweep_selects_from_below():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}, order="low"), reference="M")
    cutoffs = of(entry, "F")["compared"]["sweep"]["cutoffs"]
    assert [(c["cutoff"], c["selected"], c["reference_selected"]) for c in cutoffs] == [
        (3.0, 18, 14),
        (2.0, 14, 6),
        (1.0, 6, 2),
    ]
    assert entry["operating"]["cutoff"] == 2.0  # strictly below 2.5


def test_the_cut_off_of_decisions_is_found_and_only_where_there_is_one():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}, decide=lambda s: s >= 4))
    assert entry["operating"] == {"cutoff": 4.0, "kind": "decision", "because": None}
    tally = tally_of({"F": WOMEN, "M": MEN}, decide=lambda s: s >= 4)
    mixed = Tally.of(tally.axes, {**tally.cells, ("F", "selected", 1.0): 1})
    (entry,) = analysed(mixed)
    assert (entry["operating"]["cutoff"], entry["operating"]["kind"]) == (None, None)
    assert "no one score parts" in entry["operating"]["because"]


def test_who_is_at_the_median_is_not_above_it():
    """1, 2, 2, 2, 3 a group: the median is 2, and the scoring rate's cut-off is the next score."""
    (entry,) = analysed(tally_of({"F": {1.0: 1, 2.0: 3, 3.0: 1}, "M": {1.0: 1, 2.0: 3, 3.0: 1}}))
    assert entry["operating"] == {"cutoff": 3.0, "kind": "median", "because": None}


def test_the_median_is_that_of_everybody_of_undisclosed_group_too():
    """Known: 1, 2, 3, 4 twice, median 2.5; with four undisclosed 4s it is 3.5, and only 4 lies above."""
    four = dict.fromkeys((1.0, 2.0, 3.0, 4.0), 1)
    (known,) = analysed(tally_of({"F": four, "M": four}))
    (everybody,) = analysed(tally_of({"F": four, "M": four, None: {4.0: 4}}))
    assert (known["operating"]["cutoff"], everybody["operating"]["cutoff"]) == (3.0, 4.0)


def test_the_operating_cut_off_is_among_those_of_a_long_score():
    rng = np.random.default_rng(0)
    groups = {g: {float(s): int(n) for s, n in enumerate(rng.poisson(3, 300)) if n} for g in "FM"}
    (entry,) = analysed(tally_of(groups, decide=lambda s: s >= 271))
    cutoffs = [c["cutoff"] for g in entry["groups"] if g["compared"] for c in g["compared"]["sweep"]["cutoffs"]]
    assert entry["operating"]["cutoff"] == 271
    assert 271 in cutoffs
    assert 25 <= len(cutoffs) <= 32


# -- groups ----------------------------------------------------------------------------------------------------


def test_groups_left_out_are_compared_with_nothing_and_still_listed():
    groups = {"F": WOMEN, "M": MEN, "X": {4.0: 2}}
    (entry,) = analysed(tally_of(groups), min_n=10)
    left = of(entry, "X")
    assert (left["status"], left["n"], left["compared"], left["mean"]["value"]) == ("below_min_n", 2, None, 4.0)
    assert of(entry, "F")["compared"]["against"] == [["M"]]  # not X, all of whose scores are the best


def test_with_the_reference_chosen_by_the_data_the_family_is_all_pairs():
    third = {1.0: 5, 2.0: 5, 3.0: 5, 4.0: 5}
    (chosen,) = analysed(tally_of({"F": WOMEN, "M": MEN, "X": third}))
    (named,) = analysed(tally_of({"F": WOMEN, "M": MEN, "X": third}), reference="M")
    p = {g: of(chosen, g)["compared"]["tests"]["mann_whitney"] for g in "FX"}
    between = stats.mannwhitneyu(rows(WOMEN), rows(third), use_continuity=False, method="asymptotic").pvalue
    ordered = sorted([p["F"]["p"], p["X"]["p"], between])
    assert ordered[0] == p["F"]["p"]
    assert p["F"]["p_adjusted"] == pytest.approx(3 * p["F"]["p"])  # over k − 1 it would be twice
    assert of(chosen, "F")["compared"]["tests"]["family"]["m"] == 3
    assert of(named, "F")["compared"]["tests"]["family"]["m"] == 2
    assert of(named, "F")["compared"]["tests"]["mann_whitney"]["p_adjusted"] == pytest.approx(2 * p["F"]["p"])


@pytest.mark.parametrize("reference", ["overall", "rest"])
def test_against_a_whole_a_group_is_held_against_the_others(reference):
    groups = {"F": WOMEN, "M": MEN, "X": {2.0: 10, 3.0: 10}}
    (entry,) = analysed(tally_of(groups), reference=reference)
    found = of(entry, "F")["compared"]
    assert found["against"] == [["M"], ["X"]]
    assert found["reference_n"] == 40
    assert found["estimates"]["mean_difference"]["value"] == pytest.approx(2.1 - (58 + 50) / 40)
    assert all(g["compared"] for g in entry["groups"])


def test_groups_tied_for_the_highest_rate_are_still_held_against_each_other():
    """Half of either is above the median of 2.5, and yet the women's scores lie wide apart."""
    (entry,) = analysed(tally_of({"F": {1.0: 10, 4.0: 10}, "M": {2.0: 15, 3.0: 15}}))
    assert entry["reference"]["groups"] == [["F"], ["M"]]
    assert of(entry, "M")["is_reference"]  # the larger one
    found = of(entry, "F")["compared"]
    assert found["estimates"]["auc"]["value"] == 0.5
    assert found["tests"]["ks"]["p"] < 0.01


def test_one_group_is_compared_with_nothing():
    (entry,) = analysed(tally_of({"F": WOMEN}))
    assert of(entry, "F")["compared"] is None
    assert of(entry, "F")["mean"]["value"] == pytest.approx(2.1)


def test_small_groups_are_tested_exactly():
    small = {1.0: 3, 2.0: 2}
    (entry,) = analysed(tally_of({"F": small, "M": MEN}))
    tests = of(entry, "F")["compared"]["tests"]
    assert tests["default"] == "ks"
    assert tests["ks"]["p_adjusted"] == tests["ks"]["p"]
    assert "p_adjusted" not in tests["mann_whitney"]


def test_set_aside_and_unscored_are_in_no_figure():
    tally = tally_of({"F": WOMEN, "M": MEN})
    more = {("F", "set_aside:withdrawn", 4.0): 50, ("M", "scored", None): 3}
    (entry,) = analysed(Tally.of(tally.axes, {**tally.cells, **more}))
    assert (entry["n"], entry["unscored"]) == (40, 3)
    (plain,) = analysed(tally)
    assert of(entry, "F")["compared"]["estimates"] == of(plain, "F")["compared"]["estimates"]


def test_groups_of_the_same_score_have_no_standard_deviation():
    (entry,) = analysed(tally_of({"F": {1.0: 12}, "M": {2.0: 15}}))
    figures = of(entry, "F")["compared"]["estimates"]
    assert figures["mean_difference"]["value"] == -1
    assert figures["hedges_g"]["status"] == figures["wasserstein_standardised"]["status"] == "undefined"
    assert figures["auc"]["value"] == 0
    assert figures["auc"]["high"] > 0


# -- bins ------------------------------------------------------------------------------------------------------


def binned(order="high"):
    """Bins (…, 1], (1, 2], (2, 3], (3, …): those of WOMEN and MEN, whose scores are now known no better."""
    groups = {g: {int(s) - 1: n for s, n in counts.items()} for g, counts in (("F", WOMEN), ("M", MEN))}
    return tally_of(groups, edges=(1.0, 2.0, 3.0), order=order, median=2.0)


def test_bins_have_bounds_and_no_means():
    (entry,) = analysed(binned())
    (exact,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    found, known = of(entry, "F")["compared"], of(exact, "F")["compared"]
    assert entry["binned"]
    assert "1,000 values" in entry["because"]
    assert of(entry, "F")["mean"]["status"] == "undefined"
    for name in ("mean_difference", "cohens_d", "hedges_g", "glass_delta", "wasserstein", "wasserstein_standardised"):
        assert found["estimates"][name]["status"] == "undefined"
    low, high = found["bounds"]["auc"]
    pairs = 400
    assert low == (8 * 2 + 4 * 6 + 2 * 14) / pairs  # pairs in different bins only
    assert high == low + (6 * 2 + 8 * 4 + 4 * 8 + 2 * 6) / pairs
    area, as_exact = found["estimates"]["auc"], known["estimates"]["auc"]
    assert area["value"] == as_exact["value"] == pytest.approx((low + high) / 2)
    assert area["low"] < as_exact["low"]
    assert area["high"] > as_exact["high"]
    assert found["bounds"]["ks"][0] == found["estimates"]["ks"]["value"] == pytest.approx(0.4)
    assert found["bounds"]["ks"][1] == pytest.approx(14 / 20 - 2 / 20)  # all women of a bin before any man of it


def test_bins_are_swept_at_their_edges():
    (entry,) = analysed(binned())
    assert entry["cutoff_rule"] == "above"
    cutoffs = of(entry, "F")["compared"]["sweep"]["cutoffs"]
    assert [(c["cutoff"], c["selected"]) for c in cutoffs] == [(1.0, 14), (2.0, 6), (3.0, 2)]
    assert entry["operating"]["cutoff"] == 2.0
    (low,) = analysed(binned("low"), reference="M")
    cutoffs = of(low, "F")["compared"]["sweep"]["cutoffs"]
    assert low["cutoff_rule"] == "at_or_below"
    assert [(c["cutoff"], c["selected"]) for c in cutoffs] == [(3.0, 18), (2.0, 14), (1.0, 6)]


# -- laws ------------------------------------------------------------------------------------------------------


def test_nothing_without_scores():
    axes = [Axis("sex", "protected"), Axis("hired", "decision")]
    tally = Tally.of(axes, {("F", "selected"): 3, ("F", "not_selected"): 7, ("M", "selected"): 6})
    plan = AuditPlan()
    assert scores.analyse(tally, tuple(group_tables(tally, plan)), plan) is None


def test_weights_are_not_taken_for_people():
    tally = tally_of({"F": WOMEN, "M": MEN})
    tables = tuple(group_tables(tally, AuditPlan()))
    heavy = Tally.of(tally.axes, {k: Count(c.n, 3_000_000 * c.n, 1) for k, c in tally.cells.items()}, weighted=True)
    (entry,) = scores.analyse(heavy, tables, AuditPlan()).to_json()
    assert "weighted" in entry["because"]
    assert all(g["compared"] is None for g in entry["groups"])


def test_the_same_from_a_saved_tally_and_in_whatever_order(tmp_path):
    tally = tally_of({"F": WOMEN, "M": MEN, None: UNKNOWN})
    tally.save(tmp_path / "tally.json")
    backwards = Tally.of(tally.axes, dict(reversed(tally.cells.items())))
    assert analysed(Tally.load(tmp_path / "tally.json")) == analysed(tally) == analysed(backwards)


def test_other_names_for_groups_change_names_only():
    (one,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    (other,) = analysed(tally_of({"A": WOMEN, "B": MEN}))
    assert of(one, "F")["compared"]["estimates"] == of(other, "A")["compared"]["estimates"]
    assert of(one, "F")["compared"]["sweep"] == of(other, "A")["compared"]["sweep"]


def test_a_rising_transform_changes_no_figure_of_order():
    cubed = [{s**3: n for s, n in counts.items()} for counts in (WOMEN, MEN)]
    (one,) = analysed(tally_of({"F": WOMEN, "M": MEN}))
    (other,) = analysed(tally_of(dict(zip("FM", cubed, strict=True))))
    a, b = (of(e, "F")["compared"] for e in (one, other))
    for name in ("auc", "ks"):
        assert a["estimates"][name] == b["estimates"][name]
    assert a["tests"] == b["tests"]
    assert [c["ratio"] for c in a["sweep"]["cutoffs"]] == [c["ratio"] for c in b["sweep"]["cutoffs"]]
    assert a["estimates"]["mean_difference"] != b["estimates"]["mean_difference"]


def test_another_seed_moves_the_band_and_nothing_else():
    tally = tally_of({"F": {s: 10 * n for s, n in WOMEN.items()}, "M": {s: 10 * n for s, n in MEN.items()}})
    (one,), (other,) = analysed(tally), analysed(tally, seed=7)
    a, b = (of(e, "F")["compared"] for e in (one, other))
    assert a["estimates"] == b["estimates"]
    assert a["tests"] == b["tests"]
    assert a["sweep"]["multiplier"] != b["sweep"]["multiplier"]


def test_repeats_are_said():
    (entry,) = analysed(tally_of({"F": WOMEN, "M": MEN}, repeats=4))
    assert entry["independent"] is False
