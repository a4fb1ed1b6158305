"""Repeats of a unit, and the ledger: rows in are rows counted and rows set aside."""

from __future__ import annotations

import pyarrow as pa
import pytest

import fairwitness as fw

# Ann: rejected, then hired.  Bob: twice the same.  Cy: once.  Di: withdrew, then rejected.
APPLICATIONS = {
    "who": ["Ann", "Bob", "Ann", "Bob", "Cy", "Di", "Di"],
    "sex": ["F", "M", "F", "M", "M", "F", "F"],
    "outcome": ["no", "no", "yes", "no", "yes", "gone", "no"],
}
MEANING = {"favorable": "yes", "unfavorable": "no", "set_aside": {"gone": "withdrawn"}}
REPEAT = "set_aside:repeat of the same unit"


def tally(source, **roles):
    return fw.tally(fw.load(source, protected="sex", decision="outcome", **(MEANING | roles)))


def cells(source, **roles):
    made = tally(source, **roles)
    assert sum(c.n for c in made.cells.values()) == made.rows
    return {key: count.n for key, count in made.cells.items()}


@pytest.mark.parametrize(
    ("duplicates", "expected"),
    [
        ("first", {("F", "not_selected"): 1, ("F", "set_aside:withdrawn"): 1, ("F", REPEAT): 2}),
        ("last", {("F", "selected"): 1, ("F", "not_selected"): 1, ("F", REPEAT): 2}),
        ("any_favorable", {("F", "selected"): 1, ("F", "not_selected"): 1, ("F", REPEAT): 2}),
    ],
)
def test_one_row_of_each_unit_is_counted(constructor, duplicates, expected):
    men = {("M", "not_selected"): 1, ("M", "selected"): 1, ("M", REPEAT): 1}
    assert cells(constructor(APPLICATIONS), unit="who", duplicates=duplicates) == expected | men


def test_repeats_that_disagree_are_refused_with_numbers_and_without_names(constructor):
    with pytest.raises(fw.FairwitnessError) as caught:
        tally(constructor(APPLICATIONS), unit="who")
    text = str(caught.value)
    assert "3 of 7 rows repeat a unit ('who')" in text
    assert "2 of 4 units have repeats that disagree" in text
    assert "--duplicates first" in text
    assert "Ann" not in text


def test_repeats_that_agree_are_counted_once_with_a_warning(constructor):
    rows = [1, 3, 4]
    data = {name: [values[i] for i in rows] for name, values in APPLICATIONS.items()}
    made = tally(constructor(data), unit="who", set_aside=None)
    assert {k: c.n for k, c in made.cells.items()} == {("M", "not_selected"): 1, ("M", "selected"): 1, ("M", REPEAT): 1}
    assert "1 of 3 rows repeat a unit" in made.warnings[0]


def test_kept_repeats_are_counted_and_their_number_is_told(constructor):
    made = tally(constructor(APPLICATIONS), unit="who", duplicates="keep")
    assert made.repeats == 3
    assert made.decisions == 7
    assert "not independent" in made.warnings[0]


def test_a_unit_of_two_columns(constructor):
    data = APPLICATIONS | {"job": [1, 1, 2, 2, 1, 1, 2]}  # nobody twice for the same job
    made = tally(constructor(data), unit=["who", "job"])
    assert (made.repeats, made.warnings) == (0, ())


def test_a_row_without_a_unit_is_refused(constructor):
    data = APPLICATIONS | {"who": ["Ann", "", "Ann", None, "Cy", "Di", "Di"]}
    with pytest.raises(fw.FairwitnessError, match=r"'who': [12] rows have no unit"):
        tally(constructor(data), unit="who")


def test_the_median_is_that_of_the_rows_counted():
    data = {"who": ["a", "a", "b", "c"], "sex": ["F", "F", "M", "M"], "points": [100.0, 1.0, 2.0, 3.0]}
    made = fw.tally(fw.load(pa.table(data), protected="sex", score="points", unit="who", duplicates="last"))
    assert {k: c.n for k, c in made.cells.items()} == {
        ("F", "scored", 1.0): 1,
        ("F", REPEAT, 100.0): 1,
        ("M", "scored", 2.0): 1,
        ("M", "scored", 3.0): 1,
    }
