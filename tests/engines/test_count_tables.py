"""Tables of counts, as vendors hand them over."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import fairwitness as fw

NAMES = {
    "name": ["Aisha", "Allison", "Ebony", "Emily", "Brad"],
    "race": ["black", "white", "black", "white", "white"],
    "sex": ["f", "f", "f", "f", "m"],
    "sent": [180, 232, 208, 227, 63],
    "called": [4, 22, 20, 18, 10],
}


def tally(source, **roles):
    return fw.tally(fw.load(source, **({"applicants": "sent", "selected": "called"} | roles)))


def numbers(made):
    return {key: count.n for key, count in made.cells.items()}


def test_rows_of_the_same_group_add_up(constructor):
    made = tally(constructor(NAMES), protected=["race", "sex"])
    assert numbers(made) == {
        ("black", "f", "selected"): 24,  # 4 + 20
        ("black", "f", "not_selected"): 364,  # 180 + 208 - 24
        ("white", "f", "selected"): 40,
        ("white", "f", "not_selected"): 419,
        ("white", "m", "selected"): 10,
        ("white", "m", "not_selected"): 53,
    }
    assert (made.decisions, made.rows, made.measure) == (910, 5, "selection_rate")


def test_a_group_without_applicants_stays(constructor):
    made = tally(constructor({"sex": ["f", "m", "x"], "sent": [4, 2, 0], "called": [1, 2, 0]}), protected="sex")
    assert made.axes[0].levels == ("f", "m", "x")
    assert numbers(made)[("x", "not_selected")] == 0


def test_a_blank_number_of_selected_is_allowed_for_the_unknown(constructor):
    made = tally(constructor({"sex": ["f", "m", None], "sent": [4, 2, 9], "called": [1, 2, None]}), protected="sex")
    assert numbers(made)[(None, None)] == 9
    assert made.decisions == 15


@pytest.fixture
def rule_example():
    """6 RCNY § 5-301(b), example: three tables that do not add up, and 250 people of unknown group beside them."""
    source = Path(__file__).parents[1] / "golden" / "rcny_5-301_b.csv"
    with source.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


EXAMPLE = [
    ("sex", "Male", "", 1390, 667),
    ("sex", "Female", "", 1181, 555),
    ("race", "White", "", 797, 412),
    ("race", "Asian", "", 616, 302),
    ("sex × race", "White", "Male", 412, 215),
    ("sex × race", "White", "Female", 385, 197),
    ("sex × race", "Asian", "Male", 321, 167),
    ("sex × race", "Asian", "Female", 295, 135),
    ("", "", "", 250, None),
]


def example():
    axis, first, second, sent, called = zip(*EXAMPLE, strict=True)
    return {"axis": axis, "first": first, "second": second, "sent": sent, "called": called}


def test_each_axis_is_a_table_of_its_own(constructor):
    data = {name: list(values) for name, values in example().items()}
    made = tally(constructor(data), protected=["first", "second"], group_by="axis", measure="scoring_rate")
    assert made.attributes == ("race", "sex", "sex × race")
    assert made.measure == "scoring_rate"
    sex = made.table("sex")
    # the row of unknown group and blank axis counts in every table
    assert numbers(sex) == {
        ("Male", "selected"): 667,
        ("Male", "not_selected"): 723,
        ("Female", "selected"): 555,
        ("Female", "not_selected"): 626,
        (None, None): 250,
    }
    assert ("White | Male", "selected") in made.table("sex × race").cells
    assert made.decisions == 2571 + 250  # the largest table


def test_the_rules_own_example(tmp_path, rule_example):
    path = tmp_path / "example.csv"
    name_of_unknown = {"n_applicants": "250"}  # the people of unknown group: a blank axis, a blank number of selected
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(rule_example[0])
        writer.writerows(row.values() for row in rule_example)
        writer.writerow([name_of_unknown.get(name, "") for name in rule_example[0]])
    made = tally(path, protected="category", group_by="category_type", applicants="n_applicants", selected="n_selected")
    sizes = {name: sum(n for key, n in numbers(made.table(name)).items() if key[0]) for name in made.attributes}
    unknown = {name: numbers(made.table(name))[(None, None)] for name in made.attributes}
    assert unknown == dict.fromkeys(made.attributes, 250)
    # 1390 + 1181 by sex; by race 13 more, who are Hispanic or Latino (408 against 205 + 190 by both)
    assert sizes == {"sex": 2571, "race/ethnicity": 2584, "intersectional": 2571}


BAD = {
    "more selected than applied": (
        {"sent": [4, 2], "called": [1, 3]},
        r"data row 2 \(m\): 3 selected of 2 applicants. Mend",
    ),
    "negative": ({"sent": [4, -2], "called": [1, 1]}, r"data row 2 \(m\): 'sent' is -2. A count is a whole number"),
    "fractional": (
        {"sent": [4, 2], "called": [1, 0.5]},
        r"data row 2 \(m\): 'called' is 0.5. A count is a whole number",
    ),
    "no applicants": ({"sent": [4, None], "called": [1, 1]}, r"data row 2 \(m\): no number of applicants. Fill 'sent'"),
    "no selected": (
        {"sent": [4, 2], "called": [1, None]},
        r"data row 2 \(m\): no number of selected. Only a row of unknown",
    ),
}


@pytest.mark.parametrize("bad", BAD)
def test_counts_at_fault_are_refused_with_their_place(constructor, bad):
    counts, message = BAD[bad]
    with pytest.raises(fw.FairwitnessError, match=message):
        tally(constructor({"sex": ["f", "m"]} | counts), protected="sex")


def test_a_known_group_without_a_table_is_refused():
    import pyarrow as pa

    table = pa.table({"axis": ["sex", ""], "sex": ["f", "m"], "sent": [1, 2], "called": [1, 2]})
    with pytest.raises(fw.FairwitnessError, match=r"data row 2 \(m\): the column 'axis' is blank.*Fill it"):
        tally(table, protected="sex", group_by="axis")
