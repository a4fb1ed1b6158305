"""Figures and foreign labels as the words of a report.

Rounding happens here and in `fairwitness.audit.numerals`, for display only: ``audit.json`` keeps full precision,
and every comparison with a threshold is made on exact counts.
"""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.audit.errors import printable
from fairwitness.audit.numerals import Scale, figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from fractions import Fraction

MOST_PLACES, LARGEST = 6, 1e7  # beyond them a number is written with a power of ten
SPACES_OF_TYPE = "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"

MONTHS = (  # strftime writes them in the machine's language
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)

# -- figures ---------------------------------------------------------------------------------------------------


def people(n: float) -> str:
    """Write people or decisions: whole, with thousands.

    Examples
    --------
    >>> people(4870)
    '4,870'
    """
    return numerals.whole(n)


def against_share(shortfall: float) -> str:
    """Write a shortfall in people: how many fewer (or more) were selected than a proportional share.

    A part of a person is rounded up.

    Examples
    --------
    >>> against_share(39.0), against_share(10.27), against_share(-38.6), against_share(-0.2)
    ('39 fewer', '11 fewer', '38 more', 'even')
    """
    whole = math.ceil(shortfall - 1e-9)
    return "even" if whole == 0 else f"{people(abs(whole))} {'fewer' if whole > 0 else 'more'}"


def interval(estimate: Mapping[str, Any], scale: Scale, line: Fraction | None = None) -> str:
    """Write an estimate's interval without its unit, or "" where it has none.

    Examples
    --------
    >>> interval({"low": 0.5503, "high": 0.8108}, "ratio")
    '0.55–0.81'
    >>> interval({"low": -0.0474, "high": -0.0168}, "difference")
    '−4.7 to −1.7'
    >>> interval({"low": 0.4, "high": None, "unbounded": "high"}, "ratio")
    '0.40 or more'
    """
    low: float | None = estimate.get("low")
    high: float | None = estimate.get("high")
    if low is not None and high is not None:
        joint = " to " if scale in ("difference", "number") else "\N{EN DASH}"
        return _bare(low, scale, line) + joint + _bare(high, scale, line)
    if low is not None:
        return f"{_bare(low, scale, line)} or more"
    return "" if high is None else f"{_bare(high, scale, line)} or less"


def _bare(value: float, scale: Scale, line: Fraction | None) -> str:
    return figure(value, scale, line).removesuffix("%").rstrip()


def measured(estimate: Mapping[str, Any], places: int | None = None) -> tuple[str, str]:
    """Write an estimate in a unit of its own, and its interval: to two digits of the interval's width.

    Parameters
    ----------
    estimate : mapping
        With a value.
    places : int, optional
        So many decimals instead, where it stands in a column with others.

    Returns
    -------
    tuple of str
        The figure; the interval, or "" where there is none.

    Examples
    --------
    >>> measured({"value": 0.64812, "low": 0.62, "high": 0.67633})
    ('0.648', '0.620–0.676')
    >>> measured({"value": -12.34, "low": -20.1, "high": 0.6})
    ('−12', '−20 to 1')
    >>> measured({"value": 0.0312, "low": None, "high": None})
    ('0.0312', '')
    """
    low, high = estimate.get("low"), estimate.get("high")
    places = places_of(estimate) if places is None else places
    shown = decimals(estimate["value"], places)
    if low is None or high is None:
        end = low if high is None else high
        return shown, "" if end is None else f"{decimals(end, places)} or {'more' if high is None else 'less'}"
    joint = " to " if low < 0 else "–"
    return shown, f"{decimals(low, places)}{joint}{decimals(high, places)}"


def places_of(estimate: Mapping[str, Any]) -> int:
    """Return how many decimals an estimate deserves: two digits of its interval's width, three of its value."""
    low, high = estimate.get("low"), estimate.get("high")
    width = high - low if low is not None and high is not None else 0.0
    size, digits = (width, 2) if width else (abs(estimate["value"]), 3)
    return min(300, max(0, digits - 1 - math.floor(math.log10(size)))) if size else 0


def decimals(value: float, places: int) -> str:
    """Write a number with so many decimals.

    Examples
    --------
    >>> decimals(-1234.567, 1), decimals(-0.0001, 2), decimals(1.25e-7, 8), decimals(12345678.9, 0)
    ('−1,234.6', '0.00', '1.2e−7', '1.23e7')
    """
    if places > MOST_PLACES or abs(value) >= LARGEST:
        mantissa, power = f"{value:.{1 if places > MOST_PLACES else 2}e}".split("e")
        return f"{mantissa}e{int(power)}".replace("-", numerals.MINUS)
    shown = f"{abs(value):,.{places}f}"
    return numerals.MINUS + shown if value < 0 and float(shown.replace(",", "")) else shown


# -- names -----------------------------------------------------------------------------------------------------


def label(text: object) -> str:
    r"""Write a label of the data: what cannot be seen is shown as an escape, never dropped.

    Control and direction-changing characters and spaces that a page would swallow (at either end, or more than
    one) become escapes, so that two labels that differ never look the same.

    Examples
    --------
    >>> print(label("White "), label("a\u202eb"))
    White\x20 a\u202eb
    """
    shown = printable(text)
    return re.sub(r"^ +| +$|(?<= ) +", lambda spaces: r"\x20" * len(spaces.group()), shown)


def sentence(text: object) -> str:
    """Write a sentence that may quote labels: control and direction-changing characters become escapes."""
    return "".join(c if c in SPACES_OF_TYPE else printable(c) for c in str(text))


def group(labels: Iterable[object]) -> str:
    """Write a group by its labels.

    Examples
    --------
    >>> group(["black", "f"])
    'black · f'
    """
    return " · ".join(label(part) for part in labels)


def joined(names: Iterable[str], word: str = "and") -> str:
    """Write a list in a sentence.

    Examples
    --------
    >>> joined(["race", "sex", "age"])
    'race, sex and age'
    """
    *first, last = names
    return f"{', '.join(first)} {word} {last}" if first else last


def capital(text: str) -> str:
    """Begin with a capital."""
    return text[:1].upper() + text[1:]


def uncapital(text: str) -> str:
    """Return text with its first letter in lower case, for the middle of a sentence.

    Examples
    --------
    >>> uncapital("The model"), uncapital("AUC by group")
    ('the model', 'AUC by group')
    """
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def day(moment: str) -> str:
    """Write the date of an ISO 8601 moment.

    Examples
    --------
    >>> day("2026-11-23T15:00:00Z")
    '23 November 2026'
    """
    when = datetime.fromisoformat(moment)
    return f"{when.day} {MONTHS[when.month - 1]} {when.year}"


def setting(value: object) -> str:
    """Write a setting of the plan.

    Examples
    --------
    >>> setting(None), setting(True), setting(["race", "sex"]), setting(0.95)
    ('none', 'yes', 'race, sex', '0.95')
    """
    if value is None or value in ([], {}, ()):
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{label(k)}: {setting(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        nested = any(isinstance(v, list | tuple | dict) for v in value)
        return ("; " if nested else ", ").join(setting(v) for v in value)
    return label(value)
