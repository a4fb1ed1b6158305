"""An estimate: a number with its interval, its n and its method, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Status = Literal[
    "ok",
    "undefined_no_selections",
    "undefined_no_rejections",
    "undefined_empty_group",
    "undefined_no_positives",
    "undefined_no_negatives",
    "undefined",  # for another reason, which stands beside the figure
    "below_min_n",
    "single_group",
    "excluded",
    "suppressed",
]


@dataclass(frozen=True, slots=True)
class Estimate:
    """One figure of an audit.

    Attributes
    ----------
    value : float or None
        None unless ``status`` is ``ok``.
    low, high : float or None
        The interval's ends; None where there is no interval, or where that end is unbounded.
    level : float
        The interval's confidence level, between 0 and 1.
    method : str or None
        How the interval was made (``wilson``, ``koopman``, ``newcombe``, ``bootstrap_percentile``, …).
    status : Status
        ``ok``, or why there is no value.
    n : int
        How many decisions the figure rests on.
    unbounded : {"low", "high"} or None
        The end of the interval that has no limit.

    Examples
    --------
    >>> Estimate.undefined("undefined_no_selections", level=0.95, n=30).value is None
    True
    """

    value: float | None
    low: float | None
    high: float | None
    level: float
    method: str | None
    status: Status
    n: int
    unbounded: Literal["low", "high"] | None = None

    @classmethod
    def undefined(cls, status: Status, *, level: float, n: int) -> Estimate:
        """Return an estimate without a value, with the reason."""
        return cls(None, None, None, level, None, status, n)

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        shown: dict[str, Any] = {
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "method": self.method,
            "status": self.status,
            "n": self.n,
        }
        return shown | ({"unbounded": self.unbounded} if self.unbounded else {})
