"""Where intervals and tests come from: what independent, clustered and weighted decisions answer differently.

Everything else about a table is the same for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from numpy.typing import NDArray

    from fairwitness.audit.judging.group_counts import GroupCount
    from fairwitness.audit.judging.pairs import Pair
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Estimate
    from fairwitness.metrics.null_ratio import NullRatio
    from fairwitness.metrics.rates import Rate
    from fairwitness.metrics.table import Metric

Ends = tuple[float, float]
Names = list[str]


class Tested(NamedTuple):
    """The tests of one pair.

    Attributes
    ----------
    name : str
        Of the test that decides.
    p : float
        Its p-value, nan where it does not exist.
    figures : dict
        Name of a test to its figures.
    """

    name: str
    p: float
    figures: dict[str, dict[str, Any]]


class Omnibus(NamedTuple):
    """The test of equal rates in all groups of a table at once."""

    statistic: float
    df: float
    p: float
    method: str


class Comparing(Protocol):
    """What the comparison of pairs of groups needs."""

    @property
    def withheld(self) -> str | None:
        """Why tests for counts are not shown, where they are not."""

    def estimates(self, pairs: Sequence[Pair], level: float, metrics: Sequence[Metric]) -> list[dict[str, Estimate]]:
        """Return values and intervals of pair metrics."""

    def tested(self, pairs: Sequence[Pair]) -> list[Tested]:
        """Return the tests of parity of each pair."""

    def p_values(self, pairs: Sequence[Pair], kind: Rate) -> tuple[Names, Floats]:
        """Return the name of the deciding test of each pair, and its p-value, for any rate."""

    def worth(self, pairs: Sequence[Pair]) -> Sequence[Floats]:
        """Return nf, nr and xr of as many independent decisions as would tell as much."""


class Inference(Comparing, Protocol):
    """What is known of the sampling of a table's decisions."""

    @property
    def method(self) -> str:
        """``independent``, ``cluster_robust`` or ``design_based``: of clusters, of survey weights."""

    @property
    def clusters(self) -> int | None:
        """How many clusters hold the table's decisions; None where there are none."""

    def cautions(self, by: str, groups: Sequence[GroupCount]) -> list[str]:
        """Return what must be said of so few clusters as the compared groups of a table are in."""

    def rate(self, g: GroupCount, kind: Rate, level: float) -> Estimate:
        """Return a rate of a group that has decisions of that kind."""

    def mean_p_values(self, pairs: Sequence[Pair], kinds: Sequence[Rate]) -> tuple[Names, Floats]:
        """Return the same for the mean of two differences of rates."""

    def extreme_pair(self, pair: Pair, kind: Rate, parity: float | None, level: float) -> tuple[Ends, str]:
        """Return the interval of a ratio (parity 1) or a difference (0) of two groups, and how it was made."""

    def replicates(
        self, groups: Sequence[GroupCount], names: Sequence[str], draws: int, seed: int
    ) -> tuple[dict[str, NDArray[Any]], ...]:
        """Return bootstrap replicates of counts, in parts; none where decisions cannot be resampled."""

    @property
    def resampling(self) -> str:
        """How the intervals from `replicates` are called."""

    def omnibus(self, groups: Sequence[GroupCount]) -> Omnibus | None:
        """Return the test of all groups at once."""

    def null_worst(self, groups: Sequence[GroupCount], line: Fraction, draws: int, seed: int) -> NullRatio | None:
        """Return how small the smallest ratio would come out if all true rates were equal."""

    def grown(self, times: int) -> Inference:
        """Return what would be known with so many times as many decisions at the same rates."""
