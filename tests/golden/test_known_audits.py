"""Audits whose figures are published: the whole way from a file to findings gives the published numbers."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.datasets import bundled

HERE = Path(__file__).parent
EXAMPLE_B, EXAMPLE_C = HERE / "rcny_5-301_b.csv", HERE / "rcny_5-301_c.csv"  # 6 RCNY 5-301(b) and (c), the rule's own


def rows(result, *by, measure="selection_rate"):
    table = next(t for t in result.tables if t.by == by and t.measure == measure)
    return {r.group if len(by) > 1 else r.group[0]: r for r in table.rows}


def verdicts(result, *by):
    return {f.group if len(by) > 1 else f.group[0]: f.verdict for f in result.findings if f.by == by}


@pytest.fixture(scope="module")
def resumes():
    """Bertrand & Mullainathan, American Economic Review 94 (2004), table 1."""
    source = bundled.path("resume_callbacks_by_name")
    return fw.run_audit(fw.load(source, protected=["race", "gender"], applicants="n", selected="callbacks"))


def test_resume_callbacks_by_race(resumes):
    black, white = (rows(resumes, "race")[g] for g in ("black", "white"))
    assert (black.count.selected, black.count.n, white.count.selected, white.count.n) == (157, 2435, 235, 2435)
    assert black.estimates["impact_ratio"].value == pytest.approx(0.668085, abs=5e-7)
    assert black.comparison.tests.others["fisher_exact"]["p"] == pytest.approx(4.7587e-05, rel=1e-4)
    assert verdicts(resumes, "race") == {"black": "beyond"}


def test_resume_callbacks_by_sex_are_inconclusive(resumes):
    assert verdicts(resumes, "gender") == {"m": "inconclusive"}
    assert rows(resumes, "gender")["m"].comparison.minimum_detectable_ratio == pytest.approx(0.7003, abs=5e-5)


def test_resume_callbacks_by_race_and_sex(resumes):
    counts = {g: (r.count.selected, r.count.n) for g, r in rows(resumes, "race", "gender").items()}
    assert counts == {
        ("black", "f"): (125, 1886),
        ("black", "m"): (32, 549),
        ("white", "f"): (184, 1860),
        ("white", "m"): (51, 575),
    }


def test_berkeley_admissions_in_aggregate():
    """Bickel, Hammel & O'Connell, Science 187 (1975): 1,198 of 2,691 men, 557 of 1,835 women."""
    source = bundled.path("ucb_admissions")
    result = fw.run_audit(fw.load(source, protected="Gender", decision="Admit", favorable="Admitted", count="Freq"))
    women = rows(result, "Gender")["Female"]
    assert women.estimates["impact_ratio"].value == pytest.approx((557 / 1835) / (1198 / 2691))
    assert round(women.estimates["impact_ratio"].value, 4) == 0.6818
    assert result.to_dict()["data"]["rows"] == 24
    assert result.to_dict()["data"]["decisions"] == 4526


def german(frame):
    decisions = fw.load(
        frame, protected="age", bins={"age": [25]}, decision="credit_risk", favorable="1", unfavorable="2"
    )
    return rows(fw.run_audit(decisions), "age")["<25"].estimates["rate_difference"].value


def test_german_credit_on_all_rows():
    """88 of 149 under 25 against 612 of 851: −0.128550."""
    assert german(bundled.path("german_credit")) == pytest.approx(88 / 149 - 612 / 851, abs=1e-12)


def test_german_credit_on_the_split_of_aif360s_tutorial():
    """The tutorial prints −0.169905 for the training split of 70 %."""
    frame = pd.read_csv(bundled.path("german_credit"))
    split = np.random.RandomState(0).choice(1000, 1000, replace=False)[:700]
    assert german(frame.iloc[split]) == pytest.approx(-0.169905, abs=5e-7)


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def places(printed):
    return len(printed.partition(".")[2])


def assert_printed(found, printed_rate, printed_ratio, rate, within):
    """The rule prints ratios at two or three decimals and rates as percentages, one of them cut instead of rounded."""
    ratio = found.estimates["impact_ratio"].value
    assert f"{ratio:.{places(printed_ratio)}f}" == printed_ratio
    assert 100 * found.estimates[rate].value == pytest.approx(float(printed_rate.rstrip("%")), abs=within)


def test_the_new_york_rules_selection_example(tmp_path):
    """6 RCNY 5-301(b): three tables of their own (race does not add up to sex × race), 250 of unknown category."""
    printed = read(EXAMPLE_B)
    source = tmp_path / "vendor.csv"
    source.write_text(EXAMPLE_B.read_text(encoding="utf-8") + "5-301(b),selection,,,250,,,,,\n", encoding="utf-8")
    decisions = fw.load(
        source, protected="category", applicants="n_applicants", selected="n_selected", group_by="category_type"
    )
    result = fw.run_audit(decisions, jurisdiction="us-nyc")
    assert [t.by for t in result.tables] == [("intersectional",), ("race/ethnicity",), ("sex",)]
    for line in printed:
        found = rows(result, line["category_type"])[line["category"]]
        assert (found.count.n, found.count.selected) == (int(line["n_applicants"]), int(line["n_selected"]))
        within = 0.1 if "." in line["rate"] else 0.5  # the tables by sex and by race print whole per cent
        assert_printed(found, line["rate"], line["impact_ratio"], "selection_rate", within)
    assert {t.by: (t.counts.known, t.counts.unknown) for t in result.tables} == {
        ("sex",): (2571, 250),
        ("intersectional",): (2571, 250),
        ("race/ethnicity",): (2584, 250),
    }
    assert {f.threshold for f in result.findings} == {None}  # the rule names no value that a ratio must reach


def scored_people():
    """168 people with distinct scores, 84 above the middle, as 6 RCNY 5-301(c); and 15 of unknown category around it."""
    low, high = itertools.count(1), itertools.count(1001)
    for line in read(EXAMPLE_C):
        if line["category_type"] == "intersectional":
            race, sex = line["category"].split(" | ")
            above = int(line["n_above_median"])
            for i in range(int(line["n_applicants"])):
                yield {"race/ethnicity": race, "sex": sex, "score": next(high) if i < above else next(low)}
    for score in range(493, 508):  # 7 below the middle one, 7 above
        yield {"race/ethnicity": None, "sex": None, "score": score}


@pytest.mark.parametrize("order", ["as listed", "shuffled"])
def test_the_new_york_rules_scoring_example(order):
    """6 RCNY 5-301(c): the share above the median of the full sample, people of unknown category included."""
    frame = pd.DataFrame(scored_people())
    if order == "shuffled":
        frame = frame.sample(frac=1, random_state=7)
    result = fw.run_audit(fw.load(frame, protected=["race/ethnicity", "sex"], score="score"), jurisdiction="us-nyc")
    assert result.to_dict()["data"]["score"]["median"] == 500
    for line in read(EXAMPLE_C):
        by = {"sex": ("sex",), "race/ethnicity": ("race/ethnicity",)}.get(
            line["category_type"], ("race/ethnicity", "sex")
        )
        group = tuple(line["category"].split(" | ")) if len(by) > 1 else line["category"]
        found = rows(result, *by, measure="scoring_rate")[group]
        assert (found.count.n, found.count.selected) == (int(line["n_applicants"]), int(line["n_above_median"]))
        assert_printed(found, line["rate"], line["impact_ratio"], "scoring_rate", 0.1)
    assert {t.counts.unknown for t in result.tables} == {15}


def test_adult_income_by_sex():
    """Over 50 thousand: 1,179 of 10,771 women, 6,662 of 21,790 men."""
    decisions = fw.load(bundled.path("adult_uci_train"), protected="sex", decision="income", favorable=">50K")
    women = rows(fw.run_audit(decisions), "sex")["Female"]
    assert (women.count.selected, women.count.n) == (1179, 10771)
    assert women.estimates["impact_ratio"].value == pytest.approx((1179 / 10771) / (6662 / 21790))


def test_promotion_in_the_experiment_of_1974():
    """Rosen & Jerdee: 14 of 24 files with a woman's name, 21 of 24 with a man's.  Below four fifths, and too few to tell."""
    decisions = fw.load(
        bundled.path("promotion_rosen_jerdee1974"), protected="gender", decision="decision", favorable="promoted"
    )
    result = fw.run_audit(decisions)
    women = rows(result, "gender")["female"]
    assert women.estimates["impact_ratio"].value == pytest.approx(14 / 21)
    assert women.comparison.tests.others["fisher_exact"]["p"] == pytest.approx(0.048991, abs=5e-7)


def test_ties_at_the_median_are_not_above_it():
    """Median of 10 20 20 30 40 40 40 50 60 70 is 40: above it lie 60 (A) and 50, 70 (B).  With "at least" it would be .6 each."""
    scores = [10, 20, 20, 30, 40, 40, 40, 50, 60, 70]
    frame = pd.DataFrame({"score": scores, "group": list("AABBABABAB")})
    result = fw.run_audit(fw.load(frame, protected="group", score="score"))
    found = rows(result, "group", measure="scoring_rate")
    assert [found[g].estimates["scoring_rate"].value for g in "AB"] == [0.2, 0.4]
    assert found["A"].estimates["impact_ratio"].value == 0.5
    low = fw.run_audit(fw.load(frame, protected="group", score="score", score_order="low"))
    assert [rows(low, "group", measure="scoring_rate")[g].count.selected for g in "AB"] == [2, 2]  # 10 20 and 20 30


def test_decisions_and_scores_are_two_measures():
    frame = pd.DataFrame({"sex": list("FFFMMM"), "advanced": [0, 0, 1, 1, 1, 0], "score": [1, 2, 3, 4, 5, 6]})
    result = fw.run_audit(fw.load(frame, protected="sex", decision="advanced", score="score"))
    assert [(t.by, t.measure) for t in result.tables] == [(("sex",), "selection_rate"), (("sex",), "scoring_rate")]
    assert result.table("sex", "scoring_rate").loc["M", "selected"] == 3  # above 3.5
