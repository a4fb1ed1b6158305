"""What an alternative is: a score made of columns that may be read, and one cut-off for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fairwitness.audit.alternatives.people import People
    from fairwitness.audit.alternatives.pipeline import Scorer

Family = Literal["baseline", "cutoff", "drop", "cap", "reweighing", "exponentiated_gradient", "grid_search", "banding"]


@dataclass(frozen=True, slots=True)
class Pair:
    """The two groups that are compared, fixed on the training part.

    Attributes
    ----------
    focal, reference : int
        Places in the list of groups.
    below : bool
        Whether the baseline selected the focal group at the lower rate on the training part: which way is better.
    """

    focal: int
    reference: int
    below: bool


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could decide instead.

    Attributes
    ----------
    id : str
        A short name, unique in a search.
    what : str
        What it is, as a sentence.
    columns : tuple of str
        What it reads of a person when deciding, and nothing else.
    scorer : callable
        These columns to a score, higher is better.
    cut : float
        Selected is who scores above it, for whichever group.
    chance : float
        With which probability those exactly at the cut are selected: 1, or less where a band is drawn by lot.
    dropped : tuple of str
        Features of the baseline that it does not read.
    """

    id: str
    family: Family
    what: str
    columns: tuple[str, ...]
    scorer: Scorer
    cut: float
    chance: float = 1.0
    dropped: tuple[str, ...] = ()

    def score(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        """Return the scores of people, of whom only this candidate's columns are read."""
        return self.scorer(rows[list(self.columns)])

    def chances(self, rows: pd.DataFrame) -> NDArray[np.float64]:
        """Return the probability with which each is selected: 0 or 1, but for a lot at the cut."""
        return selected_with(self.score(rows), self.cut, self.chance)


@dataclass(frozen=True, slots=True)
class Setting:
    """What every family of candidates starts from; no test row is in it.

    Attributes
    ----------
    pipeline : estimator
        Unfitted.
    features : tuple of str
        What the pipeline reads.
    share : float
        Which share of people is to be selected: as many as the baseline does.
    """

    pipeline: Any
    features: tuple[str, ...]
    train: People
    validation: People
    pair: Pair
    share: float
    baseline: Candidate
    seed: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a candidate does with some people."""

    label: NDArray[np.bool_]
    group: NDArray[np.int64]
    score: NDArray[np.float64]
    chance: NDArray[np.float64]


def observe(candidate: Candidate, people: People) -> Outcome:
    """Return what a candidate does with people."""
    score = candidate.score(people.rows)
    return Outcome(people.label, people.group, score, selected_with(score, candidate.cut, candidate.chance))


def selected_with(score: NDArray[np.float64], cut: float, chance: float) -> NDArray[np.float64]:
    """Return the probability of being selected: 1 above the cut, ``chance`` at it, 0 below.

    Examples
    --------
    >>> import numpy as np
    >>> selected_with(np.array([1.0, 2.0, 3.0]), cut=2.0, chance=0.5).tolist()
    [0.0, 0.5, 1.0]
    """
    import numpy as np

    return np.where(score > cut, 1.0, np.where(score == cut, chance, 0.0))


def cut_at(score: NDArray[np.float64], share: float) -> float:
    """Return the cut-off above or at which the highest share of scores lies.

    Examples
    --------
    >>> import numpy as np
    >>> cut_at(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), share=0.25)
    4.0
    """
    import numpy as np

    return float(np.quantile(score, 1 - share))
