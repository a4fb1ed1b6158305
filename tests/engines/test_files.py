"""Files: every format gives the same tally, and the evidence says what was read."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import json
import lzma
import subprocess
import sys

import openpyxl
import pyarrow as pa
import pytest
from pyarrow import csv, feather, ipc, parquet

import fairwitness as fw
from fairwitness.audit.loaders.source import find_files

PEOPLE = pa.table(
    {
        "sex": ["F", "M", None, "NA", "F", "M"],
        "hired": [1, 0, 1, 0, 0, 1],
        "points": [0.5, 2.0, 3.25, None, 1e-7, 12345678.5],
        "name": ["Ann", "Bob", "Cy", "Di", "Eve", "Flo"],
    }
)
ROLES = {"protected": "sex", "decision": "hired", "score": "points"}
EXPECTED = fw.tally(fw.load(PEOPLE, **ROLES)).digest


def write_csv(path, pack=None, **options):
    sink = pa.BufferOutputStream()
    csv.write_csv(PEOPLE, sink, csv.WriteOptions(**options))
    content = sink.getvalue().to_pybytes()
    path.write_bytes(pack(content) if pack else content)


def write_zst(path):
    write_csv(path)
    plain = path.read_bytes()
    with pa.CompressedOutputStream(str(path), "zstd") as file:
        file.write(plain)


def write_json_lines(path):
    path.write_text("".join(json.dumps(row) + "\n" for row in PEOPLE.to_pylist()), encoding="utf-8")


def write_xlsx(path):
    book = openpyxl.Workbook()
    book.active.append(PEOPLE.column_names)
    for row in PEOPLE.to_pylist():
        book.active.append(list(row.values()))
    book.save(path)


def write_stream(path):
    with pa.OSFile(str(path), "wb") as sink, ipc.new_stream(sink, PEOPLE.schema) as writer:
        writer.write_table(PEOPLE)


FORMATS = {
    "people.csv": write_csv,
    "people.tsv": lambda path: write_csv(path, delimiter="\t"),
    "semicolons.csv": lambda path: write_csv(path, delimiter=";"),
    "people.csv.gz": lambda path: write_csv(path, gzip.compress),
    "people.csv.bz2": lambda path: write_csv(path, bz2.compress),
    "people.csv.xz": lambda path: write_csv(path, lzma.compress),
    "people.csv.zst": write_zst,
    "people.jsonl": write_json_lines,
    "people.xlsx": write_xlsx,
    "people.parquet": lambda path: parquet.write_table(PEOPLE, path),
    "people[1].parquet": lambda path: parquet.write_table(PEOPLE, path),
    "misnamed.csv": lambda path: parquet.write_table(PEOPLE, path),
    "people.feather": lambda path: feather.write_feather(PEOPLE, path),
    "people.arrow": write_stream,
}


@pytest.mark.parametrize("engine", ["auto", "pandas", "polars", "pyarrow", "duckdb"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_format_on_every_engine(tmp_path, need, name, engine):
    if engine == "polars":
        need("polars")
    path = tmp_path / name
    FORMATS[name](path)
    decisions = fw.load(path, engine=engine, **ROLES)
    tally = fw.tally(decisions)
    assert tally.digest == EXPECTED
    assert decisions.frame.implementation.name.lower() == engine.replace("auto", "duckdb")
    source = tally.sources[0]
    assert source.name == name
    assert source.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (source.rows, source.columns_read, source.columns_available) == (6, ("sex", "hired", "points"), 4)


@pytest.fixture
def folder(tmp_path):
    """Return a folder of three Parquet files, one of them below it, and what writers leave beside them."""
    for i, name in enumerate(["a.parquet", "b.parquet", "more/c.parquet"]):
        path = tmp_path / "shards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(PEOPLE.slice(2 * i, 2), path)
    (tmp_path / "shards" / "_SUCCESS").write_bytes(b"")
    (tmp_path / "shards" / ".hidden.parquet").write_bytes(b"nothing")
    return tmp_path / "shards"


@pytest.mark.parametrize("pattern", ["", "**/*.parquet"])
@pytest.mark.parametrize("engine", ["auto", "pyarrow"])
def test_a_folder_or_a_pattern_of_parquet(folder, engine, pattern):
    tally = fw.tally(fw.load(str(folder / pattern), engine=engine, **ROLES))
    assert tally.digest == EXPECTED
    lines = sorted(
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in ("a.parquet", "b.parquet", "more/c.parquet")
    )
    assert tally.sources[0].sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert tally.sources[0].name == (pattern or "shards")


@pytest.mark.parametrize("engine", ["auto", "pandas", "pyarrow"])
def test_folders_that_name_a_column(tmp_path, engine):
    for sex in ("F", "M"):
        path = tmp_path / "shards" / f"sex={sex}" / "part.parquet"
        path.parent.mkdir(parents=True)
        parquet.write_table(pa.table({"hired": [1, 0]}), path)
    got = fw.tally(fw.load(tmp_path / "shards", protected="sex", decision="hired", engine=engine))
    assert {k: c.n for k, c in got.cells.items()} == {
        (sex, level): 1 for sex in ("F", "M") for level in ("selected", "not_selected")
    }


def test_a_folder_name_that_looks_like_a_number_stays_text(tmp_path):
    for year in ("01", "1"):
        path = tmp_path / "shards" / f"year={year}" / "part.parquet"
        path.parent.mkdir(parents=True)
        parquet.write_table(pa.table({"hired": [1, 0]}), path)
    assert fw.tally(fw.load(tmp_path / "shards", protected="year", decision="hired")).axes[0].levels == ("01", "1")


@pytest.fixture
def flipped(tmp_path):
    """Return a Parquet file with page checksums in which one bit of the values was flipped."""
    path = tmp_path / "flipped.parquet"
    labels = pa.table({"sex": ["FEMALE", "MALE"] * 500, "hired": [1, 0] * 500})
    parquet.write_table(labels, path, write_page_checksum=True, compression="none", use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[content.index(b"FEMALE\x04\x00\x00\x00MALE") + 1] ^= 1  # one FEMALE, among the values, becomes FDMALE
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("engine", ["auto", "pyarrow"])
def test_a_flipped_bit_is_found_where_page_checksums_are_asked_for(flipped, engine):
    with pytest.raises(fw.FairwitnessError, match=r"flipped\.parquet: .*damaged") as caught:
        fw.tally(fw.load(flipped, protected="sex", decision="hired", verify_pages=True, engine=engine))
    assert "FDMALE" not in str(caught.value)


def test_without_them_it_is_read_as_it_is(flipped):
    assert "FDMALE" in fw.tally(fw.load(flipped, protected="sex", decision="hired")).axes[0].levels


def test_sound_pages_verify(tmp_path):
    path = tmp_path / "sound.parquet"
    parquet.write_table(PEOPLE, path, write_page_checksum=True)
    assert fw.tally(fw.load(path, verify_pages=True, **ROLES)).digest == EXPECTED


def test_columns_are_told_apart_that_engines_rename(tmp_path):
    # DuckDB calls the second of two names that differ by case sex_1, which is a column of its own here
    path = tmp_path / "odd.parquet"
    columns = [["x", "x"], ["y", "y"], ["F", "M"], [1, 0]]
    parquet.write_table(pa.table(columns, names=["Sex", "sex", "sex_1", "*"]), path)
    for engine in ("auto", "pyarrow"):
        got = fw.tally(fw.load(path, protected="sex_1", decision="*", engine=engine))
        assert {k: c.n for k, c in got.cells.items()} == {("F", "selected"): 1, ("M", "not_selected"): 1}


@pytest.mark.parametrize("name", ['a"b', "x'); DROP TABLE t; --", "select", "c0", "π · 性别"])
def test_no_column_name_reaches_an_engine_as_code(tmp_path, name):
    path = tmp_path / "odd.parquet"
    parquet.write_table(pa.table({name: ["F", "M"], "d": [1, 0], "c1": [5, 6]}), path)
    got = fw.tally(fw.load(path, protected=name, decision="d"))
    assert got.axes[0].levels == ("F", "M")
    relation = fw.load(parquet.read_table(path), protected=name, decision="d", engine="duckdb")
    assert fw.tally(relation).digest == got.digest


def test_the_connection_reads_the_named_files_only(tmp_path):
    parquet.write_table(PEOPLE, tmp_path / "mine.parquet")
    parquet.write_table(PEOPLE, tmp_path / "other.parquet")
    from fairwitness.audit.loaders.engine import connection

    made = connection(str(tmp_path / "mine.parquet"))
    assert made.read_parquet(str(tmp_path / "mine.parquet")).fetchall()
    for attempt in (
        f"FROM read_parquet('{tmp_path / 'other.parquet'}')",
        f"COPY (SELECT 1) TO '{tmp_path / 'out.csv'}'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(Exception, match=r"(?i)disabled|locked|cannot change"):
            made.sql(attempt).fetchall()


def test_a_file_whose_own_name_is_a_pattern_is_found_first(tmp_path):
    path = tmp_path / "a*.parquet"
    path.write_bytes(b"PAR1")
    (tmp_path / "ab.parquet").write_bytes(b"PAR1")
    assert find_files(path).paths == (path,)


def test_a_run_ends_without_a_word(tmp_path):
    path = tmp_path / "people.csv"
    write_csv(path)
    code = f"import fairwitness as fw; fw.tally(fw.load({str(path)!r}, protected='sex', decision='hired'))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert (done.stdout, done.stderr) == ("", "")
