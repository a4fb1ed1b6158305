"""What the model answered to a design: decisions, scores or both, as often as each row was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counterfactual.export import NUMBER, numbered
from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    import pandas as pd

    from fairwitness.audit.counterfactual.design import Design
    from fairwitness.audit.models.model import Model

NO_DECISION = (
    "The model gives scores and no decisions, so there are no flips. Say who is selected: at_least = a score, or top = "
    "a share."
)


@dataclass(frozen=True, slots=True)
class Responses:
    """Answers to a design.

    Attributes
    ----------
    selected : numpy.ndarray of bool, or None
        Of shape (résumés, groups, slots, draws).  None where the model gives no decision.
    score : numpy.ndarray of float64, or None
        Of the same shape.  None where the model gives no score, or none but its decisions as 0 and 1.
    warnings : tuple of str
    """

    selected: np.ndarray[Any, Any] | None
    score: np.ndarray[Any, Any] | None
    warnings: tuple[str, ...] = ()


def responses(
    design: Design,
    model: Model,
    *,
    draws: int = 1,
    favorable: Collection[object] | None = None,
    withheld: Collection[str] = (),
) -> Responses:
    """Ask a model about every row of a design.

    Parameters
    ----------
    design : Design
    model : Model
        Without a share at the top: it would be another cut-off for the rows of a design; see `Model.cut_on`.
    draws : int
        How often each row is asked.
    favorable : collection, optional
        The decisions that mean selected, where they are neither booleans nor 0 and 1.
    withheld : collection of str
        Columns that the model is not given.

    Returns
    -------
    Responses

    Raises
    ------
    FairwitnessError
        A model that fails (see `Model.answers`), answers in an order that nothing vouches for, or decisions of which
        nobody said what they mean.
    """
    import numpy as np

    rows = _rows(design, model, withheld)
    shape = (len(np.unique(design.resume)), len(design.groups), -1)
    asked = [model.answers(rows, draw) for draw in range(draws)]
    decided = all(a.decision is not None for a in asked) or model.at_least is not None
    selected = _shaped([_selected(model.decided(a), model, favorable) for a in asked], shape) if decided else None
    scored = all(a.score is not None for a in asked)
    score = _shaped([model.scored(a) for a in asked], shape) if scored else None
    if selected is not None and score is not None and bool(((score == 0) | (score == 1)).all()):
        score = None
    return Responses(selected, score, () if decided else (NO_DECISION,))


def _rows(design: Design, model: Model, withheld: Collection[str]) -> pd.DataFrame:
    """Return what the model is given; a file of predictions is joined by the number of each row, if it says so."""
    joined_by = model.facts.get("joined_by") if model.kind == "predictions" else None
    if joined_by == "order":
        raise FairwitnessError(
            f"{printable(model.name)}: the answers are taken in the order of the rows, and the rows that were written "
            f"for them stand in another. Join them by the number of each row: unit = {quoted(NUMBER)}."
        )
    if joined_by == [NUMBER]:
        return numbered(design)
    return design.rows.drop(columns=[name for name in withheld if name in design.rows.columns])


def _selected(decisions: Any, model: Model, favorable: Collection[object] | None) -> np.ndarray[Any, Any]:
    import numpy as np
    import pandas as pd

    if favorable is None:
        if decisions.dtype.kind == "b":
            return np.asarray(decisions, bool)
        if decisions.dtype.kind != "O" and bool(((decisions == 0) | (decisions == 1)).all()):
            return np.asarray(decisions, bool)
        found = pd.unique(pd.Series(decisions))
        raise FairwitnessError(
            f"{printable(model.name)}: which of its decisions mean selected? It answered {listed(found)}. Say which: "
            "favorable = […]."
        )
    known = {str(value) for value in favorable}
    chosen = np.array([str(value) in known for value in decisions.tolist()], bool)
    if not chosen.any():
        raise FairwitnessError(
            f"{printable(model.name)}: none of its decisions is {listed(favorable)}; it answered "
            f"{listed(pd.unique(pd.Series(decisions)))}. Name the ones that mean selected: favorable = […]."
        )
    return chosen


def _shaped(draws: list[np.ndarray[Any, Any]], shape: tuple[int, ...]) -> np.ndarray[Any, Any]:
    import numpy as np

    return np.stack([draw.reshape(shape) for draw in draws], axis=-1)
