"""The rows that are asked: every résumé under every variant that it is shown, with only the swapped columns changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.counterfactual.templates import Slot, fill

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fairwitness.audit.counterfactual.assignment import Ints
    from fairwitness.audit.counterfactual.places import Places
    from fairwitness.audit.counterfactual.shown import Shown


def rewritten(
    rows: pd.DataFrame, places: Places, shown: Sequence[Shown], resume: Ints, variant: Ints
) -> tuple[pd.DataFrame, Ints | None]:
    """Return one row for each pair of résumé and variant, and in how many places of its texts it was rewritten.

    Parameters
    ----------
    rows : pandas.DataFrame
        The source's rows.
    places : Places
        Of these rows.
    shown : sequence of Shown
        All variants.
    resume, variant : array of int
        Which row is shown under which variant.

    Returns
    -------
    pandas.DataFrame
        Index 0, 1, …; columns and, where the new values allow, their types as in ``rows``.
    array of int, or None
        None where no text is rewritten.
    """
    asked = rows.iloc[resume].reset_index(drop=True)
    which = list(zip(resume.tolist(), variant.tolist(), strict=True))
    for column in dict.fromkeys(c for s in shown for c in s.puts):
        asked[column] = _as_before(rows[column], [shown[v].puts[column] for _, v in which])
    for column in places.years:
        asked[column] = _moved(asked[column], np.array([shown[v].years for _, v in which]))
    for column in places.cells:
        if column not in places.written:
            asked[column] = _filled(rows[column], places, shown, which)
    for column in places.written:  # last: their slots may be columns that were rewritten
        asked[column] = _written(rows[column], asked, places, shown, which)
    if not places.texts:
        return asked, None
    slots = [
        sum(isinstance(part, Slot) for column in places.texts for part in places.cells[column][row] or ())
        for row in range(len(rows))
    ]
    return asked, np.array(slots, dtype=np.int64)[resume]


def _filled(
    before: pd.Series[Any], places: Places, shown: Sequence[Shown], which: Sequence[tuple[int, int]]
) -> pd.Series[Any]:
    cells, templates = before.tolist(), places.cells[str(before.name)]
    values: list[Any] = []
    for row, v in which:
        template = templates[row]
        values.append(cells[row] if template is None else fill(template, shown[v].slots))
    return _as_before(before, values)


def _written(
    before: pd.Series[Any],
    asked: pd.DataFrame,
    places: Places,
    shown: Sequence[Shown],
    which: Sequence[tuple[int, int]],
) -> pd.Series[Any]:
    templates = places.cells[str(before.name)]
    used = {part.name for template in templates for part in template or () if isinstance(part, Slot)}
    columns = {str(c): asked[c].tolist() for c in asked.columns if str(c) in used}
    values = []
    for i, (row, v) in enumerate(which):
        of_row = {name: str(cells[i]) for name, cells in columns.items()}
        values.append(fill(templates[row] or (), {**of_row, **shown[v].slots}))
    return _as_before(before, values)


def _moved(years: pd.Series[Any], by: Ints) -> pd.Series[Any]:
    """Return years moved; the missing stay missing, text stays text."""
    if years.dtype.kind in "iuf":
        return years.add(by).astype(years.dtype)
    cells = [
        cell if missing else type(cell)(int(float(str(cell))) + move)
        for cell, missing, move in zip(years.tolist(), years.isna().tolist(), by.tolist(), strict=True)
    ]
    return _as_before(years, cells)


def _as_before(before: pd.Series[Any], values: list[Any]) -> pd.Series[Any]:
    """Return values as a column of the type that was there, if they are of it."""
    import pandas as pd

    made = pd.Series(values, dtype=object)
    if isinstance(before.dtype, pd.CategoricalDtype):
        known = before.cat.categories.tolist()
        new = [value for value in dict.fromkeys(made.dropna()) if value not in set(known)]
        return pd.Series(pd.Categorical(values, categories=[*known, *new], ordered=before.cat.ordered))
    try:
        same = made.astype(before.dtype)
    except (TypeError, ValueError, OverflowError):
        return made.infer_objects()
    return same if same.astype(object).equals(made) or before.dtype.kind not in "iufb" else made.infer_objects()
