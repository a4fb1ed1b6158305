"""Which columns a model names without being asked: in its list of inputs, or in the source that it is written in."""

from __future__ import annotations

import ast
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple

from fairwitness.audit.errors import printable, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.models.model import Model


class Named(NamedTuple):
    """Whether a model says that it reads a column, and how that is known."""

    answer: Literal["reads", "does_not_read", "unknown"]
    because: str


def named_by(model: Model, column: str, given: Sequence[str] | None = None) -> Named:
    """Say whether a model reads a column, as far as that can be told without asking it.

    Parameters
    ----------
    model : Model
    column : str
    given : sequence of str, optional
        The columns that it was given; by default those that it says it reads.

    Returns
    -------
    Named
        A column that a model is not given, it does not read.  One that it is given and lists or names, it reads.
        Where code or a service is given it and does not name it, that is not known: code can put names together.

    Examples
    --------
    >>> from fairwitness.audit.models.model import Answers, Model
    >>> screener = Model("a.onnx", "onnx", lambda rows, draw: Answers(None, None), inputs=("age", "points"))
    >>> named_by(screener, "age").answer, named_by(screener, "sex").answer
    ('reads', 'does_not_read')
    """
    columns = model.inputs if given is None else given
    if model.kind == "predictions":
        return Named("unknown", "The answers were made beforehand; from what, is not known.")
    if columns is not None and column not in columns:
        return Named("does_not_read", "The column is not among those that the model is given.")
    if model.kind == "function":
        return _in_source(model, column)
    if model.kind in ("endpoint", "command"):
        return Named("unknown", "The column is sent to the model; what becomes of it there cannot be seen.")
    return _in_inputs(model, column)


def _in_inputs(model: Model, column: str) -> Named:
    if printable(column) in model.facts.get("dropped", ()):
        return Named("does_not_read", "The model is given the column, and its first step drops it.")
    if model.inputs is None:
        return Named("unknown", "The model does not say which columns it reads, and is given this one.")
    return Named("reads", "The column is one of the model's inputs.")


def _in_source(model: Model, column: str) -> Named:
    file = _source_file(model)
    if file is None:
        return Named("unknown", "The model is a function whose source is not at hand, and it is given the column.")
    where = printable(file.name)
    lines = lines_naming(file.read_bytes(), column)  # it was imported: it is Python
    if lines:
        places = ", ".join(map(str, lines[:5])) + (" and more" if len(lines) > 5 else "")
        return Named("reads", f"The source {where} names {quoted(column)} (line {places}).")
    return Named(
        "unknown", f"The source {where} does not name {quoted(column)}, but code can put names together or import them."
    )


def lines_naming(source: bytes, column: str) -> list[int]:
    r"""Return the lines of Python source in which a column is named: as a text, as an attribute or as a keyword.

    Parameters
    ----------
    source : bytes
    column : str

    Raises
    ------
    SyntaxError
        It is no Python source.

    Examples
    --------
    >>> lines_naming(b'def score(rows):\n    "Not sex."\n    return rows["sex"] + rows.age', "sex")
    [3]
    >>> lines_naming(b'def score(rows):\n    "Not sex."\n    return rows["sex"] + rows.age', "age")
    [3]
    """
    found: set[int] = set()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Constant(value=str(text)) if text == column:
                found.add(node.lineno)
            case ast.Attribute(attr=name) | ast.keyword(arg=name) if name == column:
                found.add(node.lineno)
    return sorted(found)


def _source_file(model: Model) -> Path | None:
    """Return the file of an imported module whose bytes have the digest that the model was recorded with."""
    if model.sha256 is None:
        return None
    for module in list(sys.modules.values()):
        file = getattr(module, "__file__", None)
        if isinstance(file, str) and file.endswith(".py") and Path(file).name == model.facts.get("source"):
            path = Path(file)
            if hashlib.sha256(path.read_bytes()).hexdigest() == model.sha256:
                return path
    return None
