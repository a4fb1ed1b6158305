"""What `model_scoring.py` times, each in a process of its own: made-up applicants, two screeners, five ways to score.

    python scoring_jobs.py make FOLDER ROWS
    python scoring_jobs.py JOB FOLDER MODEL ROWS

A job prints one line of JSON: seconds, processor seconds of all threads, largest memory, and how many were selected.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 11
AT_ONCE = 250_000  # rows in a row group
WARM = 10_000  # rows of the file on which every job runs first, untimed: imports, and onnxruntime's first run
CHUNK = 1 << 16  # rows in one run of onnxruntime: more at once are slower
NUMBERS = [*(f"x{i}" for i in range(15)), *(f"k{i}" for i in range(5))]
WORDS = {"degree": 4, "city": 12, "industry": 8}
TYPES = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(string)": object}


def main() -> None:
    """Do what is asked on the command line."""
    what, folder, *rest = sys.argv[1:]
    if what == "make":
        make(Path(folder), int(rest[0]))
        return
    model, rows = rest
    work = JOBS[what](Path(folder, f"{model}.onnx"))
    if int(rows) > WARM:
        work(Path(folder, f"{WARM}.parquet"))()
    timed = work(Path(folder, f"{rows}.parquet"))
    wall, cpu = time.perf_counter(), time.process_time()
    selected = timed()
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(json.dumps({"wall": wall, "cpu": cpu, "peak_mib": _peak_mib(), "selected": selected}))


def _peak_mib() -> float:
    """Return the process's own largest resident memory; on systems without /proc it may be that of its parent."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    told = dict(line.split(":", 1) for line in status.read_text(encoding="utf-8").splitlines())
    return int(told["VmHWM"].split()[0]) / 1024


# -- what is scored --------------------------------------------------------------------------------------------


def make(folder: Path, rows: int) -> None:
    """Write a file of applicants; with the smallest one also the screeners, fitted to it."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    drawn = np.random.default_rng([SEED, rows])
    with pq.ParquetWriter(folder / f"{rows}.parquet", pa.Table.from_pandas(applicants(1, drawn)).schema) as file:
        for start in range(0, rows, AT_ONCE):
            file.write_table(pa.Table.from_pandas(applicants(min(AT_ONCE, rows - start), drawn)))
    if rows == WARM:
        fit(folder, pd.read_parquet(folder / f"{rows}.parquet"))


def applicants(rows: int, drawn: np.random.Generator) -> pd.DataFrame:
    """Return applicants with 20 numbers, three words, and two protected attributes that no screener is given."""
    columns: dict[str, Any] = {name: drawn.normal(size=rows) for name in NUMBERS[:15]}
    columns |= {name: drawn.integers(0, 30, rows) for name in NUMBERS[15:]}
    for name, levels in (WORDS | {"sex": 2, "race": 5}).items():
        columns[name] = np.array([f"{name} {i}" for i in range(levels)], object)[drawn.integers(0, levels, rows)]
    return pd.DataFrame(columns)


def fit(folder: Path, people: pd.DataFrame) -> None:
    """Write two screeners as ONNX: 100 trees of 31 leaves, which is what gradient boosting grows, and a linear one."""
    from skl2onnx import to_onnx
    from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
    from sklearn.compose import make_column_transformer
    from sklearn.ensemble import GradientBoostingClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, StandardScaler

    worth = people["x0"] + people["x1"] * people["x2"] + people["k0"] / 10 + (people["degree"] == "degree 2")
    hired = worth + np.random.default_rng(SEED).normal(size=len(people)) > 2
    kinds = {"x": FloatTensorType, "k": Int64TensorType}
    types = [(name, kinds[name[0]]([None, 1])) for name in NUMBERS]
    types += [(name, StringTensorType([None, 1])) for name in WORDS]
    for name, estimator in (
        ("boosted", GradientBoostingClassifier(max_depth=None, max_leaf_nodes=31, random_state=SEED)),
        ("linear", LogisticRegression(max_iter=1000)),
    ):
        encode = OneHotEncoder(sparse_output=False)
        first = make_column_transformer((StandardScaler(), NUMBERS), (encode, list(WORDS)))
        fitted = make_pipeline(first, estimator).fit(people[[*NUMBERS, *WORDS]], hired.astype(int))
        made = to_onnx(fitted, initial_types=types, options={"zipmap": False})
        (folder / f"{name}.onnx").write_bytes(made.SerializeToString())


# -- ways to score ---------------------------------------------------------------------------------------------


def fairwitness(model: Path) -> Callable[[Path], Callable[[], int]]:
    """Read the file, ask the model, count its decisions by two attributes: all that an audit does before it judges."""
    import fairwitness as fw
    from fairwitness.audit.counting.count import tally
    from fairwitness.audit.models.scoring import decisions_of

    screener = fw.load_model(model)

    def work(file: Path) -> Callable[[], int]:
        def run() -> int:
            counted = tally(decisions_of(file, screener, roles={"protected": ["sex", "race"]}).decisions)
            return sum(count.n for key, count in counted.cells.items() if key[-1] == "selected")

        return run

    return work


def asked(model: Path) -> Callable[[Path], Callable[[], int]]:
    """Ask the model about rows that are ready in memory, through `fw.load_model`: its answers, checked."""
    import fairwitness as fw

    screener = fw.load_model(model)

    def work(file: Path) -> Callable[[], int]:
        rows = pd.read_parquet(file)[[*NUMBERS, *WORDS]]
        return lambda: int(np.sum(np.asarray(screener.answers(rows).decision, np.int64)))

    return work


def onnxruntime_alone(model: Path, threads: int = 0) -> Callable[[Path], Callable[[], int]]:
    """Run the model on arrays that are ready in memory, and do nothing else; 0 threads are what onnxruntime chooses."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def work(file: Path) -> Callable[[], int]:
        arrays = _arrays(session, pd.read_parquet(file))
        rows = len(next(iter(arrays.values())))
        chunks = [{name: a[at : at + CHUNK] for name, a in arrays.items()} for at in range(0, rows, CHUNK)]
        return lambda: sum(int(session.run(None, chunk)[0].sum()) for chunk in chunks)

    return work


def script(model: Path) -> Callable[[Path], Callable[[], int]]:
    """Read the file whole with pandas, make arrays, run the model: a script of ten lines, without any count."""
    import onnxruntime

    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    names = [each.name for each in session.get_inputs()]

    def work(file: Path) -> Callable[[], int]:
        def run() -> int:
            arrays = _arrays(session, pd.read_parquet(file, columns=names))
            return int(session.run(None, arrays)[0].sum())

        return run

    return work


def _arrays(session: Any, rows: pd.DataFrame) -> dict[str, np.ndarray[Any, Any]]:
    return {each.name: rows[each.name].to_numpy(TYPES[each.type]).reshape(-1, 1) for each in session.get_inputs()}


JOBS: dict[str, Callable[[Path], Callable[[Path], Callable[[], int]]]] = {
    "fairwitness": fairwitness,
    "asked": asked,
    "alone": onnxruntime_alone,
    "one_thread": lambda model: onnxruntime_alone(model, threads=1),
    "script": script,
}

if __name__ == "__main__":
    main()
