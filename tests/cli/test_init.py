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


def test_a_source_that_is_not_there(run):
    said = run("init", "nowhere.csv")
    assert said.code == 2
    assert not Path("audit.toml").exists()
