"""Our tally, from Parquet: checked, hashed, counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ratios import of_counts

import fairwitness as fw

if TYPE_CHECKING:
    from fairwitness.audit.tally import Tally


def load(path: str) -> str:
    """Nothing to load: the work begins with the file."""
    return path


def work(path: str) -> Tally:
    """Count."""
    return fw.tally(fw.load(path, protected=["sex", "race"], decision="selected", label="qualified"))


def answer(tally: Tally) -> dict[str, float]:
    """Return the ratios."""
    return of_counts(
        (str(sex), str(race), decision == "selected", label == "positive", cell.n)
        for (sex, race, decision, label), cell in tally.cells.items()
    )
