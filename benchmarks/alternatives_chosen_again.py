"""The test part's interval, many more times: one alternative chosen anew, among models that are not fitted anew.

Prints what it finds, and writes it into docs/alternatives_winners_curse.md.  Takes about two minutes on two cores.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from itertools import chain

import numpy as np
from alternatives_winners_curse import LEVEL, MARGIN, PEOPLE, SHARE, found_among, population
from page import rewrite
from scipy.stats import binomtest

from fairwitness.audit.alternatives.banding import fill
from fairwitness.audit.alternatives.candidates import Outcome, Pair, cut_at, selected_with
from fairwitness.audit.alternatives.choice import choose
from fairwitness.audit.alternatives.impact import ratio
from fairwitness.audit.alternatives.result import Figures
from fairwitness.audit.alternatives.splits import places
from fairwitness.audit.alternatives.validity import estimate, validity_of

POPULATIONS, TIMES, FRESH = 8, 150, 200_000
PAIR = Pair(focal=0, reference=1, below=True)


def main() -> None:
    """Choose, compare with the truth, print, rewrite the page."""
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        covered = list(chain.from_iterable(pool.map(choices, range(POPULATIONS))))
    text = report(sum(covered), len(covered))
    print(text)
    rewrite("alternatives_winners_curse.md", "chosen again", text)


def report(covered: int, n: int) -> str:
    """Return the sentence for the page."""
    interval = binomtest(covered, n).proportion_ci(0.99)
    return (
        f"In {POPULATIONS} of the populations, {TIMES} times each, an alternative was chosen in {n:,} of "
        f"{POPULATIONS * TIMES:,} cases. The interval of the test part covered the truth in {covered:,} of them: "
        f"{100 * covered / n:.1f} %, with a 99 % interval of {100 * interval.low:.1f} % to {100 * interval.high:.1f} %."
    )


def choices(number: int, times: int = TIMES, fresh: int = FRESH) -> list[bool]:
    """Return for each choice in a population whether the test part's interval covers the truth."""
    people_of, generator = population(number)
    made = found_among(people_of.draw(PEOPLE, generator), number)
    everybody = people_of.draw(fresh, generator)
    group, label = (everybody["group"] == "A").to_numpy().astype(int), everybody["good"].to_numpy().astype(bool)
    scores = [a.candidate.score(everybody) for a in made.candidates]
    by_lot = [a.candidate.family == "banding" for a in made.candidates]
    valid = validity_of("auc", margin=MARGIN, level=LEVEL, draws=0, seed=0)
    covers = []
    for i in range(times):
        drawn = generator.integers(0, fresh, PEOPLE)
        part = places(label[drawn] * 2 + group[drawn], (0.5, 0.25, 0.25), i)
        validation, test = drawn[part == 1], drawn[part == 2]
        cuts = [
            fill(s[validation], SHARE) if lot else (cut_at(s[validation], SHARE), 1.0)
            for s, lot in zip(scores, by_lot, strict=True)
        ]
        seen = [
            Outcome(label[validation], group[validation], s[validation], selected_with(s[validation], *cut))
            for s, cut in zip(scores, cuts, strict=True)
        ]
        best = choose(valid, seen, [Figures(estimate(valid, o), ratio(o, PAIR, LEVEL), o.chance.mean()) for o in seen])
        if best is None:
            continue
        chance = selected_with(scores[best], *cuts[best])
        truth = chance[group == 0].mean() / chance[group == 1].mean()
        told = ratio(Outcome(label[test], group[test], scores[best][test], chance[test]), PAIR, LEVEL)
        covers.append(told.low <= truth <= (np.inf if told.high is None else told.high))
    return covers


if __name__ == "__main__":
    main()
