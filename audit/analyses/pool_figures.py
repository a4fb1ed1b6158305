"""What is said of ranked pools: of each pool, of each group over all pools, and of the order as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.analyses.pools import selected_below
from fairwitness.metrics.estimate import Estimate
from fairwitness.metrics.exact_tests import mid_p
from fairwitness.metrics.multiple_events import multiple_events, null_sum
from fairwitness.metrics.multiplicity import benjamini_hochberg, holm
from fairwitness.metrics.ranked_null import middle_range, share_at_least, two_sided_share
from fairwitness.metrics.ranking import skew, top

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from fairwitness.audit.analyses.pool_draws import Drawn, Totals
    from fairwitness.audit.analyses.pools import Pool, Ranked
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.counts import Floats

PERMUTED = "within_pool_permutation"
EXACT = "multiple_events_mid_p"
NOBODY = "nobody was selected, so no place is looked at"
UNDECIDED = "no decision says how many places to look at: top_k would"
OTHERS = "only people of no group that is compared are in the first places"
EVERYBODY = "everybody is in the first places"


def by_pool(
    pools: Sequence[Pool],
    each: Sequence[Drawn],
    groups: tuple[Group, ...],
    against: NDArray[np.int64],
    plan: AuditPlan,
) -> tuple[list[dict[str, Any]], list[bool]]:
    """Return the figures of each pool by itself, and whether its first places could have gone either way.

    Parameters
    ----------
    pools : sequence of Pool
    each : sequence of Drawn
        Their figures, seen and drawn.
    groups : tuple of groups
    against : array of int, shape (groups, groups)
        Which groups (down) each (across) is compared with.
    plan : AuditPlan
    """
    made, open_top = [], []
    for pool, figures in zip(pools, each, strict=True):
        k, n = pool.places(plan.top_k), pool.sizes
        first = top(pool.blocks, k, pool.others)
        taken, known = float(first.expected.sum()), int(n.sum())
        decided = 0 < taken < known
        of_group = {
            "n": n,
            "top_k": first.expected,
            "fewest": first.fewest,
            "most": first.most,
            "expected": n * taken / known,
            "skew": skew(first.expected, n, taken, known) if decided else np.full(n.shape, np.nan),
            "exposure_ratio": _ratios(figures.means["exposure"][0], n, against),
            "p": _p(first.expected, n, taken, figures, tied=first.tied) if decided else np.full(n.shape, np.nan),
        }
        open_top.append(decided)
        made.append(
            {
                "pool": pool.name,
                "n": pool.n,
                "k": k,
                "tied": first.tied and decided,
                "because": None if decided else _because(pool, k, taken),
                "ndkl": float(figures.ndkl[0]),
                "ndkl_p": share_at_least(figures.ndkl[1:], float(figures.ndkl[0])),
                "groups": [
                    {"group": list(group)} | {name: _number(values[g]) for name, values in of_group.items()}
                    for g, group in enumerate(groups)
                    if n[g]
                ],
            }
        )
    _adjust(made, several=len(groups) > 2)
    return made, open_top


def _because(pool: Pool, k: int, taken: float) -> str:
    """Say why the first places of a pool could not have gone either way."""
    return EVERYBODY if taken else OTHERS if k else NOBODY if pool.decided else UNDECIDED


def _p(x: Floats, n: NDArray[np.int64], taken: float, figures: Drawn, *, tied: bool) -> Floats:
    """Return each group's p in one pool: exact, or where the last place is shared by the random deals."""
    if tied:
        return np.array([two_sided_share(figures.top[1:, g], float(x[g])) for g in range(n.size)])
    inside = np.round(x).astype(np.int64)
    return np.asarray(mid_p(inside, n, round(taken) - inside, int(n.sum()) - n), np.float64)


def _ratios(means: Floats, n: NDArray[np.int64], against: NDArray[np.int64]) -> Floats:
    others = n @ against
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(others > 0, means / (((np.nan_to_num(means) * n) @ against) / np.maximum(others, 1)), np.nan)


def _adjust(made: Sequence[dict[str, Any]], *, several: bool) -> None:
    """Add p-values adjusted over all pools; of two groups, both have the same test, which counts once."""
    rows = [entry["groups"] if several else entry["groups"][:1] for entry in made]
    adjusted = iter(benjamini_hochberg([np.nan if g["p"] is None else g["p"] for row in rows for g in row]))
    for entry, row in zip(made, rows, strict=True):
        values = [_number(next(adjusted)) for _ in row]
        for i, group in enumerate(entry["groups"]):
            group["p_adjusted"] = values[i if several else 0]


def groups_over_pools(
    total: Totals,
    pools: Sequence[Pool],
    open_top: Sequence[bool],
    groups: tuple[Group, ...],
    used: Group | None,
    plan: AuditPlan,
) -> list[dict[str, Any]]:
    """Return the figures of each group over all pools."""
    n = np.sum([pool.sizes for pool in pools], axis=0)
    tops = _tops(total, [pool for pool, counted in zip(pools, open_top, strict=True) if counted], plan)
    made: list[dict[str, Any]] = []
    for g, group in enumerate(groups):
        entry: dict[str, Any] = {
            "group": list(group),
            "is_reference": group == used,
            "n": int(n[g]),
            "pools": int(total.pools[g]),
            "top_k": tops[g] if tops else None,
        }
        for measure in ("exposure", "attention"):
            entry[measure] = _visibility(total, measure, g, int(n[g]), plan, is_reference=group == used)
        made.append(entry)
    for measure in ("top_k", "exposure", "attention"):
        tests = [e[measure]["test"] for e in made if e[measure] and e[measure]["test"]]
        alike = measure == "top_k" and len(tests) == 2 and len(groups) == 2  # of two groups both have the same test
        p = [tests[0]["p"]] if alike else [test["p"] for test in tests]
        for i, test in enumerate(tests):
            test["p_adjusted"] = _number(holm(p)[0 if alike else i])
    return made


def _tops(total: Totals, pools: Sequence[Pool], plan: AuditPlan) -> list[dict[str, Any]]:
    """Return each group's count in the first places of all pools in which they could have gone either way."""
    if not pools:
        return []
    tops = [top(pool.blocks, pool.places(plan.top_k), pool.others) for pool in pools]
    n, x = np.array([pool.sizes for pool in pools]), np.array([t.expected for t in tops])
    known, taken = n.sum(axis=1), x.sum(axis=1)
    share = n * (taken / known)[:, None]
    tied = any(t.tied for t in tops)
    made = []
    for g in range(n.shape[1]):
        seen, expected = float(x[:, g].sum()), float(share[:, g].sum())
        size = int(n[:, g].sum())
        if tied:
            test, ends = _permuted(total.top[:, g], plan.level)
        else:
            test, ends = _exact(np.round(x[:, g]), n[:, g], np.round(taken), known, plan.level)
        logarithm = float(np.log(seen / expected)) if seen > 0 and expected > 0 else np.nan
        made.append(
            {
                "pools": len(pools),
                "observed": seen,
                "fewest": int(sum(t.fewest[g] for t in tops)),
                "most": int(sum(t.most[g] for t in tops)),
                "expected": expected,
                "range": list(ends),
                "times_range": [end / expected for end in ends] if expected else None,
                "times_expected": _plain(seen / expected if expected else np.nan, plan.level, size).to_json(),
                "skew": _plain(logarithm, plan.level, size).to_json(),
                "test": test,
            }
        )
    return made


def _exact(
    x: Floats, n: NDArray[np.int64], taken: Floats, known: NDArray[np.int64], level: float
) -> tuple[dict[str, Any] | None, tuple[float, float]]:
    """Return the exact test over pools, and the range in which the count would lie if groups did not matter."""
    inside, places = x.astype(np.int64), taken.astype(np.int64)
    null = null_sum(n, places, known)
    reached = np.cumsum(null.pmf)
    ends = [float(null.start + np.searchsorted(reached, q * (1 - 1e-12))) for q in ((1 - level) / 2, (1 + level) / 2)]
    found = multiple_events(inside, n, places - inside, known - n)
    if found is None:
        return None, (ends[0], ends[1])
    test = {"statistic": float(found.selected), "p": found.mid_p, "p_exact": found.p, "method": EXACT}
    return test, (ends[0], ends[1])


def _permuted(rows: Floats, level: float) -> tuple[dict[str, Any] | None, tuple[float, float]]:
    """Return the permutation test of a figure whose row 0 was seen and the others drawn, and the drawn ones' range."""
    seen, null = float(rows[0]), rows[1:]
    test = {"statistic": seen, "p": two_sided_share(null, seen), "method": PERMUTED, "draws": null.size}
    return test, middle_range(null, level)


def _visibility(total: Totals, measure: str, g: int, n: int, plan: AuditPlan, *, is_reference: bool) -> dict[str, Any]:
    """Return a group's mean exposure or attention, and its ratio to that of what it is compared with."""
    rows = total.ratio(measure)[:, g]
    mean = _plain(float(total.own[measure][0, g]), plan.level, n)
    ratio = _plain(float(rows[0]), plan.level, n)
    made: dict[str, Any] = {"mean": mean.to_json(), "ratio": ratio.to_json(), "range": None, "test": None}
    if not is_reference and ratio.value is not None:
        test, ends = _permuted(rows, plan.level)
        made |= {"test": test, "range": list(ends)}
    return made


def departure(total: Totals, pools: int, n: int, level: float) -> dict[str, Any]:
    """Return how far the make-up of the tops departs from the pools', and how far it would by chance."""
    seen, null = float(total.ndkl[0]), total.ndkl[1:]
    return {
        "value": _plain(seen, level, n).to_json(),
        "pools": pools,
        "by_chance": float(np.mean(null)),
        "by_chance_high": float(np.quantile(null, level)),
        "test": {"statistic": seen, "p": share_at_least(null, seen), "method": PERMUTED, "draws": null.size},
    }


def caveats(
    found: Ranked, pools: Sequence[Pool], single: Sequence[dict[str, Any]], tally: Tally, plan: AuditPlan, draws: int
) -> Iterator[str]:
    """Yield what must be said beside the figures of an attribute."""
    score = tally.axis("score")
    if score is not None and score.edges:
        yield "Scores were counted in bins: people of one bin are taken as tied."
    tied = sum(1 for entry in single if entry["tied"])
    if tied:
        yield (
            f"In {tied:,} of {len(pools):,} pools the last of the first places is shared by a tie: who of them is in "
            "is counted by expectation, and the fewest and the most that any order of the tie gives stand beside it."
        )
    others = sum(int(pool.others.sum()) for pool in pools)
    if others:
        yield f"{others:,} people of no group that is compared hold their places and are in no figure."
    below = sum(map(selected_below, pools))
    if below:
        yield f"{below:,} people were selected although their score is not among the best so many."
    if found.without_score:
        yield f"{found.without_score:,} people have no score and no place."
    if found.without_pool:
        yield f"{found.without_pool:,} people are in no pool that is known, and have no place."
    if draws < plan.resamples:
        yield f"Groups were dealt out {draws:,} times, not {plan.resamples:,}: very many people are ranked."
    if tally.repeats or tally.axis("cluster"):
        yield "The same people may stand in several pools, which the tests take for different people."


def _plain(value: float, level: float, n: int) -> Estimate:
    """Return a figure without an interval; the range under random deals stands beside it."""
    if not np.isfinite(value):
        return Estimate.undefined("undefined_no_selections", level=level, n=n)
    return Estimate(float(value), None, None, level, None, "ok", n)


def _number(x: Any) -> Any:
    """Return a number as JSON has it; whole numbers stay whole."""
    return None if not np.isfinite(x) else int(x) if isinstance(x, np.integer) else float(x)
