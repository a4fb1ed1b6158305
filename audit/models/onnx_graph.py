"""An ONNX file taken apart as data, before any runtime sees it: what it reaches for, takes and gives.

What would make the runtime open another file or library is refused.  It looks up external data beside the model's
file or, given bytes, in the working folder.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.models.onnx_inputs import TYPES, Input

if TYPE_CHECKING:
    from collections.abc import Iterator

DOMAINS = {"", "ai.onnx", "ai.onnx.ml", "com.microsoft"}  # operators that onnxruntime itself brings
READS_FILES = {"EPContext"}  # of com.microsoft: a compiled model beside the file


@dataclass(frozen=True, slots=True)
class Graph:
    """What a checked model takes and gives.

    Attributes
    ----------
    proto : ModelProto
        Without ZipMap at its end, which would make a dictionary of each row.
    inputs : tuple of Input
    decision, score : str or None
        The outputs to ask for.
    classes : tuple of str or None
        In the order of the score's columns, where the file tells.
    """

    proto: Any
    inputs: tuple[Input, ...]
    decision: str | None
    score: str | None
    classes: tuple[str, ...] | None


def graph_of(data: bytes, name: str, prediction: str | None = None) -> Graph:
    """Return what the bytes of an ONNX file hold, once nothing in it reaches out of the file.

    Parameters
    ----------
    data : bytes
    name : str
        For messages.
    prediction : str, optional
        The output to take, where several could be meant.

    Raises
    ------
    FairwitnessError
        onnx is not installed; a damaged file; external data; operators of another maker; inputs or outputs that no
        table of rows can stand for.

    References
    ----------
    ONNX, "Open Neural Network Exchange Intermediate Representation Specification", sections "Graphs" and "External
    Tensor Data", https://onnx.ai/onnx/repo-docs/IR.html.
    """
    proto = _parsed(data, name)
    graph = proto.graph
    fixed = {each.name for each in graph.initializer}
    inputs = tuple(_input(each, name) for each in graph.input if each.name not in fixed)
    if not inputs or (len(inputs) > 1 and any(each.width is None for each in inputs)):
        raise FairwitnessError(f"{name}: the model does not tell how many columns each of its inputs takes.")
    replaced, classes = _without_zipmap(graph)
    classes = classes or _classes_of_the_classifier(graph)
    outputs = {each.name: each.type.tensor_type.elem_type for each in graph.output if each.type.HasField("tensor_type")}
    if prediction is not None:
        chosen = replaced.get(prediction, prediction)
        if chosen not in outputs:
            shown = sorted({*outputs, *replaced} - set(replaced.values()))
            raise FairwitnessError(
                f"{name}: the model has no output {quoted(prediction)}.{did_you_mean(prediction, shown)} Its outputs "
                f"are {listed(shown)}."
            )
        outputs = {chosen: outputs[chosen]}
    scores = [each for each, kind in outputs.items() if TYPES.get(kind, "").startswith("float")]
    decisions = [each for each, kind in outputs.items() if kind in TYPES and each not in scores]
    if max(len(scores), len(decisions)) != 1 or not scores + decisions:
        raise FairwitnessError(
            f"{name}: which output is the prediction? The model has {listed(each.name for each in graph.output)}. Name "
            "one: prediction = '…'."
        )
    return Graph(proto, inputs, next(iter(decisions), None), next(iter(scores), None), classes)


def _parsed(data: bytes, name: str) -> Any:
    """Return the model as a message of protobuf, in which nothing reaches out of the file."""
    try:
        import onnx
        import onnxruntime  # noqa: F401 -- asked for here, so that one message names both
    except ImportError:
        raise FairwitnessError(
            f"{name}: an ONNX model needs onnxruntime and onnx. Install them: pip install 'fairwitness[onnx]'."
        ) from None
    proto = onnx.ModelProto()
    try:
        proto.ParseFromString(data)
        sound = all(_spelt(message) for message in _messages(proto))
    except Exception:  # noqa: BLE001 -- the DecodeError of protobuf, which is published without types
        sound = False
    if not sound:
        raise FairwitnessError(f"{name}: the ONNX model is cut off or damaged. Fetch it again.")
    proto.DiscardUnknownFields()  # so that the runtime sees nothing that was not checked
    del proto.metadata_props[:]  # the runtime may be told to take its settings from there
    own = {(each.domain, each.name) for each in proto.functions if each.domain not in DOMAINS}
    external, foreign = 0, set()
    for message in _messages(proto):
        kind = message.DESCRIPTOR.name
        if kind == "TensorProto":
            external += message.data_location == onnx.TensorProto.EXTERNAL or len(message.external_data) > 0
        elif kind == "NodeProto" and (message.domain, message.op_type) not in own:
            known = message.domain in DOMAINS and message.op_type not in READS_FILES
            foreign |= set() if known else {f"{message.domain}.{message.op_type}"}
    if external:
        raise FairwitnessError(
            f"{name}: {external:,} of the model's tensors lie in another file (external data), which is not opened: it "
            "could be any file of this machine. Save the model with its data inside: onnx.save(model, path), with "
            "save_as_external_data left out."
        )
    if foreign:
        raise FairwitnessError(
            f"{name}: operators that onnxruntime does not bring: {listed(sorted(foreign))}. No library is loaded for "
            "them. Export the model without, or serve it behind an address or a command."
        )
    return proto


def _messages(message: Any) -> Iterator[Any]:
    """Yield a message and all that lie in it, at any depth: sub-graphs, functions, sparse tensors, training."""
    yield message
    for field, value in message.ListFields():
        if field.message_type is not None:
            for each in [value] if hasattr(value, "DESCRIPTOR") else value:
                yield from _messages(each)


def _spelt(message: Any) -> bool:
    """Say whether every text of a message is one: protobuf hands over as bytes what is no UTF-8."""
    texts = (value for field, value in message.ListFields() if field.type == field.TYPE_STRING)
    return all(isinstance(each, str) for text in texts for each in ([text] if isinstance(text, str | bytes) else text))


def _input(value: Any, name: str) -> Input:
    tensor = value.type.tensor_type
    rank = len(tensor.shape.dim)
    if tensor.elem_type not in TYPES or rank not in (1, 2):
        raise FairwitnessError(
            f"{name}: the input {quoted(value.name)} is no column or matrix of numbers or text. Serve the model behind "
            "an address or a command that takes rows."
        )
    width = 1 if rank == 1 else tensor.shape.dim[1].dim_value or None
    return Input(value.name, TYPES[tensor.elem_type], width, rank == 1)


def _without_zipmap(graph: Any) -> tuple[dict[str, str], tuple[str, ...] | None]:
    """Take a ZipMap off the graph's end; return the outputs that took its outputs' places, and its classes."""
    import onnx

    replaced, classes = {}, None
    ends = {each.name: each for each in graph.output}
    for node in [n for n in graph.node if n.op_type == "ZipMap" and n.domain == "ai.onnx.ml" and n.output[0] in ends]:
        replaced[node.output[0]] = node.input[0]
        classes = next((_labels(each) for each in node.attribute if each.name.startswith("classlabels")), None)
        graph.output.remove(ends[node.output[0]])
        graph.output.append(onnx.helper.make_tensor_value_info(node.input[0], onnx.TensorProto.FLOAT, None))
        graph.node.remove(node)
    return replaced, classes


def _classes_of_the_classifier(graph: Any) -> tuple[str, ...] | None:
    """Return the class labels that the graph's only classifier states."""
    stated = [_labels(each) for n in graph.node for each in n.attribute if each.name.startswith("classlabels")]
    stated = [each for each in stated if each]
    return stated[0] if len(set(stated)) == 1 else None


def _labels(attribute: Any) -> tuple[str, ...]:
    texts = tuple(each.decode("utf-8", "replace") for each in attribute.strings)
    return texts or tuple(str(each) for each in attribute.ints)
