"""What a reader must know of a funnel before its figures are believed, in sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.stages import check_monotone
from fairwitness.audit.errors import printable, quoted
from fairwitness.audit.tally import NOT_SELECTED, SELECTED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fairwitness.audit.judging.group_counts import Reference
    from fairwitness.audit.tally import Tally

    Step = Mapping[str, Any]


def missing(
    i: int, names: Sequence[str], groups: Sequence[Mapping[str, Any]], first: Sequence[int]
) -> Iterator[dict[str, Any]]:
    """Yield every group of which nobody was decided upon at a step, and why.

    Parameters
    ----------
    i : int
        The step's place.
    names : sequence of str
        The steps.
    groups : sequence of dict
        The step's groups.
    first : sequence of int
        How many of each group entered the first step.
    """
    for group, applied in zip(groups, first, strict=True):
        if group["entered"]:
            continue
        if group["set_aside"]:
            why = f"all {group['set_aside']:,} who came so far are undecided here"
        elif i and applied:
            why = f"nobody of the group came past {quoted(names[i - 1])}"
        else:
            why = "the data have nobody of this group" if not i else f"nobody of the group entered {quoted(names[0])}"
        yield {"group": group["group"], "because": why}


def caveats(
    names: Sequence[str], steps: Sequence[Step], lines: Sequence[Mapping[str, Any]], tally: Tally, reference: Reference
) -> Iterator[str]:
    """Yield what must be said beside the figures of an attribute.

    Parameters
    ----------
    names : sequence of str
        The steps.
    steps, lines : sequence of dict
        The figures of steps and of the bottom line.
    tally : Tally
    reference : Reference
    """
    if len(names) > 1:
        yield (
            f"Rates after {printable(names[0])} are of those who came through it: equal rates there say nothing of the "
            "people whom an earlier stage turned away."
        )
    aside = sum(a["n"] for step in steps for a in step["set_aside"])
    if aside:
        yield (
            f"{aside:,} people came to a stage and were not decided upon there. They are in no rate of that stage; "
            "rates up to a stage take it that they would fare like others of their group."
        )
    waiting = _decided_too_early(tally)
    if waiting:
        yield (
            f"{waiting:,} people who were not decided upon at a stage count as not selected at the bottom line: set "
            "their decision aside if they are still in progress or withdrew."
        )
    skipped = sum(f.n for f in check_monotone(tally))
    if skipped:
        yield (
            f"{skipped:,} people came through a stage without having come through all before it. They are in the "
            "bottom line, and in no rate of the stages that follow the one they skipped."
        )
    if any(line["agrees"] is False for line in lines):
        yield "So the stages do not multiply to the bottom line exactly: both are shown."
    if reference.chosen_from_outcomes:
        yield "The bottom line chose the reference; intervals are not adjusted for that choice."
    if tally.axis("cluster"):
        yield "Decisions come in clusters, which the intervals and tests of this section take for independent."
    if tally.repeats:
        yield f"{tally.repeats:,} rows repeat a unit and were kept: rows are not independent, and intervals too short."


def _decided_too_early(tally: Tally) -> int:
    """Return how many are not selected although the first stage that they did not pass has not decided on them."""
    decision = tally.axis("decision")
    stages = [i for i, a in enumerate(tally.axes) if a.role == "stage"]
    if decision is None:
        return 0
    at, n = tally.axes.index(decision), 0
    for key, count in tally.cells.items():
        stop = next((key[i] for i in stages if key[i] != SELECTED), SELECTED)
        if key[at] == NOT_SELECTED and stop not in (SELECTED, NOT_SELECTED):
            n += count.n
    return n
