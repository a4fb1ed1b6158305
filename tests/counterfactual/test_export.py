"""Questions written for a vendor, and what comes back."""

from __future__ import annotations

import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.counterfactual.design import design_of
from fairwitness.audit.counterfactual.export import NUMBER, numbered, write_questions
from fairwitness.audit.counterfactual.swaps import AttributeSwap, NameSwap

OWN = {"a": ["Lakisha", "Ebony"], "b": ["Emily", "Anne"]}
ROWS = pd.DataFrame(
    {"first": ["Jane", "Omar", "Ann"] * 10, "cv": ['a "b", c', "line\nline", "\u738b \u202ex"] * 10, "n": range(30)}
)


def read(path):
    readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".jsonl": lambda p: pd.read_json(p, lines=True)}
    return readers[path.suffix](path)


@pytest.mark.parametrize("ending", [".csv", ".parquet", ".jsonl"])
def test_the_rows_come_back_as_they_were_asked(tmp_path, ending):
    design = design_of(ROWS, NameSwap("first", names=OWN))
    file = tmp_path / f"questions{ending}"
    write_questions(design, file)
    back = read(file)
    there = numbered(design)
    assert back.columns[0] == NUMBER
    assert back[NUMBER].tolist() != there[NUMBER].tolist()  # mixed, so that it does not show what belongs together
    in_order = back.set_index(NUMBER).loc[there[NUMBER]].reset_index()
    assert in_order.astype(str).equals(there.astype(str))


def test_a_number_names_one_question_of_one_design():
    designs = [
        design_of(ROWS, NameSwap("first", names=OWN)),
        design_of(ROWS, NameSwap("first", names=OWN), seed=1),
        design_of(ROWS.assign(n=0), NameSwap("first", names=OWN)),
        design_of(ROWS, NameSwap("first", names=OWN), per_resume=1),
        design_of(ROWS, AttributeSwap("first")),
    ]
    numbers = [set(numbered(d)[NUMBER]) for d in designs]
    assert all(len(of_one) == len(d.rows) for of_one, d in zip(numbers, designs, strict=True))
    assert all(not one & other for i, one in enumerate(numbers) for other in numbers[:i])
    assert numbered(designs[0])[NUMBER].equals(numbered(design_of(ROWS, NameSwap("first", names=OWN)))[NUMBER])


def test_no_question_is_lost_or_written_over(tmp_path):
    design = design_of(ROWS, AttributeSwap("first"))
    (tmp_path / "there.csv").write_text("x")
    with pytest.raises(fw.FairwitnessError, match=r"there\.csv: there is such a file\. Name a new one"):
        write_questions(design, tmp_path / "there.csv")
    with pytest.raises(fw.FairwitnessError, match=r"q\.xlsx: questions are written to \.csv, \.parquet, \.jsonl\."):
        write_questions(design, tmp_path / "q.xlsx")


def test_cells_that_a_format_cannot_hold_leave_no_file_behind(tmp_path):
    rows = pd.DataFrame({"g": ["a", "b"], "odd": [{1, 2}, object()]})
    with pytest.raises(fw.FairwitnessError, match=r"q\.parquet: the rows hold values that this format cannot"):
        write_questions(design_of(rows, AttributeSwap("g")), tmp_path / "q.parquet")
    assert not (tmp_path / "q.parquet").exists()


def test_a_source_with_such_a_column_of_its_own_is_refused():
    with pytest.raises(fw.FairwitnessError, match="The source has a column 'fairwitness_row' of its own"):
        numbered(design_of(pd.DataFrame({"g": ["a", "b"], NUMBER: [1, 2]}), AttributeSwap("g")))


def test_a_vendors_scores_are_joined_by_the_number_and_scores_of_other_questions_are_refused(tmp_path):
    rows = pd.DataFrame({"g": ["a", "b"] * 5, "n": range(10)})
    design = design_of(rows, AttributeSwap("g"))
    write_questions(design, tmp_path / "questions.csv")
    scored = pd.read_csv(tmp_path / "questions.csv").assign(score=lambda q: q["n"] / 10 + (q["g"] == "a"))
    scored[[NUMBER, "score"]].to_csv(tmp_path / "scores.csv", index=False)
    model = fw.load_model(tmp_path / "scores.csv", unit=NUMBER)
    # résumé n as a: n/10 + 1, as b: n/10
    assert model.score(numbered(design)).tolist() == [n / 10 + a for n in range(10) for a in (1, 0)]
    with pytest.raises(fw.FairwitnessError, match="20 of 20 rows have no prediction"):
        model.score(numbered(design_of(rows, AttributeSwap("g", levels=["b", "a"]))))
