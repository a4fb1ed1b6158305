"""How often gates stop pull requests that change nothing, and let through those that make a disparity worse.

Prints what it finds, and writes it into docs/release_gate.md.  Takes about two minutes.
"""

from __future__ import annotations

import platform
from importlib.metadata import version
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np
from asked_gates import (
    APPLICANTS,
    BELOW,
    DROPS,
    KNOWN,
    LINE,
    MARGIN,
    NAMED,
    SMALL_MARGIN,
    Found,
    Gate,
    answers,
    falls,
    line_gates,
    loses,
    margin_gates,
    naive_gates,
    simulate,
)
from gate_answers import LEVEL
from page import rewrite, table
from simulated_releases import CHANGED, LAST, HoldOut, pull_requests

from fairwitness.metrics import paired_change, release_change
from fairwitness.metrics.power import minimum_detectable_ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gate_answers import Known

SEED = 2026
DRAWS = 10_000  # pull requests of each kind, in each cell
HOLD_OUTS, LONG = 1_000, 20  # for runs of unchanged pull requests on the same applicants
SETTINGS = ((0.3, 0.3), (0.5, 0.3), (0.3, 0.1))  # share of the compared group, selection rate of the reference
USUAL = "screen_and_test"
PACKAGES = ("fairwitness", "numpy", "scipy")


def main() -> None:
    """Simulate, print, rewrite the page."""
    for part, text in parts(DRAWS, HOLD_OUTS, SEED).items():
        print(text, end="\n\n")
        rewrite("release_gate.md", part, text)


def parts(draws: int, hold_outs: int, seed: int) -> dict[str, str]:
    """Simulate, and return the parts of the page by name."""
    generator = np.random.default_rng(seed)
    usual = simulate(*SETTINGS[0], generator, draws, margins=(MARGIN, SMALL_MARGIN), named=True)
    found = {SETTINGS[0]: usual} | {each: simulate(*each, generator, draws) for each in SETTINGS[1:]}
    return {
        "provenance": provenance(draws, seed),
        "errors": errors(usual, [*line_gates(), *margin_gates(MARGIN), *naive_gates()]),
        "words": words(usual),
        "reference": by_reference(usual),
        "both ways": by_reference(usual, worse=False),
        "margin": errors(usual, margin_gates(SMALL_MARGIN)),
        "settings": by_setting(found),
        "detectable": detectable(),
        "long run": long_run(usual, hold_outs, generator),
    }


def provenance(draws: int, seed: int) -> str:
    """Return how many pull requests were drawn, with which versions, and how far chance reaches."""
    versions = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    reach = ", ".join(f"± {196 * sqrt(p * (1 - p) / draws):.1f} at {100 * p:.0f} %" for p in (0.01, 0.05, 0.2, 0.5))
    return (
        f"Pull requests behind each row and size: {draws:,} without a change and {draws:,} with one. Monte-Carlo "
        f"error, as the half width of a 95 % binomial interval in points: {reach}; a bare 0 % is none of {draws:,}, "
        f"and leaves up to {300 / draws:.2f} %. Seed {seed}; Python {platform.python_version()}, {versions}."
    )


def errors(found: Found, gates: Iterable[Gate]) -> str:
    """Return how often each gate stops what is unchanged, and lets through what is worse."""

    def row(gate: Gate) -> list[str]:
        stopped = [percent(found[n][0][gate].stopped) for n in APPLICANTS]
        through = [percent(1 - found[n][1][gate].stopped) for n in APPLICANTS]
        return [str(gate), *stopped, *through]

    header = ["gate", *columns("false alarms"), *columns("misses")]
    return table(header, [row(gate) for gate in gates])


def words(found: Found) -> str:
    """Return how often each gate says inconclusive, and attention."""
    gates = [gate for gate in [*line_gates(), *margin_gates(MARGIN)] if gate.rule != "assured"]  # says what clear says

    def of(field: str, gates: Iterable[Gate]) -> str:
        rows = [
            [str(gate), *(percent(getattr(found[n][kind][gate], field)) for kind in (0, 1) for n in APPLICANTS)]
            for gate in gates
        ]
        return table([field, *columns("unchanged"), *columns("worse")], rows)

    return f"{of('inconclusive', [gate for gate in gates if gate.rule != 'point'])}\n\n{of('attention', gates)}"


def by_reference(found: Found, *, worse: bool = True) -> str:
    """Return how often what is worse, or what is unchanged, is said to be within, by who chooses the reference."""
    rows = []
    for question in (LINE, *(loses(MARGIN, known) for known in KNOWN)):
        for rule in (USUAL, "assured"):
            gates = (Gate(question, rule), Gate(question + NAMED, rule))
            said = [percent(found[n][worse][gate].within) for gate in gates for n in APPLICANTS]
            rows.append([str(gates[0]), *said])
    kind = "worse" if worse else "unchanged"
    return table([f"{kind}, said to be within", *columns("highest rate"), *columns("named beforehand")], rows)


def by_setting(found: Mapping[tuple[float, float], Found]) -> str:
    """Return the errors of a few gates for every setting."""
    gates = [Gate(LINE, USUAL), *(Gate(loses(MARGIN, known), USUAL) for known in KNOWN), Gate(BELOW)]
    gates.append(Gate(falls(DROPS[1], "counts")))
    return "\n\n".join(
        f"{100 * share:.0f} % of the applicants in the compared group, the reference's rate {100 * rate:.0f} %:\n\n"
        f"{errors(each, gates)}"
        for (share, rate), each in found.items()
    )


def long_run(found: Found, hold_outs: int, generator: np.random.Generator) -> str:
    """Return how often at least one of twenty unchanged pull requests is stopped."""
    same: tuple[Known, Known] = ("counts", "paired")
    gates = [Gate(LINE, USUAL), *(Gate(loses(MARGIN, known), USUAL) for known in same), Gate(BELOW)]
    gates += [Gate(falls(by, "counts")) for by in DROPS]
    once = {n: {gate: 1 - (1 - found[n][0][gate].stopped) ** LONG for gate in gates} for n in APPLICANTS}
    again = {}
    for n in APPLICANTS:
        drawn = pull_requests(HoldOut(n, *SETTINGS[0]), LAST, hold_outs, generator, on_each=LONG)
        again[n] = {gate: float(said.stopped.any(axis=1).mean()) for gate, said in answers(drawn).items()}
    rows = [
        [str(gate), *(percent(once[n][gate]) for n in APPLICANTS), *(percent(again[n][gate]) for n in APPLICANTS)]
        for gate in gates
    ]
    return table([f"at least one of {LONG} stopped", *columns("independent"), *columns("same applicants")], rows)


def detectable() -> str:
    """Return what hold-outs can show, from the figures that are expected of an unchanged release."""
    (share, rate), half = SETTINGS[0], CHANGED / 2
    f, r = (np.array([part * n for n in APPLICANTS]) for part in (share, 1 - share))
    counts = (LAST * rate * f, f, rate * r, r)
    cells = [
        n * cell
        for n, selected in ((f, LAST * rate), (r, rate))
        for cell in (selected - half, half, half, 1 - selected - half)
    ]
    alone = minimum_detectable_ratio(f, r, rate * r, 1 - LEVEL)
    samples = release_change.detectable_worsening(release_change.Releases(*counts, *counts), "ratio", 1 - LEVEL)
    pairs = paired_change.detectable_worsening(paired_change.Pairs(*cells), "ratio", 1 - LEVEL)
    rows = [
        ["ratio that is shown to differ from 1", *(f"{each:.2f}" for each in alone)],
        [f"loss of the last ratio, {KNOWN['elsewhere']}", *(percent(each) for each in samples)],
        [f"loss of the last ratio, {KNOWN['paired']}", *(percent(each) for each in pairs)],
    ]
    return table(["smallest, with 80 % power", *(f"{n:,} applicants" for n in APPLICANTS)], rows)


def columns(kind: str) -> list[str]:
    """Return the header of three columns, one for each size of hold-out."""
    return [f"{kind}, {n:,}" for n in APPLICANTS]


def percent(share: float) -> str:
    """Return a share as it is printed; none at all and all without a decimal."""
    return f"{100 * share:.0f} %" if share in (0, 1) else f"{100 * share:.1f} %"


if __name__ == "__main__":
    main()
