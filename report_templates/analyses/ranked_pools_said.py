"""What the files on ranked pools say alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import words

if TYPE_CHECKING:
    from collections.abc import Mapping

    Part = Mapping[str, Any]


def beside(part: Part) -> str:
    """Name what the groups are compared with."""
    used, rule = part["reference"]["used"], part["reference"]["rule"]
    if used:
        return words.group(used)
    return "everybody" if rule == "overall" else "everybody else"


def chance_level(part: Part) -> str:
    """Say of how many random deals the bands hold the middle."""
    return numerals.level(part["ndkl"]["value"]["level"])


def count(n: float) -> str:
    """Write a number of people that may be an expected one.

    Examples
    --------
    >>> count(12.0), count(3.5)
    ('12', '3.5')
    """
    return words.people(n) if float(n).is_integer() else words.decimals(n, 1)


def least_by_chance(part: Part) -> Part | None:
    """Return the group whose place at the top, or whose exposure, chance explains least."""
    tested = [g for g in part["groups"] if not g["is_reference"] and adjusted_p(g) is not None]
    return min(tested, key=lambda g: adjusted_p(g) or 0.0, default=None)


def adjusted_p(g: Part) -> float | None:
    """Return the adjusted p of a group's first places, or of its exposure where no places are looked at."""
    test = (g["top_k"] or {}).get("test") or g["exposure"]["test"]
    return None if test is None else test["p_adjusted"]
