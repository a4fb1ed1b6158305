"""What a file is, told by its bytes: no name deceives, and nothing is run to find out."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import pickle
import struct
import zipfile
import zlib
from pathlib import Path

import joblib
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models import load
from fairwitness.audit.models.content import content_of
from fairwitness.audit.models.load import load_model

NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | st.tuples(inner, inner),
)
PACKERS = {
    "gzip": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
    "zlib": zlib.compress,
    "zstd": lambda data: pa.compress(data, "zstd", asbytes=True),
}
TABLE = "id,score\n" + "".join(f"{i},0.5\n" for i in range(2000))


@pytest.fixture
def judge(tmp_path):
    def judge(data, name="model.csv"):
        path = tmp_path / name
        path.write_bytes(data)
        return content_of(path)

    return judge


def zipped(*names):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return made.getvalue()


class Fitted:
    """Pickled by the name of its class."""

    def __init__(self):
        self.coef_ = np.arange(500.0)


# -- pickles -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["m.pkl", "m.csv", "m.onnx", "m.skops", "m.parquet", "m"])
def test_a_pickle_of_any_protocol_under_any_name(protocol, name, judge):
    assert judge(pickle.dumps(Fitted(), protocol), name) == ("pickle", "a pickle")


@given(data=NESTED, protocol=st.integers(0, pickle.HIGHEST_PROTOCOL))
def test_a_pickle_of_anything(data, protocol, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "anything.csv"
    path.write_bytes(pickle.dumps(data, protocol))
    assert content_of(path).kind == "pickle"


@pytest.mark.parametrize("protocol", [0, 1])
def test_an_old_pickle_that_is_longer_than_what_is_looked_at(protocol, judge):
    assert judge(pickle.dumps(list(range(100_000)), protocol)).kind == "pickle"


@pytest.mark.parametrize("packing", PACKERS)
@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_packed_pickle(packing, protocol, judge):
    made = judge(PACKERS[packing](pickle.dumps(Fitted(), protocol)))
    assert made == ("pickle", f"a pickle, packed with {packing}")


@pytest.mark.parametrize("packing", ["zlib", "gzip", "bz2", "xz", "lzma"])
def test_what_joblib_writes(packing, tmp_path):
    path = tmp_path / "model.parquet"
    joblib.dump(Fitted(), path, compress=(packing, 3))
    assert content_of(path).kind == "pickle"
    joblib.dump(Fitted(), path)
    assert content_of(path) == ("pickle", "a pickle")


def test_marks_of_joblib_that_need_no_unpacking(judge):
    assert judge(b"\x04\x22\x4d\x18" + b"\0" * 30).kind == "pickle"  # an LZ4 frame
    assert judge(b"ZF0x1f4" + b" " * 20).kind == "pickle"  # joblib before 0.10


# -- tables, among them those that look like something else at first sight ---------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "candidate,score\n1,0.5\n",  # c: GLOBAL
        "id,score\n1,0.5\n",  # i: INST
        "ID,score\n1,0.5\n",  # I: INT
        "Score\n0.5\n",  # S: STRING
        "V1,V2\n0.1,2\n.5,3\n",  # V: UNICODE
        "(a),b\n1,2\n",  # (: MARK
        "N\n1\n",  # N: NONE
        "callback\n1\n0.5\n0.5\n",
        "abc,ORTM\n1,2\n",
        "x^2,y\n1,2\n",  # what zlib may begin with
        "]\0\0,a\n1,2\n",  # what lzma begins with
        "ZFx,a\n1,2\n",
        "BZh,a\n1,2\n",  # what bzip2 begins with
        "CONTRACT\nyes\n",
        "\ufeffid,score\n1,0.5\n",
        "Präsenz,score\n1,0.5\n",
    ],
)
def test_a_text_that_begins_like_something_else(text, judge):
    assert judge(text.encode()).kind == "table"


@given(
    header=st.lists(st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8), min_size=2, max_size=5),
    values=st.lists(st.integers(), min_size=1, max_size=5),
)
def test_a_table_is_no_pickle(header, values, tmp_path_factory):
    path = tmp_path_factory.getbasetemp() / "table.csv"
    lines = [",".join(header), *(",".join([str(value)] * len(header)) for value in values)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert content_of(path).kind != "pickle"


@pytest.mark.parametrize("packing", ["gzip", "bz2", "xz", "zstd"])
def test_a_packed_table(packing, judge):
    assert judge(PACKERS[packing](TABLE.encode()), "scores.csv.gz").kind == "table"


def test_tables_with_marks(judge):
    assert judge(b"PAR1....PAR1", "m.onnx").kind == "table"
    assert judge(b"ARROW1\0\0", "m").kind == "table"
    assert judge(zipped("[Content_Types].xml", "xl/workbook.xml"), "m.skops").kind == "table"


# -- models ------------------------------------------------------------------------------------------------------------


def test_an_onnx_model(judge, need):
    need("onnx")
    from onnx import helper

    for document in ("", "x" * 5, "x" * 300, "x" * 70_000):
        model = helper.make_model(helper.make_graph([], "g", [], []), doc_string=document, producer_name="somebody")
        assert judge(model.SerializeToString()) == ("onnx", "an ONNX model")
    assert judge(model.SerializeToString()[:40]).kind == "onnx"  # cut off: for the loader to say
    assert judge(b"\x08", "m.onnx").kind == "refused"
    assert judge(b"\x08\x09\x08\x09\x08\x09", "m.onnx").kind == "refused"


def test_zips(judge):
    assert judge(zipped("schema.json", "1.npy")).kind == "skops"
    assert judge(zipped("archive/data.pkl", "archive/version")) == (
        "refused",
        "a zip with a pickle in it, as PyTorch writes them",
    )
    assert judge(zipped("config.json", "model.weights.h5")).what == "a Keras model"
    assert judge(zipped("a.npy")).what == "a zip of no kind that is known"
    with pytest.raises(FairwitnessError, match=r"model\.csv: the zip is cut off or damaged"):
        judge(zipped("schema.json")[:-10])


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (struct.error, r"the zip is cut off or damaged"),
        (MemoryError, r"the zip is cut off or damaged"),  # a directory of a stated size that no machine has
        (OSError, r"not readable \(OSError\)\. Check the path"),  # the disk's fault, and not the file's
    ],
)
def test_whatever_reading_a_zip_raises_ends_in_one_message(fault, message, judge, monkeypatch):
    class Damaged:
        def __init__(self, _):
            raise fault

    monkeypatch.setattr(zipfile, "ZipFile", Damaged)
    with pytest.raises(FairwitnessError, match=rf"^model\.csv: {message}"):
        judge(b"PK\x03\x04")


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"\x89HDF\r\n\x1a\n" + b"\0" * 20, "an HDF5 file"),
        (b"\x93NUMPY\x01\0", "a NumPy array"),
        (b"\x18\0\0\0ORTM", "ONNX Runtime's own format"),
        (b"\x1c\0\0\0TFL3", "TensorFlow Lite"),
        (b'<?xml version="1.0"?>\n<PMML version="4.4">', "PMML"),
        (b"\0\x01\x02\x03", "no kind of file that is known"),
        (b"tree\nversion=v4\n", "no kind of file that is known"),
    ],
)
def test_models_of_other_kinds_are_named_and_refused(data, what, tmp_path):
    path = tmp_path / "model.bin"
    path.write_bytes(data)
    with pytest.raises(
        FairwitnessError, match=rf"model\.bin: .*{what}.* judged by its bytes\. Export the model as ONNX"
    ):
        load_model(path)


def test_folders_of_models(tmp_path):
    for mark, what in (("MLmodel", "an MLflow model"), ("saved_model.pb", "a TensorFlow model")):
        folder = tmp_path / what.replace(" ", "_")
        folder.mkdir()
        (folder / mark).write_bytes(b"x")
        with pytest.raises(FairwitnessError, match=what):
            load_model(folder)


def test_a_file_that_is_too_large_is_not_read(tmp_path, monkeypatch):
    def fails(_):
        raise MemoryError

    path = tmp_path / "screener.bin"
    path.write_bytes(pickle.dumps(Fitted()))
    trust = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(FairwitnessError, match="and trusted is 0000"):
        load_model(path, trust="0" * 64)  # and what that imports is there
    monkeypatch.setattr(Path, "read_bytes", fails)
    with pytest.raises(FairwitnessError, match="judged by its bytes, and not loaded"):  # for which it need not be read
        load_model(path)
    with pytest.raises(FairwitnessError, match=r"screener\.bin: too large a file for a model in memory\. Serve"):
        load_model(path, trust=trust)
    path.write_bytes(b"\x08\x09\x12\0\x3a" + bytes(100))  # the beginning of an ONNX model
    monkeypatch.undo()
    monkeypatch.setattr(load, "MOST_BYTES", 100)
    with pytest.raises(FairwitnessError, match=r"screener\.bin: too large a file for a model in memory\. Serve"):
        load_model(path)


def test_a_name_that_no_file_can_have():
    with pytest.raises(FairwitnessError, match=r"not readable \(OSError\)\. Check the path"):
        load_model("x" * 300)
    with pytest.raises(FairwitnessError, match=r"There is no module"):
        load_model("x" * 300 + ":score")


def test_nothing_there(tmp_path):
    (tmp_path / "empty.onnx").touch()
    with pytest.raises(FairwitnessError, match=r"empty\.onnx: the file is empty"):
        load_model(tmp_path / "empty.onnx")
    with pytest.raises(FairwitnessError, match=r"screener\.onnx: there is no such file"):
        load_model(tmp_path / "screener.onnx")
