"""The curves of score tests of two paired groups: the likeliest probabilities under a change, along one multiplier."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fairwitness.metrics.score_curves import ratio_multiplier

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.score_curves import Curve

_ROUNDS = 6  # each squares the error; four or five suffice


def paired_difference_curve(cells: list[Floats]) -> Curve:
    """Return the curve of the sum of both groups' differences of probabilities, raising less lowering.

    With λ the multiplier and s unknown, the likeliest probabilities are lowering / s, raising / (s + 2λ), and for those
    decided alike their number / (s + λ).  They sum to 1.
    """
    selected, rejected, raising, lowering = _by_effect(cells)
    alike = selected + rejected
    n = alike + raising + lowering
    n = np.where(n == 0, np.nan, n)
    total = n.sum(axis=0)

    def curve(step: Floats) -> tuple[Floats, Floats]:
        lam = total * step / (1 - step)

        def others(s: Floats) -> tuple[Floats, Floats]:
            p, r = alike / (s + lam), raising / (s + 2 * lam)
            return p + r - 1, -p / (s + lam) - r / (s + 2 * lam)

        s = _root(lowering, others, np.maximum(n - lam * (alike + 2 * raising) / n, lowering))
        p, r = alike / (s + lam), raising / (s + 2 * lam)
        rest = np.where(lowering > 0, lowering / np.where(s == 0, 1.0, s), np.maximum(1 - p - r, 0.0))
        variance = p * np.maximum(1 - p, 0.0) + 4 * r * rest  # of a difference of two probabilities
        return (r - rest).sum(axis=0), lam**2 * (variance / n).sum(axis=0)

    return curve


def paired_ratio_curve(cells: list[Floats]) -> Curve:
    """Return the curve of the sum of both groups' log ratios, of the rate with raising to the rate with lowering.

    With λ the multiplier, the likeliest numbers y (with raising), y' (with lowering) and d (lowering alone) satisfy
    y = both + raising - λd/y', y' = both + lowering + λ·raising/(y + λ), and lowering/d + λ/y' = 1.
    """
    both, _, raising, lowering = _by_effect(cells)
    some = both + raising + lowering
    some = np.where(some == 0, np.nan, some)
    most, every = (both + raising).min(axis=0), raising + lowering == 0
    last = every & (both == most)
    closed = np.all(last | (both + raising > most), axis=0)

    def curve(step: Floats) -> tuple[Floats, Floats]:
        lam, odds = ratio_multiplier(step, most, closed)
        lost = last * odds

        def fit(y: Floats) -> tuple[Floats, Floats]:
            pull = lam / np.where(raising == 0, 1.0, y + lam)
            return pull, both + lowering + raising * pull

        def others(d: Floats) -> tuple[Floats, Floats]:
            pull, below = fit(some - d)
            return lam / below - 1, -raising * (pull / below) ** 2

        with np.errstate(divide="ignore", invalid="ignore"):  # nobody selected above the line: an infinite estimate
            d = np.where(every, 0.0, _root(lowering, others, lowering))
            y = np.maximum(both + raising - lam * d / fit(some - d)[1], 0.0)  # some - d, with less cancellation
            pull, below = fit(y)
            variance = np.where(every, lost / both, (raising * (1 - pull) + d) / (y * below))
            return (np.log(y / below) - np.log1p(lost)).sum(axis=0), lam**2 * variance.sum(axis=0)

    return curve


def _root(pole: Floats, others: Callable[[Floats], tuple[Floats, Floats]], start: Floats) -> Floats:
    """Return the largest s ≥ 0 with pole/s + others(s) = 0, by Newton's method for all but the pole.

    ``others`` falls, and gives its value and its slope.
    """
    s = start
    for _ in range(_ROUNDS):
        value, slope = others(s)
        linear = value - slope * s  # -slope·s² = linear·s + pole
        root = np.sqrt(linear**2 - 4 * slope * pole)
        with np.errstate(divide="ignore", invalid="ignore"):  # in the branch not taken
            s = np.where(linear > 0, (linear + root) / (-2 * slope), 2 * pole / np.where(pole > 0, root - linear, 1.0))
    return s


def _by_effect(cells: list[Floats]) -> tuple[Floats, Floats, Floats, Floats]:
    """Return both groups along a first axis: decided alike (selected, not selected), raising and lowering the change.

    The focal group's change is raised by those whom only the new release selects, the reference group's by those whom
    only the old one does.
    """
    both_f, new_f, old_f, neither_f, both_r, new_r, old_r, neither_r = cells
    return (
        np.stack([both_f, both_r]),
        np.stack([neither_f, neither_r]),
        np.stack([new_f, old_r]),
        np.stack([old_f, new_r]),
    )
