"""The corpus through Python: every bad source is refused in one clear message, every good one is counted right."""

from __future__ import annotations

import runpy
import traceback
from pathlib import Path

import pytest

import fairwitness as fw

CORPUS = runpy.run_path(str(Path(__file__).parent / "corpus.py"))
BAD, GOOD, CANARY = CORPUS["BAD"], CORPUS["GOOD"], CORPUS["CANARY"]


def by_name(cases):
    return pytest.mark.parametrize("case", cases, ids=[case.name for case in cases])


@by_name(BAD)
def test_a_bad_source_is_refused(tmp_path, case):
    source = case.write(tmp_path)
    with pytest.raises(fw.FairwitnessError) as caught:
        fw.tally(fw.load(source, **case.roles))
    message = str(caught.value)
    for words in case.words:
        assert words in message
    assert message.isprintable(), "one line, no control signs"
    assert message.endswith((".", "…", ")"))
    assert str(tmp_path) not in message, "no folder of this machine"
    assert CANARY not in "".join(traceback.format_exception(caught.value)), "no cell of anybody's"


@by_name(GOOD)
def test_a_good_source_is_counted(tmp_path, case):
    tally = fw.tally(fw.load(case.write(tmp_path), **case.roles))
    assert {key: count.n for key, count in tally.cells.items()} == dict(case.cells)
    for words in case.words:
        assert words in " ".join(tally.warnings)
    assert bool(case.words) == bool(tally.warnings)


def test_the_corpus_is_large_enough_to_mean_something():
    assert all(isinstance(case.words, tuple) for case in (*BAD, *GOOD))
    assert len(BAD) >= 100
    assert len(GOOD) >= 15
    assert len({case.name for case in (*BAD, *GOOD)}) == len(BAD) + len(GOOD)


def test_the_flags_say_what_the_roles_say():
    case = next(case for case in GOOD if case.name == "every value named")
    assert case.flags == [
        *("--protected", "sex", "--decision", "outcome", "--favorable", "hired", "--unfavorable", "no"),
        *("--set-aside", "withdrew=withdrawn", "--set-aside", "=pending"),
    ]
    cut = next(case for case in GOOD if case.name == "ages cut, and one not disclosed")
    assert "age:25" in cut.flags
