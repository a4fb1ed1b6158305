"""Every interval by its name: for a rate from (x, n, level), for a pair from (xf, nf, xr, nr, level)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from fairwitness.metrics.counts import Floats
from fairwitness.metrics.difference_intervals import cohens_h_interval, mee, miettinen_nurminen_difference, newcombe
from fairwitness.metrics.rate_intervals import clopper_pearson, jeffreys, wilson
from fairwitness.metrics.ratio_intervals import (
    katz,
    koopman,
    koopman_rejection,
    miettinen_nurminen_ratio,
    odds_ratio_score,
)

Interval = Callable[..., tuple[Floats, Floats]]

RATE_INTERVALS: Mapping[str, Interval] = MappingProxyType(
    {"wilson": wilson, "clopper_pearson": clopper_pearson, "jeffreys": jeffreys}
)

PAIR_INTERVALS: Mapping[str, Interval] = MappingProxyType(
    {
        "koopman": koopman,
        "koopman_rejection": koopman_rejection,
        "miettinen_nurminen_ratio": miettinen_nurminen_ratio,
        "katz": katz,
        "newcombe": newcombe,
        "mee": mee,
        "miettinen_nurminen_difference": miettinen_nurminen_difference,
        "odds_ratio_score": odds_ratio_score,
        "cohens_h": cohens_h_interval,
    }
)
