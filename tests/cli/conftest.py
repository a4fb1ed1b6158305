"""The command line as a user meets it: in process for speed, with exit code, standard output and standard error."""

from __future__ import annotations

import sys
from dataclasses import dataclass

import pytest

from fairwitness.audit import cli


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["fairwitness", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return Said(int(ended.value.code or 0), said.out, said.err)

    return call


@pytest.fixture
def decisions(tmp_path):
    """60 of 100 men and 30 of 100 women selected, three women withdrawn."""
    rows = ["sex,outcome"]
    rows += ["M,hired"] * 60 + ["M,no"] * 40 + ["F,hired"] * 30 + ["F,no"] * 70 + ["F,withdrawn"] * 3
    path = tmp_path / "decisions.csv"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
