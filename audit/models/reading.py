"""Does a model read a protected attribute?  What it says of itself, and what happens when only that column changes.

A check of a column, and of nothing else: a model that never sees a person's sex may know it from other columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models.column_changes import Changes, Said, changes_of
from fairwitness.audit.models.named_columns import named_by

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fairwitness.audit.models.model import Model

MOST, MOST_REMOTE = 2_000, 200  # rows
ONLY_THE_COLUMN = "Whether other columns carry the attribute, this check does not say."


@dataclass(frozen=True, slots=True)
class Reads:
    """Whether a model reads one attribute.

    Attributes
    ----------
    attribute : str
    static : {"reads", "does_not_read", "unknown"}
        What the model itself tells, without being asked.
    static_because : str
    dynamic : Changes
    because : str
        What both mean, and what they do not.
    """

    attribute: str
    static: Literal["reads", "does_not_read", "unknown"]
    static_because: str
    dynamic: Changes
    because: str

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        changes = {name: getattr(self.dynamic, name) for name in Changes.__slots__}
        fields = {name: getattr(self, name) for name in Reads.__slots__}
        return fields | {"dynamic": changes}


def reads_protected(
    model: Model,
    rows: pd.DataFrame | None,
    protected: Sequence[str],
    *,
    most: int | None = None,
    seed: int = 0,
) -> tuple[Reads, ...]:
    """Say for each protected attribute whether a model reads its column.

    The rows are asked about as they are, twice, so that chance is told from reading; then with the column's values
    exchanged among the rows at random, and with each of its values in every row (ten of them, from the smallest to
    the largest, if it has more).  That is at most 13 questions a row for each attribute that the model is given.

    Parameters
    ----------
    model : Model
    rows : pandas.DataFrame or None
        Rows with the columns that the model is given; None if no protected attribute is among them.
    protected : sequence of str
    most : int, optional
        How many rows are asked about at most, drawn at random from more.  By default 2,000; 200 of an endpoint or a
        command, whose questions may cost.
    seed : int

    Returns
    -------
    tuple of Reads

    Raises
    ------
    FairwitnessError
        The model does not answer the rows as they are.

    Examples
    --------
    >>> import pandas as pd
    >>> from fairwitness.audit.models.model import Answers, Model
    >>> people = pd.DataFrame({"sex": ["F", "M"], "points": [6, 6]})
    >>> def selects(rows, draw):
    ...     return Answers.of((rows["points"] > 5) & (rows["sex"] == "M"), len(rows))
    >>> (reads,) = reads_protected(Model("screener", "function", selects), people, ["sex"])
    >>> reads.static, reads.dynamic.asked, reads.dynamic.changed
    ('unknown', 2, 2)
    """
    columns = model.inputs if model.inputs is not None else () if rows is None else tuple(map(str, rows.columns))
    given = [attribute for attribute in protected if attribute in columns]
    if rows is None or not given or model.kind == "predictions":
        return tuple(_unasked(model, attribute, columns) for attribute in protected)
    most = most or (MOST_REMOTE if model.kind in ("endpoint", "command") else MOST)
    part = rows if len(rows) <= most else rows.sample(most, random_state=seed)
    part = part.reset_index(drop=True)
    fixed = model.cut_on(part)
    before = Said.of(fixed, part, 0)
    by_chance = before.differing(Said.of(fixed, part, 1)).changed
    made = []
    for attribute in protected:
        if attribute not in given:
            made.append(_unasked(model, attribute, columns))
            continue
        named = named_by(model, attribute, columns)
        try:
            changes = changes_of(fixed, part, attribute, before, seed)
        except FairwitnessError as refused:
            changes = Changes("not_asked")
            because = f"With other values in the column, the model did not answer: {refused}"
        else:
            because = _because(changes, len(part), by_chance)
        made.append(Reads(attribute, named.answer, named.because, changes, f"{because} {ONLY_THE_COLUMN}"))
    return tuple(made)


def _unasked(model: Model, attribute: str, columns: Sequence[str]) -> Reads:
    named = named_by(model, attribute, columns)
    if model.kind == "predictions":
        return Reads(attribute, named.answer, named.because, Changes("not_asked"), f"{named.because} {ONLY_THE_COLUMN}")
    because = f"The model is not given the column. {ONLY_THE_COLUMN}"
    return Reads(attribute, named.answer, named.because, Changes("not_given"), because)


def _because(changes: Changes, rows: int, by_chance: int) -> str:
    asked = f"{changes.asked:,} questions about {rows:,} rows in which nothing but the column was changed"
    if changes.asked == 0:
        return "The column has one value in the rows that were asked about: it could not be changed."
    if by_chance:
        return (
            f"The model answers by chance: asked again unchanged, {by_chance:,} of {rows:,} answers were others "
            f"({by_chance / rows:.1%}); of the answers to {asked}, {changes.changed:,} were "
            f"({changes.changed / changes.asked:.1%})."
        )
    if changes.changed:
        return f"The model reads the column: of the answers to {asked}, {changes.changed:,} were others."
    if changes.score_changed:
        return (
            f"The model reads the column: {changes.score_changed:,} scores changed, by at most "
            f"{changes.largest_score_change:.3g}, but no decision, in {asked}."
        )
    return f"No answer changed in {asked}. That does not prove that none ever does."
