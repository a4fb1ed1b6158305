"""`fairwitness audit` in GitHub Actions: the job's page, annotations, and standard output for the result alone."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass

import pytest

import fairwitness as fw
from fairwitness.audit import cli
from fairwitness.audit.gating.checked import public_view
from fairwitness.audit.pipelines.findings import answers

PLAN = """
[data]
source = "decisions.csv"
protected = ["race"]
decision = "hired"
"""


def rows(race, hired, n):
    return [f"{race},1"] * hired + [f"{race},0"] * (n - hired)


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def summary(monkeypatch, tmp_path):
    """GitHub Actions, and the summary of the step."""
    path = tmp_path / "summary.md"
    for name, value in {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(path)}.items():
        monkeypatch.setenv(name, value)
    return path


@pytest.fixture
def audit(capsys, monkeypatch, tmp_path):
    """Run the command on White 100 of 200, Black 40 of 200, and seven of nine in a third group."""
    made = ["race,hired", *rows("White", 100, 200), *rows("Black", 40, 200), *rows("Other", 7, 9)]
    (tmp_path / "decisions.csv").write_text("\n".join(made) + "\n", encoding="utf-8")
    (tmp_path / "audit.toml").write_text(PLAN, encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["fairwitness", "audit", "--config", "audit.toml", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return call


LARGE = ("--reference", "White")  # a reference that may be shown


def test_a_gate_that_trips_is_an_error_on_standard_error(audit, summary):
    said = audit(*LARGE, "--fail-on", "beyond")
    assert said.code == 1
    assert "::" not in said.out
    (error,) = [line for line in said.err.splitlines() if line.startswith("::")]
    assert error.startswith("::error title=Four-fifths screen with a test%3A impact_ratio at least 0.80")
    assert ",file=audit.toml,line=1::beyond threshold: race: Black.%0A" in error
    page = summary.read_text(encoding="utf-8")
    assert "| race | `Black` |" in page
    assert "`fairwitness-report/report.html`" in page


@pytest.mark.usefixtures("summary")
def test_findings_that_no_gate_counts_are_a_notice(audit):
    said = audit(*LARGE)
    assert said.code == 0
    (notice,) = said.err.splitlines()
    assert notice.startswith("::notice ")


@pytest.mark.usefixtures("summary")
def test_the_result_is_alone_on_standard_output(audit):
    said = audit(*LARGE, "--fail-on", "beyond", "--json")
    assert said.code == 1
    assert json.loads(said.out)["schema"] == "fairwitness/audit/v1"


def test_outside_of_github_actions_nothing_is_added(audit, summary, monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS")
    assert audit(*LARGE).err == ""
    assert not summary.exists()


@pytest.mark.parametrize("jurisdiction", ["us", "eu"])  # with a line, and without
def test_small_groups_are_hidden_from_page_and_annotations(audit, summary, jurisdiction):
    audit(*LARGE, "--jurisdiction", jurisdiction, "--fail-on", "inconclusive")
    page = summary.read_text(encoding="utf-8")
    said = audit(*LARGE, "--jurisdiction", jurisdiction, "--force", "--fail-on", "never")
    for text in (page, "\n".join(line for line in said.err.splitlines() if line.startswith("::"))):
        assert "7/9" not in text
        assert "7 of 9" not in text
        assert "77.8" not in text  # 7/9 in per cent
        assert "1.56" not in text  # 7/9 over 100/200
    assert "withheld: small numbers" in page
    assert "Other" in page


def counts(tmp_path, *groups):
    path = tmp_path / "d.csv"
    lines = [row for group in groups for row in rows(*group)]
    path.write_text("\n".join(["race,hired", *lines]) + "\n", encoding="utf-8")
    return fw.load(path, protected=["race"], decision="hired")


@pytest.mark.parametrize(
    ("gate", "failed"),
    [
        ("never", ()),
        ("beyond", ("beyond threshold: race: Black.",)),
        ("inconclusive", ("beyond threshold: race: Black.", "inconclusive: race: Asian.")),
    ],
)
def test_an_answer_fails_for_what_trips_the_gate(tmp_path, gate, failed):
    """Asian 9 of 20 against 100 of 200: 0.90, and far too few to tell."""
    result = fw.run_audit(counts(tmp_path, ("White", 100, 200), ("Black", 40, 200), ("Asian", 9, 20)))
    assert [answer.failed for answer in answers(result, gate)] == [failed]
    assert bool(result.tripped(gate)) == bool(failed)


def test_a_policy_without_a_line_gives_sentences_and_no_verdict(tmp_path):
    result = fw.run_audit(counts(tmp_path, ("White", 100, 200), ("Black", 40, 200)), jurisdiction="eu")
    for answer in answers(result, "attention"):
        assert answer.rows == ()
        assert answer.failed == ("attention: race: Black.",)
        assert answer.footer[0].startswith("attention: Black: ")
        assert public_view(answer).footer == answer.footer  # nothing here is small


def test_every_policy_with_findings_has_an_answer(tmp_path):
    data = counts(tmp_path, ("White", 100, 200), ("Black", 40, 200))
    policy = {"name": "ours", "metric": "rate_difference", "at_most": "0.1", "source": "house rule"}
    result = fw.run_audit(data, policy=[policy])
    titles = [answer.title for answer in answers(result, "never")]
    assert len(titles) == len(result.policies) == 2
    assert titles[1].startswith("ours: rate_difference at most 0.1")
    assert sum(len(answer.rows) for answer in answers(result, "never")) == len(result.findings)
