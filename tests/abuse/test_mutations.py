"""Good sources with bytes changed: counted or refused in one clear message, never anything else."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fairwitness as fw

GOOD = runpy.run_path(str(Path(__file__).parent / "corpus.py"))["GOOD"]
TEXT = (".csv", ".tsv", ".txt", ".jsonl", ".gz", ".zst", ".xlsx")
CASES = [case for case in GOOD if case.source is None and next(iter(case.files)).endswith(TEXT)]
BYTES = st.sampled_from([b'"', b",", b"\n", b"\r", b"\x00", b"\xff", b"nan", b"1e999", b"{", b"-", b"\xef\xbb\xbf"])
CHANGES = st.lists(
    st.tuples(st.floats(0, 1), st.sampled_from(["insert", "delete", "replace"]), BYTES), min_size=1, max_size=5
)


def changed(content, changes):
    content = bytearray(content)
    for where, how, new in changes:
        at = int(where * len(content))
        content[at : at + (0 if how == "insert" else len(new))] = b"" if how == "delete" else new
    return bytes(content)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("changed")


@settings(max_examples=400, deadline=None, derandomize=True)
@given(case=st.sampled_from(CASES), changes=CHANGES)
def test_a_changed_source_is_counted_or_refused(folder, case, changes):
    source = case.write(folder)
    source.write_bytes(changed(source.read_bytes(), changes))
    said = ""
    try:
        assert fw.tally(fw.load(source, **case.roles)).rows > 0
    except fw.FairwitnessError as error:
        said = str(error)
    assert not said or said.isprintable()
    assert str(folder) not in said
