"""``init`` drafts a plan: it proposes from names and values, decides nothing, and leaks no row."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

ROWS = """applicant,Sex,ethnicGroup,age,outcome,zip
Ann Example,F,A,30,hired,10115
Bob Example,M,B,41,rejected,10117
Cy Example,F,,22,withdrawn,10119
Di Example,M,A,52,shelved,10121
Ed Example,M,A,53,on file,10123
"""


@pytest.fixture
def source(tmp_path):
    (tmp_path / "d.csv").write_text(ROWS, encoding="utf-8")
    return "d.csv"


def test_roles_are_proposed_from_names_and_values(run, source):
    said = run("init", source)
    assert said.code == 0
    plan = tomllib.loads(Path("audit.toml").read_text(encoding="utf-8"))
    assert plan["data"] == {
        "source": "d.csv",
        "protected": ["Sex", "ethnicGroup", "age"],
        "decision": "outcome",
        "favorable": ["hired"],
        "unfavorable": ["rejected"],
        "set_aside": {"withdrawn": "why it is no decision"},
    }


def test_what_is_not_clear_is_left_to_a_person(run, source):
    run("init", source)
    assert '# not clear, name it above: "shelved"' in Path("audit.toml").read_text(encoding="utf-8")
    said = run("audit", "--config", "audit.toml")
    assert said.code == 2
    assert "'shelved'" in said.err


def test_a_completed_draft_is_a_plan(run, source):
    run("init", source)
    draft = Path("audit.toml").read_text(encoding="utf-8")
    Path("audit.toml").write_text(
        draft.replace('unfavorable = ["rejected"]', 'unfavorable = ["rejected", "shelved", "on file"]'),
        encoding="utf-8",
    )
    assert run("audit", "--config", "audit.toml").code == 0


def test_other_columns_values_are_not_written_down(run, source):
    run("init", source)
    draft = Path("audit.toml").read_text(encoding="utf-8")
    assert "Example" not in draft
    assert "10115" not in draft
    assert "zip: 5 different values" in draft


def test_nothing_is_overwritten(run, source):
    Path("audit.toml").write_text("mine", encoding="utf-8")
    said = run("init", source)
    assert said.code == 2
    assert "not overwritten" in said.err
    assert Path("audit.toml").read_text(encoding="utf-8") == "mine"


def test_a_plan_in_another_folder_finds_the_source(run, source, tmp_path):
    """A plan's source is relative to the plan."""
    (tmp_path / "plans").mkdir()
    run("init", source, "--out", "plans/audit.toml")
    draft = tmp_path / "plans/audit.toml"
    assert tomllib.loads(draft.read_text(encoding="utf-8"))["data"]["source"] == "../d.csv"
    assert "'shelved'" in run("audit", "--config", "plans/audit.toml").err  # it was read


def test_a_source_that_is_not_there(run):
    said = run("init", "nowhere.csv")
    assert said.code == 2
    assert not Path("audit.toml").exists()


# -- init --ci: a test, and what runs it in a pipeline ----------------------------------------------------------

FILES = [
    "tests/test_fairness.py",
    ".github/actions/fairness/action.yml",
    ".github/workflows/fairness.yml",
    ".pre-commit-config.yaml",
    ".gitlab-ci.yml",
]


def test_a_pipeline_is_set_up_where_there_is_nothing(run, source, tmp_path):
    said = run("init", source, "--ci")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        *(f"written: {name}" for name in ["audit.toml", *FILES]),
        "Read audit.toml, complete it, then: python -m pytest --fairness-only",
    ]
    there = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file()}
    assert there == {"d.csv", "audit.toml", *FILES}


def test_without_the_flag_only_the_plan_is_written(run, source, tmp_path):
    run("init", source)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["audit.toml", "d.csv"]


def test_files_that_are_there_stay_and_what_to_add_is_said(run, source, tmp_path):
    mine = {"audit.toml": 'title = "mine"', ".gitlab-ci.yml": "build:\n  script: [make]\n", FILES[0]: "# mine\r\n"}
    (tmp_path / "tests").mkdir()
    for name, text in mine.items():
        (tmp_path / name).write_text(text, encoding="utf-8", newline="")
    said = run("init", source, "--ci")
    assert said.code == 0
    assert {name: (tmp_path / name).read_bytes().decode() for name in mine} == mine
    lines = said.out.splitlines()
    assert "left as it is: audit.toml" in lines
    assert f"left as it is: {FILES[0]}" in lines
    there = lines.index("left as it is: .gitlab-ci.yml; to add to it:")
    assert lines[there + 1 : there + 4] == [
        "    include:",
        "      - local: fairness.gitlab-ci.yml",
        "written: fairness.gitlab-ci.yml",
    ]
    assert f"written: {FILES[2]}" in lines


def test_the_test_reads_the_plan_that_was_named(run, source, tmp_path):
    (tmp_path / "plans").mkdir()
    said = run("init", source, "--ci", "--out", "plans/it's mine.toml")
    assert said.code == 0
    assert """config="plans/it's mine.toml\"""" in (tmp_path / FILES[0]).read_text(encoding="utf-8")


def test_a_place_that_cannot_be_written_is_named(run, source, tmp_path):
    (tmp_path / ".github").write_text("a file", encoding="utf-8")
    said = run("init", source, "--ci")
    assert said.code == 2
    assert ".github/actions/fairness/action.yml cannot be written" in said.err
    assert (tmp_path / ".github").read_text(encoding="utf-8") == "a file"


def test_in_a_folder_of_a_repository_its_root_is_named(run, source, tmp_path, monkeypatch):
    """GitHub and GitLab read the files only there."""
    root, below = tmp_path / "repository", tmp_path / "repository" / "model"
    (root / ".git").mkdir(parents=True)
    below.mkdir()
    (below / source).write_text(ROWS, encoding="utf-8")
    monkeypatch.chdir(below)
    said = run("init", source, "--ci")
    assert f"! GitHub and GitLab read these files at the root of the repository: move them to {root}." in said.out
    assert (below / ".github/workflows/fairness.yml").exists()
    monkeypatch.chdir(root)
    assert "root of the repository" not in run("init", f"model/{source}", "--ci").out
