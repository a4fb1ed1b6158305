"""Which of a model's classes means selected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    from collections.abc import Sequence


def class_at(positive: object, classes: Sequence[str]) -> int:
    """Return the place of the class that means selected: the last, unless one is named.

    Parameters
    ----------
    positive : object
        None, or a label; 1, 1.0 and "1" are the same.
    classes : sequence of str
        As `label_text` writes them.

    Raises
    ------
    FairwitnessError
        No class has this label.

    Examples
    --------
    >>> class_at(None, ["advance", "reject"]), class_at("advance", ["advance", "reject"])
    (1, 0)
    """
    if positive is None:
        return len(classes) - 1
    wanted = _label(positive.item() if hasattr(positive, "item") else positive)
    if wanted not in classes:
        near = did_you_mean(wanted, classes)
        raise FairwitnessError(
            f"positive: the model has no class {quoted(wanted)}.{near} Its classes are {listed(classes)}. Name one."
        )
    return list(classes).index(wanted)


def classes_of(estimator: Any) -> list[str] | None:
    """Return an estimator's classes as `label_text` writes them, in its order; None where it does not tell them."""
    import numpy as np

    classes = getattr(estimator, "classes_", None)
    if not isinstance(classes, np.ndarray) or classes.ndim != 1:
        return None
    return [_label(each) for each in classes.tolist()]


def _label(value: object) -> str:
    try:
        return label_text(value) or ""
    except TypeError:
        return str(value)
