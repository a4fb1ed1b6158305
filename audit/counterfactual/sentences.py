"""What a swap showed, in words that say of data what they show and of law nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit import numerals
from fairwitness.audit.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    from fairwitness.audit.counterfactual.result import Compared, DecisionEffect, ScoreEffect
    from fairwitness.metrics.estimate import Estimate

NO_CAUSE = "This is sensitivity to the field swapped, and no causal proof: what goes with the field in life stays."


def because(entry: Compared) -> str:
    """Return what was found about a pair of groups.

    Parameters
    ----------
    entry : Compared
        Of which everything is known but this.
    """
    said = []
    if entry.decision is not None:
        said += [_decisions(entry, entry.decision), _decisions_within(entry, entry.decision)]
    if entry.score is not None:
        said += [_scores(entry, entry.score), _scores_within(entry, entry.score)]
    return " ".join([*filter(None, said), NO_CAUSE]) if said else "There was nothing to compare."


def _decisions(entry: Compared, found: DecisionEffect) -> str:
    a, b, table = quoted(entry.a), quoted(entry.b), found.table
    pairs = f"Of {numerals.whole(table.pairs)} pairs, {a} against {b},"
    if not table.only_a + table.only_b:
        high = found.flip_rate.high
        return f"{pairs} no decision flips{'' if high is None else f' (up to {numerals.percent(high)} may)'}."
    only = f"{numerals.whole(table.only_a)} are selected only as {a} and {numerals.whole(table.only_b)} only as {b}"
    net = numerals.points(found.net.value or 0.0)
    return f"{pairs} {only}: net {net} percentage points{_interval(found.net, numerals.points)}."


def _decisions_within(entry: Compared, found: DecisionEffect) -> str:
    """Say what flips within a group, which is the noise floor."""
    within = entry.placebo.decision
    flips, noise = found.flip_rate.value, None if within is None else within.flip_rate.value
    if flips is None or noise is None:
        return ""
    if not flips:
        return f"Within a group {numerals.percent(noise)} of pairs flip."
    return f"Between the groups {numerals.percent(flips)} of pairs flip, within a group {numerals.percent(noise)}."


def _scores(entry: Compared, found: ScoreEffect) -> str:
    a, b, by = quoted(entry.a), quoted(entry.b), found.difference.value
    if not found.distance.value or by is None:
        return f"No score differs between {a} and {b}."
    return f"Scores as {a} less those as {b} are {_short(by)} on average{_interval(found.difference, _short)}."


def _scores_within(entry: Compared, found: ScoreEffect) -> str:
    """Say how far scores lie apart within a group, whichever the sign."""
    within = entry.placebo.score
    apart, noise = found.distance.value, None if within is None else within.distance.value
    if not apart or noise is None:
        return ""
    return f"Whichever the sign, they lie {_short(apart)} apart, and within a group {_short(noise)}."


def _interval(e: Estimate, written: Callable[[float], str]) -> str:
    if e.low is None or e.high is None:
        return ", without an interval"
    return f" ({numerals.level(e.level)} interval {written(e.low)} to {written(e.high)})"


def _short(value: float) -> str:
    return f"{value:.3g}".replace("-", numerals.MINUS)
