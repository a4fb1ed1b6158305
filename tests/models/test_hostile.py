"""Models made to do harm: each is refused or stopped with one clear message, and nothing of them is run that need not be.

What a trap would do is make a folder, ``ran``: that no limit on files or sizes keeps it from.
"""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import re
import struct
import time
import zipfile
from pathlib import Path

import cloudpickle
import joblib
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.tree import DecisionTreeClassifier

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models import skops_file
from fairwitness.audit.models.load import load_model

ROWS = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [0.0, 1.0, 2.0]})
NOT_LOADED = r"a pickle.*, judged by its bytes, and not loaded: it would run whatever code its writer put into it"


class Trap:
    """Runs code when it is unpickled."""

    def __init__(self, code):
        self.code = code

    def __reduce__(self):
        return exec, (self.code,)


@pytest.fixture
def ran(tmp_path):
    """The folder that a trap makes when it is run."""
    return tmp_path / "ran"


@pytest.fixture
def trap(ran):
    return Trap(f"import os; os.mkdir({str(ran)!r})")


@pytest.fixture
def refused(tmp_path, ran):
    """Load a file that must be refused, and return the message; nothing in it may have run."""

    def refused(data, name, **options):
        path = tmp_path / name
        path.write_bytes(data)
        with pytest.raises(FairwitnessError) as error:
            load_model(path, **options).predict(ROWS)
        assert not ran.exists()
        assert error.value.__context__ is None or error.value.__suppress_context__
        assert str(error.value).startswith(name)
        assert "\n" not in str(error.value)
        return str(error.value)

    return refused


def test_the_trap_works(trap, ran):
    pickle.loads(pickle.dumps(trap))
    assert ran.exists()


# -- pickles that nobody trusts ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize("name", ["m.pkl", "m.joblib", "m.onnx", "m.skops", "m.csv", "m.parquet", "m.xlsx", "m.jsonl"])
def test_a_pickle_of_any_protocol_under_any_name(protocol, name, trap, refused):
    assert re.search(NOT_LOADED, refused(pickle.dumps(trap, protocol), name))


@pytest.mark.parametrize("compress", [0, ("zlib", 3), ("gzip", 3), ("bz2", 3), ("xz", 3), ("lzma", 3)])
@pytest.mark.parametrize("name", ["m.joblib", "m.onnx", "m.skops", "m.csv", "m.csv.gz"])
def test_a_file_of_joblib(compress, name, trap, tmp_path, refused):
    joblib.dump(trap, tmp_path / "made", compress=compress)
    assert re.search(NOT_LOADED, refused((tmp_path / "made").read_bytes(), name))


def test_a_function_of_cloudpickle(ran, refused):
    assert re.search(NOT_LOADED, refused(cloudpickle.dumps(lambda _: os.mkdir(ran)), "m.csv"))


@pytest.mark.parametrize("name", ["m.csv", "m.tsv", "m.jsonl", "m.pkl", "m.onnx"])
def test_an_old_pickle_with_something_behind_it(name, trap, refused):
    refused(pickle.dumps(trap, 0) + b"\nid,score\n1,2\n", name)


def test_an_array_of_objects(trap, tmp_path, refused):
    np.save(tmp_path / "made.npy", np.array([trap], object), allow_pickle=True)
    assert "a NumPy array, which may hold a pickle" in refused((tmp_path / "made.npy").read_bytes(), "m.csv")


def test_a_zip_of_pytorch(trap, refused):
    assert "a zip with a pickle in it" in refused(zipped({"archive/data.pkl": pickle.dumps(trap)}), "m.xlsx")


@pytest.mark.parametrize("size", [1, 2, 10, 60])
@pytest.mark.parametrize("protocol", [0, 2, 5])
def test_a_pickle_that_is_cut_off(size, protocol, trap, refused):
    refused(pickle.dumps(trap, protocol)[:size], "m.pkl")
    if protocol:  # what is left of protocol 0 is lines of text, and is read as such
        refused(pickle.dumps(trap, protocol)[:size], "m.csv")


def test_a_pickle_of_other_bytes_than_the_trusted(trap, refused, tmp_path):
    data = pickle.dumps(trap)
    right = hashlib.sha256(data).hexdigest()
    wrong = hashlib.sha256(data + b" ").hexdigest()
    message = refused(data, "m.pkl", trust=wrong)
    assert f"the SHA-256 {right}, and trusted is {wrong}. It is not the file that was trusted" in message
    with pytest.raises(FairwitnessError, match=r"^trust: .* is no SHA-256\. Give 64 hexadecimal digits"):
        load_model(tmp_path / "m.pkl", trust=right[:63])


# -- pickles that are trusted, and should not have been ----------------------------------------------------------------


@pytest.fixture
def trusted(tmp_path):
    """Load what is trusted, and ask it if it can be asked."""

    def trusted(made, timeout=120):
        data = made if isinstance(made, bytes) else pickle.dumps(made)
        path = tmp_path / "m.pkl"
        path.write_bytes(data)
        return load_model(path, trust=hashlib.sha256(data).hexdigest(), timeout=timeout).predict(ROWS)

    return trusted


def function(body):
    """Return a pickled function of rows: what is asked is run in the child."""
    there = {}
    exec("def predict(rows):\n" + "".join(f"    {line}\n" for line in body.splitlines()), there)
    return cloudpickle.dumps(there["predict"])


def test_what_is_trusted_runs_in_a_process_of_its_own_that_knows_nothing_of_ours(trusted, monkeypatch, capfd):
    monkeypatch.setenv("FAIRWITNESS_SECRET", "canary")
    chatty = function(
        "import os, sys\n"
        "print('Ann ' * 100_000); sys.stderr.write('Ann ' * 100_000); os.write(1, b'{}')\n"
        "assert 'canary' not in str(os.environ) and 'PATH' not in os.environ\n"
        "assert os.listdir('.') == [] and sys.stdin.read() == ''\n"
        "return [str(os.getpid()), os.getcwd(), 'x']"
    )
    process, folder, _ = trusted(chatty)
    assert int(process) != os.getpid()
    assert not Path(folder).exists()  # it was its own, and is gone
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("x = []\nwhile True: x.append(bytes(10**8))", r"m\.pkl: the model wants more memory than it may have"),
        ("import sys; sys.exit(0)", r"m\.pkl: the model raised SystemExit \(.*\) when it was loaded"),
        ("import os; os._exit(0)", r"m\.pkl: the model's process ended without an answer"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", r"process was ended by SIGSEGV without an answer"),
        ("import no_such_library", r"needs the module no_such_library, which this Python does not find"),
        ("raise ValueError('Ann, 52, divorced')", r"m\.pkl: the model raised ValueError \(.*\) when it was loaded"),
        ("pass", r"m\.pkl: A NoneType is no model"),
        ("import os, sys\nwhile True: os.write(int(sys.argv[1]), bytes(10**6))", r"answered more than was asked for"),
        (
            "import os, sys\nos.write(int(sys.argv[1]), (5).to_bytes(8) + b'[[[[[')\nos._exit(0)",
            r"m\.pkl: the model's process answered with something else than was asked for",
        ),
        (
            "import os, sys\nos.write(int(sys.argv[1]), (10**12).to_bytes(8) + b'{')\nos._exit(0)",
            r"m\.pkl: the model's process answered more than was asked for",
        ),
        ("import os, sys\nos.write(int(sys.argv[1]), b'123')\nos._exit(0)", r"process ended without an answer"),
    ],
    ids=lambda value: value[:24],
)
def test_what_goes_wrong_when_it_is_loaded(code, message, trusted):
    with pytest.raises(FairwitnessError, match=message) as error:
        trusted(Trap(code))
    assert "Ann" not in str(error.value)


@pytest.mark.parametrize("code", ["import time; time.sleep(600)", "while True: pass"])
def test_what_takes_too_long_is_ended(code, trusted, tmp_path):
    with pytest.raises(FairwitnessError, match=r"did not answer within 3 seconds, and its process was stopped"):
        trusted(Trap(f"import os; os.mkdir({str(tmp_path)!r} + '/pid' + str(os.getpid()))\n{code}"), timeout=3)
    assert_gone(tmp_path)


def test_processes_that_are_left_behind_are_ended(trusted, tmp_path):
    code = (
        "import os, time\n"
        "if os.fork() == 0:\n"
        f"    os.mkdir({str(tmp_path)!r} + '/pid' + str(os.getpid()))\n"
        "    time.sleep(600)\n"
        "time.sleep(0.5)"
    )
    with pytest.raises(
        FairwitnessError, match=r"started processes of its own and left them behind\. They were stopped"
    ):
        trusted(Trap(code))
    assert assert_gone(tmp_path) == 1


def assert_gone(folder):
    """Assert that the processes that made a folder of their number are dead; return how many there were."""
    started = [path.name.removeprefix("pid") for path in folder.glob("pid*")]
    for process in started:
        state, until = Path(f"/proc/{process}/stat"), time.monotonic() + 10  # the dead need a moment, too
        while state.exists() and state.read_text().rpartition(")")[2].split()[0] not in "ZX":
            assert time.monotonic() < until
            time.sleep(0.05)
    return len(started)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("return [1] * 7", r"m\.pkl: The model made 7 predictions for 3 rows"),
        ("return [0.5, float('nan'), 0.5]", r"m\.pkl: 1 of the model's 3 predictions are missing"),
        ("return [0.5, float('inf'), 0.5]", r"m\.pkl: Some of the model's predictions are infinite"),
        ("return ['Ann' * 10_000] * 3", r"m\.pkl: the model's process answered more than was asked for"),
        (
            "raise ValueError(str(rows))",
            r"m\.pkl: The model raised ValueError \(.*\) on 3 rows with the columns 'a', 'b'",
        ),
        (
            # past every check in the child: a score short, of the wrong type, and no number
            "import os, sys\nanswer = b'{\"score\": [0.5, NaN, 0.5]}'\n"
            "os.write(int(sys.argv[1]), len(answer).to_bytes(8) + answer); os._exit(0)",
            r"m\.pkl: 1 of the model's 3 predictions are missing",
        ),
        (
            "import os, sys\nanswer = b'{\"decision\": [true]}'\n"
            "os.write(int(sys.argv[1]), len(answer).to_bytes(8) + answer); os._exit(0)",
            r"m\.pkl: The model made 1 predictions for 3 rows",
        ),
        (
            'import os, sys\nanswer = b\'{"decision": {"0": true}}\'\n'
            "os.write(int(sys.argv[1]), len(answer).to_bytes(8) + answer); os._exit(0)",
            r"m\.pkl: the model's process answered with something else than was asked for",
        ),
    ],
    ids=lambda value: value[:24],
)
def test_what_goes_wrong_when_it_is_asked(body, message, trusted):
    with pytest.raises(FairwitnessError, match=message) as error:
        trusted(function(body))
    assert "Ann" not in str(error.value)


def test_no_byte_is_written_to_a_file(trusted, tmp_path):
    path = tmp_path / "rows.csv"
    body = f"open({str(path)!r}, 'w').write('Ann')\nreturn [True] * len(rows)"
    with pytest.raises(
        FairwitnessError, match=r"m\.pkl: the model writes to a file when it is asked, which was stopped"
    ):
        trusted(function(body))
    assert path.read_bytes() == b""


# -- skops -------------------------------------------------------------------------------------------------------------


def zipped(entries, compression=zipfile.ZIP_STORED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.fixture(scope="module")
def entries(need):
    """What is in a good skops file."""
    need("skops")
    import skops.io

    fitted = make_pipeline(StandardScaler(), LogisticRegression()).fit(ROWS, [0, 0, 1])
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(fitted))) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_good_skops_file_is_loaded(entries, tmp_path):
    (tmp_path / "m.skops").write_bytes(zipped(entries))
    assert load_model(tmp_path / "m.skops").predict(ROWS) == [0, 0, 1]


def test_types_that_skops_does_not_trust_are_named(need, refused, ran):
    need("skops")
    import skops.io

    runs = make_pipeline(FunctionTransformer(os.mkdir, kw_args={"path": str(ran)}), LogisticRegression())
    message = refused(skops.io.dumps(runs), "m.skops")
    assert re.search(r"holds what skops does not trust by itself: 'posix\.mkdir'\. Nothing further is trusted", message)
    tree = DecisionTreeClassifier().fit(ROWS, [0, 0, 1])
    assert "'sklearn.tree._tree.Tree'" in refused(skops.io.dumps(tree), "m.skops")


def test_a_pickle_in_the_place_of_an_array(entries, trap, refused):
    array = next(name for name in entries if name.endswith(".npy"))
    made = io.BytesIO()
    np.save(made, np.array([trap], object), allow_pickle=True)
    for content in (pickle.dumps(trap), made.getvalue()):
        assert "skops does not load this file" in refused(zipped({**entries, array: content}), "m.skops")


@pytest.mark.parametrize("name", ["../ran", "/tmp/ran", "a/../../ran", "..\\ran", "C:ran"])
def test_entries_that_climb(name, entries, refused):
    assert "entries with a path" in refused(zipped({**entries, name: b"x"}), "m.skops")


def test_entries_that_hide_behind_one_another(entries, refused):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("schema.json", b"{}")
    assert "cut off or damaged" in refused(made.getvalue(), "m.skops")


def test_an_entry_that_begins_beyond_the_end(entries, refused):
    """Its own header says that 60,000 bytes follow before the content: of all damage, Python calls this an EOFError."""
    data = bytearray(zipped({"schema.json": entries["schema.json"]}))
    struct.pack_into("<H", data, 28, 60_000)  # the length of the extra field, in the local header
    assert "cut off or damaged" in refused(bytes(data), "m.skops")


def test_what_unpacks_beyond_measure(entries, refused, monkeypatch):
    monkeypatch.setattr(skops_file, "MOST_BYTES", 1 << 20)
    zeros = bytes(1 << 21)
    bomb = zipped({**entries, "0.npy": zeros}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 1 << 17
    assert "unpacks to more than" in refused(bomb, "m.skops")
    inner = zipped({"data.npy": zeros}, zipfile.ZIP_DEFLATED)  # as a sparse matrix has it
    assert "unpacks to more than" in refused(zipped({**entries, "0.npz": inner}), "m.skops")
    monkeypatch.setattr(skops_file, "MOST_ENTRIES", 3)
    assert "or 3 entries" in refused(zipped(entries), "m.skops")


def test_a_size_that_is_a_lie(entries, refused):
    """The directory says ten bytes; no more than that is unpacked."""
    data = bytearray(zipped({**entries, "schema.json": bytes(10_000_000)}, zipfile.ZIP_DEFLATED))
    struct.pack_into("<I", data, data.rfind(b"PK\x01\x02") + 24, 10)
    refused(bytes(data), "m.skops")


@pytest.mark.parametrize("schema", [b"", b"[]", b"{}", b"[" * 100_000, b"nonsense", b'{"protocol": 99}', b"\xff"])
def test_a_schema_that_is_none(schema, entries, refused):
    assert "skops does not load this file" in refused(zipped({**entries, "schema.json": schema}), "m.skops")


def test_what_is_no_estimator(need, refused):
    need("skops")
    import skops.io

    assert "A dict is no model" in refused(skops.io.dumps({"a": 1}), "m.skops")
    assert "A str is no model" in refused(skops.io.dumps("a"), "m.skops")


def test_a_schema_that_asks_for_a_module(entries, refused, tmp_path, monkeypatch, ran):
    """A type in a module of the working folder: to look whether it is trusted, nothing may be imported."""
    (tmp_path / "evil.py").write_text(f"import os; os.mkdir({str(ran)!r})\nclass LogisticRegression: pass\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    schema = entries["schema.json"].replace(b"sklearn.linear_model._logistic", b"evil")
    assert "'evil.LogisticRegression'" in refused(zipped({**entries, "schema.json": schema}), "m.skops")


# -- ONNX --------------------------------------------------------------------------------------------------------------


@pytest.fixture
def onnx_files(need):
    need("onnx")


def tensor(**fields):
    from onnx import TensorProto

    return TensorProto(name="W", data_type=TensorProto.FLOAT, dims=[2, 1], **fields)


def linear(weights, nodes=None, opsets=(), **fields):
    """Return an ONNX model that adds up two columns, weighted."""
    from onnx import TensorProto, helper

    graph = helper.make_graph(
        nodes or [helper.make_node("MatMul", ["X", "W"], ["score"])],
        "graph",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, [None, 2])],
        [helper.make_tensor_value_info("score", TensorProto.FLOAT, [None, 1])],
        [weights],
    )
    known = [helper.make_opsetid("", 17), *(helper.make_opsetid(each, 1) for each in opsets)]
    return helper.make_model(graph, opset_imports=known, ir_version=9, **fields).SerializeToString()


def good():
    return linear(tensor(raw_data=np.array([1, 1], np.float32).tobytes()))


def outside(location):
    """Return a tensor whose data lie elsewhere."""
    from onnx import TensorProto

    made = tensor(data_location=TensorProto.EXTERNAL)
    made.external_data.add(key="location", value=location)
    return made


@pytest.mark.usefixtures("onnx_files")
def test_the_good_onnx_model_is_loaded(tmp_path):
    (tmp_path / "m.onnx").write_bytes(good())
    assert load_model(tmp_path / "m.onnx", at_least=3).predict(ROWS) == [False, True, True]  # 1, 3, 5


@pytest.mark.usefixtures("onnx_files")
@pytest.mark.parametrize("location", ["weights.bin", "../weights.bin", "/etc/passwd", "*/_ORT_MEM_ADDR_/*", ""])
def test_data_outside_of_the_file(location, refused, tmp_path, monkeypatch):
    (tmp_path / "weights.bin").write_bytes(np.array([5, 7], np.float32).tobytes())
    monkeypatch.chdir(tmp_path)
    message = r"m.onnx: 1 of the model's tensors lie in another file (external data), which is not opened"
    assert message in refused(linear(outside(location)), "m.onnx", top=0.5)


@pytest.mark.usefixtures("onnx_files")
def test_data_outside_of_the_file_wherever_they_are_hidden(refused):
    from onnx import SparseTensorProto, TensorProto, helper

    hidden = outside("weights.bin")
    inner = helper.make_graph([], "inner", [], [], [hidden])
    sparse = SparseTensorProto(values=hidden, dims=[2, 1])
    function = helper.make_function(
        "own", "F", ["X"], ["Y"], [helper.make_node("Constant", [], ["Y"], value=hidden)], [helper.make_opsetid("", 17)]
    )
    ready = tensor(raw_data=np.array([1, 1], np.float32).tobytes())
    beside = tensor(raw_data=np.array([1, 1], np.float32).tobytes())
    beside.external_data.add(key="location", value="weights.bin")  # with data of its own, too
    cases = [
        linear(ready, [helper.make_node("Constant", [], ["score"], value=hidden)]),
        linear(ready, [helper.make_node("Constant", [], ["score"], sparse_value=sparse)]),
        linear(ready, [helper.make_node("If", ["X"], ["score"], then_branch=inner, else_branch=inner)]),
        linear(ready, functions=[function]),
        linear(beside),
    ]
    for case in cases:
        assert "lie in another file (external data)" in refused(case, "m.onnx", top=0.5)
    assert TensorProto.EXTERNAL == 1


@pytest.mark.usefixtures("onnx_files")
@pytest.mark.parametrize(
    ("domain", "operator"), [("evil.ops", "Run"), ("ai.onnx.contrib", "PyOp"), ("com.microsoft", "EPContext")]
)
def test_operators_of_somebody_else(domain, operator, refused):
    from onnx import helper

    node = helper.make_node(operator, ["X"], ["score"], domain=domain, ep_cache_context="/etc/passwd")
    message = refused(linear(tensor(raw_data=bytes(8)), [node], [domain]), "m.onnx", top=0.5)
    assert f"operators that onnxruntime does not bring: '{domain}.{operator}'. No library is loaded" in message


@pytest.mark.usefixtures("onnx_files")
def test_an_operator_that_reads_files_is_not_made_harmless_by_a_function_of_its_name(refused):
    from onnx import helper

    named = {
        "domain": "com.microsoft",
        "inputs": ["x"],
        "outputs": ["y"],
        "opset_imports": [helper.make_opsetid("", 17)],
    }
    function = helper.make_function(fname="EPContext", nodes=[helper.make_node("Neg", ["x"], ["y"])], **named)
    nodes = [
        helper.make_node("MatMul", ["X", "W"], ["sum"]),
        helper.make_node("EPContext", ["sum"], ["score"], domain="com.microsoft"),
    ]
    data = linear(tensor(raw_data=bytes(8)), nodes, ["com.microsoft"], functions=[function])
    assert "operators that onnxruntime does not bring: 'com.microsoft.EPContext'" in refused(data, "m.onnx", top=0.5)


@pytest.mark.usefixtures("onnx_files")
def test_a_function_of_the_models_own_is_no_foreign_operator(tmp_path):
    from onnx import helper

    twice = helper.make_function(
        "own", "Twice", ["x"], ["y"], [helper.make_node("Add", ["x", "x"], ["y"])], [helper.make_opsetid("", 17)]
    )
    nodes = [
        helper.make_node("MatMul", ["X", "W"], ["sum"]),
        helper.make_node("Twice", ["sum"], ["score"], domain="own"),
    ]
    weights = tensor(raw_data=np.array([1, 1], np.float32).tobytes())
    (tmp_path / "m.onnx").write_bytes(linear(weights, nodes, ["own"], functions=[twice]))
    assert load_model(tmp_path / "m.onnx").score(ROWS).tolist() == [2.0, 6.0, 10.0]


@pytest.mark.usefixtures("onnx_files")
@pytest.mark.parametrize("part", [0.05, 0.3, 0.5, 0.9, 0.99])
def test_an_onnx_model_that_is_cut_off(part, refused):
    data = good()
    assert "is cut off or damaged" in refused(data[: int(len(data) * part)], "m.onnx", top=0.5)


@pytest.mark.usefixtures("onnx_files")
def test_an_onnx_model_that_the_runtime_does_not_know(refused):
    from onnx import helper

    message = refused(
        linear(tensor(raw_data=bytes(8)), [helper.make_node("NoSuch", ["X"], ["score"])]), "m.onnx", top=0.5
    )
    assert "onnxruntime does not run this model (" in message


@pytest.mark.usefixtures("onnx_files")
@pytest.mark.parametrize(
    ("operator", "message"),
    [("Log", r"3 of the model's 3 predictions are missing"), ("Reciprocal", r"predictions are infinite")],
)
def test_numbers_that_are_none(operator, message, refused):
    from onnx import helper

    nodes = [helper.make_node("MatMul", ["X", "W"], ["sum"]), helper.make_node(operator, ["sum"], ["score"])]
    weights = np.array([-1 if operator == "Log" else 0, 0], np.float32)  # log of -1, -2, -3; 1/0
    data = linear(tensor(raw_data=weights.tobytes()), nodes)
    assert re.search(message, refused(data, "m.onnx", top=0.5))


@pytest.mark.usefixtures("onnx_files")
def test_one_answer_for_all_rows(refused):
    from onnx import helper

    nodes = [helper.make_node("MatMul", ["X", "W"], ["all"]), helper.make_node("ReduceSum", ["all"], ["score"])]
    message = refused(linear(tensor(raw_data=bytes(8)), nodes), "m.onnx", top=0.5)
    assert "The model made 1 predictions for 3 rows" in message


# -- any byte changed --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("onnx_files")
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_changed_byte_ends_in_an_answer_or_in_one_message(data, entries, tmp_path):
    whole = data.draw(st.sampled_from([zipped(entries), good(), pickle.dumps({"a": [1, 2.5, None]}, 0)]))
    at, byte = data.draw(st.integers(0, len(whole) - 1)), data.draw(st.integers(0, 255))
    path = tmp_path / data.draw(st.sampled_from(["m.skops", "m.onnx", "m.csv"]))
    path.write_bytes(whole[:at] + bytes([byte]) + whole[at + 1 :])
    try:
        scores = load_model(path, at_least=0.0).score(ROWS)
    except FairwitnessError as refused:
        message = str(refused)
    else:
        assert len(scores) == 3
        assert np.isfinite(scores).all()
        return
    assert "\n" not in message
