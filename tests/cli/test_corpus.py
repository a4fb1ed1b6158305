"""The same corpus through the command line: bad sources end with 2, one message and nothing written; good ones with 0."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

CORPUS = runpy.run_path(str(Path(__file__).parents[1] / "abuse" / "corpus.py"))
WITHOUT_FLAG = {"weight", "score_edges"}  # Python only


def by_name(cases):
    cases = [case for case in cases if not WITHOUT_FLAG & set(case.roles)]
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


@by_name(CORPUS["BAD"])
def test_a_bad_source_is_refused(run, tmp_path, case):
    folder = tmp_path / "source"
    folder.mkdir()
    source = case.write(folder)
    before = sorted(path for path in tmp_path.rglob("*"))
    said = run("audit", source, *case.flags)
    assert (said.code, said.out) == (2, "")
    for words in case.words:
        assert words in said.err
    assert said.err.startswith("Error: ")
    assert len(said.err.splitlines()) == 1
    assert CORPUS["CANARY"] not in said.err
    assert sorted(path for path in tmp_path.rglob("*")) == before


@by_name(CORPUS["GOOD"])
def test_a_good_source_is_audited(run, tmp_path, case):
    folder = tmp_path / "source"
    folder.mkdir()
    said = run("audit", case.write(folder), *case.flags, "--resamples", "200", "--json")
    assert (said.code, said.err) == (0, "")
    data = json.loads(said.out)["data"]
    assert data["counted"] + sum(entry["n"] for entry in data["set_aside"]) == data["decisions"]
