"""The form in which roles are kept: names as tuples, values as the texts that stand for them, edges as numbers."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

Value = str | bool | int | float


def canonical(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments of `fairwitness.audit.counting.roles.load` in the form that `Roles` keeps.

    Raises
    ------
    FairwitnessError
        Edges that are not finite or do not increase.

    Examples
    --------
    >>> canonical({"protected": "sex", "favorable": 1})
    {'protected': ('sex',), 'favorable': ('1',)}
    """
    return {name: _FORMS[name](value) if name in _FORMS else value for name, value in given.items()}


def _names(names: str | Iterable[str]) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(dict.fromkeys(names))


def _values(values: Value | Iterable[Value] | None) -> tuple[str, ...]:
    if values is None:
        return ()
    many = [values] if isinstance(values, str | bool | int | float) else values
    return tuple(dict.fromkeys(label_text(value) or "" for value in many))


def _reasons(set_aside: Mapping[Any, str] | None) -> dict[str, str]:
    return {label_text(value) or "": str(reason) for value, reason in (set_aside or {}).items()}


def _bins(bins: Mapping[str, Sequence[float]] | None) -> dict[str, tuple[float, ...]]:
    return {name: _edges(edges, f"bins of {quoted(name)}") for name, edges in (bins or {}).items()}


def _edges(edges: Sequence[float], what: str) -> tuple[float, ...]:
    made = tuple(float(edge) for edge in edges)
    if not made or not all(map(math.isfinite, made)) or any(a >= b for a, b in pairwise(made)):
        raise FairwitnessError(f"{what}: edges must be finite numbers in increasing order. Give for example 25,40.")
    return made


_FORMS: Mapping[str, Callable[[Any], Any]] = {
    "protected": _names,
    "unit": _names,
    "controls": _names,
    "stages": _names,
    "favorable": _values,
    "unfavorable": _values,
    "label_positive": _values,
    "unknown": lambda values: frozenset(_values(values)),
    "set_aside": _reasons,
    "bins": _bins,
    "score_edges": lambda edges: None if edges is None else _edges(edges, "score_edges"),
}
