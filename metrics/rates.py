"""The rates of a group: which counts stand above the line, which below, and why one may be undefined."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.counts import quotient

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from fairwitness.metrics.counts import Counts, Floats
    from fairwitness.metrics.estimate import Status


@dataclass(frozen=True, slots=True)
class Rate:
    """A share of a group's decisions.

    Attributes
    ----------
    name : str
        The field's name in audit.json.
    numerator, denominator : tuple of str
        Names of the counts that are added above and below the line.
    undefined : Status
        What is said when the denominator is 0 although the group has decisions.
    """

    name: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...]
    undefined: Status


_POSITIVES = ("true_positive", "false_negative")  # whose true outcome is positive
_NEGATIVES = ("false_positive", "true_negative")
_CHOSEN = ("true_positive", "false_positive")  # selected, with a known outcome
_REFUSED = ("false_negative", "true_negative")

RATES: Mapping[str, Rate] = MappingProxyType(
    {
        r.name: r
        for r in (
            Rate("selection_rate", ("selected",), ("selected", "not_selected"), "undefined_empty_group"),
            Rate("scoring_rate", ("selected",), ("selected", "not_selected"), "undefined_empty_group"),
            Rate("true_positive_rate", ("true_positive",), _POSITIVES, "undefined_no_positives"),
            Rate("false_positive_rate", ("false_positive",), _NEGATIVES, "undefined_no_negatives"),
            Rate("true_negative_rate", ("true_negative",), _NEGATIVES, "undefined_no_negatives"),
            Rate("false_negative_rate", ("false_negative",), _POSITIVES, "undefined_no_positives"),
            Rate("positive_predictive_value", ("true_positive",), _CHOSEN, "undefined_no_selections"),
            Rate("negative_predictive_value", ("true_negative",), _REFUSED, "undefined_no_rejections"),
            Rate("accuracy", ("true_positive", "true_negative"), (*_POSITIVES, *_NEGATIVES), "undefined_empty_group"),
        )
    }
)
"""Every rate of a group, by name."""


def parts(counts: Counts, kind: Rate) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return a rate's numerator and denominator as integers, for intervals and tests.

    Parameters
    ----------
    counts : Counts
        Arrays of shape ``(..., groups)``.
    kind : Rate

    Returns
    -------
    x, n : arrays of shape ``(..., groups)``

    Examples
    --------
    >>> x, n = parts({"selected": np.array([3, 6]), "not_selected": np.array([7, 4])}, RATES["selection_rate"])
    >>> x.tolist(), n.tolist()
    ([3, 6], [10, 10])
    """
    return _added(counts, kind.numerator), _added(counts, kind.denominator)


def rate(counts: Counts, kind: Rate) -> Floats:
    """Return a rate of every group: numerator / denominator, nan where the denominator is 0.

    Parameters
    ----------
    counts : Counts
        Arrays of shape ``(..., groups)``.
    kind : Rate

    Returns
    -------
    array of shape ``(..., groups)``
        Between 0 and 1, or nan; `Rate.undefined` says why.

    Notes
    -----
    True and false positive rates are those of Hardt, Price & Srebro, "Equality of opportunity in supervised
    learning", NeurIPS 2016, arXiv:1610.02413; the predictive values those of Altman & Bland, "Diagnostic tests 2:
    predictive values", BMJ 309 (1994), 102, doi:10.1136/bmj.309.6947.102.

    Examples
    --------
    >>> rate({"selected": np.array([3, 0]), "not_selected": np.array([7, 0])}, RATES["selection_rate"]).tolist()
    [0.3, nan]
    """
    return quotient(*parts(counts, kind))


def _added(counts: Counts, names: tuple[str, ...]) -> NDArray[np.int64]:
    return np.asarray(np.sum([counts[name] for name in names], axis=0, dtype=np.int64))
