"""An ONNX file, run by onnxruntime on the CPU: the same answers on every machine's number of processors."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.models.classes import class_at
from fairwitness.audit.models.model import Answers, Model
from fairwitness.audit.models.onnx_graph import graph_of
from fairwitness.audit.models.onnx_inputs import check_width, fed

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd

    from fairwitness.audit.models.onnx_inputs import Input

    Array = np.ndarray[Any, Any]

CHUNK = 1 << 14  # rows in one run: memory stays flat, and the caches warm


def onnx_model(
    data: bytes,
    *,
    name: str,
    features: Sequence[str] | None = None,
    positive: object = None,
    prediction: str | None = None,
    cut: bool = False,
) -> Model:
    """Return a model from the bytes of an ONNX file.

    Parameters
    ----------
    data : bytes
    name : str
    features : sequence of str, optional
        The columns that it takes, in its order; needed where it takes a matrix and the rows have more columns.  By
        default one for each input, of the input's name.
    positive : object, optional
        The class that means selected: by default the last.
    prediction : str, optional
        The output to take, where several could be meant.
    cut : bool
        Whether decisions are made from the score, so that the model's own need not be asked.

    Raises
    ------
    FairwitnessError
        onnxruntime and onnx are not installed; a damaged file; external data; operators of another maker; inputs or
        outputs that no table of rows can stand for.

    References
    ----------
    ONNX, "Open Neural Network Exchange Intermediate Representation Specification", sections "Graphs" and "External
    Tensor Data", https://onnx.ai/onnx/repo-docs/IR.html.
    """
    graph = graph_of(data, name, prediction)
    if cut and graph.score is None:
        raise FairwitnessError(
            f"{name}: the model gives no score, so that no cut-off applies. Leave out at_least and top."
        )
    if positive is not None and graph.classes is None:
        raise FairwitnessError(
            f"{name}: the file does not tell which class stands in which column. Leave positive out; the last is taken."
        )
    place = -1 if graph.classes is None else class_at(positive, graph.classes) - len(graph.classes)
    inputs = _names(graph.inputs, features)
    session = _session(graph.proto, name)
    wanted = [output for output in (None if cut else graph.decision, graph.score) if output]

    def ask(rows: pd.DataFrame, _: int) -> Answers:
        check_width(list(map(str, rows.columns)), graph.inputs, name)
        made = dict(zip(wanted, _run(session, wanted, rows, graph.inputs, name), strict=True))
        score = made.get(graph.score or "")
        return Answers(made.get(graph.decision or ""), None if score is None else _of_class(score, place, name))

    import onnxruntime

    facts = {
        "opset": {each.domain or "ai.onnx": each.version for each in graph.proto.opset_import},
        "producer": printable(f"{graph.proto.producer_name} {graph.proto.producer_version}".strip()) or None,
        "runtime": f"onnxruntime {onnxruntime.__version__}",
        "outputs": [printable(each) for each in wanted],
        "classes": None if graph.classes is None else [printable(each) for each in graph.classes],
        "positive": None if graph.classes is None else printable(graph.classes[place]),
    }
    return Model(name, "onnx", ask, sha256(data).hexdigest(), inputs, facts=facts)


def _session(proto: Any, name: str) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1  # sums in one order; runs go side by side instead
    options.use_deterministic_compute = True
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # noqa: BLE001 -- onnxruntime has a dozen kinds without a common ancestor
        kind = printable(type(error).__name__)
        said = printable(str(error).splitlines()[0][:200]) if str(error) else ""
    raise FairwitnessError(f"{name}: onnxruntime does not run this model ({kind}: {said}). Export it anew.")


def _run(session: Any, wanted: list[str], rows: pd.DataFrame, inputs: Sequence[Input], name: str) -> list[Array]:
    """Run the model on a chunk of rows at a time, as many at once as there are processors."""
    import numpy as np
    import onnxruntime

    options = onnxruntime.RunOptions()
    options.log_severity_level = 4

    def run(at: int) -> list[Array]:
        made: list[Array] = session.run(wanted, fed(rows.iloc[at : at + CHUNK], inputs, name), options)
        return made

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            parts = list(pool.map(run, range(0, len(rows), CHUNK)))
        except BaseException:  # an interruption, too, ends what is running
            options.terminate = True
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return [np.concatenate(each) for each in zip(*parts, strict=True)]


def _of_class(score: Array, place: int, name: str) -> Array:
    if score.ndim == 2 and score.shape[1] > 1:
        return score[:, place]
    if place != -1:
        raise FairwitnessError(f"{name}: the model gives one score, of its last class. Leave positive out.")
    return score


def _names(inputs: Sequence[Input], features: Sequence[str] | None) -> tuple[str, ...] | None:
    """Return the rows' columns in the order of the inputs."""
    if all(each.width == 1 for each in inputs):
        names = tuple(each.name for each in inputs)
        return names if features is None or set(features) == set(names) else tuple(features)
    return None if features is None else tuple(features)
