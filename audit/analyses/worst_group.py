"""The worst-off group of a table, among those large enough to be asked about, with what choosing it costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.judging.pairs import estimate
from fairwitness.metrics.beta_binomial import shrunk_rates
from fairwitness.metrics.equal_rates import equal_rate_draws, share_as_extreme
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.smallest_ratio import smallest_ratio, smallest_ratio_interval

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.judging.group_counts import Group, GroupCount
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.metrics.beta_binomial import BetaLaw

NO_CHOICE = "nobody was selected, or everybody, so that no group fared worse than another"
TOO_FEW = "fewer than two groups are large enough that any outcome could be told from chance"
NONE_SELECTED = "nobody was selected of the groups that are large enough to be asked about"


@dataclass(frozen=True, slots=True)
class Worst:
    """The lowest rate against the highest, among the groups that can be evaluated.

    Attributes
    ----------
    group, best : tuple of str, or None
        Who has the lowest rate, and who the highest.
    ratio : Estimate
        With an interval for the smallest true ratio of any two groups, which allows for the choice.
    shrunk_ratio : float or None
        The same two groups, each drawn towards the others.
    p : float or None
        How often chance alone makes the smallest ratio as small.
    null_median : float or None
        The smallest ratio that chance alone makes, in the middle of the draws.
    evaluated : int
        How many groups.
    """

    group: Group | None
    best: Group | None
    ratio: Estimate
    shrunk_ratio: float | None
    p: float | None
    null_median: float | None
    evaluated: int
    because: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON has them."""
        return {
            "group": None if self.group is None else list(self.group),
            "best": None if self.best is None else list(self.best),
            "ratio": self.ratio.to_json(),
            "shrunk_ratio": self.shrunk_ratio,
            "test": {"p": self.p, "null_median": self.null_median, "method": "equal_rates"},
            "evaluated": self.evaluated,
            "because": self.because,
        }


def worst_group(
    groups: Sequence[GroupCount], law: BetaLaw | None, plan: AuditPlan, key: tuple[int, ...], why: str = TOO_FEW
) -> Worst:
    """Return the worst-off of some groups.

    Parameters
    ----------
    groups : sequence of GroupCount
        Those that can be evaluated: none where nobody or everybody is selected.
    law : BetaLaw or None
        What the groups of the whole table are drawn towards.
    plan : AuditPlan
        Its level and number of resamples.
    key : tuple of int
        The seed of the draws.
    why : str
        What to say where there are fewer than two.
    """
    x, n = (np.array([getattr(g, name) for g in groups], np.int64) for name in ("selected", "n"))
    total, selected = int(n.sum()), int(x.sum())
    if len(groups) < 2 or not selected:
        nothing = Estimate.undefined("undefined", level=plan.level, n=total)
        return Worst(None, None, nothing, None, None, None, len(groups), why if len(groups) < 2 else NONE_SELECTED)
    order = sorted(groups, key=lambda g: (g.rate, -g.n))
    low, high = smallest_ratio_interval(x, n, plan.level)
    value = float(order[0].rate / order[-1].rate)
    null = smallest_ratio(equal_rate_draws(n, selected, plan.resamples, (*key, 2)), n)
    shrunk = None
    if law is not None:
        pair = (order[0], order[-1])
        rates = shrunk_rates(law, [g.selected for g in pair], [g.n for g in pair], plan.level)[0]
        shrunk = float(rates[0] / rates[1])
    return Worst(
        group=order[0].group,
        best=order[-1].group,
        ratio=estimate(value, low, high, plan.level, "koopman_all_pairs", "undefined", total),
        shrunk_ratio=shrunk,
        p=share_as_extreme(value, null, small=True),
        null_median=float(np.median(null)),
        evaluated=len(groups),
    )
