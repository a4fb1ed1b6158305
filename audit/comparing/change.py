"""A change: one group's figure in two releases, how far it moved, and whether that is more than the margin."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.metrics.estimate import Status

if TYPE_CHECKING:
    from fairwitness.audit.comparing.both_ways import Turned
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.policy import Difference, Verdict

ChangeStatus = Status | Literal["not_in_old", "not_in_new", "merged_in_old", "no_reference"]
Direction = Literal["worse", "better", "same"]


@dataclass(frozen=True, slots=True)
class Figure:
    """The compared figure in one release, and the counts that it rests on.

    Attributes
    ----------
    selected, n : int
        Of the group.
    reference_selected, reference_n : int or None
        Of the reference group; None where the group is compared with nothing.
    value : float or None
        The metric; None where it is undefined.
    """

    selected: int
    n: int
    reference_selected: int | None = None
    reference_n: int | None = None
    value: float | None = None


@dataclass(frozen=True, slots=True)
class McNemar:
    """The people of one group on whom the releases disagree.

    Attributes
    ----------
    only_new, only_old : int
        Selected by one release and not by the other.
    exact, mid_p : float or None
        Two-sided p-values of as many being gained as lost; None where the releases agree on everybody.
    """

    only_new: int
    only_old: int
    exact: float | None
    mid_p: float | None


@dataclass(frozen=True, slots=True)
class Change:
    """What two releases show about one group; a statement about data and a margin, not about law.

    Attributes
    ----------
    metric, measure, rate : str
        The figure; what selected means; the rate that is compared (the measure's, or ``true_positive_rate``).
    scale : {"ratio", "difference"}
        A ratio changes by a factor, new over old; a difference by what is added, new minus old.
    by, group, reference : tuple of str
        The table, the group, and the group that it is compared with in both releases; None without one.
    old, new : Figure or None
        None where the release does not have the group.
    change, low, high : float or None
        With the score interval at ``level``; None where the change is undefined.
    low_one_sided, high_one_sided : float or None
        The interval whose each end errs with probability ``1 - level``: 90 % at level 0.95.
    margin, threshold : float
        How much worse still counts as no worse, and the smallest change that is no worse than that.
    z, p : float or None
        The score test of non-inferiority: of a change at the threshold or below, one-sided.
    p_no_change, p_adjusted : float or None
        The two-sided score test of no change; adjusted by Holm over the table's compared groups.
    m : int
        How many these are.
    detectable : float or None
        The smallest worsening that 80 % of such data would have shown, as the margin is written: a share of the
        ratio, or 0.02 for two points.  Planning text; it decides nothing.
    paired : bool
        Whether the same people stand in both releases, matched.
    mcnemar, reference_mcnemar : McNemar or None
        For matched people, within the group and within the reference group.
    turned : Turned or None
        The question turned round, where the data chose the reference group: whether that is the one worse off.
    status : ChangeStatus
        ``ok``, or why there is no change to judge.
    direction : {"worse", "better", "same"} or None
    difference : {"shown", "not_shown", "not_evaluable"}
        Whether the test of no change rejects, in either direction.
    verdict : {"beyond", "within", "inconclusive", "not_evaluable"}
        ``beyond``: worse by more than the margin; ``within``: not worse.  Where the data chose the reference group, of
        either of the two; see `fairwitness.audit.comparing.both_ways`.
    attention : bool
        A change for the worse is shown, and the verdict is not ``beyond``.
    headline, because, settle : str
        Plain sentences: the figures with their counts; why this verdict; what the data could have shown.
    """

    metric: str
    measure: str
    rate: str
    scale: str
    by: tuple[str, ...]
    group: Group
    reference: Group | None
    old: Figure | None
    new: Figure | None
    change: float | None
    low: float | None
    high: float | None
    level: float
    low_one_sided: float | None
    high_one_sided: float | None
    margin: float
    threshold: float
    z: float | None
    p: float | None
    p_no_change: float | None
    p_adjusted: float | None
    m: int
    detectable: float | None
    paired: bool
    mcnemar: McNemar | None
    reference_mcnemar: McNemar | None
    turned: Turned | None
    status: ChangeStatus
    rule: str
    direction: Direction | None
    difference: Difference
    verdict: Verdict
    attention: bool
    headline: str
    because: str
    settle: str | None

    @property
    def gone(self) -> int:
        """How many people of the group the last release counted, where this one counts nobody of it; otherwise 0."""
        missing = self.old is not None and (self.new is None or self.new.n == 0)
        return self.old.n if self.old is not None and missing else 0

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them."""
        return {f.name: _plain(getattr(self, f.name)) for f in fields(self)}


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {f.name: getattr(value, f.name) for f in fields(value)}
    return list(value) if isinstance(value, tuple) else value
