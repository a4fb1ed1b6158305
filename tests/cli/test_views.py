"""What anybody may read of an audit: no count under ten, on the terminal and in the report folder."""

from __future__ import annotations

import json

import pytest


@pytest.fixture
def small(tmp_path):
    """60 of 100 men, 48 of 100 women and 3 of 7 others selected; two women withdrew."""
    rows = ["sex,outcome", *["M,1"] * 60, *["M,0"] * 40, *["F,1"] * 48, *["F,0"] * 52, *["X,1"] * 3, *["X,0"] * 4]
    (tmp_path / "small.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return "small.csv"


ROLES = ("--protected", "sex", "--decision", "outcome")


def test_the_internal_view_is_the_default_where_ci_is_not_set(run, small):
    said = run("audit", small, *ROLES)
    assert said.code == 0
    assert "3 of 7" in said.out


@pytest.mark.parametrize("how", ["flag", "CI"])
def test_the_public_view_hides_a_small_group_and_one_more(run, small, tmp_path, monkeypatch, how):
    monkeypatch.setenv("CI", "true" if how == "CI" else "")
    said = run("audit", small, *ROLES, *(["--view", "public"] if how == "flag" else []))
    assert said.code == 0
    # X would follow from the totals, so the smallest other group is hidden with it
    assert "X  withheld: small numbers" in " ".join(said.out.split("\n")).replace("   ", "  ")
    assert "3 of 7" not in said.out
    assert "3/7" not in said.out
    tables = json.loads((tmp_path / "fairwitness-report" / "audit.json").read_text("utf-8"))["tables"]
    for group in (g for table in tables for g in table["groups"]):
        assert min(group["selected"], group["n"] - group["selected"]) >= 10


def test_in_ci_the_internal_view_has_to_be_asked_for(run, small, monkeypatch):
    monkeypatch.setenv("CI", "true")
    assert "3 of 7" in run("audit", small, *ROLES, "--view", "internal").out


def test_a_gate_trips_in_public_as_it_does_inside_and_tells_no_small_count(run, small, monkeypatch):
    monkeypatch.setenv("CI", "true")
    said = run("audit", small, *ROLES, "--fail-on", "inconclusive")
    assert said.code == 1
    assert "3 of 7" not in said.out + said.err
    assert said.code == run("audit", small, *ROLES, "--fail-on", "inconclusive", "--view", "internal", "--force").code


def test_where_nothing_can_be_shown_it_says_so(run, tmp_path):
    (tmp_path / "tiny.csv").write_text("sex,outcome\nF,1\nF,0\nM,1\nM,1\n", encoding="utf-8")
    said = run("audit", "tiny.csv", *ROLES, "--view", "public")
    assert said.code == 2
    assert "Nothing can be shown in public" in said.err
    assert not (tmp_path / "fairwitness-report").exists()


def test_a_policy_without_a_line_tells_its_figures_in_public(run, small):
    said = run("audit", small, *ROLES, "--view", "public", "--jurisdiction", "eu")
    assert "could not be evaluated" not in said.out
    assert "3 of 7" not in said.out


def test_no_other_view(run, small):
    said = run("audit", small, *ROLES, "--view", "secret")
    assert (said.code, said.err) == (2, "Error: --view: no view 'secret'. Give internal or public.\n")
