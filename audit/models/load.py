"""One door to all models: an object, a file, ``module:function``, an address or a command in; a `Model` out."""

from __future__ import annotations

import re
from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.loaders.source import find_files
from fairwitness.audit.models.content import content_of, refusal
from fairwitness.audit.models.estimator import object_model
from fairwitness.audit.models.model import Model
from fairwitness.audit.models.predictions import predictions_model

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from fairwitness.audit.models.content import Kind

FUNCTION = r"[^\W\d][\w.]*:[^\W\d][\w.]*"
COMMAND = "command:"
MOST_BYTES = (1 << 31) - 1  # of a message of protobuf, as ONNX is one; skops files end far below
# Which option says something about which kind of model; those that are not here, about any.
APPLIES: dict[str, tuple[str, ...]] = {
    "batch": ("function", "estimator", "onnx", "skops", "pickle", "endpoint", "command"),
    "cache": ("function", "endpoint", "command"),
    "features": ("function", "estimator", "onnx", "skops", "pickle", "endpoint", "command"),
    "headers": ("endpoint",),
    "hosts": ("endpoint",),
    "positive": ("function", "estimator", "onnx", "skops", "pickle"),
    "prediction": ("predictions", "onnx"),
    "trust": ("pickle",),
    "version": ("function", "endpoint", "command"),
}
FOLDERS = {"MLmodel": "an MLflow model, most often a pickle", "saved_model.pb": "a TensorFlow model"}


def load_model(
    source: Any,
    *,
    features: str | Sequence[str] | None = None,
    at_least: float | None = None,
    top: float | None = None,
    positive: object = None,
    prediction: str | None = None,
    unit: str | Sequence[str] = (),
    trust: str | None = None,
    hosts: str | Collection[str] = (),
    headers: Mapping[str, str] | None = None,
    batch: int | None = None,
    timeout: float = 30.0,
    retries: int = 3,
    cache: str | PathLike[str] | None = None,
    version: str | None = None,
    name: str | None = None,
) -> Model:
    """Return a model that can be asked about rows.

    Parameters
    ----------
    source : object
        A fitted estimator or a function of a frame; the path of a file of predictions, an ONNX model or a skops file,
        judged by its bytes and not by its name; ``module:function``; ``https://…``; ``command:program arguments``.
        A pickle, or a file of joblib or cloudpickle, is refused unless it is trusted.
    features : str or sequence of str, optional
        The columns that it sees, in this order.  By default those that it says it reads, or all.
    at_least : float, optional
        Selected is who scores at least this.
    top : float, optional
        Selected is this share with the highest scores, between 0 and 1.
    positive : object, optional
        The class that means selected; by default the last of an estimator's classes.
    prediction : str, optional
        The column of a file of predictions, or the output of an ONNX model, where several could be meant.
    unit : str or sequence of str
        The columns by which predictions are joined with rows; without, they are taken in order.
    trust : str, optional
        SHA-256 of a pickle that may be loaded, in a child process with limits.
    hosts, headers, retries
        Of an endpoint: see `fairwitness.audit.models.endpoint.endpoint_model`.
    batch : int, optional
        Rows in one question.
    timeout : float
        Seconds for one question to an endpoint, a command or a trusted pickle.
    cache, version
        A file that keeps answers, and which model gave them: of endpoints, commands and functions.
    name : str, optional
        In the record; by default the file's, the function's, the host's.

    Returns
    -------
    Model

    Raises
    ------
    FairwitnessError
        What the source is not, or must not be; an option that does not apply to it; a cut-off without a score.

    Examples
    --------
    >>> import pandas as pd
    >>> model = load_model(lambda rows: rows["points"] / 10, top=0.5, name="points")
    >>> model.predict(pd.DataFrame({"points": [7, 2, 9, 4]}))
    [True, False, True, False]
    """
    options: dict[str, Any] = {
        "features": _names(features, "features"),
        "positive": positive,
        "prediction": prediction,
        "trust": trust,
        "hosts": (hosts,) if isinstance(hosts, str) else tuple(hosts),
        "headers": headers or None,
        "batch": batch,
        "cache": cache,
        "version": version,
        "name": name,
    }
    others = {"unit": _names(unit or None, "unit") or (), "timeout": timeout, "retries": retries}
    model = _model(source, cut=at_least is not None or top is not None, **options, **others)
    idle = [each for each, kinds in APPLIES.items() if options[each] and model.kind not in kinds]
    if idle:
        raise FairwitnessError(
            f"{model.name}: {listed(idle)} {'says' if len(idle) == 1 else 'say'} nothing about a model of the kind "
            f"{model.kind}. Leave {'it' if len(idle) == 1 else 'them'} out."
        )
    if isinstance(source, Model) and at_least is None and top is None:  # it keeps its own
        at_least, top = source.at_least, source.top
    asks_itself = model.kind in ("endpoint", "command", "function")  # in batches of its own
    return replace(model, at_least=at_least, top=top, batch=model.batch if asks_itself else batch)


def _model(source: Any, *, features: Any, cut: bool, **options: Any) -> Model:
    chosen = {"features": features, "name": options["name"]}
    scored = {"positive": options["positive"], "cut": cut}
    kept = {key: options[key] for key in ("batch", "cache", "version")}
    if isinstance(source, Model):
        return replace(source, name=options["name"] or source.name, inputs=features or source.inputs)
    if not isinstance(source, str | PathLike):
        return _of_object(source, chosen, scored, options)
    text = str(source)
    if text.casefold().startswith(("http://", "https://")):
        from fairwitness.audit.models.endpoint import endpoint_model

        wire = {key: options[key] for key in ("hosts", "headers", "timeout", "retries")}
        return endpoint_model(text, **chosen, **kept, **wire)
    if text.startswith(COMMAND):
        from fairwitness.audit.models.command import command_model

        return command_model(text.removeprefix(COMMAND), **chosen, **kept, timeout=options["timeout"])
    if re.fullmatch(FUNCTION, text) and not _there(Path(text)):
        from fairwitness.audit.models.function import function_model

        return function_model(text, **chosen, **scored, **kept)
    return _of_file(source, chosen, scored, options)


def _of_object(source: Any, chosen: dict[str, Any], scored: dict[str, Any], options: dict[str, Any]) -> Model:
    if isinstance(source, bytes | bytearray):
        raise FairwitnessError("A model is not read from bytes. Give the path of its file.")
    made = replace(object_model(source, **chosen, **scored), batch=options["batch"])
    if made.kind != "function" or options["cache"] is None:
        return made
    from fairwitness.audit.models.cache import keeping

    return keeping(made, options["cache"], source=made.name, version=options["version"])


def _of_file(source: Any, chosen: dict[str, Any], scored: dict[str, Any], options: dict[str, Any]) -> Model:
    path = Path(source)
    for mark, what in FOLDERS.items():
        if _there(path / mark):
            raise refusal(what, printable(path.name))
    files = find_files(str(source))
    content = None if files.root else content_of(files.paths[0])
    if content is None or content.kind == "table":
        return predictions_model(
            source, unit=options["unit"], prediction=options["prediction"], name=options["name"], cut=scored["cut"]
        )
    path, name = files.paths[0], printable(options["name"] or files.name)
    if content.kind == "refused":
        raise refusal(content.what, printable(path.name))
    if content.kind == "pickle" and options["trust"] is None:
        from fairwitness.audit.models.trusted import untrusted

        raise untrusted(content.what, name)
    data = _bytes(path, content.kind)
    chosen = chosen | {"name": name}
    if content.kind == "onnx":
        from fairwitness.audit.models.onnx_file import onnx_model

        return onnx_model(data, **chosen, **scored, prediction=options["prediction"])
    if content.kind == "skops":
        from fairwitness.audit.models.skops_file import skops_model

        return skops_model(data, **chosen, **scored)
    from fairwitness.audit.models.trusted import trusted_model

    return trusted_model(data, content.what, **chosen, **scored, trust=options["trust"], timeout=options["timeout"])


def _bytes(path: Path, kind: Kind) -> bytes:
    """Return a file's bytes, which are read once: what is digested is what is loaded."""
    fault = "too large a file for a model in memory. Serve the model behind an address or a command."
    try:
        if kind == "pickle" or path.stat().st_size <= MOST_BYTES:
            return path.read_bytes()
    except OSError as error:
        fault = f"not readable ({type(error).__name__}). Check the path and its rights."
    except MemoryError:
        pass
    raise FairwitnessError(f"{printable(path.name)}: {fault}")


def _there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # as of a name that is too long
        return False


def _names(given: str | Sequence[str] | None, option: str) -> list[str] | None:
    if given is None:
        return None
    named = [given] if isinstance(given, str) else list(given)
    if len(set(named)) < max(len(named), 1):
        raise FairwitnessError(f"{option}: name the columns, at least one and each once.")
    return named
