"""How often the intervals of a counterfactual study hold the truth, and how often a scorer without an effect alarms.

Prints what it finds, and writes it into docs/counterfactual_coverage.md.  Takes about six minutes.
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from page import rewrite, table
from synthetic_scorer import CUT, Design, Scorer, arranged, as_model, scores

from fairwitness.audit.counterfactual.run import counterfactual
from fairwitness.audit.models.load import load_model
from fairwitness.metrics.effect_intervals import rate_interval, t_interval, two_sided_p
from fairwitness.metrics.flips import net_interval, net_test, pair_table, ratio_interval
from fairwitness.metrics.rate_intervals import clopper_pearson
from fairwitness.metrics.sign_flip import sign_flip
from fairwitness.metrics.swap_effect import Effect, effect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from synthetic_scorer import Arrangement


SEED = 2026
ARRANGEMENTS, RUNS = 20, 50  # of names and résumés, and of scores under each
LEVEL, ALPHA = 0.95, 0.05
SURE = 0.99  # of the interval of a share of runs
FLIPPED = 499  # draws of the sign-flip test
NAMES = (0.0, 0.3)
EFFECTS = (0.0, 0.4)
DESIGNS = (
    Design(50, 50, 5), Design(50, 50, 20), Design(500, 500, 5), Design(500, 500, 20),
    Design(500, 100, 5), Design(500, 100, 20),
)  # fmt: skip
HARD = (Design(500, 500, 2), Design(500, 500, 3), Design(500, 10, 20), Design(20, 20, 5), Design(10, 10, 12))
WHOLE = (Design(50, 50, 5), Design(50, 50, 20))
WHOLE_RUNS = 200

HELD = {"score": "score", "net": "net effect", "ratio": "ratio", "flips": "flips", "first": "ranked first"}
NAIVE = {
    "score": "names and résumés random",
    "score, names fixed": "names ignored",
    "score, pairs": "pairs independent",
}
ALARMS = {
    "score": "score", "net": "net effect", "score, names fixed": "score, names ignored", "signs": "signs flipped",
}  # fmt: skip

Found = dict[tuple[Design, Scorer], Counter[str]]


def main() -> None:
    """Simulate, print, rewrite the page."""
    asked = [(design, Scorer(by, names)) for design, names, by in product((*DESIGNS, *HARD), NAMES, EFFECTS)]
    found = {(design, scorer): simulated(design, scorer) for design, scorer in asked}
    usual = {key: counts for key, counts in found.items() if key[0] in DESIGNS}
    hard = {key: counts for key, counts in found.items() if key[0] in HARD}
    null = {key: counts for key, counts in found.items() if not key[1].effect}
    parts = {
        "coverage": shares("held", HELD, usual, LEVEL, tuple(HELD), ("short", "long")),
        "naive": shares("held", NAIVE, usual, LEVEL, (), ("", "")),
        "hard": shares("held", HELD, hard, LEVEL, tuple(HELD), ("short", "long")),
        "alarms": shares("alarmed", ALARMS, null, ALPHA, ("score", "net", "signs"), ("rare", "often")),
        "whole": whole(),
    }
    for part, text in parts.items():
        print(text, end="\n\n")
        rewrite("counterfactual_coverage.md", part, text)


def simulated(design: Design, scorer: Scorer) -> Counter[str]:
    """Count in how many runs each interval holds the truth, and each test alarms."""
    generator = np.random.default_rng([SEED, *design, round(10 * scorer.names), round(10 * scorer.effect)])
    counts: Counter[str] = Counter()
    truth = truths(scorer)
    for seed in range(ARRANGEMENTS):
        at = arranged(design, seed)
        for _ in range(RUNS):
            found = one_run(at, scores(scorer, at, generator), scorer)
            counts.update(f"held: {what}" for what, (low, high) in found[0].items() if low <= truth[what] <= high)
            counts.update(f"alarmed: {what}" for what, p in found[1].items() if p < ALPHA)
    return counts


def truths(scorer: Scorer) -> dict[str, float]:
    """Return what intervals should hold."""
    a, b = scorer.selected
    known = {"net": a - b, "ratio": a / b, "flips": scorer.flips, "first": scorer.first}
    return known | dict.fromkeys(NAIVE, scorer.effect)


def one_run(
    at: Arrangement, given: np.ndarray, scorer: Scorer
) -> tuple[dict[str, tuple[float, float]], dict[str, float]]:
    """Return the intervals and the p-values of one run."""
    selected = given >= CUT
    counted = pair_table(selected[:, 0], selected[:, 1])
    of_score, net = effect(at.contrast, given.ravel()), effect(at.contrast, selected.ravel())
    fixed, pairs = names_fixed(of_score), independent(given)
    flips = effect(at.pairs, (selected[:, 0] != selected[:, 1]).ravel())
    first = effect(at.pairs, (given[:, 0] > given[:, 1]).ravel())
    rates = selected.mean(axis=(0, 2))
    log_ratio = effect(at.contrast, (selected / np.where(rates, rates, 1)[:, None]).ravel())
    chosen = len(np.unique(at.job[selected.any(axis=(1, 2))]))
    nothing = (-np.inf, np.inf)
    held = {
        "score": t_interval(of_score, LEVEL) or nothing,
        "score, names fixed": t_interval(fixed, LEVEL) or nothing,
        "score, pairs": t_interval(pairs, LEVEL) or nothing,
        "net": net_interval(net, counted, LEVEL),
        "ratio": ratio_interval(log_ratio, net, counted, chosen, LEVEL) or nothing,
        "flips": rate_interval(flips, LEVEL),
        "first": rate_interval(first, LEVEL),
    }
    if scorer.effect:
        return held, {}
    tested = {"score": of_score, "score, names fixed": fixed}
    p = {name: two_sided_p(e.value / e.variance**0.5, e.df) for name, e in tested.items()}
    if scorer.names:  # then the sign-flip test rejects, rightly: a name makes a difference
        return held, p | {"net": net_test(net, counted)[1]}
    flipped = sign_flip((given[:, 0] - given[:, 1]).ravel(), np.repeat(at.job, given.shape[2]), draws=FLIPPED)
    return held, p | {"net": net_test(net, counted)[1], "signs": flipped.p}


def names_fixed(found: Effect) -> Effect:
    """Return what would be said if the names shown were all names there are."""
    return found._replace(variance=found.between_clusters, df=found.effective_clusters - 1)


def independent(given: np.ndarray) -> Effect:
    """Return what would be said if every pair were one of its own: the paired t test."""
    apart = (given[:, 0] - given[:, 1]).ravel()
    return Effect(float(apart.mean()), float(apart.var(ddof=1) / apart.size), apart.size - 1.0, 0.0, apart.size, ())


def shares(
    what: str, columns: dict[str, str], found: Found, aim: float, judged: Sequence[str], words: tuple[str, str]
) -> str:
    """Return the table of shares of runs; a word beside those below and above what they should be."""
    runs, cells, off, rows = ARRANGEMENTS * RUNS, 0, 0, []
    for (design, scorer), counts in found.items():
        row = [said(design), f"{scorer.names:g}", f"{scorer.effect:g}"]
        for name in columns:
            n = counts[f"{what}: {name}"]
            beside = verdict(n, runs, aim, words) if name in judged else ""
            applies = name != "signs" or not scorer.names
            row.append(f"{100 * n / runs:.1f} %{beside}" if applies else "–")
            cells += applies and name in judged
            off += applies and bool(beside)
        rows.append(row)
    text = table(["résumés, jobs, names", "names differ by", "effect", *columns.values()], rows)
    if not judged:
        return text
    return (
        f"{text}\n\n{runs:,} runs a line, seed {SEED}. In {cells - off} of {cells} cells the 99 % binomial interval of "
        f"the share holds {aim:.0%}; *{words[0]}* or *{words[1]}* stands beside the others."
    )


def verdict(n: int, runs: int, aim: float, words: tuple[str, str]) -> str:
    """Return which word stands beside a share of runs whose exact 99 % interval does not hold what it should be."""
    low, high = clopper_pearson(n, runs, SURE)
    return f", *{words[0]}*" if high < aim else f", *{words[1]}*" if low > aim else ""


def said(design: Design) -> str:
    """Return a design in words."""
    return f"{design.resumes}, {design.jobs}, {design.names}"


def whole() -> str:
    """Return the coverage of whole studies: names assigned, rows rewritten, a model asked."""
    generator = np.random.default_rng(SEED)
    rows = []
    for design, names, by in product(WHOLE, NAMES, EFFECTS):
        scorer = Scorer(by, names)
        truth, held = truths(scorer), Counter[str]()
        for seed in range(WHOLE_RUNS):
            resumes, groups, score = as_model(scorer, design, generator)
            swap = {"kind": "names", "column": "name", "names": groups, "names_per_group": design.names}
            model = load_model(score, at_least=CUT, name="synthetic")
            (found,) = counterfactual(resumes, model, swap=swap, job="job", seed=seed).compared
            for name, e in (
                ("score", found.score.difference),
                ("net", found.decision.net),
                ("flips", found.decision.flip_rate),
            ):
                held[name] += e.low <= truth[name] <= e.high
        cells = [f"{100 * held[name] / WHOLE_RUNS:.1f} %" for name in ("score", "net", "flips")]
        rows.append([said(design), f"{names:g}", f"{by:g}", *cells])
    return table(["résumés, jobs, names", "names differ by", "effect", "score", "net effect", "flips"], rows)


if __name__ == "__main__":
    main()
