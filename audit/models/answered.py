"""Answers as they come in: in a form that can be counted, and under one digest, whoever gave them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from fairwitness.audit.counting.vocabulary import BOOLEANS
from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.loaders.labels import MOST_LEVELS, label_text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

    from fairwitness.audit.models.model import Answers, Model

    Array = np.ndarray[Any, Any]

Output = Literal["decision", "score"]


class Columns(NamedTuple):
    """What is kept of some rows' answers: the decisions as texts, and the scores; None where there are none."""

    decision: pa.Array | None
    score: Array | None


class Settled(NamedTuple):
    """What all answers together are.

    Attributes
    ----------
    n : int
    sha256 : str
        Of the decisions in the order of the rows, see `decision_lines`; of the scores as little-endian float64, where
        there are only scores.
    output : {"decision", "score"}
    model : Model
        With the score that its share at the top means on these rows.
    """

    n: int
    sha256: str
    output: Output
    model: Model


class Answered:
    r"""The answers of one model about the rows of one source, added in the order of the rows.

    Nothing grows with the rows, but for a share at the top: which score it means is known when all are there, so that
    8 bytes a row are held.

    Examples
    --------
    >>> import numpy as np
    >>> from fairwitness.audit.models.model import Answers, Model
    >>> answered = Answered(Model("screener", "function", lambda rows, draw: Answers(None, None)))
    >>> answered.add(Answers(np.array([True, False]), None)).decision.to_pylist()
    ['true', 'false']
    >>> answered.settled().sha256 == hashlib.sha256(b"1\n0\n").hexdigest()
    True
    """

    def __init__(self, model: Model) -> None:
        self._model = model
        self._n = 0
        self._decisions, self._scores = hashlib.sha256(), hashlib.sha256()
        self._decided = self._scored = True
        self._kinds: set[str] = set()
        self._labels: set[str] = set()
        self._held: list[Array] = []

    def add(self, answers: Answers) -> Columns:
        """Take the answers to the next rows; return what is to be kept of them.

        Raises
        ------
        FairwitnessError
            Decisions of another kind than before, or too many different ones; scores that are missing for a cut-off,
            or neither decisions nor scores for all rows.
        """
        where = printable(self._model.name)
        self._n += len(next(part for part in answers if part is not None))
        self._scored = self._scored and answers.score is not None
        self._decided = self._decided and answers.decision is not None
        if self._cut and answers.score is None:
            raise FairwitnessError(f"{where}: the model gives no scores, so that no cut-off applies. Leave it out.")
        if not (self._scored or self._decided):
            raise FairwitnessError(
                f"{where}: the model decides on some rows and only scores others. Return one of both."
            )
        if answers.score is not None and self._scored:
            self._add_scores(answers.score)
        if self._cut or answers.decision is None or not self._decided:
            return Columns(None, answers.score)
        return Columns(self._texts(answers.decision), answers.score)

    @property
    def output(self) -> Output:
        """What the answers so far can be counted as."""
        return "decision" if self._cut or self._decided else "score"

    @property
    def _cut(self) -> bool:
        return self._model.top is not None or self._model.at_least is not None

    def settled(self) -> Settled:
        """Return what the answers are, when all were added."""
        import numpy as np

        model = self._model
        if model.top is not None:
            scores = np.concatenate(self._held)
            model = replace(model, top=None, at_least=float(np.quantile(scores, 1 - model.top)))
            for part in self._held:
                self._decisions.update(decision_lines(part >= model.at_least))
        digest = self._decisions if self.output == "decision" else self._scores
        return Settled(self._n, digest.hexdigest(), self.output, model)

    def _add_scores(self, scores: Array) -> None:
        if self._model.top is not None:
            self._held.append(scores)
        if self._model.at_least is not None:
            self._decisions.update(decision_lines(scores >= self._model.at_least))
        self._scores.update((scores + 0.0).astype("<f8").tobytes())  # + 0.0: minus zero is zero

    def _texts(self, decisions: Array) -> pa.Array:
        labels, codes = _encoded(decisions)
        self._kinds.add({"b": "booleans", "O": "labels"}.get(decisions.dtype.kind, "numbers"))
        self._labels |= set(labels)
        where = printable(self._model.name)
        if len(self._kinds) > 1:
            raise FairwitnessError(
                f"{where}: the model answers some rows with {' and others with '.join(sorted(self._kinds))}. Return "
                "one kind only."
            )
        if len(self._labels) > MOST_LEVELS:
            raise FairwitnessError(
                f"{where}: more than {MOST_LEVELS} different decisions. If they are scores, say who is selected: "
                "at_least = a score, or top = a share."
            )
        self._decisions.update(_lines(labels, codes))
        return _column(labels, codes)


def decision_lines(decisions: Array) -> bytes:
    r"""Return decisions in canonical form: a line of UTF-8 for each, so that who has them can compute their digest.

    Parameters
    ----------
    decisions : array
        Booleans, numbers or texts.

    Returns
    -------
    bytes
        ``1`` and ``0`` for true and false in every form in which a file has them, other numbers and texts as labels
        are written in a report; with a backslash before ``n``, ``r`` or a backslash for a line's end and itself.

    Examples
    --------
    >>> import numpy as np
    >>> decision_lines(np.array([True, False])) == decision_lines(np.array([1, 0])) == b"1\n0\n"
    True
    >>> decision_lines(np.array(["advance", "reject"], object))
    b'advance\nreject\n'
    """
    return _lines(*_encoded(decisions))


def _encoded(decisions: Array) -> tuple[list[str], Array]:
    """Return the texts that occur, and the place of each row's among them."""
    import pandas as pd

    codes, values = pd.factorize(decisions)
    return [label_text(value) or "" for value in values.tolist()], codes


def _lines(labels: list[str], codes: Array) -> bytes:
    """Join the rows' lines without a loop over them: a text column of Arrow has them one behind another."""
    import numpy as np

    lines = _column([_line(label) for label in labels], codes)
    _, offsets, content = lines.buffers()
    end = int(np.frombuffer(offsets, np.int64, len(lines) + 1)[-1])
    made: bytes = content.slice(0, end).to_pybytes()
    return made


def _column(texts: list[str], codes: Array) -> pa.Array:
    import pyarrow as pa

    return pa.array(texts, pa.large_string()).take(pa.array(codes))


def _line(label: str) -> str:
    truth = BOOLEANS.get(label.lower())
    text = label if truth is None else str(int(truth))
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r") + "\n"
