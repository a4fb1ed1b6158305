"""What changes in a model's answers when one column of its rows is changed, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pandas as pd

    from fairwitness.audit.models.model import Model

    Array = np.ndarray[Any, Any]

LEVELS = 10  # values that the column is set to, at most
SAME = 1e-6  # of a score, or of 1 if that is more: what single precision and the order of sums may change


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the answers when nothing but one column was changed.

    Attributes
    ----------
    status : {"ok", "not_given", "not_asked"}
        ``not_given``: the model is not given the column.
    asked : int
        Questions: rows with another value in the column.
    changed : int
        Answers that differ from those to the rows as they are: decisions, or scores where there are only scores.
    score_changed : int or None
        Scores that differ by more than a millionth; None without scores.
    largest_score_change : float or None
    """

    status: Literal["ok", "not_given", "not_asked"]
    asked: int = 0
    changed: int = 0
    score_changed: int | None = None
    largest_score_change: float | None = None


class Said(NamedTuple):
    """What a model with its cut-off says of rows: decisions, or None; scores, or None."""

    decision: Array | None
    score: Array | None

    @classmethod
    def of(cls, model: Model, rows: pd.DataFrame, draw: int) -> Said:
        """Ask a model whose cut-off is fixed, if it has one."""
        answers = model.answers(rows, draw)
        decides = model.at_least is not None or answers.decision is not None
        return cls(model.decided(answers) if decides else None, answers.score)

    def at(self, rows: Array) -> Said:
        """Return what was said of some of the rows."""
        return Said(*(None if part is None else part[rows] for part in self))

    def differing(self, other: Said) -> Changes:
        """Return how other answers to as many questions differ."""
        import numpy as np

        moved, largest, decided = None, None, None
        if self.score is not None and other.score is not None:
            away = np.abs(other.score - self.score)
            moved = int((away > SAME * np.maximum(1, np.abs(self.score))).sum())
            largest = float(away.max(initial=0)) if moved else 0.0
        if self.decision is not None and other.decision is not None:
            decided = int((self.decision != other.decision).sum())
        n = len(next(part for part in self if part is not None))
        return Changes("ok", n, decided if decided is not None else moved or 0, moved, largest)


def changes_of(model: Model, rows: pd.DataFrame, attribute: str, before: Said, seed: int) -> Changes:
    """Ask about the rows with other values in one column, and add up what changes."""
    found = [
        before.at(changed).differing(Said.of(model, altered, 0)) for changed, altered in _altered(rows, attribute, seed)
    ]
    moved = [each.score_changed for each in found if each.score_changed is not None]
    largest = [each.largest_score_change for each in found if each.largest_score_change is not None]
    return Changes(
        "ok",
        sum(each.asked for each in found),
        sum(each.changed for each in found),
        sum(moved) if moved else None,
        max(largest, default=None),
    )


def _altered(rows: pd.DataFrame, attribute: str, seed: int) -> Iterator[tuple[Array, pd.DataFrame]]:
    """Yield which rows get another value, and these rows with it."""
    import numpy as np
    import pandas as pd

    place = list(map(str, rows.columns)).index(attribute)
    column = rows.iloc[:, place]
    codes, values = pd.factorize(column)
    first = [int(np.argmax(codes == code)) for code in _spread(values)]
    exchanged = np.random.default_rng(seed).permutation(len(rows))
    for source in (exchanged, *(np.full(len(rows), at) for at in first)):
        changed = np.flatnonzero(codes[source] != codes)
        if len(changed):
            altered = rows.iloc[changed].reset_index(drop=True)
            altered.isetitem(place, column.take(source[changed]).array)
            yield changed, altered


def _spread(values: Any) -> list[int]:
    """Return the codes of all values; of more than `LEVELS`, from the smallest to the largest in equal steps."""
    import numpy as np

    order = sorted(range(len(values)), key=lambda code: _sortable(values[code]))
    if len(order) <= LEVELS:
        return order
    return [order[at] for at in np.linspace(0, len(order) - 1, LEVELS).round().astype(int)]


def _sortable(value: Any) -> tuple[bool, float, str]:
    number = isinstance(value, Real)
    return (not number, float(value) if number else 0.0, str(value))
