"""A model's decisions on any source: the same answers, the same counts, every row, and little in memory."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyarrow import feather, ipc, parquet

from fairwitness.audit.counting.count import tally
from fairwitness.audit.counting.roles import load
from fairwitness.audit.counting.score import median, scoring_counts
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models import file_rows
from fairwitness.audit.models.load import load_model
from fairwitness.audit.models.model import Answers, Model
from fairwitness.audit.models.scoring import decisions_of
from fairwitness.audit.run import run_audit

CONNECTION = duckdb.connect()
N = 40
# Points run 0, 1, …, 9, 0, 1, … and years are missing here and there; selected is who has more than 5 points.
PEOPLE = {
    "id": list(range(100, 100 + N)),
    "sex": ["F" if i % 3 else "M" for i in range(N)],
    "race": [[None, "a", "b", "NA"][i % 4] for i in range(N)],
    "points": [i % 10 for i in range(N)],
    "years": [None if i % 7 == 3 else i % 5 + 0.5 for i in range(N)],
    "tests": [None if i == 37 else i % 4 for i in range(N)],  # missing late only
    "degree": [["BA", "MA", ""][i % 3] or None for i in range(N)],
}
SELECTED = [p > 5 for p in PEOPLE["points"]]
LINES = "".join(f"{int(s)}\n" for s in SELECTED)
DIGEST = hashlib.sha256(LINES.encode()).hexdigest()
ROLES = {"protected": ["sex", "race"]}
FRAMES = ("pandas", "polars", "polars-lazy", "pyarrow", "duckdb")
FILES = ("csv", "tsv", "csv.gz", "jsonl", "xlsx", "parquet", "feather", "arrow stream", "folder")  # see WRITERS


def selects(rows, _=0):
    return Answers.of(rows["points"].to_numpy() > 5, len(rows))


def scores(rows, _=0):
    return Answers.of(rows["points"].to_numpy() / 10 + 0.05, len(rows))


def model(ask=selects, inputs=("points", "years", "tests", "degree"), **more):
    return Model("screener", "function", ask, inputs=inputs, **more)


def source_of(kind, folder, data=PEOPLE):
    """Return the people in one form of many."""
    if kind in FRAMES:
        return frame_of(kind, data)
    path = folder / ("people" if kind == "folder" else f"people.{kind.removesuffix(' stream')}")
    WRITERS[kind](pd.DataFrame(data), pa.table(data), path)
    return path


def frame_of(kind, data):
    if kind == "pandas":
        return pd.DataFrame(data)
    table = pa.table(data)
    if kind == "pyarrow":
        return table
    if kind == "duckdb":
        return CONNECTION.from_arrow(table)
    import polars as pl

    made = pl.from_arrow(table)
    return made.lazy() if kind == "polars-lazy" else made


def write_stream(_, table, path):
    with ipc.new_stream(path, table.schema) as stream:
        stream.write_table(table, max_chunksize=9)


def write_folder(_, table, path):
    for part, rows in (("b", table.slice(9)), ("a", table.slice(0, 9))):  # in the order of the names lie the rows
        (path / part).mkdir(parents=True, exist_ok=True)
        parquet.write_table(rows, path / part / "part.parquet")


WRITERS = {
    "csv": lambda frame, _, path: frame.to_csv(path, index=False),
    "csv.gz": lambda frame, _, path: frame.to_csv(path, index=False),
    "tsv": lambda frame, _, path: frame.to_csv(path, index=False, sep="\t"),
    "jsonl": lambda frame, _, path: frame.to_json(path, orient="records", lines=True),
    "xlsx": lambda frame, _, path: frame.to_excel(path, index=False),
    "parquet": lambda _, table, path: parquet.write_table(table, path, row_group_size=9),
    "feather": lambda _, table, path: feather.write_feather(table, path, chunksize=9),
    "arrow stream": write_stream,
    "folder": write_folder,
}


def reference(**more):
    """Return the count of the decisions as a column, without any model."""
    people = pd.DataFrame(PEOPLE).assign(decision=SELECTED)
    return tally(load(people, **(ROLES | {"decision": "decision"} | more)))


@pytest.fixture
def small_batches(monkeypatch):
    """Make batches of 7 rows."""
    monkeypatch.setattr("fairwitness.audit.loaders.batches.ROWS", 7)
    monkeypatch.setattr("fairwitness.audit.loaders.json_lines.AT_ONCE", 10)
    monkeypatch.setattr("fairwitness.audit.models.scoring.ROWS", 7)


# -- the same answers everywhere ---------------------------------------------------------------------------------


@pytest.mark.parametrize("size", ["as they are", "of seven rows"])
@pytest.mark.parametrize("kind", FRAMES + FILES)
def test_every_source_gives_the_same_answers_and_counts(kind, size, tmp_path, request, need):
    if kind.startswith("polars"):
        need("polars")
    if size == "of seven rows":
        request.getfixturevalue("small_batches")
    scored = decisions_of(source_of(kind, tmp_path), model(), roles=ROLES)
    assert (scored.answers_n, scored.answers_sha256, scored.output) == (N, DIGEST, "decision")
    assert tally(scored.decisions).digest == reference().digest


@pytest.mark.parametrize("kind", FRAMES + FILES)
def test_the_source_is_named_as_without_a_model(kind, tmp_path, need):
    if kind.startswith("polars"):
        need("polars")
    source = source_of(kind, tmp_path)
    plain = tally(
        load(source, protected=["sex", "race"], decision="points", favorable=range(6, 10), unfavorable=range(6))
    )
    (before,) = plain.sources
    (made,) = tally(decisions_of(source, model(), roles=ROLES).decisions).sources
    assert (made.name, made.sha256, made.rows, made.columns_available) == (
        before.name, before.sha256, N, len(PEOPLE),
    )  # fmt: skip
    # what is read: the roles' columns and the model's, once each; the decision is no column of the source
    assert made.columns_read == ("sex", "race", "points", "years", "tests", "degree")


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("kind", ["pandas", *(kind for kind in FILES if kind != "xlsx")])
def test_a_model_is_given_the_types_of_the_whole_in_every_batch(kind, tmp_path):
    seen = []

    def look(rows, _):
        seen.append((len(rows), {name: str(dtype) for name, dtype in rows.dtypes.items()}))
        return selects(rows)

    decisions_of(source_of(kind, tmp_path), model(look), roles=ROLES)
    assert sum(n for n, _ in seen) == N
    assert max(n for n, _ in seen) == 7
    degree = str(pd.DataFrame({"degree": ["BA", None]})["degree"].dtype)
    # "tests" is missing in row 38 alone: only a look at all rows tells that the first seven are floating point, too
    assert [types for _, types in seen] == [
        {"points": "int64", "years": "float64", "tests": "float64", "degree": degree}
    ] * len(seen)


@pytest.mark.usefixtures("small_batches")
def test_what_a_text_column_is_depends_on_all_its_cells(tmp_path):
    path = tmp_path / "people.csv"
    rows = [f"F,{i},{i % 2 == 0},{i}" for i in range(19)] + ["F,x,,7.5"]
    path.write_text("sex,code,passed,points\n" + "\n".join(rows) + "\n", encoding="utf-8")
    seen = []

    def look(rows, _):
        seen.append(rows)
        return selects(rows)

    decisions_of(path, model(look, None), roles={"protected": "sex"})
    assert len(seen) == 3
    assert seen[0]["code"].tolist() == ["0", "1", "2", "3", "4", "5", "6"]  # one is no number: texts
    assert {str(rows["points"].dtype) for rows in seen} == {"float64"}
    assert {str(rows["passed"].dtype) for rows in seen} == {"object"}  # booleans, one of which is missing
    assert seen[0]["passed"].tolist() == [True, False, True, False, True, False, True]


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_an_encoded_column_has_all_its_categories_in_every_batch(ending, tmp_path):
    table = pa.table({"sex": ["F", "M"] * 5, "degree": pa.array(["BA"] * 8 + ["MA", "PhD"]).dictionary_encode()})
    path = tmp_path / f"people.{ending}"
    parquet.write_table(table, path, row_group_size=5) if ending == "parquet" else feather.write_feather(table, path)
    seen = []

    def look(rows, _):
        seen.append(list(rows["degree"].cat.categories))
        return Answers.of(rows["degree"].to_numpy() == "MA", len(rows))

    scored = decisions_of(path, model(look, ("degree",)), roles={"protected": "sex"})
    assert len(seen) > 1
    assert seen == [["BA", "MA", "PhD"]] * len(seen)
    assert scored.answers_sha256 == hashlib.sha256(b"0\n" * 8 + b"1\n0\n").hexdigest()


@settings(max_examples=25, deadline=None)
@given(order=st.permutations(range(N)))
def test_another_order_of_rows_gives_the_same_counts_and_the_answers_in_that_order(order):
    people = pd.DataFrame(PEOPLE).iloc[list(order)]
    scored = decisions_of(people, model(), roles=ROLES)
    assert tally(scored.decisions).digest == reference().digest
    lines = "".join(f"{int(SELECTED[i])}\n" for i in order)
    assert scored.answers_sha256 == hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize(
    "given",
    [SELECTED, [int(s) for s in SELECTED], [float(s) for s in SELECTED], [str(s) for s in SELECTED], [str(int(s)) for s in SELECTED]],
    ids=["bool", "int", "float", "True", "1"],
)  # fmt: skip
def test_true_and_one_are_the_same_decision_in_every_spelling(given):
    said = Model("said", "function", lambda rows, _: Answers.of(given, len(rows)), inputs=("points",))
    scored = decisions_of(pd.DataFrame(PEOPLE), said, roles=ROLES)
    assert scored.answers_sha256 == DIGEST
    assert tally(scored.decisions).digest == reference().digest


def test_labels_keep_their_meaning_and_their_digest():
    def advance(rows, _):
        return Answers.of(np.where(rows["points"] > 5, "advance", "line\nbreak").astype(object), len(rows))

    roles = ROLES | {"favorable": "advance"}
    scored = decisions_of(pd.DataFrame(PEOPLE), model(advance), roles=roles)
    lines = "".join("advance\n" if s else "line\\nbreak\n" for s in SELECTED)
    assert scored.answers_sha256 == hashlib.sha256(lines.encode()).hexdigest()
    assert tally(scored.decisions).digest == reference().digest


# -- what the roles ask for --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet"])
def test_all_roles_are_counted_beside_the_model(kind, tmp_path):
    people = PEOPLE | {"good": [i % 2 for i in range(N)], "copies": [1 + i % 3 for i in range(N)]}
    roles = {
        "protected": ["sex", "years"],
        "bins": {"years": [2, 4]},
        "label": "good",
        "count": "copies",
        "unknown": "F",
    }
    scored = decisions_of(source_of(kind, tmp_path, people), model(), roles=roles)
    expected = tally(load(pd.DataFrame(people).assign(decision=SELECTED), decision="decision", **roles))
    assert tally(scored.decisions).digest == expected.digest
    assert expected.decisions == 79  # 14 · 1 + 13 · 2 + 13 · 3 copies


@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet"])
def test_repeats_of_a_unit_that_agree_count_once(kind, tmp_path):
    twice = {name: [*values, *values[:10]] for name, values in PEOPLE.items()}
    source = source_of(kind, tmp_path, twice)
    made = tally(decisions_of(source, model(), roles=ROLES | {"unit": "id"}).decisions)
    assert made.rows == N + 10
    kept = {key: count.n for key, count in made.cells.items() if not key[2].startswith("set_aside")}
    assert kept == {key: count.n for key, count in reference(unit="id").cells.items()}
    assert sum(count.n for key, count in made.cells.items() if key[2].startswith("set_aside")) == 10


@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet"])
def test_a_unit_on_which_the_model_disagrees_with_itself_is_refused_or_the_last_row_counts(kind, tmp_path):
    people = {"id": ["x", "x", "y"], "sex": ["F", "F", "M"], "points": [9, 1, 9]}
    source = source_of(kind, tmp_path, people)
    roles = {"protected": "sex", "unit": "id"}
    scored = decisions_of(source, model(inputs=("points",)), roles=roles)
    with pytest.raises(
        FairwitnessError, match=r"1 of 3 rows repeat a unit \('id'\), and 1 of 2 units have repeats that d"
    ):
        tally(scored.decisions)
    last = decisions_of(source, model(inputs=("points",)), roles=roles | {"duplicates": "last"})
    # of x the last row counts, which is not selected
    assert {key: count.n for key, count in tally(last.decisions).cells.items()} == {
        ("F", "not_selected"): 1,
        ("F", "set_aside:repeat of the same unit"): 1,
        ("M", "selected"): 1,
    }


def test_the_same_engine_counts_as_asked_for(tmp_path, need):
    need("polars")
    path = source_of("parquet", tmp_path)
    for engine in ("auto", "duckdb", "pandas", "polars", "pyarrow"):
        scored = decisions_of(path, model(scores, at_least=0.6), roles=ROLES | {"engine": engine})
        assert tally(scored.decisions).digest == reference().digest


def test_an_attribute_in_the_names_of_folders(tmp_path):
    table = pa.table(PEOPLE)
    for site in ("north", "south"):
        (tmp_path / "people" / f"site={site}").mkdir(parents=True)
        part = table.filter(pa.compute.equal(table["sex"], "F" if site == "north" else "M"))
        parquet.write_table(part.drop_columns("sex"), tmp_path / "people" / f"site={site}" / "part.parquet")

    def northern(rows, _):
        return Answers.of((rows["site"] == "north").to_numpy(), len(rows))

    scored = decisions_of(tmp_path / "people", model(northern, ("site",)), roles={"protected": "site"})
    made = tally(scored.decisions)
    assert {key: count.n for key, count in made.cells.items()} == {
        ("north", "selected"): PEOPLE["sex"].count("F"),
        ("south", "not_selected"): PEOPLE["sex"].count("M"),
    }
    assert made.sources[0].columns_read == ("site",)


def test_labels_that_are_declared_and_borne_by_nobody_stay():
    people = pd.DataFrame(PEOPLE)
    people["sex"] = pd.Categorical(people["sex"], ["F", "M", "X"])
    made = tally(decisions_of(people, model(), roles=ROLES).decisions)
    assert made.axes[0].levels == ("F", "M", "X")
    relation = CONNECTION.sql("select 'F'::ENUM('F', 'M', 'X') as sex, 7 as points")
    made = tally(decisions_of(relation, model(inputs=("points",)), roles={"protected": "sex"}).decisions)
    assert made.axes[0].levels == ("F", "M", "X")


def test_a_file_with_options(tmp_path):
    path = tmp_path / "leute.csv"
    path.write_bytes("geschlecht;punkte;jahre\nMänner;6,5;1\nFrauen;5,0;2\n".encode("cp1252"))

    def above(rows, _):
        return Answers.of(rows["punkte"].to_numpy() > 5, len(rows))

    roles = {"protected": "geschlecht", "encoding": "cp1252", "decimal": ",", "delimiter": ";"}
    made = tally(decisions_of(path, model(above, ("punkte",)), roles=roles).decisions)
    assert {key: count.n for key, count in made.cells.items()} == {
        ("Frauen", "not_selected"): 1,
        ("Männer", "selected"): 1,
    }
    with pytest.raises(FairwitnessError, match=r"'sheet' apply to spreadsheet files only, not to delimited"):
        decisions_of(path, model(above, ("punkte",)), roles=roles | {"sheet": "1"})


def test_the_plan_of_the_audit_knows_the_roles(tmp_path):
    scored = decisions_of(source_of("parquet", tmp_path), model(), roles=ROLES | {"decision": "passed"})
    result = run_audit(scored.decisions)
    assert (result.plan.data.decision, result.plan.data.source) == ("passed", "people.parquet")
    assert result.tally.axis("decision").name == "passed"


# -- cut-offs and scores -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet"])
def test_who_scores_exactly_the_cut_off_is_selected(kind, tmp_path):
    # 0.65 = 6 / 10 + 0.05, as floating point has it, is the score of everybody with 6 points
    scored = decisions_of(source_of(kind, tmp_path), model(scores, at_least=6 / 10 + 0.05), roles=ROLES)
    assert (scored.answers_sha256, scored.output) == (DIGEST, "decision")
    assert tally(scored.decisions).digest == reference().digest


@pytest.mark.parametrize("size", ["as they are", "of seven rows"])
@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet", "folder"])
def test_a_share_at_the_top_is_cut_on_all_rows(kind, size, tmp_path, request):
    if size == "of seven rows":
        request.getfixturevalue("small_batches")
    scored = decisions_of(source_of(kind, tmp_path), model(scores, top=0.4), roles=ROLES)
    # four of each score from 0.05 to 0.95: the upper 40 % begin between 0.55 and 0.65
    everybody = np.array(PEOPLE["points"]) / 10 + 0.05
    assert scored.model.at_least == np.quantile(everybody, 0.6)
    assert 0.55 < scored.model.at_least < 0.65
    assert scored.model.top is None
    assert scored.answers_sha256 == DIGEST
    assert tally(scored.decisions).digest == reference().digest


@pytest.mark.parametrize("size", ["as they are", "of seven rows"])
@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet"])
def test_scores_without_a_cut_off_are_audited_by_scoring_rate(kind, size, tmp_path, request):
    if size == "of seven rows":
        request.getfixturevalue("small_batches")
    scored = decisions_of(source_of(kind, tmp_path), model(scores), roles=ROLES)
    everybody = np.array(PEOPLE["points"]) / 10 + 0.05
    assert (scored.output, scored.answers_n) == ("score", N)
    assert scored.answers_sha256 == hashlib.sha256(everybody.astype("<f8").tobytes()).hexdigest()
    made = tally(scored.decisions)
    plain = tally(load(pd.DataFrame(PEOPLE).assign(score=everybody), score="score", **ROLES))
    assert made.digest == plain.digest
    assert median(made) == 0.5  # between 0.45 and 0.55
    assert scoring_counts(made).measure == "scoring_rate"


@pytest.mark.usefixtures("small_batches")
def test_a_model_that_only_happens_to_score_zero_and_one_at_first():
    points = [0.0, 1.0] * 5 + [0.5] * 4

    def score(rows, _):
        return Answers.of(rows["points"].to_numpy(), len(rows))

    people = pd.DataFrame({"sex": ["F", "M"] * 7, "points": points})
    scored = decisions_of(people, model(score, ("points",)), roles={"protected": "sex"})
    assert scored.output == "score"
    assert tally(scored.decisions).axis("score").name == "score"


# -- every row, and little in memory -----------------------------------------------------------------------------


def test_little_of_a_large_file_is_in_memory(tmp_path):
    n = 600_000
    table = pa.table({"sex": ["F", "M"] * (n // 2), **{f"x{i}": np.arange(n) % (i + 7) / 3 for i in range(10)}})
    path = tmp_path / "people.parquet"
    parquet.write_table(table, path, row_group_size=50_000)
    whole, before = table.nbytes, pa.total_allocated_bytes()
    held = []

    def look(rows, _):
        held.append(pa.total_allocated_bytes() - before)
        assert len(rows) <= 65_536
        return Answers.of(rows["x0"].to_numpy() > 1, len(rows))

    scored = decisions_of(path, model(look, tuple(f"x{i}" for i in range(10))), roles={"protected": "sex"})
    assert max(held) < whole / 2  # three or four batches of 65,536 rows
    made = tally(scored.decisions)
    # of x0 = 0/3, …, 6/3 in turn, those from 4/3 on are above 1: three of seven; 600,000 = 85,714 · 7 + 2
    assert sum(count.n for key, count in made.cells.items() if key[1] == "selected") == 85_714 * 3
    assert made.decisions == n


def test_nobody_can_open_the_file_in_which_decisions_wait(tmp_path, monkeypatch):
    path = source_of("parquet", tmp_path)
    waiting = tmp_path / "waiting"
    waiting.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(waiting))
    opened = []
    monkeypatch.setattr(
        "fairwitness.audit.models.spill.tempfile.TemporaryFile",
        lambda make=tempfile.TemporaryFile: opened.append(make()) or opened[-1],
    )

    def look(rows, _):
        assert list(waiting.iterdir()) == []
        return selects(rows)

    scored = decisions_of(path, model(look), roles=ROLES)
    assert tally(scored.decisions).digest == reference().digest
    assert list(waiting.iterdir()) == []
    assert [file.closed for file in opened] == [False]
    del scored
    assert [file.closed for file in opened] == [True]  # with the decisions' end


@pytest.mark.usefixtures("small_batches")
def test_a_model_that_fails_half_way_leaves_nothing(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr(
        "fairwitness.audit.models.spill.tempfile.TemporaryFile",
        lambda make=tempfile.TemporaryFile: opened.append(make()) or opened[-1],
    )
    seen = []

    def breaks(rows, _):
        seen.append(len(rows))
        return selects(rows) if len(seen) < 3 else Answers.of([1], len(rows))

    with pytest.raises(FairwitnessError, match="made 1 predictions for 7 rows"):
        decisions_of(source_of("parquet", tmp_path), model(breaks), roles=ROLES)
    assert [file.closed for file in opened] == [True]


def test_no_room_for_the_temporary_file(tmp_path, monkeypatch):
    class Full(tempfile.SpooledTemporaryFile):
        def write(self, *_):
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("fairwitness.audit.models.spill.tempfile.TemporaryFile", Full)
    with pytest.raises(FairwitnessError, match=r"temporary file of decisions could not be written \(OSError\).*TMPDIR"):
        decisions_of(source_of("parquet", tmp_path), model(), roles=ROLES)


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "csv", "parquet", "feather"])
def test_a_model_that_changes_its_rows_changes_a_copy(kind, tmp_path):
    def spoil(rows, _):
        made = selects(rows)
        rows["points"] = 0
        rows.loc[0, "years"] = -1.0
        rows.pop("degree")
        return made

    scored = decisions_of(source_of(kind, tmp_path), model(spoil), roles=ROLES)
    assert tally(scored.decisions).digest == reference().digest


# -- columns that the model is given -----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pandas", "polars", "csv", "parquet"])
def test_a_model_that_says_nothing_is_given_all_without_a_role(kind, tmp_path, need):
    if kind == "polars":
        need("polars")
    seen = []

    def look(rows, _):
        seen.append(tuple(rows.columns))
        return selects(rows)

    roles = ROLES | {"unit": "id"}
    scored = decisions_of(source_of(kind, tmp_path), model(look, None), roles=roles)
    assert set(seen) == {("points", "years", "tests", "degree")} == {scored.given}
    assert scored.sample is None  # no protected attribute among them
    named = decisions_of(source_of(kind, tmp_path), model(look, None), roles=roles, features=["sex", "points"])
    assert (seen[-1], named.given) == (("sex", "points"), ("sex", "points"))


@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet"])
def test_a_sample_of_what_it_was_given(kind, tmp_path, request):
    request.getfixturevalue("small_batches")
    given = ("sex", "points")
    scored = decisions_of(source_of(kind, tmp_path), model(inputs=given), roles=ROLES, most=15, seed=1)
    assert list(scored.sample.columns) == list(given)
    assert len(scored.sample) == 15
    drawn = np.sort(np.random.default_rng(1).choice(N, 15, replace=False, shuffle=False))
    assert scored.sample["points"].tolist() == [PEOPLE["points"][i] for i in drawn]
    assert scored.sample["sex"].tolist() == [PEOPLE["sex"][i] for i in drawn]
    all_of_them = decisions_of(source_of(kind, tmp_path), model(inputs=given), roles=ROLES).sample
    assert all_of_them["points"].tolist() == PEOPLE["points"]
    assert "F" not in repr(scored)


# -- predictions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "csv", "parquet"])
@pytest.mark.usefixtures("small_batches")
def test_predictions_are_joined_with_all_rows_at_once(kind, tmp_path):
    people = PEOPLE | {"id": [f"{i:04}" for i in range(N)]}  # which pandas would read as numbers
    file = tmp_path / "predictions.csv"
    backwards = [f"{i},{int(s)}" for i, s in zip(people["id"], SELECTED, strict=True)][::-1]
    file.write_text("id,selected\n" + "\n".join(backwards) + "\n", encoding="utf-8")
    source = source_of(kind, tmp_path, people)
    by_unit = decisions_of(source, load_model(file, unit="id"), roles=ROLES | {"unit": "id"})
    assert by_unit.answers_sha256 == DIGEST
    assert tally(by_unit.decisions).digest == reference().digest
    assert tally(by_unit.decisions).sources[0].columns_read == ("sex", "race", "id")
    file.write_text("selected\n" + LINES, encoding="utf-8")
    in_order = decisions_of(source, load_model(file), roles=ROLES)
    assert in_order.answers_sha256 == DIGEST
    assert tally(in_order.decisions).sources[0].columns_read == ("sex", "race")
    file.write_text("selected\n" + LINES + "1\n", encoding="utf-8")
    with pytest.raises(FairwitnessError, match="41 predictions for 40 rows"):
        decisions_of(source, load_model(file), roles=ROLES)


# -- refusals ----------------------------------------------------------------------------------------------------


def never(_rows, _draw):
    raise AssertionError("the model was asked")


@pytest.mark.parametrize("kind", ["pandas", "pyarrow", "csv", "jsonl", "xlsx", "parquet", "feather"])
def test_no_rows(kind, tmp_path):
    nobody = {"sex": pd.Series([], dtype=str), "points": pd.Series([], dtype=int)}
    source = source_of(kind, tmp_path, nobody)
    with pytest.raises(FairwitnessError, match=r"no rows|no row below the header|no object in the file|0 bytes"):
        decisions_of(source, model(never, ("points",)), roles={"protected": "sex"})


@pytest.mark.parametrize("kind", ["pandas", "csv", "parquet"])
def test_a_column_that_is_there_already(kind, tmp_path):
    source = source_of(kind, tmp_path, PEOPLE | {"Passed": SELECTED})
    with pytest.raises(FairwitnessError, match=r"there is a column 'passed' already.*decision = 'model_decision'"):
        decisions_of(source, model(never), roles=ROLES, into="passed")
    with pytest.raises(FairwitnessError, match=r"there is a column 'Passed' already"):
        decisions_of(source, model(never), roles=ROLES | {"decision": "Passed"})
    taken = source_of(kind, tmp_path, PEOPLE | {"score": SELECTED})
    with pytest.raises(FairwitnessError, match=r"there is a column 'score' already"):
        decisions_of(taken, model(scores), roles=ROLES)
    assert decisions_of(taken, model(scores, at_least=0.5), roles=ROLES).output == "decision"


@pytest.mark.parametrize("kind", ["pandas", "csv", "jsonl", "parquet", "feather"])
@pytest.mark.parametrize(
    ("roles", "inputs", "message"),
    [
        ({"protected": "sexe"}, ("points",), r"no column 'sexe'.*Did you mean 'sex'\?"),
        ({"protected": "sex"}, ("point",), r"no column 'point'.*Did you mean 'points'\?"),
        ({"protected": "sex", "unit": "sex"}, ("points",), "Two roles for the column 'sex'"),
        ({"protected": "sex", "applicants": "id", "selected": "points"}, None, "A table of counts has no --decision"),
        ({"protected": list(PEOPLE)}, None, "no column is left for the model"),
    ],
)
def test_roles_and_columns_are_checked_before_the_model_is_asked(kind, roles, inputs, message, tmp_path):
    with pytest.raises(FairwitnessError, match=message):
        decisions_of(source_of(kind, tmp_path), model(never, inputs), roles=roles)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_text_that_is_no_number_is_placed_in_the_whole_file_before_the_model_is_asked(kind, tmp_path):
    people = PEOPLE | {"age": ["30"] * 30 + ["thirty"] + ["40"] * 9}
    roles = {"protected": "age", "bins": {"age": [25]}}
    with pytest.raises(
        FairwitnessError, match=r"column 'age', data row 31: 1 of 40 cells of this column are not numbers"
    ):
        decisions_of(source_of(kind, tmp_path, people), model(never), roles=roles)


def test_a_damaged_file_is_refused_before_the_model_is_asked(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text('sex,points\nF,1\nM,"2\nF,3\n', encoding="utf-8")
    with pytest.raises(FairwitnessError, match="line 3: a quotation mark opens a field here"):
        decisions_of(path, model(never, ("points",)), roles={"protected": "sex"})
    nested = pa.table({"sex": [["F"], ["M"]], "points": [1, 2]})
    parquet.write_table(nested, tmp_path / "nested.parquet")
    with pytest.raises(FairwitnessError, match=r"column 'sex': List.* cannot be a label"):
        decisions_of(tmp_path / "nested.parquet", model(never, ("points",)), roles={"protected": "sex"})


@pytest.mark.parametrize("ending", ["parquet", "feather"])
def test_damage_that_shows_while_reading(ending, tmp_path):
    path = source_of(ending, tmp_path, {"sex": ["F", "M"] * 5000, "points": list(range(10_000))})
    content = bytearray(path.read_bytes())
    content[2000:4000] = bytes(2000)
    path.write_bytes(content)
    with pytest.raises(FairwitnessError, match=r"damaged|cut off"):
        decisions_of(path, model(inputs=("points",)), roles={"protected": "sex"})


@pytest.mark.parametrize(
    ("ending", "by"),
    [(ending, by) for ending in ("csv", "parquet", "folder") for by in ("rewriting", "replacing")]
    + [("csv", "removing"), ("parquet", "removing")],
)
def test_a_file_that_another_takes_the_place_of_while_the_model_is_asked(ending, by, tmp_path):
    """As many rows of the same columns: the decisions would be those of one file, and the digest that of another."""
    path = source_of(ending, tmp_path)
    file = next(iter(path.glob("**/*.parquet"))) if ending == "folder" else path
    content = file.read_bytes()
    os.utime(file, (0, 0))  # it was written long ago

    def asks(rows, _):
        match by:
            case "rewriting":  # the same bytes, and not cut off first: what is read ahead finds no damage
                with file.open("r+b") as there:
                    there.write(content)
            case "replacing":
                file.with_name("other").write_bytes(content)
                file.with_name("other").replace(file)
            case "removing":
                file.unlink()
        return selects(rows)

    with pytest.raises(
        FairwitnessError, match=r"^people.*: the file was changed while it was read, so that its digest"
    ):
        decisions_of(path, model(asks), roles=ROLES)


def test_a_file_that_is_changed_while_it_is_read(tmp_path, monkeypatch):
    path = source_of("csv", tmp_path)
    types_of = file_rows.pandas_types

    def then_one_more(*args, **named):
        made = types_of(*args, **named)
        with path.open("a", encoding="utf-8") as file:
            file.write(path.read_text(encoding="utf-8").splitlines()[-1] + "\n")
        return made

    monkeypatch.setattr(file_rows, "pandas_types", then_one_more)
    with pytest.raises(
        FairwitnessError, match="40 rows were found, and then 41: the file was changed while it was read"
    ):
        decisions_of(path, model(), roles=ROLES)


@pytest.mark.usefixtures("small_batches")
@pytest.mark.parametrize(
    ("first", "then", "message"),
    [
        ([True] * 7, ["no"] * 7, "answers some rows with booleans and others with labels. Return one kind only"),
        ([0.5] * 7, [True] * 7, "decides on some rows and only scores others"),
    ],
)
@pytest.mark.parametrize("kind", ["pandas", "parquet"])
def test_answers_of_two_kinds(kind, first, then, message, tmp_path):
    asked = []

    def changes(rows, _):
        asked.append(1)
        return Answers.of((first if len(asked) == 1 else then)[: len(rows)], len(rows))

    with pytest.raises(FairwitnessError, match=message):
        decisions_of(source_of(kind, tmp_path), model(changes), roles=ROLES)


def test_a_score_of_the_source_and_one_of_the_model():
    with pytest.raises(
        FairwitnessError, match=r"The model gives scores, and the column 'years' is named as the score, too"
    ):
        decisions_of(pd.DataFrame(PEOPLE), model(scores), roles=ROLES | {"score": "years"})
    made = tally(decisions_of(pd.DataFrame(PEOPLE), model(), roles=ROLES | {"score": "years"}).decisions)
    assert made.axis("score").name == "years"


def test_a_cut_off_without_scores_and_too_many_decisions():
    with pytest.raises(FairwitnessError, match="the model gives no scores, so that no cut-off applies"):
        decisions_of(pd.DataFrame(PEOPLE), model(top=0.5), roles=ROLES)
    many = pd.DataFrame({"sex": ["F"] * 60, "points": range(60)})
    names = Model("names", "function", lambda rows, _: Answers.of([f"n{p}" for p in rows["points"]], len(rows)))
    with pytest.raises(FairwitnessError, match="more than 50 different decisions"):
        decisions_of(many, names, roles={"protected": "sex"})


@pytest.mark.parametrize("source", [{"points": [1]}, 7])
def test_what_is_no_source(source):
    with pytest.raises(FairwitnessError, match="is no source of rows"):
        decisions_of(source, model(never), roles=ROLES)


def test_a_file_that_is_not_there():
    with pytest.raises(FairwitnessError, match="there is no such file"):
        decisions_of(Path("nowhere.csv"), model(never), roles=ROLES)
