"""What verify promises: any difference between a folder and its manifest is found and named."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import math
import os
import re
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.evidence.canonical import canonical_json, csv_bytes, timestamp
from fairwitness.audit.evidence.folder import write_folder
from fairwitness.audit.evidence.manifest import MANIFEST, Difference, manifest_bytes, verify_folder

TALLY, PLAN, SOURCE = "1" * 64, "2" * 64, "3" * 64
FACTS = {"tally_sha256": TALLY, "plan_sha256": PLAN, "source_sha256": SOURCE, "versions": {"fairwitness": "0.1.0"}}
FILES = {
    "report.html": "<p>没有差异</p>".encode(),
    "audit.json": canonical_json({"audit": {"plan_sha256": PLAN}, "data": {"sha256": SOURCE}}),
    "tally.json": canonical_json({"digest": TALLY}),
    "tables/01.csv": csv_bytes(["race", "n"], [["black", 2435]]),
}


@pytest.fixture
def report(tmp_path):
    return write_folder(tmp_path / "report", FILES, FACTS)


def differences(folder):
    return {d.path: d.kind for d in verify_folder(folder)}


# -- the manifest ----------------------------------------------------------------------------------------------


def test_the_manifest_has_every_digest_and_can_be_checked_without_us(report):
    raw = (report / MANIFEST).read_bytes()
    manifest = json.loads(raw)
    assert manifest["schema"] == "fairwitness/manifest/v1"
    assert manifest["files"].keys() == FILES.keys()
    for path, data in FILES.items():
        assert manifest["files"][path] == {"sha256": hashlib.sha256(data).hexdigest(), "bytes": len(data)}
    assert {k: manifest[k] for k in FACTS} == FACTS
    assert raw == (json.dumps(manifest, sort_keys=True, indent=1) + "\n").encode()  # only ASCII in this one
    digest = manifest.pop("digest")
    assert digest == hashlib.sha256((json.dumps(manifest, sort_keys=True, indent=1) + "\n").encode()).hexdigest()


def test_the_manifest_does_not_depend_on_the_order_of_files_or_facts():
    assert manifest_bytes(FILES, FACTS) == manifest_bytes(dict(reversed(FILES.items())), dict(reversed(FACTS.items())))


@pytest.mark.parametrize("name", ["schema", "files", "digest"])
def test_a_fact_cannot_take_the_place_of_the_manifest_s_own(name):
    with pytest.raises(ValueError, match=name):
        manifest_bytes(FILES, {name: "x"})


# -- what is found ---------------------------------------------------------------------------------------------


def test_a_folder_as_it_was_written_has_no_difference(report):
    assert verify_folder(report) == ()
    assert verify_folder(str(report) + "/") == ()


@pytest.mark.parametrize("name", FILES)
def test_every_flipped_bit_of_a_file_is_found(report, name):
    file = report / name
    whole = file.read_bytes()
    for i in range(8 * len(whole)):
        file.write_bytes(whole[: i // 8] + bytes([whole[i // 8] ^ 1 << i % 8]) + whole[i // 8 + 1 :])
        assert verify_folder(report) == (Difference(name, "changed"),)


def test_every_flipped_bit_of_the_manifest_is_found(report):
    file = report / MANIFEST
    whole = file.read_bytes()
    unknown = set()
    for i in range(8 * len(whole)):
        file.write_bytes(whole[: i // 8] + bytes([whole[i // 8] ^ 1 << i % 8]) + whole[i // 8 + 1 :])
        try:
            found = verify_folder(report)
        except FairwitnessError as error:
            unknown.update(re.findall(r"schema fairwitness/manifest/(v\d+);", str(error)))
        else:
            assert found == (Difference(MANIFEST, "changed"),)
    assert unknown == {"v0", "v3", "v5", "v9"}  # what v1 becomes: refused as versions that we do not know


def test_changed_missing_added_and_renamed_files_are_named(report):
    (report / "report.html").write_bytes(FILES["report.html"] + b" ")
    (report / "audit.json").unlink()
    (report / "tables/01.csv").rename(report / "tables/02.csv")
    (report / "deep/er").mkdir(parents=True)
    (report / "deep/.hidden").write_text("")
    assert differences(report) == {
        "report.html": "changed",
        "audit.json": "missing",
        "tables/01.csv": "missing",
        "tables/02.csv": "added",
        "deep/er/": "added",
        "deep/.hidden": "added",
    }
    assert [d.path for d in verify_folder(report)] == sorted(differences(report))


def test_files_that_change_places_are_both_changed(report):
    one, two = report / "audit.json", report / "tally.json"
    one_data, two_data = one.read_bytes(), two.read_bytes()
    one.write_bytes(two_data)
    two.write_bytes(one_data)
    assert differences(report) == {"audit.json": "changed", "tally.json": "changed"}


def test_links_and_pipes_are_no_plain_files_even_with_the_right_content(report, tmp_path):
    (report / "report.html").rename(tmp_path / "report.html")
    (report / "report.html").symlink_to(tmp_path / "report.html")
    (report / "tables").rename(tmp_path / "tables")
    (report / "tables").symlink_to(tmp_path / "tables")
    (report / "audit.json").unlink()
    os.mkfifo(report / "audit.json")
    (report / "dangling").symlink_to("nowhere")
    assert differences(report) == {
        "report.html": "not a plain file",
        "tables": "not a plain file",
        "tables/01.csv": "missing",
        "audit.json": "not a plain file",
        "dangling": "not a plain file",
    }


def test_a_file_that_became_a_folder_is_missing(report):
    (report / "report.html").unlink()
    (report / "report.html").mkdir()
    assert differences(report) == {"report.html": "missing", "report.html/": "added"}


def test_a_manifest_that_is_a_link_is_not_read(report, tmp_path):
    (report / MANIFEST).rename(tmp_path / MANIFEST)
    (report / MANIFEST).symlink_to(tmp_path / MANIFEST)
    assert differences(report) == {MANIFEST: "not a plain file"}


@pytest.mark.parametrize(
    ("fact", "file"), [("tally_sha256", "tally.json"), ("plan_sha256", "audit.json"), ("source_sha256", "audit.json")]
)
def test_a_manifest_made_to_match_other_evidence_is_found_out_by_the_files(tmp_path, fact, file):
    out = write_folder(tmp_path / "report", FILES, FACTS | {fact: "9" * 64})
    assert differences(out) == {file: "changed"}


def test_a_fact_that_the_file_or_the_manifest_leaves_open_contradicts_nothing(tmp_path):
    files = {"audit.json": canonical_json({"data": {"sha256": None}}), "tally.json": b"{}"}
    assert differences(write_folder(tmp_path / "open", files, FACTS)) == {}
    facts = dict.fromkeys(("tally_sha256", "plan_sha256", "source_sha256"))
    assert differences(write_folder(tmp_path / "null", FILES, facts)) == {}


def rewritten(manifest, change):
    """Return a manifest changed and given the digest that belongs to it."""
    content = json.loads(manifest)
    del content["digest"]
    change(content)
    return canonical_json(content | {"digest": hashlib.sha256(canonical_json(content)).hexdigest()})


@pytest.mark.parametrize(
    "change",
    [
        lambda m: m.update(files=[]),
        lambda m: m.pop("files"),
        lambda m: m["files"].update({"../secret": {"sha256": "0" * 64, "bytes": 1}}),
        lambda m: m["files"].update({"/etc/passwd": {"sha256": "0" * 64, "bytes": 1}}),
        lambda m: m["files"].update({MANIFEST: {"sha256": "0" * 64, "bytes": 1}}),
        lambda m: m["files"].update({"report.html": "0" * 64}),
        lambda m: m["files"]["report.html"].pop("bytes"),
    ],
)
def test_a_manifest_of_another_form_is_changed_even_with_its_right_digest(report, change):
    file = report / MANIFEST
    file.write_bytes(rewritten(file.read_bytes(), change))
    assert differences(report) == {MANIFEST: "changed"}


def test_a_manifest_with_a_wrong_number_of_bytes_contradicts_the_file(report):
    file = report / MANIFEST
    file.write_bytes(rewritten(file.read_bytes(), lambda m: m["files"]["report.html"].update(bytes=1)))
    assert differences(report) == {"report.html": "changed"}


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw.rstrip(),
        lambda raw: raw.replace(b"\n", b"\r\n"),
        lambda raw: b"\xef\xbb\xbf" + raw,
        lambda raw: json.dumps(json.loads(raw)).encode(),
        lambda raw: raw.replace(b'"bytes"', b'"bytes": 1,\n   "bytes"', 1),
        lambda raw: raw[:-40],
        lambda raw: raw.decode().encode("utf-16"),
        lambda _: b'{"fairwitness": ' + b"[" * 100_000,
        lambda _: b'{"fairwitness": NaN}',
        lambda _: b'{"fairwitness": ' + b"9" * 5000 + b"}",
        lambda _: b'["fairwitness"]',
    ],
)
def test_a_manifest_that_is_not_byte_for_byte_canonical_is_changed(report, change):
    file = report / MANIFEST
    changed = change(file.read_bytes())
    file.write_bytes(changed)
    if b"fairwitness" in changed:
        assert differences(report) == {MANIFEST: "changed"}
    else:  # two bytes a letter
        with pytest.raises(FairwitnessError, match="no report folder"):
            verify_folder(report)


def test_what_is_no_report_folder_is_said_to_be_none(report, tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "page").mkdir()
    (tmp_path / "page" / MANIFEST).write_text('{"name": "a page", "schema": 1}')
    (tmp_path / "file").write_text("")
    for name in ("empty", "page", "file", "missing"):
        with pytest.raises(FairwitnessError, match=r"is no report folder.*Give a folder"):
            verify_folder(tmp_path / name)
    (report / MANIFEST).unlink()
    with pytest.raises(FairwitnessError, match="no manifest"):
        verify_folder(report)


def test_a_manifest_of_another_version_is_not_called_changed(report):
    file = report / MANIFEST
    file.write_bytes(rewritten(file.read_bytes(), lambda m: m.update(schema="fairwitness/manifest/v2")))
    with pytest.raises(FairwitnessError, match=r"fairwitness/manifest/v2.*Use the version that wrote it"):
        verify_folder(report)


def test_what_the_system_does_not_let_us_read_is_an_error_not_a_difference(report, monkeypatch):
    def refused(*_):
        raise PermissionError(13, "Permission denied", "tables")

    monkeypatch.setattr(os, "scandir", refused)
    with pytest.raises(FairwitnessError, match="tables could not be read: Permission denied"):
        verify_folder(report)


# -- canonical JSON --------------------------------------------------------------------------------------------

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@settings(deadline=None)
@given(values)
@example({"a": -0.0, "b": 1e22, "c": 5e-324})
@example({"\ud800": "\udfff"})
def test_canonical_json_survives_reading_and_writing_again(content):
    raw = canonical_json(content)
    assert json.loads(raw) == content
    assert canonical_json(json.loads(raw)) == raw
    assert raw.decode("utf-8").endswith("\n")


@settings(deadline=None)
@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_canonical_json_does_not_depend_on_the_order_of_keys(content):
    assert canonical_json(dict(reversed(content.items()))) == canonical_json(content)


def test_canonical_json_keeps_every_digit_and_every_letter():
    assert canonical_json({"x": 0.1 + 0.2, "名": "女"}).decode() == '{\n "x": 0.30000000000000004,\n "名": "女"\n}\n'


def test_numpy_values_are_the_numbers_they_stand_for():
    theirs = {
        "n": np.int64(3),
        "p": np.float64(0.25),
        "ok": np.bool_(1),
        "cells": np.array([[1, 2]]),
        "word": np.str_("a"),
    }
    ours = {"n": 3, "p": 0.25, "ok": True, "cells": [[1, 2]], "word": "a"}
    assert canonical_json(theirs) == canonical_json(ours)


@pytest.mark.parametrize("figure", [math.nan, math.inf, np.float64("-inf"), np.float32("nan"), np.array([math.nan])])
def test_a_figure_that_is_not_finite_is_refused_with_its_place(figure):
    with pytest.raises(ValueError, match=r"content\.groups\[1\]\.low"):
        canonical_json({"groups": [{}, {"low": figure}]})


@pytest.mark.parametrize(
    "content", [{1: "a"}, {None: 1}, {"a": {1, 2}}, {"a": b"x"}, object(), {"t": np.datetime64("2026-01-01")}]
)
def test_what_json_cannot_hold_is_refused(content):
    with pytest.raises(TypeError, match="content"):
        canonical_json(content)


# -- CSV -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n", "\0", " =", "\u3000=", "\xa0@"]
)
def test_text_that_a_spreadsheet_would_compute_gets_an_apostrophe(start):
    text = start + "cmd|' /C calc'!A0"
    table = csv_bytes([text], [[text]]).decode()
    cells = [row[0] for row in csv.reader(io.StringIO(table, newline=""))]
    assert cells == ["'" + text] * 2


@pytest.mark.parametrize(
    ("value", "shown"),
    [(-0.25, "-0.25"), (-3, "-3"), (np.float64(-0.1), "-0.1"), (np.int64(-1), "-1"), (1e-9, "1e-09"), (None, ""), (True, "true"),
     (np.bool_(0), "false"), ("Ann-Marie", "Ann-Marie"), ("a=b", "a=b"), ("", ""), ("25–39", "25–39"), ("<25", "<25")],
)  # fmt: skip
def test_numbers_stay_numbers_and_plain_text_stays_as_it_is(value, shown):
    assert csv_bytes(["a", "b"], [["x", value]]).decode() == f"a,b\r\nx,{shown}\r\n"


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.text(), st.floats(allow_nan=False, allow_infinity=False)), max_size=5))
def test_csv_read_back_has_the_same_cells_but_for_apostrophes(rows):
    table = csv_bytes(["a", "b", "c"], rows).decode("utf-8")
    back = list(csv.reader(io.StringIO(table, newline="")))[1:]
    assert len(back) == len(rows)
    for (a, b, number), cells in zip(rows, back, strict=True):
        for text, cell in ((a, cells[0]), (b, cells[1])):
            assert cell.removeprefix("'") == text.encode("utf-8", "backslashreplace").decode().removeprefix("'")
            assert not cell.lstrip().startswith(("=", "+", "-", "@"))
        assert float(cells[2]) == number


@pytest.mark.parametrize(
    "rows", [[["only one"]], [["a", math.nan]], [["a", math.inf]], [["a", ["list"]]], [["a", b"bytes"]]]
)
def test_a_table_that_is_ragged_or_has_no_cell_s_value_is_refused(rows):
    with pytest.raises(ValueError, match=r"cells under a header|A cell of a table"):
        csv_bytes(["a", "b"], rows)


# -- the time --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [("0", "1970-01-01T00:00:00Z"), ("1795446000", "2026-11-23T15:00:00Z"), ("253402300799", "9999-12-31T23:59:59Z")],
)  # date -u -d @1795446000
def test_source_date_epoch_stands_in_for_the_clock(monkeypatch, seconds, shown):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", seconds)
    monkeypatch.setenv("TZ", "Asia/Shanghai")
    time.tzset()
    assert timestamp() == shown
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("value", ["", "now", "1.5", "-1", "1e9", " 0", "0\n", "٣", "253402300800", "9" * 40])
def test_a_source_date_epoch_that_is_none_is_an_error(monkeypatch, value):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    with pytest.raises(FairwitnessError, match=r"SOURCE_DATE_EPOCH is .* whole number of seconds"):
        timestamp()


def test_without_it_the_clock_of_utc_is_read(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    assert before <= timestamp() <= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
