"""Releases in their order as the periods of one tally, so that one report follows them all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, printable, quoted
from fairwitness.audit.merging import merge
from fairwitness.audit.tally import Axis, Tally

if TYPE_CHECKING:
    from collections.abc import Sequence

RELEASE = "release"


def of_releases(names: Sequence[str], tallies: Sequence[Tally]) -> Tally:
    """Return one tally of several releases, each a period of the axis ``release``.

    Parameters
    ----------
    names : sequence of str
        What each release is called; they are numbered in the order given, which is the order of time.
    tallies : sequence of Tally
        One a release, of the same axes; each counts decisions of its own.

    Raises
    ------
    FairwitnessError
        Fewer than two releases, as many names as not, tallies that have periods already, or such as cannot be added.

    Examples
    --------
    >>> v1 = Tally.of([Axis("sex", "protected"), Axis("hired", "decision")], {("F", "selected"): 2})
    >>> both = of_releases(["v1.csv", "v2.csv"], [v1, v1])
    >>> sorted(both.cells)
    [('F', 'selected', '1 · v1.csv'), ('F', 'selected', '2 · v2.csv')]
    """
    if len(tallies) < 2 or len(names) != len(tallies):
        raise FairwitnessError(
            f"Releases: {len(names)} names and {len(tallies)} tallies. Give two or more tallies, and a name for each."
        )
    with_periods = [axis.name for t in tallies for axis in t.axes if axis.role in ("period", "earlier")]
    if with_periods:
        raise FairwitnessError(
            f"Releases: a tally has periods already (column {quoted(with_periods[0])}), and each release is a period "
            "here. Leave --period out; or audit one file with all periods in it."
        )
    taken = {axis.name for t in tallies for axis in t.axes}
    column = next(name for name in (RELEASE, *(f"{RELEASE} ({i})" for i in range(2, 99))) if name not in taken)
    made = []
    for i, (name, t) in enumerate(zip(names, tallies, strict=True), start=1):
        cells = {(*key, f"{i} \N{MIDDLE DOT} {printable(name)}"): count for key, count in t.cells.items()}
        made.append(replace(t, axes=(*t.axes, Axis(column, "period")), cells=cells))
    return merge(*made)
