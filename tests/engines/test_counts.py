"""The same literal cells from every engine."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pytest

import fairwitness as fw
from fairwitness.audit.tally import Count

PEOPLE = {
    "sex": ["F", "M", "F", None, "M", "F"],
    "race": ["NA", "None", "null", "NA", "", "NA"],
    "hired": [1, 0, 0, 1, 1, 1],
}


def cells(source, **roles):
    return {key: count.n for key, count in fw.tally(fw.load(source, **roles)).cells.items()}


def test_words_for_missing_are_labels_and_only_none_and_empty_are_unknown(constructor):
    assert cells(constructor(PEOPLE), protected=["sex", "race"], decision="hired") == {
        ("F", "NA", "selected"): 2,
        ("F", "null", "not_selected"): 1,
        ("M", "None", "not_selected"): 1,
        ("M", None, "selected"): 1,
        (None, "NA", "selected"): 1,
    }


def test_an_attribute_named_unknown_is_unknown(constructor):
    got = cells(constructor(PEOPLE), protected="race", decision="hired", unknown=["NA", "null"])
    assert got == {("None", "not_selected"): 1, (None, "selected"): 4, (None, "not_selected"): 1}


@pytest.mark.parametrize(
    "values", [[True, False, None], [1, 0, None], [1.0, 0.0, None], ["1", "0", ""], ["True", "FALSE", None]]
)
def test_booleans_and_zero_and_one_need_no_meaning(constructor, values):
    data = {"sex": ["F", "F", "M"], "hired": values}
    got = cells(constructor(data), protected="sex", decision="hired", set_aside={"": "pending"})
    assert got == {("F", "selected"): 1, ("F", "not_selected"): 1, ("M", "set_aside:pending"): 1}


@pytest.mark.parametrize(
    ("values", "labels"),
    [
        ([1, 2, None], ["1", "2"]),
        ([1.0, 2.5, math.nan], ["1", "2.5"]),
        ([True, False, None], ["false", "true"]),
        ([date(2020, 1, 31), date(1999, 12, 1), None], ["1999-12-01", "2020-01-31"]),
        ([Decimal("1.00"), Decimal("0.50"), None], ["0.5", "1"]),
    ],
)
def test_labels_are_the_same_text_on_every_engine(constructor, values, labels):
    data = {"group": values, "hired": [1, 1, 1]}
    got = cells(constructor(data), protected="group", decision="hired")
    assert got == {(labels[0], "selected"): 1, (labels[1], "selected"): 1, (None, "selected"): 1}


def test_a_withdrawn_applicant_is_set_aside_and_not_rejected(constructor):
    data = {"sex": ["F", "F", "M", "M", "M"], "outcome": ["hired", "withdrew", "no", "hired", "no"]}
    got = cells(
        constructor(data), protected="sex", decision="outcome", favorable="hired", set_aside={"withdrew": "withdrawn"}
    )
    assert got == {
        ("F", "selected"): 1,
        ("F", "set_aside:withdrawn"): 1,
        ("M", "selected"): 1,
        ("M", "not_selected"): 2,
    }


def test_a_count_column_says_how_many_decisions_a_row_stands_for(constructor):
    data = {"sex": ["F", "F", "M", "F"], "hired": [1, 0, 1, 1], "freq": [10, 5, 0, 3]}
    decisions = fw.load(constructor(data), protected="sex", decision="hired", count="freq")
    tally = fw.tally(decisions)
    # F hired 10 + 3; nobody stands behind the row of men, and the group is still named
    assert {k: c.n for k, c in tally.cells.items()} == {
        ("F", "not_selected"): 5,
        ("F", "selected"): 13,
        ("M", "selected"): 0,
    }
    assert (tally.decisions, tally.rows) == (18, 4)


def test_weights_are_summed_as_integers(constructor):
    # F: 0.1 + 0.2 + 1.000001 = 1.300001; squares 0.01 + 0.04 + 1.000002000001 = 1.050002000001
    # M: 1000000; square 10**12, that is 10**24 in units of 10**-12
    data = {"sex": ["F", "F", "F", "M"], "hired": [1, 1, 1, 0], "w": [0.1, 0.2, 1.000001, 1e6]}
    tally = fw.tally(fw.load(constructor(data), protected="sex", decision="hired", weight="w"))
    assert dict(tally.cells) == {
        ("F", "selected"): Count(3, 1_300_001, 1_050_002_000_001),
        ("M", "not_selected"): Count(1, 10**12, 10**24),
    }
    assert tally.weighted


def test_a_numeric_attribute_is_cut_left_closed(constructor):
    # 24 <25; 25 and 39.9 from 25 on; 40 and 90 from 40 on; the absent one is unknown; 999 was named unknown
    data = {"age": [24.0, 25.0, 39.9, 40.0, 90.0, None, 999.0], "hired": [1, 1, 1, 0, 1, 0, 0]}
    decisions = fw.load(
        constructor(data), protected="age", decision="hired", bins={"age": [25, 40, 100]}, unknown=["999"]
    )
    tally = fw.tally(decisions)
    assert {k: c.n for k, c in tally.cells.items()} == {
        ("<25", "selected"): 1,
        ("25–39", "selected"): 2,
        ("40–99", "selected"): 1,
        ("40–99", "not_selected"): 1,
        (None, "not_selected"): 2,
    }
    assert tally.axes[0].levels == ("100+", "25–39", "40–99", "<25")  # all that were declared
    assert any("fractional" in warning for warning in tally.warnings)


def test_whole_ages_give_no_warning(constructor):
    data = {"age": [24, 25, None], "hired": [1, 1, 1]}
    assert fw.tally(fw.load(constructor(data), protected="age", decision="hired", bins={"age": [25]})).warnings == ()


def test_the_true_outcome_is_positive_negative_or_not_known(constructor):
    data = {"sex": ["F", "F", "M", "M"], "hired": [1, 0, 1, 0], "good": ["yes", None, "no", "?"]}
    got = cells(constructor(data), protected="sex", decision="hired", label="good", label_positive="yes", unknown="?")
    assert got == {
        ("F", "selected", "positive"): 1,
        ("F", "not_selected", None): 1,
        ("M", "selected", "negative"): 1,
        ("M", "not_selected", None): 1,
    }


def test_a_label_that_is_the_decision_again_is_pointed_out(constructor):
    data = {"sex": ["F", "F", "M", "M"], "hired": [1, 0, 1, 0], "good": [1, 0, 1, 0]}
    tally = fw.tally(fw.load(constructor(data), protected="sex", decision="hired", label="good"))
    assert tally.warnings == (
        "The label 'good' agrees with the decision 'hired' in every row: is it the true outcome?",
    )


def test_labels_that_look_alike_are_counted_apart_and_pointed_out(constructor):
    data = {
        "race": ["Asian", "asian", "As\u0131an", "Jose\u0301", "Jos\u00e9", "x\u202ey"],
        "hired": [1, 0, 1, 0, 1, 0],
    }
    tally = fw.tally(fw.load(constructor(data), protected="race", decision="hired"))
    assert len(tally.cells) == 6
    text = " ".join(tally.warnings)
    assert "'Asian', 'asian'" in text
    assert "Jose" in text
    assert "u202ey'" in text
    assert "\u202e" not in text


def test_only_the_named_columns_are_read(constructor):
    data = PEOPLE | {"salary": [1, 2, 3, 4, 5, 6], "name": list("abcdef")}
    decisions = fw.load(constructor(data), protected="sex", decision="hired")
    assert decisions.frame.collect_schema().names() == ["c0", "c1"]
    source = fw.tally(decisions).sources[0]
    assert (source.columns_read, source.columns_available, source.sha256) == (("sex", "hired"), 5, None)


@pytest.mark.parametrize("engine", ["pandas", "polars", "pyarrow", "duckdb"])
def test_a_frame_can_be_moved_to_another_engine(constructor, engine):
    data = PEOPLE | {"w": [1.5, 2.25, 0.000001, 3.0, 4.0, 5.0], "points": [1, 2, None, 4, 5, 6]}
    roles = {"protected": ["sex", "race"], "decision": "hired", "score": "points"}
    here = fw.tally(fw.load(constructor(data), **roles))
    moved = fw.load(constructor(data), engine=engine, **roles)
    assert moved.frame.implementation.name.lower() == engine
    assert fw.tally(moved).digest == here.digest


def test_declared_categories_that_nobody_bears_are_levels():
    sex = pd.Categorical(["F", "M"], categories=["X", "M", "F"])
    tally = fw.tally(fw.load(pd.DataFrame({"sex": sex, "hired": [1, 0]}), protected="sex", decision="hired"))
    assert tally.axes[0].levels == ("F", "M", "X")
    assert len(tally.cells) == 2


def test_declared_categories_of_polars(need):
    need("polars")
    import polars as pl

    frame = pl.DataFrame({"sex": pl.Series(["F"], dtype=pl.Enum(["F", "M"])), "hired": [True]})
    assert fw.tally(fw.load(frame, protected="sex", decision="hired")).axes[0].levels == ("F", "M")


def test_arrow_dictionaries_that_differ_from_chunk_to_chunk():
    sex = pa.chunked_array([pa.array(["F", "M"]).dictionary_encode(), pa.array(["X", "F"]).dictionary_encode()])
    got = cells(pa.table({"sex": sex, "hired": [1, 0, 1, 1]}), protected="sex", decision="hired")
    assert got == {("F", "selected"): 2, ("M", "not_selected"): 1, ("X", "selected"): 1}


def test_rows_are_shown_nowhere():
    decisions = fw.load(
        pa.table({"sex": ["CANARY", "M"], "hired": [1, 0]}), protected="sex", decision="hired", engine="duckdb"
    )
    assert "CANARY" not in repr(decisions)


def test_a_tally_is_its_own_tally():
    tally = fw.tally(fw.load(pa.table({"sex": ["F"], "hired": [1]}), protected="sex", decision="hired"))
    assert fw.tally(tally) is tally


@pytest.mark.parametrize("source", [None, 7, [{"sex": "F"}], {"sex": ["F"]}, pa.array(["F"]), pd.Series(["F"])])
def test_what_is_no_frame_is_refused(source):
    with pytest.raises(fw.FairwitnessError, match=r"is no source of decisions\. Give a path, or a frame"):
        fw.load(source, protected="sex", decision="hired")


def test_python_objects_of_several_types_are_refused():
    frame = pd.DataFrame({"sex": pd.Series(["F", 1, 2.5], dtype=object), "hired": [1, 0, 1]})
    with pytest.raises(fw.FairwitnessError, match=r"'sex': Python objects of no single usable type \(mixed"):
        fw.load(frame, protected="sex", decision="hired")


def test_options_for_files_are_refused_for_frames():
    with pytest.raises(fw.FairwitnessError, match=r"'delimiter', 'encoding' tell how to read a file.*Leave them out"):
        fw.load(pd.DataFrame(PEOPLE), protected="sex", decision="hired", delimiter=";", encoding="utf-8")


def test_a_frame_with_repeated_names():
    frame = pd.DataFrame([["F", "M", 1]], columns=["sex", "sex", "hired"])
    with pytest.raises(fw.FairwitnessError, match="'sex' stands 2 times"):
        fw.load(frame, protected="sex", decision="hired")
    assert cells(frame.iloc[:, 1:], protected="sex", decision="hired") == {("M", "selected"): 1}


def test_an_attribute_that_nobody_disclosed(constructor):
    got = cells(constructor({"sex": [None, None], "hired": [1, 0]}), protected="sex", decision="hired")
    assert got == {(None, "selected"): 1, (None, "not_selected"): 1}


def test_a_query_that_does_not_run_is_told_without_its_rows(need):
    need("polars")
    import polars as pl

    frame = pl.LazyFrame({"sex": ["CANARY"], "hired": ["x"]}).with_columns(pl.col("hired").cast(pl.Int64))
    with pytest.raises(fw.FairwitnessError, match=r"could not be read to the end \(\w+: \w+\)") as caught:
        fw.tally(fw.load(frame, protected="sex", decision="hired"))
    assert "CANARY" not in str(caught.value)
