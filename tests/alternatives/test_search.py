"""The search as a whole: what it finds, what it looks at and when, and that names and seeds do what they should."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from jsonschema import Draft202012Validator
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import fairwitness as fw
from fairwitness.audit.alternatives.people import Columns, read_people
from fairwitness.audit.alternatives.plain_screener import plain_screener
from fairwitness.audit.alternatives.splits import split

SCHEMAS = Path(__file__).parents[2] / "docs" / "schemas"
FAST = ("cutoff", "drop", "cap", "reweighing", "grid_search", "banding")


# -- what it finds -----------------------------------------------------------------------------------------------------


def test_a_planted_proxy_is_found_without_it_the_ratio_is_better_and_the_validity_equal(search):
    found = search(families=["drop", "cap", "banding"])
    assert (found.group, found.reference) == ("B", "A")
    assert found.chosen is not None
    assert "club" in found.chosen.candidate.dropped
    assert found.chosen.against_baseline.verdict == "better_and_as_valid"
    base, best = found.baseline.test, found.chosen.test
    assert base.impact_ratio.high < 1  # the pipeline as it is treats them differently
    assert best.impact_ratio.low < 1 < best.impact_ratio.high
    assert best.impact_ratio.value > base.impact_ratio.value + 0.1
    assert best.validity.value == pytest.approx(base.validity.value, abs=0.02)
    alone = next(a for a in found.candidates if a.candidate.dropped == ("club",))
    assert "AUC of 1.00" in alone.candidate.what


def test_every_family_is_tried_unless_some_are_named(search):
    tried = {a.candidate.family for a in search(families=None).candidates}
    assert tried == {"baseline", *FAST, "exponentiated_gradient"}


def test_only_the_baseline_the_chosen_one_and_the_frontier_are_told_of_the_test_part(search):
    found = search(families=FAST)
    for i, a in enumerate(found.candidates):
        assert (a.test is not None) is (i == 0 or a.chosen or a.on_frontier)
        assert (a.against_baseline is not None) is (i > 0 and a.test is not None)
    assert sum(a.chosen for a in found.candidates) == 1
    others = sum(a.on_frontier and not a.chosen and i > 0 for i, a in enumerate(found.candidates))
    assert f"the {others} others on the frontier are not adjusted" in found.note
    frontier = [a for a in found.candidates if a.on_frontier]
    assert all(a.test.impact_ratio.low is not None and a.test.validity.low is not None for a in frontier)


def test_where_nothing_is_better_nothing_is_chosen(search, people):
    """Skill alone decides and tells nothing of the group: there is nothing to drop."""
    blind = people.assign(group=np.where(np.random.default_rng(0).random(len(people)) < 0.5, "B", "A"))
    found = search(data=blind[["skill", "good", "group"]], families=["drop", "reweighing"], margin=0.0)
    assert found.chosen is None or found.chosen.against_baseline.verdict != "better_and_as_valid"


def test_a_moved_cut_off_is_no_alternative_by_an_area_but_may_be_one_by_a_utility(search):
    by_area = search(families=["cutoff"])
    assert by_area.chosen is None
    assert not any(a.on_frontier for a in by_area.candidates[1:])

    def room_for_all(y, selected, _):
        return float((selected * (4 * y - 1)).mean())

    by_gain = search(families=["cutoff"], validity=room_for_all, margin=0.1, draws=200)
    assert by_gain.chosen is not None
    assert by_gain.chosen.validation.selection_rate > by_gain.baseline.validation.selection_rate
    assert by_gain.to_json()["validity"] == {"metric": "utility", "margin": 0.1}


def test_the_compared_groups_are_fixed_in_training_or_named(search, people):
    three = people.assign(group=np.where(np.arange(len(people)) % 5 == 0, "C", people["group"]))
    found = search(data=three, group="C", reference="B")
    assert (found.group, found.reference) == ("C", "B")
    assert "Only 'C' and 'B' are compared; what a candidate does to 'A' is not shown here." in found.note
    assert search(data=three, reference="C").group == "B"


def test_a_selection_rate_that_is_asked_for_is_kept(search):
    found = search(selection_rate=0.2)
    assert found.baseline.validation.selection_rate == pytest.approx(0.2, abs=0.005)


def test_the_chosen_candidate_can_be_used(search, people):
    best = search().chosen.candidate
    chances = best.chances(people.drop(columns=["club", "good", "group"]))  # it reads none of them
    assert set(np.unique(chances)) == {0.0, 1.0}


def test_the_plain_screener_takes_any_column_of_a_table(search, people):
    """Booleans and dates as well, missing or not, a column without a value, and names that are numbers."""
    n, rng = len(people), np.random.default_rng(0)
    day = pd.Timestamp("2020-01-01") + pd.to_timedelta(people["skill"].rank(), unit="D")
    data = pd.DataFrame(
        {
            0: day.where(rng.random(n) > 0.1),
            "zone": day.dt.tz_localize("UTC"),
            "certified": people["skill"] > 0,
            "vetted": pd.array(np.where(rng.random(n) < 0.1, None, people["skill"] > 1), dtype="boolean"),
            "years": pd.array(np.where(rng.random(n) < 0.1, None, rng.integers(0, 9, n)), dtype="Int64"),
            "town": pd.Series(rng.choice(["x", "y", None], n)),
            "kind": pd.Categorical(rng.choice(list("xyz"), n)),
            "empty": np.nan,
            "good": people["good"],
            "group": people["group"],
        }
    )
    found = search(data=data, pipeline=plain_screener(), families=["drop", "cap", "reweighing"])
    assert found.baseline.candidate.columns[:3] == ("0", "zone", "certified")
    assert found.baseline.test.validity.low > 0.7  # skill, by its order as days
    assert [r for r in found.refused if r.citation is None] == []


# -- what is looked at, and when ---------------------------------------------------------------------------------------


def _shown(events):
    """Return for each event the set of all numbers that it was shown."""
    return [{float(v) for name in x.select_dtypes("number") for v in x[name]} for _, x in events]


def test_under_us_law_no_candidate_is_ever_shown_the_protected_column(spy, search):
    search(pipeline=spy, families=None)
    assert len(spy.seen) > 50
    for _, shown in spy.seen:
        assert set(shown.columns) <= {"skill", "experience", "club"}
        assert not shown.isin(["A", "B"]).any(axis=None)


def test_the_group_does_not_come_in_by_another_way_when_deciding(people, search):
    """The same people with other groups, decided on by the same candidates, are decided on alike."""
    found = search(families=None)
    turned = people.assign(group=people["group"].map({"A": "B", "B": "A"}))
    for a in found.candidates:
        assert (a.candidate.chances(people) == a.candidate.chances(turned)).all()
        assert "group" not in a.candidate.columns


def test_no_test_row_is_seen_before_the_report(spy, people, search):
    parts = split(read_people(people, Columns("good", "group", (), (), None), None).people, (0.5, 0.25, 0.25), 0)
    _, validation, test = ({float(v) for v in part.rows.to_numpy().ravel()} for part in parts)
    search(pipeline=spy, families=None)
    shown = _shown(spy.seen)
    sees_test = [bool(values & test) for values in shown]
    first = sees_test.index(True)
    assert first > 50
    assert all(method != "fit" and seen for (method, _), seen in zip(spy.seen[first:], sees_test[first:], strict=True))
    for _, x in spy.seen[first:]:
        assert len(x) == len(parts.test)
        assert x.isin(test).any(axis=1).all()  # a cap or a stand-in for a dropped feature is a training value
    for (method, x), values in zip(spy.seen, shown, strict=True):
        if method == "fit":
            assert not values & (validation | test)
            assert len(x) <= len(parts.train)


def test_the_pipeline_given_is_not_touched_and_a_fitted_one_is_fitted_anew(people, search):
    fitted = LogisticRegression().fit(people[["skill", "club"]], people["good"])
    before = fitted.coef_.copy()
    found = search(pipeline=fitted)
    assert (fitted.coef_ == before).all()
    assert found.baseline.candidate.columns == ("skill", "club")
    assert "fitted anew, on the training part only" in found.note


# -- seeds and names ---------------------------------------------------------------------------------------------------


def test_a_seed_reproduces_everything_and_another_does_not(search):
    one, same, other = (search(families=FAST, seed=seed).to_json() for seed in (1, 1, 2))
    assert one == same
    assert one["candidates"] != other["candidates"]


def test_a_forest_without_a_seed_of_its_own_gets_the_search_s(search):
    forest = RandomForestClassifier(5, max_depth=3)
    assert search(pipeline=forest).to_json() == search(pipeline=forest).to_json()
    assert forest.random_state is None


def test_calling_the_groups_otherwise_changes_nothing_but_the_names(people, search):
    called = people.assign(group=people["group"].map({"A": "zebra", "B": "aardvark"}))
    one, other = (search(data=data, families=None).to_json() for data in (people, called))
    assert (other["group"], other["reference"]) == ("aardvark", "zebra")
    assert one["candidates"] == other["candidates"]


def test_swapping_the_groups_compares_the_other_way_round(search):
    found = search(group="A", reference="B")
    ratios = [a.validation.impact_ratio.value for a in found.candidates]
    plain = [a.validation.impact_ratio.value for a in search().candidates]
    assert ratios == pytest.approx([1 / r for r in plain])
    assert found.chosen.candidate.dropped == search().chosen.candidate.dropped


def test_the_source_may_be_a_file_a_frame_of_another_engine_or_text(people, search, tmp_path, need):
    need("polars")
    import polars as pl

    expected = search(families=["cutoff"]).to_json()
    people.to_parquet(tmp_path / "people.parquet")
    people.to_csv(tmp_path / "people.csv", index=False)
    for source in (tmp_path / "people.parquet", tmp_path / "people.csv", pl.from_pandas(people)):
        assert search(data=source, families=["cutoff"]).to_json() == expected


def test_an_outcome_in_words_needs_to_be_told_which_is_positive(people, search):
    words = people.assign(good=people["good"].map({1: "stayed", 0: "left"}))
    with pytest.raises(fw.FairwitnessError, match="one value must mean negative"):
        search(data=words)
    found = search(data=words, label_positive="stayed")
    assert found.label_positive == "stayed"
    assert found.to_json()["candidates"] == search().to_json()["candidates"]


def test_rows_without_outcome_or_group_are_left_out_and_counted(people, search):
    more = pd.concat([people, people.head(7).assign(good=None), people.head(5).assign(group="")], ignore_index=True)
    found = search(data=more, families=["cutoff"])
    assert "12 of 3,012 rows are left out" in found.note
    assert sum(found.rows.values()) == 3000


def test_who_has_not_disclosed_the_group_is_compared_with_nobody(people, search):
    told = people.assign(group=people["group"].where(np.arange(3000) % 10 > 0, "not said"))
    assert "not said" in {search(data=told, families=[]).group, *search(data=told, families=[]).note.split("'")}
    found = search(data=told, families=["cutoff"], unknown="not said")
    assert (found.group, found.reference) == ("B", "A")
    assert "300 of 3,000 rows are left out" in found.note
    assert sum(found.rows.values()) == 2700


def test_a_group_may_be_called_na_and_an_attribute_of_numbers_is_cut(people, search, tmp_path):
    called = people.assign(group=people["group"].map({"A": "W", "B": "NA"}))
    called.to_csv(tmp_path / "people.csv", index=False)
    expected = search(families=["cutoff"]).to_json()["candidates"]
    found = search(data=tmp_path / "people.csv", families=["cutoff"])
    assert (found.group, found.reference) == ("NA", "W")
    assert found.to_json()["candidates"] == expected
    aged = people.assign(age=np.where(people["group"] == "B", 24, 25) + 10 * (people["group"] == "A"))
    cut = search(data=aged.drop(columns="group"), protected="age", bins={"age": [25]}, families=["cutoff"])
    assert (cut.group, cut.reference) == ("<25", "25+")
    assert cut.to_json()["candidates"] == expected


def test_where_scores_are_tied_alternatives_select_as_many_as_the_pipeline_does(search):
    """A stump gives one of two scores: to select a tenth is to select all of the better leaf, by far more people."""
    found = search(pipeline=DecisionTreeClassifier(max_depth=1), selection_rate=0.1, families=["banding"])
    selected = found.baseline.validation.selection_rate
    assert selected > 0.3
    assert f"who have the score of the last: {100 * selected:.1f}" in found.baseline.candidate.what
    bands = search(
        pipeline=DecisionTreeClassifier(max_depth=1), selection_rate=0.1, families=["banding"], tie_break="skill"
    )
    assert [a.validation.selection_rate for a in bands.candidates[1:]] == pytest.approx([selected] * 2, abs=1e-9)
    smooth = search(selection_rate=0.1, families=[])
    assert smooth.baseline.candidate.what.endswith("with the highest scores are selected.")


def test_a_copy_of_the_attribute_is_warned_of(people, search):
    data = people.assign(name=np.where(people["group"] == "B", "Lakisha", "Emily"))
    found = search(data=data, features=["skill", "club", "name"], pipeline=_by_number())
    assert "The column 'name' is a copy of 'group'" in found.note


def _by_number():
    from sklearn.compose import make_column_transformer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    columns = make_column_transformer((OneHotEncoder(), ["name"]), remainder="passthrough")
    return make_pipeline(columns, LogisticRegression())


# -- the section ---------------------------------------------------------------------------------------------------------


def test_the_section_is_plain_json_with_the_fields_that_reports_read(search):
    found = search(families=FAST)
    assert found.section == "alternatives"
    made = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert set(made) == {
        "jurisdiction", "law", "label", "label_positive", "protected", "group", "reference", "rows", "seed", "validity",
        "candidates", "refused", "note",
    }  # fmt: skip
    assert made["validity"] == {"metric": "auc", "margin": 0.02}
    assert made["rows"] == {"train": 1500, "validation": 750, "test": 750}
    assert {frozenset(law) for law in made["law"]} == {frozenset({"text", "citation", "confidence"})}
    for c in made["candidates"]:
        assert set(c) == {
            "id", "family", "what", "features_dropped", "validation", "test", "on_frontier", "chosen",
            "against_baseline",
        }  # fmt: skip
        for part in filter(None, (c["validation"], c["test"])):
            assert set(part) == {"validity", "impact_ratio", "selection_rate"}
            assert part["impact_ratio"]["status"] == "ok"
    assert made["candidates"][0]["family"] == "baseline"
    assert "itself evidence" in made["note"]


def test_the_section_is_valid_by_the_schema_of_audit_json(search):
    schema = json.loads((SCHEMAS / "audit.schema.json").read_text("utf-8"))
    section = {"$ref": "#/$defs/alternatives", "$defs": schema["$defs"]}
    for asked in ({"families": FAST}, {"families": ["cutoff"], "validity": "precision_at_selection_rate"}):
        content = json.loads(json.dumps(search(**asked).to_json()))
        assert [e.message for e in Draft202012Validator(section).iter_errors(content)] == []


def test_the_table_has_a_row_for_each_candidate(search):
    found = search()
    table = found.table()
    assert list(table.index) == [a.candidate.id for a in found.candidates]
    assert table.loc["baseline", "test_impact_ratio"] == found.baseline.test.impact_ratio.value
    assert found.candidate("drop-1") is found.candidates[1].candidate


def test_a_group_that_is_never_selected_has_a_ratio_of_zero_and_no_made_up_number(people, search):
    """Members of B are ten clubs behind: none of them is among the best 30 %, by lot or not."""
    data = people.assign(club=people["club"] - 10 * (people["group"] == "B"), good=(people["club"] > 1).astype(int))
    asked = {"features": ["club"], "selection_rate": 0.3, "families": ["cutoff", "banding"]}
    found = search(data=data, pipeline=LogisticRegression(), **asked)
    assert found.baseline.test.impact_ratio.value == 0
    assert found.baseline.test.impact_ratio.low == 0
    by_lot = [a for a in found.candidates if a.candidate.family == "banding"]
    assert [(a.validation.impact_ratio.value, a.validation.impact_ratio.low) for a in by_lot] == [(0, None)] * 2
    json.dumps(found.to_json(), allow_nan=False)
