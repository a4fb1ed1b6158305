"""What it costs to look at 2,000 requisitions of 200 people each, beside counting them.

Prints what it finds, and writes it into docs/stratified.md.  Takes less than a minute.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from machine import machine
from page import rewrite, table

import fairwitness as fw
from fairwitness.audit.analyses.requisitions import analyse
from fairwitness.audit.judging.group_table import group_table
from fairwitness.audit.judging.strata_counts import count_strata
from fairwitness.audit.plan import AuditPlan
from fairwitness.metrics.exact_by_pool import exact_by_pool
from fairwitness.metrics.multiple_events import multiple_events

if TYPE_CHECKING:
    from collections.abc import Callable

SEED, ROUNDS = 2026, 7
REQUISITIONS, PEOPLE, GROUPS = 2000, 200, "ab"


def main() -> None:
    """Measure, print, rewrite the page."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "applications.parquet"
        applications().to_parquet(source)
        found = measured(source)
    counting = found["counting the rows"]
    rows = [[what, f"{1000 * seconds:,.0f}", f"{seconds / counting:.2f}"] for what, seconds in found.items()]
    told = (
        f"{REQUISITIONS:,} requisitions of {PEOPLE} people, {len(GROUPS)} groups, a row for each of "
        f"{REQUISITIONS * PEOPLE:,} applications in a Parquet file. Median of {ROUNDS} rounds; seed {SEED}.\n\n"
        f"{table(['', 'ms', 'beside counting'], rows)}\n\n{machine()}"
    )
    print(told)
    rewrite("stratified.md", "sweep", told)


def applications() -> pd.DataFrame:
    """Return a row for each application; requisitions differ in how many they select, groups in where they apply."""
    rng = np.random.default_rng(SEED)
    requisition = np.repeat(np.arange(REQUISITIONS), PEOPLE)
    rate, share = rng.uniform(0.05, 0.4, REQUISITIONS), rng.uniform(0.2, 0.7, REQUISITIONS)
    n = requisition.size
    return pd.DataFrame(
        {
            "requisition": np.char.add("req-", requisition.astype(str)),
            "group": np.array(list(GROUPS))[(rng.random(n) < share[requisition]).astype(int)],
            "hired": rng.random(n) < rate[requisition],
        }
    )


def measured(source: Path) -> dict[str, float]:
    """Return the seconds of each step, after one round that imports what is needed."""
    roles = {"protected": "group", "decision": "hired", "stratum": "requisition"}
    tally = fw.tally(fw.load(source, **roles))
    plan = AuditPlan(intersect="none")
    made = group_table(tally, ("group",), plan)
    strata = count_strata(tally, made.counts)
    if strata is None or made.stratified is None:
        raise SystemExit("The synthetic applications have no strata.")
    pools = strata.pools(next(iter(made.stratified.comparisons)), None)
    steps: dict[str, Callable[[], object]] = {
        "counting the rows": lambda: fw.tally(fw.load(source, **roles)),
        "the exact test over all requisitions": lambda: multiple_events(*pools),
        "the exact test of every requisition": lambda: exact_by_pool(*pools),
        "the sweep, ranked, as audit.json has it": lambda: swept(analyse(tally, (made,), plan)),
        "the whole table with its strata, from the tally": lambda: group_table(tally, ("group",), plan),
    }
    return {what: timed(step) for what, step in steps.items()}


def swept(found: object) -> object:
    """Return the content of a sweep."""
    return found.to_json() if hasattr(found, "to_json") else None


def timed(step: Callable[[], object]) -> float:
    """Return the median time of a step."""
    taken = []
    for _ in range(ROUNDS + 1):
        started = time.perf_counter()
        step()
        taken.append(time.perf_counter() - started)
    return median(taken[1:])


if __name__ == "__main__":
    main()
