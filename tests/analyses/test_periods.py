"""Periods: figures of each, e-values after each, from a tally; what is undefined, and what is left out."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import nchypergeom_fisher

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.periods import of_releases
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Count, Tally
from fairwitness.metrics.e_process import BETS, LOG_ODDS
from fairwitness.metrics.further_figures import FIGURES
from fairwitness.metrics.power import minimum_detectable_ratio

SEX, HIRED, MONTH, JOB = (
    Axis("sex", "protected"),
    Axis("hired", "decision"),
    Axis("month", "period"),
    Axis("job", "stratum"),
)
# Selected and total by month and job: (women, men).
MONTHS = {
    ("2026-1", "clerk"): ((3, 10), (6, 12)),
    ("2026-1", "cook"): ((1, 8), (4, 8)),
    ("2026-2", "clerk"): ((2, 9), (7, 10)),
    ("2026-10", "cook"): ((0, 7), (5, 9)),
}


def tally(months=MONTHS, more=(), axes=(SEX, HIRED, MONTH, JOB), **fields):
    cells = {}
    for (month, job), groups in months.items():
        for sex, (x, n) in zip("FMX", groups, strict=False):
            cells[sex, "selected", month, job] = x
            cells[sex, "not_selected", month, job] = n - x
    return Tally.of(axes, {key: n for key, n in {**cells, **dict(more)}.items() if n}, **fields)


def section(t, **plan):
    content = run_audit(t, **plan).to_dict()
    json.dumps(content["periods"], allow_nan=False)
    return content["periods"]


def women(t, **plan):
    [entry] = section(t, **plan)
    return next(g for g in entry["groups"] if g["group"] == ["F"])


def test_periods_stand_in_the_order_of_time_with_the_figures_of_each():
    [entry] = section(tally())
    assert entry["periods"] == ["2026-1", "2026-2", "2026-10"]
    assert entry["reference"] == {"rule": "highest", "groups": [["M"]], "used": ["M"]}
    [g] = entry["groups"]
    first = g["periods"][0]
    # Over both jobs: 4 of 18 against 10 of 20.
    assert [first[name] for name in ("n", "selected", "reference_n", "reference_selected")] == [18, 4, 20, 10]
    assert first["estimates"]["selection_rate"]["value"] == pytest.approx(4 / 18)
    assert first["estimates"]["impact_ratio"]["value"] == pytest.approx((4 / 18) / (10 / 20))
    assert first["estimates"]["rate_difference"]["value"] == pytest.approx(4 / 18 - 10 / 20)
    assert first["estimates"]["impact_ratio"]["method"] == "koopman"


def test_e_values_are_products_over_jobs_and_months_given_their_margins():
    """scipy's noncentral hypergeometric law of every job and month, at each of the 80 odds ratios that are bet on.

    Half of the stake is bet from the first month on, a sixth from the second, a twelfth from the third.
    """
    months = ("2026-1", "2026-2", "2026-10")
    of_month = dict.fromkeys(months, 1.0)
    for (month, _), ((xf, nf), (xr, nr)) in MONTHS.items():
        laws = (nchypergeom_fisher(nf + nr, nf, xf + xr, psi) for psi in np.exp(LOG_ODDS[BETS]))
        ratios = np.array([law.pmf(xf) for law in laws]) / nchypergeom_fisher(nf + nr, nf, xf + xr, 1.0).pmf(xf)
        of_month[month] = of_month[month] * ratios
    one, two, three = (of_month[month] for month in months)
    expected = [
        np.mean(one) / 2 + 1 / 2,
        np.mean(one * two) / 2 + np.mean(two) / 6 + 1 / 3,
        np.mean(one * two * three) / 2 + np.mean(two * three) / 6 + np.mean(three) / 12 + 1 / 4,
    ]
    found = women(tally())["periods"]
    assert [10 ** row["equality"]["statistic"] for row in found] == pytest.approx(expected, rel=1e-6)
    best = np.maximum.accumulate(np.maximum(expected, 1))
    assert [row["equality"]["p"] for row in found] == pytest.approx(1 / best, rel=1e-6)
    assert [row["informative"] for row in found] == [2, 1, 1]


def test_jobs_are_compared_within_themselves():
    """In either job women and men are selected alike; most women apply where few are.  Together they are not alike."""
    months = {
        (f"m{i}", job): counts
        for i in range(6)
        for job, counts in (("few", ((6, 60), (1, 10))), ("many", ((5, 10), (30, 60))))
    }
    within, together = (women(t) for t in (tally(months), tally(months).margin("sex", "hired", "month")))
    assert within["equality"]["statistic"] < 0
    assert within["equality"]["reached"] is None
    assert within["periods"][-1]["odds_ratio_so_far"]["value"] == pytest.approx(1, abs=1e-6)
    assert together["equality"]["reached"] is not None


def test_every_figure_that_is_listed_is_in_the_section():
    shown = json.dumps(section(tally()))
    listed = [row.name for row in FIGURES if row.section == "periods"]
    assert len(listed) == 3
    assert all(f'"{name}"' in shown for name in listed)


def test_the_same_numbers_from_the_saved_tally(tmp_path):
    tally().save(tmp_path / "tally.json")
    assert section(Tally.load(tmp_path / "tally.json")) == section(tally())


def test_set_aside_is_in_no_rate_and_what_does_not_state_its_period_is_counted():
    more = {
        ("F", "set_aside:withdrew", "2026-1", "clerk"): 50,
        ("F", "selected", None, "clerk"): 2,
        ("M", "not_selected", None, "clerk"): 3,
        ("M", "set_aside:pending", None, "clerk"): 4,
        (None, "selected", "2026-1", "clerk"): 9,
    }
    [entry] = section(tally(more=more))
    assert entry["not_stated"] == 5
    assert entry["groups"][0]["periods"][0]["n"] == 18


def test_a_job_that_is_not_stated_is_in_the_rates_and_in_no_e_value():
    more = {("F", "not_selected", "2026-2", None): 11, ("M", "selected", "2026-2", None): 11}
    [entry] = section(tally(more=more))
    [plain] = section(tally())
    assert entry["stratum_not_stated"] == 22
    with_them, without = entry["groups"][0]["periods"][1], plain["groups"][0]["periods"][1]
    assert (with_them["n"], without["n"]) == (20, 9)
    assert with_them["equality"] == without["equality"]


def test_with_three_groups_the_line_allows_for_all_pairs_of_them():
    months = {key: (*counts, (2, 9)) for key, counts in MONTHS.items()}
    [entry] = section(tally(months))
    assert (entry["m"], entry["line"]) == (3, 60.0)
    for g in entry["groups"]:
        assert g["equality"]["p_adjusted"] == pytest.approx(min(1, 3 * g["equality"]["p"]))
    [named] = section(tally(months), reference="M")
    assert (named["m"], named["line"]) == (2, 40.0)
    [rest] = section(tally(months), reference="rest")
    assert rest["m"] == 3
    first = next(g for g in rest["groups"] if g["group"] == ["F"])["periods"][0]
    assert (first["reference_n"], first["reference_selected"]) == (20 + 18, 10 + 4)
    assert rest["reference"]["used"] is None


def test_groups_left_out_are_neither_compared_nor_the_reference():
    months = {key: (*counts, (2, 2)) for key, counts in MONTHS.items()}  # the highest rate, of 8 people
    [entry] = section(tally(months), min_n=20)
    assert [g["group"] for g in entry["groups"]] == [["F"]]
    assert entry["reference"]["used"] == ["M"]
    assert entry["m"] == 1


def test_what_is_undefined_in_a_period_has_its_reason():
    months = {
        ("a", "j"): ((0, 0), (3, 9)),
        ("b", "j"): ((2, 9), (0, 9)),
        ("c", "j"): ((2, 9), (5, 9)),
    }
    nobody, none_selected, _ = women(tally(months), reference="M")["periods"]
    assert nobody["estimates"]["impact_ratio"]["status"] == "undefined_empty_group"
    assert nobody["estimates"]["selection_rate"]["status"] == "undefined_empty_group"
    assert none_selected["estimates"]["impact_ratio"]["status"] == "undefined_no_selections"
    assert none_selected["estimates"]["selection_rate"]["value"] == pytest.approx(2 / 9)
    assert nobody["odds_ratio_so_far"]["status"] == "undefined"
    assert nobody["equality"]["statistic"] == 0  # nothing was bet


def test_without_periods_or_with_one_there_is_no_section():
    assert "periods" not in run_audit(tally().margin("sex", "hired", "job")).to_dict()
    one = tally({("2026-1", "clerk"): ((3, 10), (6, 12))})
    assert "periods" not in run_audit(one).to_dict()


def test_weights_and_clusters_have_no_e_values_and_it_is_said():
    cells = {key: Count(c.n, c.n * 10**6, c.n * 10**12) for key, c in tally().cells.items()}
    [entry] = section(Tally.of(tally().axes, cells, weighted=True))
    assert "weighted" in entry["because"]
    assert entry["groups"] == []
    cells = {(*key, i): c for i, (key, c) in enumerate(tally().cells.items())}
    [entry] = section(Tally.of((*tally().axes, Axis("advert", "cluster")), cells))
    assert "clusters" in entry["because"]
    [g] = entry["groups"]
    assert (g["equality"], g["drift"]) == (None, None)
    assert g["periods"][0]["estimates"]["impact_ratio"]["value"] is not None


def test_scores_by_period_have_no_e_values_since_their_median_moves():
    """Women have scores of 1 to 6, men of 3 to 8, one each in either of two periods."""
    scores = [("F", float(i)) for i in range(1, 7)] + [("M", float(i)) for i in range(3, 9)]
    cells = {(sex, "scored", score, month): 1 for sex, score in scores for month in ("2026-1", "2026-2")}
    [entry] = section(Tally.of([SEX, HIRED, Axis("points", "score"), MONTH], cells))
    assert entry["measure"] == "scoring_rate"
    assert "median of all periods" in entry["because"]
    [g] = entry["groups"]
    # The median is 4.5: two of six women lie above it, and four of six men.
    assert [row["estimates"]["impact_ratio"]["value"] for row in g["periods"]] == pytest.approx([0.5, 0.5])
    assert all(row["equality"] is None for row in g["periods"])


def test_repeats_and_equal_sizes_in_all_periods_are_cautioned():
    [entry] = section(replace(tally(), repeats=3))
    assert any("Rows repeat a unit" in said for said in entry["cautions"])
    same = {(m, "j"): ((x, 20), (9, 30)) for m, x in (("1", 4), ("2", 5), ("3", 2))}
    assert any("the same people" in said for said in section(tally(same))[0]["cautions"])
    assert section(tally())[0]["cautions"] == []


def test_what_the_next_period_could_show_is_the_one_formula():
    """The last month has 7 women and 9 men; men's rate over all months is 22 of 39."""
    found = women(tally())["next"]
    assert (found["n"], found["reference_n"]) == (7, 9)
    large = {(month, "j"): ((300, 1000), (400, 1000)) for month in "abc"}
    found = women(tally(large))["next"]
    assert found["minimum_detectable_ratio"] == pytest.approx(minimum_detectable_ratio(1000, 1000, 400, 0.05))
    assert 0.8 < found["minimum_detectable_ratio"] < 0.9
    assert found["power_at_four_fifths"] > 0.9
    assert 0.15 < found["detectable_worsening"] < 0.25


def test_releases_become_periods_in_the_order_given():
    v1 = tally().margin("sex", "hired")
    followed = of_releases(["b.csv", "a.csv", *["x.csv"] * 9], [v1] * 11)
    [entry] = section(followed)
    assert entry["periods"][:2] == ["1 · b.csv", "2 · a.csv"]
    assert entry["periods"][-2:] == ["10 · x.csv", "11 · x.csv"]
    with pytest.raises(FairwitnessError, match="has periods already"):
        of_releases(["a", "b"], [tally(), tally()])
    with pytest.raises(FairwitnessError, match="1 names and 2 tallies"):
        of_releases(["a"], [v1, v1])


@pytest.fixture(scope="module")
def drifted():
    """Two years, 40 women and 50 men a month: 12 and 15 selected at first, in the second year 4 and 15."""
    months = {
        (f"{2024 + t // 12}-{t % 12 + 1:02d}", "j"): (((12 if t < 12 else 4), 40 + t % 2), (15, 50)) for t in range(24)
    }
    return run_audit(tally(months))


def test_the_report_says_when_a_change_was_shown(drifted):
    files = drifted.files()
    [g] = drifted.to_dict()["periods"][0]["groups"]
    reached = g["drift"]["reached"]
    assert reached is not None
    assert "2025-01" < reached < "2025-12"
    page = files["report.html"].decode()
    assert f"F: the odds ratio has not stayed the same (shown in {reached})." in page
    assert 'id="periods"' in page
    rows = list(csv.DictReader(io.StringIO(files["tables/periods.csv"].decode())))
    assert [float(row["drift_statistic"]) for row in rows] == [row["drift"]["statistic"] for row in g["periods"]]
    [in_all] = csv.DictReader(io.StringIO(files["tables/periods_in_all.csv"].decode()))
    assert in_all["drift_reached"] == reached


def test_a_gap_that_stays_the_same_for_five_years_is_no_drift():
    """10 of 40 against 15 of 50 in each of 20 jobs, 60 months long."""
    months = {
        (f"{2020 + t // 12}-{t % 12 + 1:02d}", f"j{s}"): ((10, 40), (15, 50)) for t in range(60) for s in range(20)
    }
    g = women(tally(months))
    assert g["drift"]["reached"] is None
    assert g["equality"]["reached"] is not None
    low, high = (g["periods"][-1]["odds_ratio_so_far"][end] for end in ("low", "high"))
    assert low < (10 / 30) / (15 / 35) < high < 1
