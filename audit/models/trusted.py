"""A pickle that is trusted by its SHA-256: loaded and asked in a child process, never in this one.

What is trusted are these very bytes: they are read once, and what is digested is what the child is sent.  The child
has limits, not walls: a pickle that is trusted can do what its reader may do.  The limits stop what goes wrong, and
show what it should not do.
"""

from __future__ import annotations

import json
import math
import os
import re
from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import FairwitnessError, printable, quoted
from fairwitness.audit.models.estimator import MOST_CLASSES
from fairwitness.audit.models.limited_process import MEMORY, answered
from fairwitness.audit.models.model import Answers, Model

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

BYTES_A_ROW = 1_024  # of an answer, at most
BYTES = 1 << 16
FACTS = ("type", "score", "classes", "positive", "saved_with")


class _Question(NamedTuple):
    """What the child is told, and how long it may take."""

    where: str
    data: bytes
    settings: dict[str, Any]
    timeout: float

    def put(self, rows: pd.DataFrame | None) -> dict[str, Any]:
        """Return what the child answers: about rows, or about the model itself."""
        table = b"" if rows is None else _arrow(rows, self.where)
        memory = MEMORY + 4 * (len(self.data) + len(table))
        settings = self.settings | {"model": len(self.data), "rows": len(table), "memory": memory}
        head = json.dumps(settings | {"seconds": math.ceil(self.timeout)}).encode()
        most = BYTES + BYTES_A_ROW * (0 if rows is None else len(rows))
        reply = answered(head + b"\n" + self.data + table, most, self.timeout, self.where)
        try:
            said = json.loads(reply)
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise FairwitnessError(
                f"{self.where}: the model's process answered with something else than was asked for."
            )
        if "error" in said:
            raise FairwitnessError(f"{self.where}: {printable(said['error'])[:1000]}")
        return said


def trusted_model(
    data: bytes,
    what: str,
    *,
    name: str,
    trust: str,
    timeout: float,
    features: Sequence[str] | None = None,
    positive: object = None,
    cut: bool = False,
) -> Model:
    """Return a model from the bytes of a pickle, if their SHA-256 is the one that is trusted.

    Parameters
    ----------
    data : bytes
        Of a pickle, or a file of joblib or cloudpickle.
    what : str
        What it is, in words.
    name : str
    trust : str
        64 hexadecimal digits.
    timeout : float
        Seconds that loading it and one question to it may take together.
    features, positive, cut
        As `estimator_model` takes them.

    Raises
    ------
    FairwitnessError
        Other bytes are trusted; the model does not load, takes too long or too much memory, leaves
        processes behind, or answers something else than was asked for.

    References
    ----------
    The Python Standard Library, pickle, "The pickle module is not secure. Only unpickle data you trust."
    CWE-502, Deserialization of Untrusted Data.
    """
    _check_trust(data, what, name, trust)
    settings = {"name": name, "features": None if features is None else list(features), "cut": cut}
    positive = positive.item() if hasattr(positive, "item") else positive
    question = _Question(name, data, settings | {"positive": positive}, timeout)
    told = question.put(None)
    inputs, facts = told.get("inputs"), told.get("facts")
    if not (inputs is None or _all_text(inputs)) or not isinstance(facts, dict):
        raise FairwitnessError(f"{name}: the model's process answered with something else than was asked for.")

    def ask(rows: pd.DataFrame, _: int) -> Answers:
        said = question.put(rows)
        made = [said.get(each) for each in Answers._fields]
        if not all(each is None or isinstance(each, list) for each in made):
            raise FairwitnessError(f"{name}: the model's process answered with something else than was asked for.")
        return Answers(*made)

    facts = {key: _told(facts[key]) for key in FACTS if key in facts}
    limits = {"seconds": timeout, "bytes_of_memory": MEMORY, "bytes_written": 0}
    inputs = None if inputs is None else tuple(inputs)
    return Model(name, "pickle", ask, sha256(data).hexdigest(), inputs, facts=facts | {"limits": limits})


def untrusted(what: str, name: str) -> FairwitnessError:
    """Return what to say of a pickle that nobody trusts."""
    return FairwitnessError(
        f"{name}: {what}, judged by its bytes, and not loaded: it would run whatever code its writer put into it. "
        "Export the model as ONNX or skops, serve it behind an address or a command, or give its predictions. If "
        "you trust who wrote it as you would a program, get the file's SHA-256 from them: --trust-model SHA256 "
        "(trust = '…')."
    )


def _check_trust(data: bytes, what: str, name: str, trust: str) -> None:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", trust):
        raise FairwitnessError(f"trust: {quoted(trust[:80])} is no SHA-256. Give 64 hexadecimal digits.")
    found = sha256(data).hexdigest()
    if found != trust.lower():
        raise FairwitnessError(
            f"{name}: {what} with the SHA-256 {found}, and trusted is {trust.lower()}. It is not the file that was "
            "trusted, and was not loaded. Fetch the right one, or ask its writer."
        )
    if os.name != "posix":
        raise FairwitnessError(f"{name}: a trusted pickle is loaded under limits that this system does not have.")


def _arrow(rows: pd.DataFrame, where: str) -> bytes:
    import pyarrow as pa

    try:
        table = pa.Table.from_pandas(rows, preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError):
        raise FairwitnessError(
            f"{where}: a column of the rows holds objects of several types, which cannot be handed to another process. "
            "Make it text or numbers."
        ) from None
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    made: bytes = sink.getvalue().to_pybytes()
    return made


def _told(fact: Any) -> Any:
    """Return what a child tells of its model as the record may hold it."""
    if isinstance(fact, list):
        return [printable(each) for each in fact[:MOST_CLASSES]]
    return None if fact is None else printable(fact)


def _all_text(inputs: Any) -> bool:
    return isinstance(inputs, list) and all(isinstance(each, str) for each in inputs)
