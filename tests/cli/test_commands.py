"""What each command prints, writes and ends with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import jsonschema
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
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/schemas/audit.schema.json").read_text(encoding="utf-8"))


def test_audit_writes_the_report_folder_and_says_where(run, decisions, tmp_path):
    said = run("audit", decisions, *ROLES, "--out", "report")
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines()[0] == "203 rows read, 203 decisions, 200 counted."
    assert "set aside: 3 withdrew" in said.out
    assert "beyond threshold: F: selected at 0.50 times the rate of M" in said.out
    assert said.out.splitlines()[-1] == "Report: report/report.html"
    written = {p.relative_to(tmp_path / "report").as_posix() for p in (tmp_path / "report").rglob("*") if p.is_file()}
    assert written == {
        "report.html",
        "audit.json",
        "tally.json",
        "manifest.json",
        "tables/01.csv",
        "tables/choices.csv",
    }
    assert run("verify", "report").code == 0


def test_audit_json_is_valid_and_alone_on_standard_output(run, decisions, tmp_path):
    said = run("audit", decisions, *ROLES, "--json")
    audit = json.loads(said.out)
    jsonschema.validate(audit, SCHEMA)
    assert (said.code, said.err) == (0, "")
    assert not (tmp_path / "fairwitness-report").exists()
    (women,) = [g for g in audit["tables"][0]["groups"] if g["group"] == ["F"]]
    assert (women["n"], women["selected"], women["estimates"]["impact_ratio"]["value"]) == (100, 30, 0.5)
    assert audit["data"]["set_aside"] == [
        {"reason": "withdrew", "n": 3, "by": [{"attribute": "sex", "group": "F", "n": 3}]}
    ]


@pytest.mark.parametrize(("gate", "code"), [("never", 0), ("beyond", 1), ("attention", 1), ("inconclusive", 1)])
def test_gates_end_with_one_and_the_report_is_written_all_the_same(run, decisions, tmp_path, gate, code):
    said = run("audit", decisions, *ROLES, "--fail-on", gate)
    assert said.code == code
    assert (tmp_path / "fairwitness-report/report.html").exists()
    assert ("Gate" in said.err) == bool(code)


def test_an_existing_folder_is_not_touched_without_force(run, decisions, tmp_path):
    assert run("audit", decisions, *ROLES).code == 0
    before = (tmp_path / "fairwitness-report/audit.json").read_bytes()
    said = run("audit", decisions, *ROLES, "--level", "0.9")
    assert said.code == 2
    assert "exists" in said.err
    assert "--force" in said.err
    assert (tmp_path / "fairwitness-report/audit.json").read_bytes() == before
    assert run("audit", decisions, *ROLES, "--level", "0.9", "--force").code == 0
    assert (tmp_path / "fairwitness-report/audit.json").read_bytes() != before


@pytest.mark.usefixtures("decisions")
def test_the_plan_gives_what_flags_override(run, tmp_path):
    (tmp_path / "audit.toml").write_text(
        """
        title = "Autumn intake"
        level = 0.9
        [data]
        source = "decisions.csv"
        protected = "sex"
        decision = "outcome"
        favorable = "hired"
        unfavorable = "no"
        set_aside = { withdrawn = "withdrew" }
        """,
        encoding="utf-8",
    )
    audit = json.loads(run("audit", "--config", "audit.toml", "--level", "0.99", "--json").out)
    assert (audit["audit"]["title"], audit["audit"]["level"]) == ("Autumn intake", 0.99)
    assert [c["field"] for c in audit["audit"]["changed"]] == ["level"]


def test_a_tally_is_known_by_its_content_and_gives_the_same_figures(run, decisions):
    assert run("audit", decisions, *ROLES, "--out", "first").code == 0
    Path("first/tally.json").rename("counts.dat")
    again = json.loads(run("audit", "counts.dat", "--json").out)
    first = json.loads(Path("first/audit.json").read_text(encoding="utf-8"))
    assert again["tables"] == first["tables"]
    assert again["findings"] == first["findings"]
    assert again["audit"]["tally_sha256"] == first["audit"]["tally_sha256"]


def test_verify_names_what_was_changed(run, decisions):
    run("audit", decisions, *ROLES, "--out", "report")
    with Path("report/tables/01.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    Path("report/added.txt").write_text("", encoding="utf-8")
    Path("report/tally.json").unlink()
    said = run("verify", "report")
    assert said.code == 1
    assert sorted(said.out.splitlines()) == ["added: added.txt", "changed: tables/01.csv", "missing: tally.json"]
    assert run("verify", ".").code == 2


def test_demo_needs_no_network_and_tells_of_the_clustering(run):
    said = run("demo")
    assert said.code == 0
    assert "0.67 times the rate" in said.out
    assert "1,323 advertisements" in said.out
    assert "1,323 advertisements" in Path("fairwitness-demo/report.html").read_text(encoding="utf-8")
    assert run("verify", "fairwitness-demo").code == 0


def test_metrics_are_listed_and_explained(run):
    listed = run("metrics").out
    assert "impact_ratio" in listed
    assert "equalized_odds_difference" in listed
    explained = run("metrics", "impact_ratio").out
    assert "formula" in explained
    assert "1607.4" in explained
    said = run("metrics", "impact_ration")
    assert said.code == 2
    assert "Did you mean 'impact_ratio'?" in said.err


@pytest.mark.usefixtures("decisions")
@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("audit",), "No source"),
        (("audit", "nowhere.csv", "--protected", "sex", "--decision", "outcome"), "nowhere.csv"),
        (
            ("audit", "decisions.csv", "--protected", "sex", "--decision", "outcome", "--fail-on", "sometimes"),
            "--fail-on",
        ),
        (
            ("audit", "decisions.csv", "--protected", "sex", "--decision", "outcome", "--set-aside", "withdrawn"),
            "VALUE=REASON",
        ),
        (("audit", "decisions.csv", "--protected", "sex", "--bin", "age"), "COL:25,40"),
        (("audit", "decisions.csv", "--protected", "sex", "--bin", "age:young"), "no numbers"),
        (("audit", "decisions.csv", "--protected", "sex", "--reference", "N", *ROLES[2:]), "no group 'N'"),
        (("audit", "decisions.csv", "--protected", "sex", "--level", "95", *ROLES[2:]), "'level'"),
        (("audit", "decisions.csv", "--protected", "sex", "--jurisdiction", "mars", *ROLES[2:]), "'jurisdiction'"),
        (("audit", "decisions.csv", "--protectd", "sex"), "--protectd"),
        (("audit", "decisions.csv", "--min-n", "many"), "--min-n"),
        (("explain",), "explain"),
        (("audit", "--config", "nowhere.toml"), "nowhere.toml"),
    ],
)
def test_bad_usage_is_one_message_and_exit_code_two(run, tmp_path, words, told):
    said = run(*words)
    assert said.code == 2
    assert said.out == ""
    assert told in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert "Traceback" not in said.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["decisions.csv"]


def test_a_fault_of_ours_is_exit_code_three_without_a_traceback(run, decisions, monkeypatch):
    def broken(*_args, **_kwargs):
        raise ZeroDivisionError("Ann Example, 34, rejected")

    monkeypatch.setattr("fairwitness.audit.judging.group_table.count_groups", broken)
    said = run("audit", decisions, *ROLES)
    assert said.code == 3
    assert "ZeroDivisionError" in said.err
    assert "Ann Example" not in said.err


def test_the_same_input_gives_the_same_bytes(decisions, tmp_path):
    folders = []
    for name, seed, zone in [("here", "0", "UTC"), ("there", "1", "Asia/Shanghai")]:
        environment = os.environ | {"SOURCE_DATE_EPOCH": "1700000000", "PYTHONHASHSEED": seed, "TZ": zone}
        (tmp_path / name).mkdir()
        words = [Path(sys.executable).with_name("fairwitness"), "audit", decisions, *ROLES, "--out", "report"]
        subprocess.run(words, check=True, cwd=tmp_path / name, env=environment, capture_output=True)
        out = tmp_path / name / "report"
        folders.append({p.relative_to(out).as_posix(): p.read_bytes() for p in out.rglob("*") if p.is_file()})
    assert folders[0] == folders[1]
    assert "manifest.json" in folders[0]


def test_interrupting_ends_with_130(run, decisions, monkeypatch):
    def stop(*_args, **_kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("fairwitness.audit.judging.group_table.count_groups", stop)
    assert run("audit", decisions, *ROLES).code == 130


def test_help_imports_nothing_heavy():
    heavy = ("numpy", "pandas", "scipy", "matplotlib", "duckdb", "narwhals", "pydantic")
    code = f"import sys; sys.argv = ['fairwitness', '--help']\nfrom fairwitness.audit.cli import main\ntry: main()\nexcept SystemExit: pass\nprint([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1] == "[]"
