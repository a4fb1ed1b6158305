"""The table that subgroups are searched in: one cell for every combination of protected attributes and controls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.judging.group_counts import in_order
from fairwitness.audit.tally import NOT_SELECTED, SELECTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from fairwitness.audit.tally import Tally


@dataclass(frozen=True, slots=True)
class SubgroupTable:
    """Decisions by all attributes and controls at once.

    Attributes
    ----------
    names : tuple of str
        The axes: protected attributes, then controls.
    controls : int
        How many of them, at the end, are controls.
    levels : tuple of tuple of str
        Of each axis, those that somebody bears.
    selected, n : array of int, one dimension an axis
    unknown : int
        Decisions on people of whom one of the axes is not known: they are in no subgroup.
    """

    names: tuple[str, ...]
    controls: int
    levels: tuple[tuple[str, ...], ...]
    selected: NDArray[np.int64]
    n: NDArray[np.int64]
    unknown: int

    @property
    def strata(self) -> NDArray[np.int64]:
        """The combination of controls that each cell belongs to, as a number."""
        inner = self.n.shape[len(self.names) - self.controls :]
        numbers = np.arange(int(np.prod(inner, dtype=np.int64)), dtype=np.int64).reshape(inner)
        return np.broadcast_to(numbers, self.n.shape)

    @property
    def expected(self) -> NDArray[np.float64]:
        """The share selected in each cell's combination of controls; 0 where nobody is."""
        across = tuple(range(len(self.names) - self.controls))
        x, n = self.selected.sum(axis=across, keepdims=True), self.n.sum(axis=across, keepdims=True)
        return np.broadcast_to(np.divide(x, n, out=np.zeros(n.shape), where=n > 0), self.n.shape)

    def halves(self, seed: Sequence[int]) -> tuple[SubgroupTable, SubgroupTable]:
        """Return the decisions dealt out at random into two halves: as if the rows were."""
        kinds = np.stack([self.selected, self.n - self.selected])
        generator = np.random.default_rng(seed)
        drawn = generator.multivariate_hypergeometric(kinds.ravel(), int(kinds.sum()) // 2, method="marginals")
        first = drawn.reshape(kinds.shape)
        rest = kinds - first
        return (
            replace(self, selected=first[0], n=first.sum(axis=0)),
            replace(self, selected=rest[0], n=rest.sum(axis=0)),
        )

    def named(self, levels: Sequence[Sequence[int]]) -> list[dict[str, Any]]:
        """Return a subgroup in words: for each axis that it is limited on, the labels it has."""
        return [
            {"attribute": name, "labels": [labels[i] for i in chosen]}
            for name, labels, chosen in zip(self.names, self.levels, levels, strict=True)
            if chosen
        ]


def subgroup_table(tally: Tally) -> SubgroupTable | None:
    """Return the decisions of a tally by protected attributes and controls; None with fewer than two of them.

    Parameters
    ----------
    tally : Tally
        Its decision axis tells selected from not selected; what was set aside is left out.
    """
    of_role = {role: [a.name for a in tally.axes if a.role == role] for role in ("protected", "control")}
    names = (*of_role["protected"], *of_role["control"])
    decision = tally.axis("decision")
    if decision is None or tally.axis("table") or not of_role["protected"] or len(names) < 2:
        return None
    cells: dict[tuple[str, ...], list[int]] = {}
    unknown = 0
    for (*labels, outcome), c in tally.margin(*names, decision.name).cells.items():
        if outcome not in (SELECTED, NOT_SELECTED):
            continue
        if None in labels:
            unknown += c.n
            continue
        cells.setdefault(tuple(str(level) for level in labels), [0, 0])[int(outcome == NOT_SELECTED)] += c.n
    levels = tuple(
        tuple(sorted({key[i] for key in cells}, key=lambda label: in_order((label,)))) for i in range(len(names))
    )
    shape = tuple(len(labels) for labels in levels)
    selected, n = np.zeros(shape, np.int64), np.zeros(shape, np.int64)
    for key, (chosen, refused) in cells.items():
        at = tuple(of_axis.index(label) for of_axis, label in zip(levels, key, strict=True))
        selected[at], n[at] = chosen, chosen + refused
    return SubgroupTable(names, len(of_role["control"]), levels, selected, n, unknown)
