"""Estimates as columns of a CSV file, in full precision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

PARTS = ("value", "low", "high", "status", "n")


def header(*names: str) -> list[str]:
    """Return the columns of estimates.

    Examples
    --------
    >>> header("ratio")
    ['ratio', 'ratio_low', 'ratio_high', 'ratio_status', 'ratio_n']
    """
    return [name if part == "value" else f"{name}_{part}" for name in names for part in PARTS]


def cells(*estimates: Mapping[str, Any] | None) -> list[Any]:
    """Return estimates as cells, empty where one was not asked for.

    Examples
    --------
    >>> cells({"value": 0.5, "low": 0.4, "high": 0.6, "status": "ok", "n": 9}, None)
    [0.5, 0.4, 0.6, 'ok', 9, None, None, None, None, None]
    """
    return [(e or {}).get(part) for e in estimates for part in PARTS]
