"""The pipeline as it is: its selection at the share wanted, and the two groups that it treats most unlike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.alternatives.candidates import Candidate, Pair, cut_at
from fairwitness.audit.alternatives.choice import SAME_SHARE
from fairwitness.audit.alternatives.pipeline import fit
from fairwitness.audit.alternatives.splits import places
from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted
from fairwitness.audit.numerals import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.audit.alternatives.people import People

FOLDS = 5


def baseline_of(
    pipeline: Any, features: tuple[str, ...], train: People, validation: People, share: float
) -> tuple[Candidate, float]:
    """Return the pipeline fitted on the training part, and the share of people that alternatives are to select.

    Its cut-off selects a share of the validation part.  Where scores are tied there, more people than that are
    selected, and alternatives are to select as many.
    """
    scorer = fit(pipeline, train.rows[list(features)], train.label)
    score = scorer(validation.rows[list(features)])
    cut = cut_at(score, share)
    selected = float((score >= cut).mean())
    tied = selected > share * (1 + SAME_SHARE)
    besides = f", and with them all who have the score of the last: {percent(selected)}" if tied else ""
    what = f"The pipeline as it was given; the {percent(share)} with the highest scores are selected{besides}."
    return Candidate("baseline", "baseline", what, features, scorer, cut), selected if tied else share


def selected_in_training(
    pipeline: Any, features: tuple[str, ...], train: People, share: float, seed: int
) -> NDArray[np.bool_]:
    """Return whom the pipeline would select of the training part, each fifth scored by a fit to the other four."""
    import numpy as np

    rows = train.rows[list(features)]
    fold = places(train.label.astype(np.int64), [1 / FOLDS] * FOLDS, seed)
    score = np.empty(len(train))
    for i in range(FOLDS):
        here = fold == i
        score[here] = fit(pipeline, rows[~here].reset_index(drop=True), train.label[~here])(rows[here])
    return np.asarray(score >= cut_at(score, share))


def pair_of(
    selected: NDArray[np.bool_],
    group: NDArray[np.int64],
    groups: Sequence[str],
    *,
    named: tuple[str | None, str | None],
    min_n: int,
) -> Pair:
    """Return the two groups to compare.

    Parameters
    ----------
    selected, group : array of bool, array of int
        Of the people of the training part.
    groups : sequence of str
    named : pair of str or None
        The compared group and the reference; otherwise the one with the lowest selection rate, and with the highest.
    min_n : int
        Groups with fewer people are neither, unless named.

    Raises
    ------
    FairwitnessError
        A group that nobody belongs to, one group named twice, or fewer than two groups to compare.

    Examples
    --------
    Selected are 1 of 2, 2 of 2 and 0 of 2.

    >>> import numpy as np
    >>> selected = np.array([1, 0, 1, 1, 0, 0], bool)
    >>> pair_of(selected, np.array([0, 0, 1, 1, 2, 2]), ["A", "B", "C"], named=(None, None), min_n=1)
    Pair(focal=2, reference=1, below=True)
    """
    import numpy as np

    n = np.bincount(group, minlength=len(groups))
    rate = np.bincount(group, weights=selected, minlength=len(groups)) / np.maximum(n, 1)
    focal, reference = (None if name is None else _place(name, groups) for name in named)
    if focal is not None and focal == reference:
        raise FairwitnessError(f"group and reference are both {quoted(named[0])}. Name two groups, or leave one out.")
    others = [i for i in range(len(groups)) if n[i] >= min_n and i not in (focal, reference)]
    if len(others) + (focal is not None) + (reference is not None) < 2:
        raise FairwitnessError(
            f"There are not two groups with at least {min_n} people in the training part: "
            + ", ".join(f"{quoted(name)} ({k:,})" for name, k in zip(groups, n, strict=True))
            + ". Give more rows, a smaller min_n, or name the groups."
        )
    if reference is None:
        reference = max(others, key=lambda i: rate[i])
    if focal is None:
        focal = min((i for i in others if i != reference), key=lambda i: rate[i])
    return Pair(focal, reference, bool(rate[focal] <= rate[reference]))


def _place(name: str, groups: Sequence[str]) -> int:
    if name not in groups:
        raise FairwitnessError(f"No group {quoted(name)}.{did_you_mean(name, groups)} There are {listed(groups)}.")
    return groups.index(name)
