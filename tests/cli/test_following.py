"""`fairwitness compare` with three releases or more: what it prints, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import fairwitness as fw

ROLES = ("--protected", "race", "--decision", "advanced", "--favorable", "yes")
FILES = ("v1.csv", "v2.csv", "v10.csv")

pytestmark = pytest.mark.usefixtures("releases")


@pytest.fixture
def releases(tmp_path, monkeypatch):
    """White people: 60 of 120 in every release; black ones: 60, then 58, then 12, of 120."""
    monkeypatch.delenv("CI", raising=False)
    for name, black in zip(FILES, (60, 58, 12), strict=True):
        rows = ["race,advanced"]
        for race, chosen in (("white", 60), ("black", black)):
            rows += [f"{race},yes"] * chosen + [f"{race},no"] * (120 - chosen)
        (tmp_path / name).write_text("\n".join(rows) + "\n", encoding="utf-8")


def test_releases_are_followed_in_the_order_given(run):
    said = run("compare", *FILES, *ROLES)
    assert (said.code, said.err) == (0, "")
    title, ratios, equal, drift, caution = said.out.splitlines()
    assert title == "race, 3 releases:"
    assert ratios == "  black against white: ratios 1.00, 0.97, 0.20"
    assert equal.endswith("the line of 20 first reached in 3 · v10.csv")
    assert drift.startswith("  black against white: odds that stay the same: e-value ")
    assert drift.endswith("the line of 20 first reached in 3 · v10.csv")
    assert "the same people each time" in caution


def test_json_and_the_report_say_the_same_from_tallies(run):
    for name in FILES:
        loaded = fw.load(name, protected="race", decision="advanced", favorable="yes")
        fw.tally(loaded).save(f"{name}.json")
    rows = json.loads(run("compare", *FILES, *ROLES, "--json").out)["periods"]
    counted = json.loads(run("compare", *(f"{name}.json" for name in FILES), "--json").out)["periods"]
    assert [r["impact_ratio"] for r in _estimates(rows)] == [r["impact_ratio"] for r in _estimates(counted)]
    said = run("compare", *FILES, *ROLES, "--out", "report")
    assert said.code == 0
    audit = json.loads(Path("report/audit.json").read_text("utf-8"))
    assert audit["periods"] == rows
    assert Path("report/tables/periods.csv").is_file()


def _estimates(section):
    return [row["estimates"] for entry in section for g in entry["groups"] for row in g["periods"]]


def test_what_is_asked_of_two_releases_is_refused(run):
    for flag, value in (("--margin", "0.02"), ("--fail-on", "beyond"), ("--metric", "impact_ratio")):
        said = run("compare", *FILES, *ROLES, flag, value)
        assert said.code == 2
        assert flag in said.err
        assert "Compare the last two" in said.err
    said = run("compare", *FILES[:2], *ROLES, "--margin", "0.02", "--out", "report")
    assert said.code == 2
    assert "three releases or more" in said.err


def test_in_public_nothing_is_said_of_groups(run, monkeypatch):
    monkeypatch.setenv("CI", "true")
    said = run("compare", *FILES, *ROLES)
    assert said.code == 0
    assert said.out.splitlines() == [
        "3 releases were counted. What they show of groups is for the internal view alone."
    ]
    refused = run("compare", *FILES, *ROLES, "--json")
    assert refused.code == 2
    assert "--view internal" in refused.err
    assert "race, 3 releases:" in run("compare", *FILES, *ROLES, "--view", "internal").out


def test_a_file_with_periods_of_its_own_is_refused(run):
    for name in FILES:
        text = Path(name).read_text("utf-8").replace("\n", ",2026\n").replace("advanced,2026", "advanced,year")
        Path(name).write_text(text, encoding="utf-8")
    said = run("compare", *FILES, *ROLES, "--period", "year")
    assert said.code == 2
    assert "has periods already" in said.err
