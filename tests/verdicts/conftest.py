"""Tallies written as a person would: group, selected, of how many."""

from __future__ import annotations

import pytest

from fairwitness.audit.tally import Axis, Tally


def build(groups, *, by=("group",), outcomes=None, unknown=(0, 0), set_aside=None, repeats=0, declared=()):
    """Return a tally from {labels: (selected, n)}; outcomes: {labels: (tp, fp, fn, tn)} adds a true outcome."""
    cells = {}
    axes = [Axis(name, "protected", declared if len(by) == 1 else ()) for name in by] + [Axis("decision", "decision")]
    keyed = {(g if isinstance(g, tuple) else (g,)): counts for g, counts in groups.items()}
    if outcomes:
        axes.append(Axis("label", "label"))
        for g, (tp, fp, fn, tn) in outcomes.items():
            key = g if isinstance(g, tuple) else (g,)
            cells[(*key, "selected", "positive")], cells[(*key, "selected", "negative")] = tp, fp
            cells[(*key, "not_selected", "positive")], cells[(*key, "not_selected", "negative")] = fn, tn
        return Tally.of(axes, cells, repeats=repeats)
    for key, (selected, n) in keyed.items():
        cells[(*key, "selected")], cells[(*key, "not_selected")] = selected, n - selected
    if unknown[1]:
        cells[(*[None] * len(by), "selected")], cells[(*[None] * len(by), "not_selected")] = (
            unknown[0],
            unknown[1] - unknown[0],
        )
    for (key, reason), n in (set_aside or {}).items():
        cells[(key, f"set_aside:{reason}")] = n
    return Tally.of(axes, {k: v for k, v in cells.items() if v}, repeats=repeats)


@pytest.fixture
def tally_of():
    return build
