"""One cut-off for everybody, moved: more people selected, or fewer, by the same scores."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fairwitness.audit.alternatives.candidates import Candidate, Setting, cut_at
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.numerals import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMES = (0.5, 0.75, 1.25, 1.5, 2.0)  # the baseline's share
MOST = 0.95  # beyond, a cut-off hardly cuts


def moved(setting: Setting, shares: Sequence[float] | None) -> list[Candidate]:
    """Return the baseline with other cut-offs.

    Parameters
    ----------
    setting : Setting
    shares : sequence of float, optional
        Shares of people to select, each between 0 and 1; by default 1/2, 3/4, 5/4, 3/2 and 2 times the baseline's.

    Raises
    ------
    FairwitnessError
        A share that is none.

    Notes
    -----
    A lower common cut-off often brings a ratio of selection rates nearer 1 and one of rejection rates farther from
    it; and more people are selected.  Whether there is room for them is not in the data.
    """
    if shares is not None and not all(0 < share < 1 for share in shares):
        raise FairwitnessError("cutoffs: give shares of people to be selected, each between 0 and 1.")
    tried = [setting.share * times for times in TIMES] if shares is None else shares
    score = setting.baseline.score(setting.validation.rows)
    return [
        replace(
            setting.baseline,
            id=f"cutoff-{share:.4g}",
            family="cutoff",
            what=f"The baseline's scores with another cut-off for everybody: {percent(share)} are selected.",
            cut=cut_at(score, share),
        )
        for share in dict.fromkeys(tried)
        if shares is not None or share <= MOST
    ]
