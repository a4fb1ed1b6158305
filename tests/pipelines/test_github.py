"""Annotations and the job's page in GitHub Actions, read as the runner reads them."""

from __future__ import annotations

import re

import pytest

from fairwitness.audit.errors import printable
from fairwitness.audit.pipelines.github import LARGEST, Place, annotation_lines, append_summary, tell_github

BLACK = (
    "Black: beyond threshold; 0.54 [0.48, 0.62]; 176/530 vs Black 997/1,636; "
    "147 fewer selections than at the rate of Black."
)


def parsed(line):
    """Read a workflow command as the runner does: up to the second ``::``, properties by commas, then unescape."""
    assert line.startswith("::")
    head, _, data = line[2:].partition("::")
    kind, _, listed = head.partition(" ")
    properties = dict(pair.split("=", 1) for pair in listed.split(",") if pair)
    return kind, {k: _plain(v, ("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ",")) for k, v in properties.items()}, (
        _plain(data, ("%0D", "\r"), ("%0A", "\n"))
    )  # fmt: skip


def _plain(text, *escapes):
    for escape, character in (*escapes, ("%25", "%")):
        text = text.replace(escape, character)
    return text


@pytest.fixture
def actions(monkeypatch, tmp_path):
    path = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(path))
    return path


def test_only_what_fails_the_gate_is_an_error(row, check):
    fails = check(
        row("Black", by="race"), row("Asian", "within", by="race"), failed=("beyond threshold: race: Black.",)
    )
    doubts = check(row("F", "inconclusive"), title="rate_difference at most 0.05")
    holds = check(row("F", "within"))
    place = Place("tests/test_fairness.py", 5)
    lines = annotation_lines([(fails, place), (doubts, None), (holds, None)], public=False)
    assert [parsed(line) for line in lines] == [
        (
            "error",
            {"title": "impact_ratio at least 0.80 · holdout.csv", "file": "tests/test_fairness.py", "line": "5"},
            f"beyond threshold: race: Black.\n{BLACK}",
        ),
        (
            "notice",
            {"title": "rate_difference at most 0.05 · holdout.csv"},
            "F: inconclusive; 0.54 [0.48, 0.62]; 176/530 vs F 997/1,636; 147 fewer selections than at the rate of F.",
        ),
    ]


def test_attention_and_what_could_not_be_evaluated_are_notices(row, check):
    made = check(row("A", "within", attention=True), row("B", "not_evaluable"), row("C", "within"))
    ((kind, _, message),) = map(parsed, annotation_lines([(made, None)], public=False))
    assert kind == "notice"
    assert [line.split(";")[0] for line in message.splitlines()] == [
        "A: within threshold, attention",
        "B: could not be evaluated",
    ]


def test_a_hostile_label_stays_in_its_annotation(row, check, hostile):
    made = check(row(hostile), failed=(f"beyond threshold: {hostile}.",), title=hostile, data=hostile)
    (line,) = annotation_lines([(made, Place(f"tests/{hostile}.py", 1))], public=False)
    assert all(c.isprintable() for c in line)  # one line, no control or direction-changing character
    kind, properties, message = parsed(line)
    assert kind == "error"
    assert set(properties) == {"title", "file", "line"}
    assert properties["line"] == "1"
    assert message.startswith(f"beyond threshold: {printable(hostile)[:70]}")
    assert properties["title"].startswith(printable(hostile)[:70])
    assert len(line) < 15_000


def test_the_public_annotation_hides_small_counts(row, check):
    made = check(row("Few", small=True, counts="7/9 vs M 1,234/2,000", note="7 of 9."), failed=("beyond: Few.",))
    internal, public = (annotation_lines([(made, None)], public=p)[0] for p in (False, True))
    assert "7/9" in internal
    assert "Few: beyond threshold; withheld: small numbers" in public
    assert not re.search(r"7|1,234|0\.54|0\.48", public)


def test_no_more_of_a_kind_than_github_shows(row, check):
    made = [(check(row(str(i)), failed=("beyond.",)), None) for i in range(12)]
    kinds = [parsed(line) for line in annotation_lines(made, public=True)]
    assert len(kinds) == 10  # nine checks, and one line for the other three
    assert kinds[-1][2] == "3 more are in the summary of the job."


def test_a_gate_with_many_groups_names_the_worst_first(row, check):
    made = check(*(row(f"G{i}", "inconclusive") for i in range(20)), row("Worst"), failed=("beyond threshold: Worst.",))
    (line,) = annotation_lines([(made, None)], public=False)
    message = parsed(line)[2].splitlines()
    assert message[1].startswith("Worst: beyond threshold")
    assert message[-1] == "and 16 more"  # 21 figures, 5 of them told


def test_the_page_is_appended_to_and_annotations_go_to_standard_error(row, check, actions, capsys):
    actions.write_text("# before\n", encoding="utf-8")
    tell_github([(check(row(), failed=("beyond.",)), None)], public=True)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("::error title=")
    assert actions.read_text(encoding="utf-8").startswith("# before\n## fairwitness\n")


def test_nothing_is_said_outside_of_github_actions(row, check, actions, monkeypatch, capsys):
    monkeypatch.delenv("GITHUB_ACTIONS")
    tell_github([(check(row()), None)], public=True)
    assert capsys.readouterr() == ("", "")
    assert not actions.exists()


def test_a_page_that_cannot_be_written_is_said_and_ends_nothing(row, check, actions, monkeypatch, capsys):
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(actions / "not" / "there"))
    tell_github([(check(row("F", "within")), None)], public=True)
    assert "was not written to GITHUB_STEP_SUMMARY" in capsys.readouterr().err


@pytest.mark.parametrize("before", [0, 1000, LARGEST - 40, LARGEST, LARGEST + 5])
def test_a_page_is_cut_where_the_limit_of_github_is(tmp_path, before):
    """A step's summary of more than 1 MiB is not shown at all."""
    path = tmp_path / "summary.md"
    path.write_bytes(b"x" * before)
    append_summary(path, "| ä row of a täble |\n" * 100_000)
    content = path.read_bytes()
    assert len(content) <= max(LARGEST, before)
    added = content[before:].decode()  # cut between characters, too
    if before < LARGEST - 1000:
        assert added.endswith("|\n\n\nCut here: a step's summary holds 1 MiB. The report has all of it.\n")
        assert len(content) > LARGEST - 200
