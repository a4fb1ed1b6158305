"""How numbers are written for people: one place, so that every sentence and table rounds alike."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

MINUS = "\N{MINUS SIGN}"


def whole(n: float) -> str:
    """Return a number of people: rounded, with thousands separated.

    Examples
    --------
    >>> whole(2435)
    '2,435'
    """
    return f"{round(n):,}"


def percent(rate: float) -> str:
    """Return a rate as a percentage with one decimal.

    Examples
    --------
    >>> percent(0.0645)
    '6.5\u202f%'
    """
    return f"{100 * rate:.1f}\u202f%"


def level(value: float) -> str:
    """Return a confidence level as a percentage.

    Examples
    --------
    >>> level(0.95), level(2 * 0.95 - 1), level(0.999)
    ('95\u202f%', '90\u202f%', '99.9\u202f%')
    """
    return f"{100 * value:.6g}\u202f%"


def ratio(value: float, line: Fraction | None = None) -> str:
    """Return a ratio with two decimals, or with as many more as it takes to stay on its side of a line.

    Examples
    --------
    >>> ratio(0.7968, Fraction(4, 5))
    '0.797'
    >>> ratio(0.6681, Fraction(4, 5)), ratio(0.8111, Fraction(4, 5)), ratio(0.8, Fraction(4, 5))
    ('0.67', '0.81', '0.80')
    """
    for places in range(2, 12):
        shown = f"{value:.{places}f}"
        if line is None or _side(Fraction(shown), line) == _side(Fraction(str(value)), line):
            return shown
    return repr(value)


def _side(value: Fraction, line: Fraction) -> int:
    return (value > line) - (value < line)


def p_value(p: float) -> str:
    """Return a p-value as 0.003, or as < 0.001.

    Examples
    --------
    >>> p_value(0.0030), p_value(0.00004)
    ('0.003', '< 0.001')
    """
    return "< 0.001" if p < 0.0005 else f"{p:.3f}"


def points(difference: float, line: Fraction | None = None) -> str:
    """Write a difference of rates in percentage points: one decimal, or as many more as its side of a line takes.

    Examples
    --------
    >>> points(-0.032), points(0.0001)
    ('−3.2', '0.0')
    >>> points(-0.0501, Fraction(1, 20))
    '−5.01'
    """
    size = abs(difference)
    for places in range(1, 12):
        shown = Fraction(f"{100 * size:.{places}f}") / 100
        if line is None or _side(shown, line) == _side(Fraction(str(size)), line):
            break
    return _signed(difference * 100, places)


def number(value: float) -> str:
    """Write a number without unit, with two decimals.

    Examples
    --------
    >>> number(-0.1182)
    '−0.12'
    """
    return _signed(value, 2)


def area(value: float) -> str:
    """Write an area under a curve, or a precision: a number from 0 to 1, with three decimals.

    Examples
    --------
    >>> area(0.64812), area(1.0)
    ('0.648', '1.000')
    """
    return f"{value:.3f}"


def _signed(value: float, places: int) -> str:
    shown = f"{abs(value):,.{places}f}"
    return MINUS + shown if value < 0 and float(shown.replace(",", "")) else shown


Scale = Literal["ratio", "difference", "rate", "area", "number"]


def scale_of(metric: str) -> Scale:
    """Say how a metric is written, by the way it is named.

    Examples
    --------
    >>> scale_of("impact_ratio"), scale_of("rate_difference"), scale_of("true_positive_rate"), scale_of("cohens_h")
    ('ratio', 'difference', 'rate', 'number')
    """
    if metric.endswith("ratio"):
        return "ratio"
    if metric.endswith("difference"):
        return "difference"
    return "rate" if metric.endswith(("_rate", "_value")) or metric == "accuracy" else "number"


def figure(value: float, scale: Scale, line: Fraction | None = None) -> str:
    """Write a figure on its scale.

    Examples
    --------
    >>> figure(0.7963, "ratio", Fraction(4, 5)), figure(-0.032, "difference")
    ('0.796', '−3.2')
    """
    if scale == "ratio":
        return ratio(value, line)
    if scale == "rate":
        return percent(value)
    if scale == "area":
        return area(value)
    return points(value, line) if scale == "difference" else number(value)
