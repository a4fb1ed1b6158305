"""Runs of pytest inside a test, as a user starts them, on decisions written as a person would count them."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

# A run inside this process forgets the modules it was the first to import, and numpy does not load twice.
import fairwitness.audit.comparing.release
import fairwitness.audit.pipelines.github
import fairwitness.audit.result
import fairwitness.audit.testing.fixture
import fairwitness.audit.testing.handing_over
import fairwitness.audit.testing.outcome
import fairwitness.audit.testing.terminal  # noqa: F401 -- the reason above
from fairwitness.audit.counting.roles import load
from fairwitness.audit.run import run_audit


def rows(groups, *, column="race", decided="advanced"):
    """Return CSV with a row for each person, from {group: (selected, n)}."""
    lines = [f"{column},{decided}"]
    for group, (selected, n) in groups.items():
        lines += [f"{group},1"] * selected + [f"{group},0"] * (n - selected)
    return "\n".join(lines) + "\n"


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    passed: int
    failed: int
    errors: int
    skipped: int
    deselected: int

    @property
    def section(self):
        """The lines of the section fairness, without its heading."""
        lines = self.out.splitlines()
        start = next((i for i, line in enumerate(lines) if re.fullmatch("=+ fairness =+", line)), None)
        if start is None:
            return []
        end = next(i for i in range(start + 1, len(lines)) if re.match("=====|[0-9]+ (passed|failed)", lines[i]))
        return lines[start + 1 : end]

    @property
    def told(self):
        """The section as one line of text."""
        return " ".join(" ".join(self.section).split())

    def error_lines(self):
        """The lines of the traceback's message."""
        return [line[8:].rstrip() for line in self.out.splitlines() if line.startswith("E   ")]


@pytest.fixture(scope="session", autouse=True)
def engine_is_loaded(tmp_path_factory):
    """Bring all that an audit and its report import late, for the same reason as the imports above."""
    with suppress(ImportError):
        import polars as pl  # noqa: F401 -- the same reason: other tests in this process compare its frames
    place = tmp_path_factory.mktemp("engine")
    (place / "a.csv").write_text(rows({"F": (30, 60), "M": (40, 60)}), encoding="utf-8")
    for source in (str(place / "a.csv"), pd.read_csv(place / "a.csv")):
        run_audit(load(source, protected="race", decision="advanced")).write(place / type(source).__name__)


@pytest.fixture(autouse=True)
def not_in_ci(monkeypatch):
    """These tests are about a desk, unless they say otherwise."""
    for name in ("CI", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795446000")


@pytest.fixture
def run(pytester):
    """Run pytest in this process on a test file given as text; warnings are errors unless it is not strict."""
    (pytester.path / "pytest.ini").write_text("[pytest]\naddopts = --strict-markers\n", encoding="utf-8")

    def call(test, *options, fresh=False, strict=True, **files):
        for name, text in files.items():
            place = pytester.path / name.replace("__", "/").replace("_dot_", ".")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
        if test is not None:
            (pytester.path / "test_gate.py").write_text(test, encoding="utf-8")
        # Hypothesis has no part in these runs, and takes seconds to come and go.
        words = [
            "-p",
            "no:cacheprovider",
            "-p",
            "no:hypothesispytest",
            *(["-W", "error"] if strict else []),
            *map(str, options),
        ]
        result = pytester.runpytest_subprocess(*words) if fresh else pytester.runpytest_inprocess(*words)
        out = result.stdout.str() + result.stderr.str()
        ended = re.search(r"^=* ?[0-9]+ (passed|failed|skipped|error|deselected).*$", out, re.MULTILINE)
        counts = {name: int(n) for n, name in re.findall("([0-9]+) ([a-z]+)", ended[0])} if ended else {}
        errors = counts.get("errors", 0) + counts.get("error", 0)
        named = {name: counts.get(name, 0) for name in ("passed", "failed", "skipped", "deselected")}
        return Ran(int(result.ret), out, errors=errors, **named)

    return call


@pytest.fixture
def write(pytester):
    """Write decisions, {group: (selected, n)}, to a file of the run."""

    def write(groups, name="holdout.csv", **columns):
        path = Path(pytester.path, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rows(groups, **columns), encoding="utf-8")
        return path

    return write
