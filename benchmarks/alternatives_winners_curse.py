"""Whether the best of many alternatives keeps, on the test part, the interval that is printed beside it.

Prints what it finds, and writes it into docs/alternatives_winners_curse.md.  Takes about ten minutes on two cores.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from statistics import fmean, median
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from page import rewrite, table
from scipy.stats import binomtest
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score

from fairwitness.audit.alternatives.search import search_alternatives

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.alternatives.result import Alternatives
    from fairwitness.metrics.estimate import Estimate

SEARCHES, SEED = 200, 2026
PEOPLE, FRESH = 1200, 500_000
FEATURES, SHARE = 8, 0.25
FAMILIES = ("drop", "cap", "reweighing", "grid_search", "banding")
LEVEL, MARGIN = 0.95, 0.05


class Population(NamedTuple):
    """Where people come from: what each feature tells of the group, and what it does to the outcome."""

    tells: np.ndarray
    does: np.ndarray

    def draw(self, n: int, generator: np.random.Generator) -> pd.DataFrame:
        """Return people: features, group and outcome."""
        other = generator.random(n) < 0.4
        features = generator.normal(size=(n, FEATURES)) - np.outer(other, self.tells)
        good = generator.random(n) < 1 / (1 + np.exp(-(features @ self.does - 0.5)))
        made = pd.DataFrame(features, columns=[f"x{i}" for i in range(FEATURES)])
        return made.assign(group=np.where(other, "B", "A"), good=good.astype(int))


class Found(NamedTuple):
    """What a search said of the alternative that it chose, and what is true of it."""

    tried: int
    validation: Estimate
    test: Estimate
    truth: float
    baseline_truth: float
    said: bool
    true: bool


def main() -> None:
    """Search, compare with the truth, print, rewrite the page."""
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        found = [one for one in pool.map(search, range(SEARCHES), chunksize=5) if one is not None]
    text = report(found)
    print(text)
    rewrite("alternatives_winners_curse.md", "searches", text)


def search(number: int, fresh: int = FRESH) -> Found | None:
    """Return what one search found in a population of its own; None if it chose nothing.

    The truth is that of ``fresh`` people whom nothing has seen.
    """
    people_of, generator = population(number)
    made = found_among(people_of.draw(PEOPLE, generator), number)
    if made.chosen is None:
        return None
    best, base = made.chosen, made.baseline
    others = people_of.draw(fresh, generator)
    ratio, area = zip(*(true_figures(a.candidate, others) for a in (best, base)), strict=True)
    return Found(
        tried=len(made.candidates) - 1,
        validation=best.validation.impact_ratio,
        test=best.test.impact_ratio,
        truth=ratio[0],
        baseline_truth=ratio[1],
        said=best.against_baseline.verdict == "better_and_as_valid",
        true=abs(np.log(ratio[0])) < abs(np.log(ratio[1])) and area[0] > area[1] - MARGIN,
    )


def population(number: int) -> tuple[Population, np.random.Generator]:
    """Return a population, and what people are drawn of it with."""
    generator = np.random.default_rng([SEED, number])
    return Population(generator.exponential(0.2, FEATURES), generator.uniform(0.2, 0.5, FEATURES)), generator


def found_among(people: pd.DataFrame, seed: int) -> Alternatives:
    """Return what a search among people finds."""
    return search_alternatives(
        RandomForestClassifier(20, min_samples_leaf=10, random_state=0),
        people,
        label="good",
        protected="group",
        jurisdiction="us",
        group="B",
        reference="A",
        families=FAMILIES,
        most_features=FEATURES,
        selection_rate=SHARE,
        margin=MARGIN,
        level=LEVEL,
        seed=seed,
    )


def true_figures(candidate: object, people: pd.DataFrame) -> tuple[float, float]:
    """Return a candidate's impact ratio and area under the curve among many people."""
    chances, other = candidate.chances(people), (people["group"] == "B").to_numpy()
    area = roc_auc_score(people["good"], candidate.score(people))
    return chances[other].mean() / chances[~other].mean(), area


def report(found: Sequence[Found]) -> str:
    """Return the tables and the sentence below them."""
    rows = [row(name, found, part) for name, part in (("validation: naive", "validation"), ("test", "test"))]
    header = [
        "ratio of the chosen one, by",
        "covered",
        "share",
        "its 99 % interval",
        "estimate / truth, median",
        "nearer parity than the truth",
    ]
    said, tried = [one for one in found if one.said], fmean(one.tried for one in found)
    return (
        f"{table(header, rows)}\n\n"
        f"{SEARCHES} searches, {len(found)} of which chose an alternative, out of {tried:.0f} tried on average. True "
        f"ratios: of the pipeline {span([one.baseline_truth for one in found])}, of the chosen one "
        f"{span([one.truth for one in found])}. An alternative was said to be better and as valid in {len(said)} "
        f"searches; in {sum(one.true for one in said)} of them it is. Seed {SEED}."
    )


def span(ratios: Sequence[float]) -> str:
    """Return the smallest and the largest of some ratios."""
    return f"{min(ratios):.2f} to {max(ratios):.2f}"


def row(name: str, found: Sequence[Found], part: str) -> list[str]:
    """Return how often an interval covers the truth, and how the estimates lie to it."""
    made = [(getattr(one, part), one.truth) for one in found]
    covered = sum(e.low <= truth <= (np.inf if e.high is None else e.high) for e, truth in made)
    interval = binomtest(covered, len(made)).proportion_ci(0.99)
    flattering = sum(abs(np.log(max(e.value, 1e-9))) < abs(np.log(truth)) for e, truth in made)
    return [
        name,
        f"{covered} of {len(made)}",
        f"{covered / len(made):.1%}".replace("%", " %"),
        f"{interval.low:.1%} to {interval.high:.1%}".replace("%", " %"),
        f"{median(e.value / truth for e, truth in made):.3f}",
        f"{flattering / len(made):.0%}".replace("%", " %"),
    ]


if __name__ == "__main__":
    main()
