"""Where a value stands between two pixels, and which values are written beside an axis."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

    from fairwitness.report_templates.pictures import Scale

RATIO_TICKS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 5, 10)
STEPS = (1, 2, 5, 10, 20, 25, 50)  # percentage points between ticks
PARITY: dict[Scale, float] = {"ratio": 1.0, "difference": 0.0, "change": 0.0, "area": 0.5}
MOST = 5  # steps between ticks on a linear axis, or on either side of its middle


@dataclass(frozen=True, slots=True)
class Axis:
    """Where a value stands between two pixels."""

    scale: Scale
    low: float
    high: float
    left: float
    right: float

    def at(self, value: float) -> float:
        """Return the pixel of a value; what lies outside stands at the end."""
        low, high, value = self.low, self.high, min(max(value, self.low), self.high)
        if self.scale == "ratio":
            low, high, value = math.log(low), math.log(high), math.log(value)
        return self.left + (self.right - self.left) * (value - low) / (high - low)

    @property
    def parity(self) -> float | None:
        """Where nothing differs, or None where the scale has no such place."""
        return PARITY.get(self.scale)


def axis_of(
    scale: Scale, reach: tuple[float, float], between: tuple[float, float], threshold: Fraction | None = None
) -> Axis:
    """Choose an axis: wide enough for every figure, interval and threshold, within reason.

    Parameters
    ----------
    scale : Scale
    reach : tuple of float
        The least and the greatest value to be shown.
    between : tuple of float
        The pixels of its ends.
    threshold : Fraction, optional
        A value that must be on the axis.

    Returns
    -------
    Axis

    Examples
    --------
    >>> axis = axis_of("rate", (0.1, 0.2), (0, 200))
    >>> axis.at(0.5)
    100.0
    """
    least, greatest = reach
    line = float(threshold) if threshold is not None else least
    if scale == "rate":
        low, high = 0.0, 1.0
    elif scale == "share":
        low, high = 0.0, min(1.0, max(0.01, greatest * 1.06))
    elif scale == "ratio":
        low = max(0.1, min(0.62, least * 0.97, line * 0.97))
        high = min(10.0, max(1.3, greatest * 1.03, line * 1.03))
    elif scale in ("number", "area"):
        middle = PARITY.get(scale, least)
        least, greatest = min(least, line, middle), max(greatest, line, middle)
        spare = 0.06 * (greatest - least) or max(0.1 * abs(least), 1e-9)
        low, high = least - spare, greatest + spare
    else:
        smallest = 0.02 if scale == "difference" else 1e-9
        high = max(smallest, *(abs(end) * 1.05 for end in (least, greatest, line)))
        low = -high
    return Axis(scale, low, high, *between)


def ticks(axis: Axis) -> list[tuple[float, str]]:
    """Return the values that are written beside an axis.

    Examples
    --------
    >>> ticks(Axis("number", 0.61, 0.67, 0, 100))
    [(0.62, '0.62'), (0.64, '0.64'), (0.66, '0.66')]
    >>> [shown for _, shown in ticks(Axis("change", -2.4, 2.4, 0, 100))]
    ['−2', '−1', '0', '+1', '+2']
    """
    if axis.scale == "ratio":
        return [(t, f"{t:g}") for t in RATIO_TICKS if axis.low <= t <= axis.high]
    if axis.scale == "rate":
        return [(i / 4, f"{25 * i}%") for i in range(5)]
    if axis.scale == "share":
        power, factor = _step(axis.high, MOST)
        step = factor * 10.0**power
        places = max(0, -power - 2 + (1 if factor == 2.5 else 0))
        return [(i * step, f"{100 * i * step:.{places}f}%") for i in range(math.floor(axis.high / step + 1e-9) + 1)]
    if axis.scale == "difference":
        step = next((s for s in STEPS if axis.high * 100 / s < MOST), 50)
        reach = int(axis.high * 100 // step)
        return [(i * step / 100, _signed(i * step)) for i in range(-reach, reach + 1)]
    power, factor = _step(axis.high - axis.low, 6 if axis.scale == "change" else MOST)
    step = factor * 10.0**power
    first, last = math.ceil(axis.low / step - 1e-9), math.floor(axis.high / step + 1e-9)
    places = max(0, -power + (1 if factor == 2.5 else 0))
    values = [round(i * step, places + 1) for i in range(first, last + 1)]
    write = _signed if axis.scale == "change" else _unsigned
    return [(value, write(value, places)) for value in values]


def _step(span: float, most: int) -> tuple[int, float]:
    """Return the power of ten and the factor of the shortest round step that goes at most so often into a span."""
    power = math.floor(math.log10(span / most))
    factor = next((f for f in (1.0, 2.0, 2.5, 5.0) if span / (f * 10.0**power) <= most), None)
    return (power, factor) if factor else (power + 1, 1.0)


def _unsigned(value: float, places: int = 0) -> str:
    if places > 5 or abs(value) >= 1e7:
        return f"{value:.3g}".replace("e-0", "e-").replace("-", "\N{MINUS SIGN}").replace("e+0", "e").replace("e+", "e")
    return f"{value:,.{places}f}".replace("-", "\N{MINUS SIGN}")


def _signed(value: float, places: int = 0) -> str:
    return f"{value:+,.{places}f}".replace("-", "\N{MINUS SIGN}") if value else "0"
