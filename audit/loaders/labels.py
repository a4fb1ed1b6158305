"""The text that stands for a value, the same whichever engine or file format carried it."""

from __future__ import annotations

import math
import unicodedata
from collections import defaultdict
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from fairwitness.audit.errors import listed, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_LEVELS = 50  # of one attribute, decision or label: beyond, it is an identifier or free text
WHOLE = 1e15  # whole floats below this are written as integers


def label_text(value: object) -> str | None:
    """Return the text of a label, or None for an absent one.

    Booleans are ``true`` and ``false``, whole numbers have no decimal point, dates are ISO 8601.  No word means
    "missing": only None, NaN and empty text do.

    Raises
    ------
    TypeError
        A value of another kind.

    Examples
    --------
    >>> [label_text(v) for v in ("NA", 1.0, 0.5, True, None, "")]
    ['NA', '1', '0.5', 'true', None, None]
    """
    text: str | None
    match value:
        case None:
            text = None
        case str():
            text = value or None
        case bool():
            text = "true" if value else "false"
        case int():
            text = str(value)
        case float() | Decimal():
            text = _number_text(value)
        case datetime():
            text = (value.date() if value.time() == datetime.min.time() else value).isoformat()
        case date():
            text = value.isoformat()
        case _:
            raise TypeError(type(value).__name__)
    return text


def _number_text(value: float | Decimal) -> str | None:
    if math.isnan(value):
        return None
    whole = math.isfinite(value) and value == int(value) and (isinstance(value, Decimal) or abs(value) < WHOLE)
    return str(int(value)) if whole else repr(float(value))


def look_alikes(column: str, labels: Iterable[str]) -> list[str]:
    """Return a warning for labels that a reader cannot tell apart, and one for labels with invisible signs.

    Labels are never merged: whether "Asian" and "asian" are one group is for the auditor to say.

    Examples
    --------
    >>> print(look_alikes("race", ["Asian", "asian ", "White"])[0])
    'race': the labels 'Asian', 'asian ' differ only by case, blanks or composition; they are counted apart.
    """
    labels = sorted(labels)
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for label in labels:
        alike[" ".join(unicodedata.normalize("NFKC", label).casefold().split())].append(label)
    shown = quoted(column)
    found = [
        f"{shown}: the labels {listed(group)} differ only by case, blanks or composition; they are counted apart."
        for group in alike.values()
        if len(group) > 1
    ]
    hidden = [label for label in labels if not label.isprintable()]
    if hidden:
        found.append(f"{shown}: control or invisible signs in the labels {listed(hidden)}; they are kept.")
    return found
