"""True outcomes and predictions as metrics want them, and groups with those among them of whom nothing is known."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.role_values import canonical
from fairwitness.audit.counting.vocabulary import label_meanings
from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.labels import WHOLE
from fairwitness.audit.loaders.texts import texts
from fairwitness.audit.tally import POSITIVE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np

    from fairwitness.audit.counting.role_values import Value
    from fairwitness.audit.loaders.rows import Rows

    Positive = Value | Iterable[Value] | None

UNKNOWN = "(not disclosed)"  # the group of those whose attribute is not known


def answers(source: Rows, name: str, positive: Positive = None) -> np.ndarray[Any, Any]:
    """Return a column of outcomes or predictions.

    Parameters
    ----------
    source : Rows
    name : str
    positive : value or iterable of values, optional
        Those that count as 1; all others are 0.  Without, booleans are 0 and 1, numbers stay numbers and text stays
        text.

    Raises
    ------
    FairwitnessError
        No such column, or empty cells: a metric of rows has no place for what is not known.
    """
    import numpy as np

    told = texts(source, name)
    missing = told.count(None)
    if missing:
        raise FairwitnessError(
            f"{source.where}, column {quoted(name)}: {missing:,} of {len(told):,} rows are empty, and no metric of "
            "outcomes and predictions is defined for them. Leave these rows out, and say so where you report it."
        )
    if positive is not None:
        named = canonical({"label_positive": positive})["label_positive"]
        meanings = label_meanings(Counter(told), name, positive=named)
        return np.array([int(meanings[text] == POSITIVE) for text in told])
    if set(told) <= {"true", "false"}:
        return np.array([int(text == "true") for text in told])
    try:
        numbers = np.array([float(str(text)) for text in told])
    except ValueError:
        return np.array(told, object)
    if not np.isfinite(numbers).all():
        raise FairwitnessError(f"{source.where}, column {quoted(name)}: some numbers are infinite. Give finite ones.")
    whole = (numbers == np.rint(numbers)).all() and (np.abs(numbers) < WHOLE).all()
    return numbers.astype(int) if whole else numbers


def group_labels(source: Rows, names: Sequence[str], unknown: Positive = ()) -> dict[str, list[str]]:
    """Return protected attributes as text, with ``(not disclosed)`` for those of whom one is not known.

    Raises
    ------
    FairwitnessError
        No such column, or one that has such a group already.
    """
    locate(names, source.names, source.where)
    hidden = canonical({"unknown": unknown})["unknown"]
    made = {}
    for name in names:
        told = texts(source, name)
        if UNKNOWN in told:
            raise FairwitnessError(
                f"{source.where}, column {quoted(name)}: has a group named {quoted(UNKNOWN)}, which is what those are "
                "called here of whom nothing is known. Give it another name."
            )
        made[name] = [UNKNOWN if text is None or text in hidden else text for text in told]
    return made


def once_each(names: str | Iterable[str], what: str) -> tuple[str, ...]:
    """Return names as a tuple.

    Raises
    ------
    FairwitnessError
        None, or one of them twice.
    """
    named = (names,) if isinstance(names, str) else tuple(names)
    if not named or len(set(named)) < len(named):
        raise FairwitnessError(f"{what}: name at least one column, and each once; found {listed(named) or 'none'}.")
    return named
