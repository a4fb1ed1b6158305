"""What every swap checks of its arguments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fairwitness.audit.errors import FairwitnessError, listed, quoted


def settle(swap: object, *, columns: Sequence[str] = ("text", "template"), groups: Sequence[str] = ()) -> None:
    """Make one name a tuple of one."""
    for name in columns:
        given = getattr(swap, name)
        object.__setattr__(swap, name, (given,) if isinstance(given, str) else tuple(given or ()))
    for name in groups:
        given = getattr(swap, name)
        if isinstance(given, str):
            raise FairwitnessError(f"{name} is one text, {quoted(given)}. Give two or more as a list.")
        object.__setattr__(swap, name, tuple(given))


def any_of(swap: object, *names: str) -> None:
    """Refuse a swap in which none of these says where the field is."""
    if not any(getattr(swap, name) for name in names):
        raise FairwitnessError(f"A swap of this kind names no column. Give one of {listed(names)}.")


def by_group(groups: object, kind: type) -> None:
    """Refuse groups that do not name values of a kind, or lists of them."""
    if not isinstance(groups, Mapping) or not all(
        isinstance(v, kind) or (isinstance(v, Sequence) and v and all(isinstance(w, kind) for w in v))
        for v in groups.values()
    ):
        raise FairwitnessError(
            f"groups names, for each group, one {kind.__name__} or a list of them, at least one. Found something else."
        )
