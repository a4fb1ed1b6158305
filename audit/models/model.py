"""A model under audit: something that answers rows with decisions, scores or both, whatever it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.models.asking import asked, one_each

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import pandas as pd

    Array = np.ndarray[Any, Any]

ModelKind = Literal["predictions", "function", "estimator", "onnx", "skops", "endpoint", "command", "pickle"]


class Answers(NamedTuple):
    """What a model says of rows, one entry for each; at least one of the two is there.

    ``decision`` as the model gives it: booleans, numbers or labels.  ``score``: finite float64.
    """

    decision: Array | None
    score: Array | None

    @classmethod
    def of(cls, values: Any, n: int, where: str = "") -> Answers:
        """Return answers whose kind nobody stated: numbers are scores, booleans and labels are decisions.

        Parameters
        ----------
        values : array, series, list or the like
            Zeros and ones are taken for both.
        n : int
            How many rows were asked about.
        where : str
            What stands before a message: nothing, or the model's name with a colon.

        Raises
        ------
        FairwitnessError
            Not one usable value for each row.

        Examples
        --------
        >>> Answers.of([True, False], 2).score is None, Answers.of([0.2, 0.7], 2).decision is None
        (True, True)
        """
        made = one_each(values, n, where)
        if made.dtype.kind in "bO":
            return cls(made, None)
        return cls(made if _zeros_and_ones(made) else None, made.astype(float))


@dataclass(frozen=True, slots=True)
class Model:
    """A model and how it is asked.

    Attributes
    ----------
    name : str
        Printable; no secret, and no folder of a file.
    kind : {"predictions", "function", "estimator", "onnx", "skops", "endpoint", "command", "pickle"}
    ask : callable
        Of rows and the number of the draw (0, unless a model that answers by chance is asked again).  What it
        answers is checked by `answers`.
    sha256 : str or None
        Of the bytes that decide; None where they are not known.
    inputs : tuple of str or None
        The columns that it reads, in order; None: it does not say, and is given every column.  Of predictions, the
        columns by which they are joined: what was read to make them, they do not say.
    at_least : float or None
        Selected is who scores at least this.
    top : float or None
        Selected is this share with the highest scores, between 0 and 1: who scores at least the (1 − top) quantile
        of the rows that are asked about.  Ties may select more.
    batch : int or None
        Rows in one question, at least 1; None: all at once, as predictions must be.
    facts : mapping of str to object
        What the record says besides; JSON without secrets.

    Examples
    --------
    >>> import pandas as pd
    >>> model = Model("points", "function", lambda rows, draw: Answers.of(rows["points"] / 10, len(rows)), top=0.5)
    >>> people = pd.DataFrame({"points": [7, 2, 9, 4]})
    >>> model.predict(people)
    [True, False, True, False]
    >>> model.cut_on(people).at_least
    0.55
    """

    name: str
    kind: ModelKind
    ask: Callable[[pd.DataFrame, int], Answers] = field(repr=False)
    sha256: str | None = None
    inputs: tuple[str, ...] | None = None
    at_least: float | None = None
    top: float | None = None
    batch: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at_least is not None and self.top is not None:
            raise FairwitnessError("at_least and top are two cut-offs of one score. Give one of them.")
        if self.at_least is not None and not isfinite(self.at_least):
            raise FairwitnessError(f"at_least: {self.at_least} is no score. Give a finite number.")
        if self.top is not None and not 0 < self.top < 1:
            raise FairwitnessError(f"top: {self.top} is no share. Give a number above 0 and below 1, such as 0.1.")
        if self.batch is not None and self.batch < 1:
            raise FairwitnessError(f"batch: {self.batch} rows in one question. Give at least 1.")

    # -- asking ------------------------------------------------------------------------------------------------

    def answers(self, rows: pd.DataFrame, draw: int = 0) -> Answers:
        """Ask about rows, a batch at a time, and check what comes back.

        Parameters
        ----------
        rows : frame
            With the columns of `inputs` among its columns.
        draw : int
            Which time a model that answers by chance is asked the same.

        Raises
        ------
        FairwitnessError
            No rows, a column that is missing, a model that raises, or answers that are not one value for each row:
            another count, missing, infinite or mixed.  No message quotes a row.
        """
        given = self._given(rows)
        n, where = len(given), f"{printable(self.name)}: "
        if n == 0:
            raise FairwitnessError(f"{where}no rows. Give the model at least one.")
        size = self.batch or n
        parts = (given.iloc[at : at + size].reset_index(drop=True) for at in range(0, n, size))
        made = [asked(lambda part: _checked(self.ask(part, draw), len(part), where), part, where) for part in parts]
        return Answers(_joined([a.decision for a in made], where), _joined([a.score for a in made], where))

    def decided(self, answers: Answers) -> Array:
        """Return the decisions that answers mean: by the cut-off where there is one, otherwise the model's own.

        Raises
        ------
        FairwitnessError
            A cut-off without scores, or scores without a cut-off.
        """
        import numpy as np

        if self.top is not None:
            scores = self._scores(answers)
            return np.asarray(scores >= np.quantile(scores, 1 - self.top))
        if self.at_least is not None:
            return self._scores(answers) >= self.at_least
        if answers.decision is None:
            raise FairwitnessError(
                f"{printable(self.name)}: the model gives scores and no decisions. Say who is selected: at_least = a "
                "score, or top = a share."
            )
        return answers.decision

    def scored(self, answers: Answers) -> Array:
        """Return scores as float64; decisions that are booleans, or zeros and ones, count as 0.0 and 1.0.

        Raises
        ------
        FairwitnessError
            Labels.
        """
        if answers.score is not None:
            return answers.score
        made = answers.decision
        if made is None or made.dtype.kind == "O" or not _zeros_and_ones(made):
            raise FairwitnessError(
                f"{printable(self.name)}: the model gives no scores, and its decisions are not 0 and 1. Use a model "
                "that gives scores."
            )
        return made.astype(float)

    def predict(self, rows: pd.DataFrame) -> list[Any]:
        """Return one decision for each row: `decided` of `answers`."""
        made: list[Any] = self.decided(self.answers(rows)).tolist()
        return made

    def score(self, rows: pd.DataFrame) -> Array:
        """Return one score for each row: `scored` of `answers`."""
        return self.scored(self.answers(rows))

    def cut_on(self, rows: pd.DataFrame) -> Model:
        """Return the model with its share at the top replaced by the score that it means on these rows."""
        import numpy as np

        if self.top is None:
            return self
        cut = float(np.quantile(self._scores(self.answers(rows)), 1 - self.top))
        return replace(self, top=None, at_least=cut)

    # -- telling -----------------------------------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        """Return what the record says of the model."""
        rule = "at_least" if self.at_least is not None else "none" if self.top is None else "top"
        return {
            "name": self.name,
            "kind": self.kind,
            "sha256": self.sha256,
            "inputs": None if self.inputs is None else list(self.inputs),
            "cutoff": {"rule": rule, "value": self.at_least, "share": self.top},
            "batch": self.batch,
            "facts": dict(self.facts),
        }

    def _given(self, rows: Any) -> pd.DataFrame:
        import pandas as pd

        given: pd.DataFrame = rows if isinstance(rows, pd.DataFrame) else _as_pandas(rows)
        if self.inputs is None:
            return given
        names = [str(name) for name in given.columns]
        return given.iloc[:, locate(self.inputs, names, f"{printable(self.name)} reads columns of the rows")]

    def _scores(self, answers: Answers) -> Array:
        if answers.score is None:
            raise FairwitnessError(
                f"{printable(self.name)}: the model gives no scores, so that no cut-off applies. Leave out at_least "
                "and top, or use a model that gives scores."
            )
        return answers.score


def _as_pandas(rows: Any) -> pd.DataFrame:
    import narwhals as nw

    made: pd.DataFrame = nw.from_native(rows).to_pandas()
    return made


def _checked(made: Answers, n: int, where: str) -> Answers:
    decision = None if made.decision is None else one_each(made.decision, n, where)
    score = None if made.score is None else one_each(made.score, n, where)
    if decision is None and score is None:
        raise FairwitnessError(f"{where}the model gives neither decisions nor scores. Return one of them for each row.")
    if score is not None and score.dtype.kind == "O":
        raise FairwitnessError(f"{where}the model's scores are text. Return numbers.")
    return Answers(decision, None if score is None else score.astype(float, copy=False))


def _joined(parts: Sequence[Array | None], where: str) -> Array | None:
    """Return batches in one; None where one of them has none, as when only some happen to be zeros and ones."""
    import numpy as np

    there = [part for part in parts if part is not None]
    if len(there) < len(parts):
        return None
    kinds = {{"b": "booleans", "O": "labels"}.get(part.dtype.kind, "numbers") for part in there}
    if len(kinds) > 1:
        raise FairwitnessError(
            f"{where}the model answers some batches with one kind of value and some with another: "
            f"{listed(sorted(kinds))}. Return one kind only."
        )
    return np.concatenate(there)


def _zeros_and_ones(values: Array) -> bool:
    return bool(((values == 0) | (values == 1)).all())
