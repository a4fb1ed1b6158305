"""The figures of a group in each period, its e-processes, and what the next period could show."""

from __future__ import annotations

from dataclasses import dataclass
from math import log
from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.judging.pairs import estimate, number, undefined_pair
from fairwitness.metrics.counts import quotient
from fairwitness.metrics.difference_intervals import newcombe
from fairwitness.metrics.disparity import impact_ratio, rate_difference
from fairwitness.metrics.e_process import anytime_p, e_process, first_reaching
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.power import minimum_detectable_ratio, power
from fairwitness.metrics.rate_intervals import wilson
from fairwitness.metrics.ratio_intervals import koopman
from fairwitness.metrics.release_change import Releases, detectable_worsening
from fairwitness.metrics.strata import informative

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.analyses.period_counts import Columns
    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.estimate import Status

FOUR_FIFTHS = 0.8
METHODS = {"equality": "mixture_e_process", "drift": "universal_inference_e_process"}


@dataclass(frozen=True, slots=True)
class Told:
    """What the e-processes of a group tell, as JSON has it: after each period, and in all."""

    rows: tuple[dict[str, Any], ...]
    equality: dict[str, Any]
    drift: dict[str, Any]


def figures_of(names: Sequence[str], whole: Columns, level: float) -> list[dict[str, Any]]:
    """Return a group's figures of each period by itself.

    Parameters
    ----------
    names : sequence of str
        The periods.
    whole : four arrays of int
        Selected and total of the group and of what it is held against, by period.
    level : float
        Confidence level of the intervals, each of which is of one period: they are not made to be looked at together.
    """
    xf, nf, xr, nr = whole
    values = {"selection_rate": quotient(xf, nf), "impact_ratio": impact_ratio(*whole)}
    values["rate_difference"] = rate_difference(*whole)
    people = np.maximum(nf, 1)
    ends = {"selection_rate": wilson(np.minimum(xf, people), people, level), "impact_ratio": koopman(*whole, level)}
    ends["rate_difference"] = newcombe(*whole, level)
    methods = {"selection_rate": "wilson", "impact_ratio": "koopman", "rate_difference": "newcombe"}
    rows = []
    for i, name in enumerate(names):
        why: dict[str, Status] = dict.fromkeys(values, undefined_pair(*(int(column[i]) for column in whole)))
        why["selection_rate"] = "undefined_empty_group"
        n = {"selection_rate": int(nf[i])}
        rows.append(
            {
                "period": name,
                "n": int(nf[i]),
                "selected": int(xf[i]),
                "reference_n": int(nr[i]),
                "reference_selected": int(xr[i]),
                "estimates": {
                    of: estimate(
                        values[of][i], ends[of][0][i], ends[of][1][i], level, methods[of], why[of],
                        n.get(of, int(nf[i] + nr[i])),
                    ).to_json()
                    for of in values
                },
                "odds_ratio_so_far": None,
                "equality": None,
                "drift": None,
            }
        )  # fmt: skip
    return rows


def processes(names: Sequence[str], tables: Columns, m: int, line: float, level: float) -> Told:
    """Return the e-processes of a group: after each period what it and all before it tell.

    Parameters
    ----------
    names : sequence of str
        The periods.
    tables : four arrays of int
        By period and stratum.
    m : int
        How many comparisons there are: p-values are adjusted by Bonferroni's inequality.
    line : float
        The e-value that is reached with a chance of at most 1 - level in any of them.
    level : float
    """
    found = e_process(*tables, level)
    told = informative(*tables).sum(axis=1)
    people = np.cumsum((tables[1] + tables[3]).sum(axis=1))
    made: dict[str, list[dict[str, Any]]] = {}
    for name, log_e in (("equality", found.equality), ("drift", found.drift)):
        p = anytime_p(log_e)
        made[name] = [_test(name, e, q, m) for e, q in zip(log_e, p, strict=True)]
        at = first_reaching(log_e, line)
        made[name].append(made[name][-1] | {"m": m, "line": line, "reached": None if at is None else names[at]})
    rows = tuple(
        {
            "informative": int(told[i]),
            "odds_ratio_so_far": _odds_ratio(
                found.odds_ratio[i],
                found.low[i],
                found.high[i],
                level,
                told=bool(told[: i + 1].any()),
                n=int(people[i]),
            ).to_json(),
            "equality": made["equality"][i],
            "drift": made["drift"][i],
        }
        for i in range(len(names))
    )
    return Told(rows, made["equality"][-1], made["drift"][-1])


def _test(name: str, log_e: float, p: float, m: int) -> dict[str, Any]:
    """Return an e-value as a test: its statistic is the logarithm to base 10, which no float is too small for."""
    return {
        "statistic": float(log_e / log(10)),
        "p": float(p),
        "p_adjusted": min(1.0, float(p * m)),
        "method": METHODS[name],
    }


def _odds_ratio(value: float, low: float, high: float, level: float, *, told: bool, n: int) -> Estimate:
    """Return the odds ratio of all periods so far with its confidence sequence."""
    if not told or not np.isfinite(value):
        return Estimate.undefined("undefined", level=level, n=n)
    made = estimate(value, low, high, level, "confidence_sequence", "undefined", n)
    if low == 0 and np.isinf(high):
        return Estimate(made.value, None, None, level, None, "ok", n)
    return Estimate(made.value, None, made.high, level, made.method, "ok", n, "low") if low == 0 else made


def next_period(whole: Columns, alpha: float) -> dict[str, Any]:
    """Return what a next period of the last one's size could show, at the groups' rates of all periods together.

    Parameters
    ----------
    whole : four arrays of int
        Selected and total of the group and of what it is held against, by period.
    alpha : float
        Level of the test of one period, shared between the comparisons.

    Returns
    -------
    dict
        ``minimum_detectable_ratio`` and ``power_at_four_fifths`` of that period by itself, and
        ``detectable_worsening``: the smallest share of the impact ratio whose loss would be seen against all periods so
        far.  Each None where it is undefined.  By the normal approximation; for planning alone.
    """
    xf, nf, xr, nr = (float(column.sum()) for column in whole)
    size_f, size_r = float(whole[1][-1]), float(whole[3][-1])
    pf, pr = float(quotient(xf, nf)), float(quotient(xr, nr))
    known = size_f > 0 and size_r > 0 and 0 < pr < 1
    detectable: Floats | float = np.nan
    if known and pf > 0:
        counts = Releases(size_f * pf, size_f, size_r * pr, size_r, xf, nf, xr, nr)
        detectable = detectable_worsening(counts, "ratio", alpha)
    return {
        "n": int(size_f),
        "reference_n": int(size_r),
        "minimum_detectable_ratio": number(minimum_detectable_ratio(size_f, size_r, size_r * pr, alpha))
        if known
        else None,
        "power_at_four_fifths": number(power(FOUR_FIFTHS * pr, pr, size_f, size_r, alpha)) if known else None,
        "detectable_worsening": number(detectable),
    }
