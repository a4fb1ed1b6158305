"""Where a value comes from: flag over environment over plan over pyproject.toml over default."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

ROLES = (
    "--protected",
    "sex",
    "--decision",
    "outcome",
    "--favorable",
    "hired",
    "--unfavorable",
    "no",
    "--set-aside",
    "withdrawn=withdrew",
)


def lines(said):
    return dict(line.split(" = ", 1) for line in said.out.splitlines())


def test_each_source_overrides_the_one_below(run, decisions, monkeypatch):
    Path("pyproject.toml").write_text(
        "[tool.fairwitness]\nlevel = 0.8\nseed = 1\nmin_n = 2\nresamples = 300\n", encoding="utf-8"
    )
    Path("audit.toml").write_text("level = 0.9\nseed = 3\nmin_n = 4\n", encoding="utf-8")
    monkeypatch.setenv("FAIRWITNESS_AUDIT_LEVEL", "0.99")
    monkeypatch.setenv("FAIRWITNESS_AUDIT_SEED", "5")
    told = lines(run("audit", decisions, "--config", "audit.toml", "--level", "0.7", "--print-config"))
    assert told["level"] == "0.7  # flag"
    assert told["seed"] == "5  # environment"
    assert told["min_n"] == "4  # audit.toml"
    assert told["resamples"] == "300  # pyproject.toml"
    assert told["reference"] == '"highest"  # default'
    assert told["data.source"].endswith("# flag")


def test_a_plans_source_lies_beside_the_plan(run, decisions):
    Path("elsewhere").mkdir()
    decisions.rename("elsewhere/decisions.csv")
    Path("elsewhere/audit.toml").write_text('[data]\nsource = "decisions.csv"\n', encoding="utf-8")
    assert run("audit", "--config", "elsewhere/audit.toml", *ROLES, "--json").code == 0


def test_a_broken_pyproject_is_named(run, decisions):
    Path("pyproject.toml").write_text("[tool.fairwitness]\nlevle = 0.8\n", encoding="utf-8")
    said = run("audit", decisions, *ROLES)
    assert said.code == 2
    assert "pyproject.toml" in said.err
    assert "Did you mean 'level'?" in said.err


def test_standard_input_is_read_as_csv(run, decisions, monkeypatch):
    class Stdin:
        buffer = io.BytesIO(decisions.read_bytes())

    monkeypatch.setattr(sys, "stdin", Stdin)
    audit = json.loads(run("audit", "-", *ROLES, "--json").out)
    assert audit["data"]["rows"] == 203
    assert audit["data"]["source"] == "standard-input.csv"


def test_quiet_prints_the_path_only(run, decisions):
    assert run("audit", decisions, *ROLES, "--quiet").out == "Report: fairwitness-report/report.html\n"
