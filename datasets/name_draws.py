"""Drawing names to be shown: at random, or alike in how common they are in every group."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.datasets.names import SignalledName


def choose(names: Sequence[SignalledName], n: int, *, seed: int, weighted: bool = False) -> tuple[SignalledName, ...]:
    """Draw ``n`` different names, each as likely as the other, or in proportion to how many people bear it.

    The draw depends on the names and the seed, not on the order in which they are given.

    Raises
    ------
    ValueError
        Fewer names than are to be drawn.
    """
    _enough(len(names), n)
    ordered = sorted(names, key=lambda name: name.name)
    counts = np.array([name.count for name in ordered], dtype=np.float64)
    chances = counts / counts.sum() if weighted else None
    drawn = np.random.default_rng(seed).choice(len(ordered), size=n, replace=False, p=chances)
    return tuple(ordered[i] for i in drawn)


def choose_alike(
    groups: Sequence[Sequence[SignalledName]], n: int, *, seed: int, within: float = 2.0
) -> tuple[tuple[SignalledName, ...], ...]:
    """Draw ``n`` names for each group so that the k-th names of all groups are about as common.

    Rare names are less familiar than common ones, to readers and to models alike; drawn without regard to that,
    a difference between groups may be one of familiarity.  Names of the group that has the fewest to choose from
    are taken in random order.  For each, every other group gives the name not yet taken whose number of bearers is
    nearest (on the scale of logarithms; of two as near, the first in the alphabet).  The set is kept if its most
    common name has at most ``within`` times the bearers of its rarest.

    Returns
    -------
    tuple of tuple of SignalledName
        By group; the k-th of each belong together.

    Raises
    ------
    ValueError
        Fewer than ``n`` such sets.

    Examples
    --------
    >>> from fairwitness.datasets.names import signalled_names
    >>> black, white = choose_alike([signalled_names("black", "male"), signalled_names("white", "male")], 20, seed=0)
    >>> max(max(b.count, w.count) / min(b.count, w.count) for b, w in zip(black, white)) <= 2
    True
    """
    ordered = [sorted(names, key=lambda name: name.name) for names in groups]
    fewest = min(range(len(ordered)), key=lambda g: len(ordered[g]))
    _enough(len(ordered[fewest]), n)
    taken: set[str] = set()
    sets: list[tuple[SignalledName, ...]] = []
    for i in np.random.default_rng(seed).permutation(len(ordered[fewest])):
        if len(sets) == n:
            break
        alike = _set_around(ordered[fewest][i], ordered, fewest, taken)
        if alike and max(m.count for m in alike) <= within * min(m.count for m in alike):
            taken.update(m.name for m in alike)
            sets.append(alike)
    if len(sets) < n:
        raise ValueError(
            f"Only {len(sets)} sets of names are alike within a factor of {within:g}, and {n} were asked for. "
            "Ask for fewer names, allow a larger factor, or lower the shares."
        )
    return tuple(zip(*sets, strict=True))


def _set_around(
    anchor: SignalledName, groups: Sequence[Sequence[SignalledName]], at: int, taken: set[str]
) -> tuple[SignalledName, ...] | None:
    """Return the anchor with the free name of every other group that is nearest to it, or None if there is none."""
    used = {*taken, anchor.name}
    alike: list[SignalledName] = []
    for g, names in enumerate(groups):
        free = [anchor] if g == at else [name for name in names if name.name not in used]
        if anchor.name in taken or not free:
            return None
        nearest = min(free, key=lambda name: abs(math.log(name.count / anchor.count)))
        used.add(nearest.name)
        alike.append(nearest)
    return tuple(alike)


def _enough(there: int, asked: int) -> None:
    if not 1 <= asked <= there:
        raise ValueError(f"{asked} names were asked for, and there are {there}. Ask for 1 to {there}.")
