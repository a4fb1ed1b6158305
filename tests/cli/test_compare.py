"""`fairwitness compare`: what it prints, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import fairwitness as fw
from fairwitness.audit.comparing.baseline import baseline_of
from fairwitness.audit.comparing.baseline_file import write_baselines

pytestmark = pytest.mark.usefixtures("releases")

ROLES = ("--protected", "race", "--decision", "advanced", "--favorable", "yes")
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/comparison.schema.json").read_text(encoding="utf-8"))


@pytest.fixture
def releases(tmp_path):
    """1,200 of 2,000 advanced then; now 75 of 300 black ones of 500 are not."""
    lines = []
    for i in range(2000):
        race, then = "black" if i % 4 == 0 else "white", i // 4 % 5 < 3
        now = then and not (race == "black" and (i // 4 % 20 == 0 or i // 4 % 10 == 1))
        lines.append((i, race, "yes" if then else "no", "yes" if now else "no"))
    for name, at in (("v1.csv", 2), ("v2.csv", 3)):
        rows = ["person,race,advanced", *(f"{line[0]},{line[1]},{line[at]}" for line in lines)]
        (tmp_path / name).write_text("\n".join(rows) + "\n", encoding="utf-8")
    both = ["person,race,before,advanced", *(",".join(map(str, line)) for line in lines)]
    (tmp_path / "both.csv").write_text("\n".join(both) + "\n", encoding="utf-8")


def loaded(path):
    return fw.load(path, protected="race", decision="advanced", favorable="yes")


def plain(text):
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_one_line_for_each_group_then_what_it_rests_on(run):
    said = run("compare", "v1.csv", "v2.csv", *ROLES, "--margin", "0.02")
    assert (said.code, said.err) == (0, "")
    title, line, note, totals = plain(said.out).splitlines()
    assert title == "impact_ratio no worse than in the last release by more than 2 %:"
    # Of 500: 300 then, 225 now; 900 of 1,500 white ones in both: from 1.00 to 0.75.
    assert line.startswith(
        "◆ beyond threshold: black: impact ratio 1.00 in the last release, 0.75 in this one (0.75 times;"
    )
    assert "selected 300 of 500 (60.0 %) then and 225 of 500 (45.0 %) now, white 900 of 1,500" in line
    assert note.startswith("Independent samples: nobody's two decisions are matched.")
    assert totals == (
        "Decisions by race: 2,000 counted and 0 unknown in the last release, 2,000 counted and 0 unknown in this one."
    )


def test_with_a_unit_people_are_matched(run):
    said = run("compare", "v1.csv", "v2.csv", *ROLES, "--unit", "person", "--margin", "0.02")
    assert said.code == 0
    assert "Paired: each person's two decisions are matched." in said.out
    assert "2,000 people were decided on in both releases." in said.out


def test_the_last_release_may_be_predictions_alone(run):
    rows = [line.split(",") for line in Path("v1.csv").read_text("utf-8").splitlines()]
    Path("predictions.csv").write_text("\n".join(f"{r[2]},{r[0]}" for r in rows), encoding="utf-8")
    words = ("v2.csv", *ROLES, "--unit", "person", "--margin", "0.02", "--json")
    bare, whole = (json.loads(run("compare", base, *words).out) for base in ("predictions.csv", "v1.csv"))
    assert bare["changes"] == whole["changes"]


def test_two_columns_of_one_file(run):
    words = (*ROLES, "--margin", "0.02", "--json")
    side = json.loads(run("compare", "both.csv", "--baseline-decision", "before", *words).out)
    matched = json.loads(run("compare", "v1.csv", "v2.csv", "--unit", "person", *words).out)
    assert side["changes"] == matched["changes"]
    assert side["paired"] is True


def test_json_is_valid_and_alone_on_standard_output(run):
    for unit in ((), ("--unit", "person")):
        said = run("compare", "v1.csv", "v2.csv", *ROLES, *unit, "--margin", "1/50", "--json")
        content = json.loads(said.out)
        jsonschema.validate(content, SCHEMA)
        assert (said.code, said.err) == (0, "")
        assert (content["margin"], content["new"]["source"], content["changes"][0]["change"]) == (
            "1/50",
            "v2.csv",
            0.75,
        )


def test_a_baseline_and_a_tally_stand_for_the_last_release(run):
    base = loaded("v1.csv")
    fw.tally(base).save("v1.json")
    write_baselines("fairness-baseline.json", [baseline_of(fw.run_audit(base, resamples=200), "resumes")])
    changes = {}
    for name in ("v1.csv", "v1.json", "fairness-baseline.json"):
        said = run("compare", name, "v2.csv", *ROLES, "--margin", "0.02", "--json")
        changes[name] = json.loads(said.out)["changes"]
    assert changes["v1.csv"] == changes["v1.json"] == changes["fairness-baseline.json"]
    fw.tally(loaded("v2.csv")).save("v2.json")
    assert (
        json.loads(run("compare", "v1.json", "v2.json", "--margin", "0.02", "--json").out)["changes"]
        == changes["v1.csv"]
    )
    assert (
        "the baseline holds no rows" in run("compare", "fairness-baseline.json", "v2.csv", *ROLES, "--margin", "0").out
    )


def test_one_of_several_audits_is_named(run):
    kept = baseline_of(fw.run_audit(loaded("v1.csv"), resamples=200), "x")
    write_baselines("b.json", [type(kept)(name, kept.plan, kept.level, kept.tables) for name in ("first", "second")])
    words = ("compare", "b.json", "v2.csv", *ROLES, "--margin", "0.02")
    said = run(*words)
    assert (said.code, said.out) == (2, "")
    assert "it holds 'first', 'second'. Name one (--name)." in said.err
    assert run(*words, "--name", "second").code == 0


@pytest.mark.parametrize(
    ("gate", "margin", "code"),
    [
        ("never", "0.02", 0),
        ("beyond", "0.02", 1),
        ("beyond", "0.4", 0),  # three quarters are within a margin of two fifths
        ("attention", "0.4", 1),  # and a change for the worse all the same
        ("inconclusive", "0.02", 1),
    ],
)
def test_gates(run, gate, margin, code):
    said = run("compare", "v1.csv", "v2.csv", *ROLES, "--margin", margin, "--fail-on", gate)
    assert said.code == code
    assert "black: impact ratio" in said.out  # it is printed all the same
    assert ("Gate" in said.err) == bool(code)


def test_the_same_file_twice_never_trips_but_may_be_open(run):
    words = ("compare", "v1.csv", "v1.csv", *ROLES, "--margin", "0.02")
    assert run(*words, "--fail-on", "attention").code == 0
    said = run(*words, "--fail-on", "inconclusive")
    assert said.code == 1
    assert "Data such as these show a loss of" in said.out
    assert run(*words, "--unit", "person", "--fail-on", "inconclusive").code == 0  # matched, nobody changed


@pytest.fixture
def few(tmp_path):
    """Of each of two large groups 500 of 1,000 advance in both releases; of a small one 4 of 12 and then 3 of 12."""
    for name, small in (("few1.csv", 4), ("few2.csv", 3)):
        rows = [f"{race},{'yes' if i < 500 else 'no'}" for race in ("black", "white") for i in range(1000)]
        rows += [f"other,{'yes' if i < small else 'no'}" for i in range(12)]
        (tmp_path / name).write_text("\n".join(["race,advanced", *rows]), encoding="utf-8")


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("how", ["flag", "CI"])
def test_the_public_view_tells_no_small_count(run, monkeypatch, how):
    monkeypatch.setenv("CI", "true" if how == "CI" else "")
    words = ("compare", "few1.csv", "few2.csv", *ROLES, "--margin", "0.02", *(["--view", "public"] * (how == "flag")))
    said = run(*words, "--fail-on", "inconclusive")
    assert said.code == 1
    assert "withheld: small numbers" in said.out
    assert "Gate 'inconclusive'" in said.err
    for count in ("4/12", "3/12", "4 of 12", "3 of 12"):
        assert count not in said.out + said.err
    assert run(*words).code == 0
    said = run(*words, "--json")
    assert (said.code, said.out) == (2, "")
    assert "--view internal" in said.err
    inside = run(*words, "--view", "internal", "--json")
    (other,) = [c for c in json.loads(inside.out)["changes"] if c["group"] == ["other"]]
    assert (other["old"]["selected"], other["new"]["selected"]) == (4, 3)


def test_on_github_the_summary_is_written_and_says_why(run, monkeypatch, tmp_path):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    said = run("compare", "v1.csv", "v2.csv", *ROLES, "--margin", "0.02", "--fail-on", "beyond")
    assert said.code == 1
    assert "::error" in said.err
    assert "`impact_ratio` no worse than in the last release" in (tmp_path / "summary.md").read_text("utf-8")


def test_the_plan_names_release_rule_and_roles(run):
    Path("audit.toml").write_text(
        """
        min_n = 600
        [gate]
        evidence = "point"
        [data]
        source = "v2.csv"
        protected = "race"
        decision = "advanced"
        favorable = "yes"
        """,
        encoding="utf-8",
    )
    content = json.loads(run("compare", "v1.csv", "--config", "audit.toml", "--margin", "0.02", "--json").out)
    assert (content["rule"], content["changes"][0]["status"]) == ("point", "below_min_n")
    words = ("--config", "audit.toml", "--margin", "0.02", "--min-n", "0", "--evidence", "clear", "--json")
    content = json.loads(run("compare", "v1.csv", *words).out)
    assert (content["rule"], content["changes"][0]["verdict"]) == ("clear", "beyond")


def test_one_table_is_named(run):
    text = Path("v2.csv").read_text("utf-8").splitlines()
    rows = ["person,race,advanced,sex", *(f"{line},{'F' if i % 3 else 'M'}" for i, line in enumerate(text[1:]))]
    Path("v3.csv").write_text("\n".join(rows), encoding="utf-8")
    words = ("compare", "v3.csv", "v3.csv", *ROLES, "--protected", "sex", "--margin", "0.02", "--json")
    by = [[c["by"] for c in json.loads(run(*words, *more).out)["changes"]] for more in ((), ("--by", "sex,race"))]
    assert by == [[["race"], ["sex"]], [["race", "sex"]] * 3]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("v1.csv", "v2.csv", *ROLES), "give --margin"),
        (("v1.csv", "v2.csv", *ROLES, "--margin", "2"), "0.02 is 2 %"),
        (("v1.csv", "v2.csv", *ROLES, "--margin", "0.02", "--fail-on", "worse"), "no gate 'worse'"),
        (("v1.csv", "v2.csv", *ROLES, "--margin", "0.02", "--metric", "accuracy"), "'accuracy' cannot be compared"),
        (("v1.csv", "v2.csv", *ROLES, "--margin", "0.02", "--evidence", "sure"), "no rule 'sure'"),
        (("v1.csv", "v2.csv", *ROLES, "--margin", "0.02", "--by", "sex"), "no protected attribute 'sex'"),
        (("v1.csv", *ROLES, "--margin", "0.02"), "No release to compare"),
        (("nowhere.csv", "v2.csv", *ROLES, "--margin", "0.02"), "nowhere.csv"),
        (("v1.csv", "v2.csv", "--margin", "0.02", "--decision", "advanced"), "No protected attribute"),
        (("v1.csv", "v2.csv", *ROLES, "--baseline-decision", "before", "--margin", "0.02"), "two were given"),
        (("both.csv", "--baseline-decision", "befor", *ROLES, "--margin", "0.02"), "Did you mean 'before'?"),
        (("v1.csv", "v2.csv", *ROLES, "--unit", "nobody", "--margin", "0.02"), "no column 'nobody'"),
    ],
)
def test_bad_usage_is_one_message_and_exit_code_two(run, words, told):
    said = run("compare", *words)
    assert (said.code, said.out) == (2, "")
    assert told in said.err
    assert len(said.err.strip().splitlines()) == 1
