"""Where a value comes from: flag over environment over plan over pyproject.toml over default."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

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


def test_a_model_is_asked_as_flags_and_the_plan_say_together(run, decisions):
    Path("audit.toml").write_text('[model]\nsource = "screener.onnx"\nretries = 1\ntop = 0.5\n', encoding="utf-8")
    Path("screener.onnx").touch()
    told = lines(run("audit", decisions, "--config", "audit.toml", "--model-retries", "5", "--print-config"))
    assert told["model.source"] == '"screener.onnx"  # audit.toml'
    assert told["model.retries"] == "5  # flag"
    assert told["model.top"] == "0.5  # audit.toml"
    assert told["model.timeout"] == "30.0  # default"


def test_how_without_which_is_refused(run, decisions):
    said = run("audit", decisions, *ROLES, "--select-top", "0.5")
    assert said.code == 2
    assert "--model" in said.err


def test_a_checkout_does_not_run_its_own_program_because_an_audit_is_made_in_it(run, decisions):
    Path("pyproject.toml").write_text(
        "[tool.fairwitness]\nmodel = { source = 'command:touch ran' }\n", encoding="utf-8"
    )
    said = run("audit", decisions, *ROLES)
    assert said.code == 2
    assert "--model" in said.err
    assert not Path("ran").exists()


@pytest.mark.parametrize(
    "flags",
    [
        ("--model", "https://api:hunter2@127.0.0.1/score"),
        ("--model", "https://127.0.0.1/score", "--model-header", "Authorization=hunter2"),
    ],
)
def test_a_secret_among_the_flags_is_refused_and_not_repeated(run, decisions, flags):
    said = run("audit", decisions, *ROLES, *flags)
    assert said.code == 2
    assert "hunter2" not in said.out + said.err


def test_the_query_of_an_address_is_not_shown(run, decisions):
    said = run("audit", decisions, "--model", "https://127.0.0.1/score?key=hunter2", "--print-config")
    assert lines(said)["model.source"] == '"https://127.0.0.1/score?…"  # flag'
    assert "hunter2" not in said.out
