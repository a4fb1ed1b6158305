"""The entries of a counterfactual study: every pair of a swap's groups, with its placebo and each name's answers."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from fairwitness.audit.counterfactual.comparison import arranged, decision_effect, score_effect, variance_of
from fairwitness.audit.counterfactual.result import Compared, Placebo, VariantAnswers
from fairwitness.audit.counterfactual.sentences import because
from fairwitness.metrics.estimate import Estimate

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from fairwitness.audit.counterfactual.design import Design
    from fairwitness.audit.counterfactual.responses import Responses
    from fairwitness.audit.counterfactual.result import DecisionEffect, ScoreEffect
    from fairwitness.metrics.ranked_first import RankedFirst

    Array = np.ndarray[Any, Any]
    Effect = TypeVar("Effect", DecisionEffect, ScoreEffect)

FEW_NAMES = 5
FEW_CLUSTERS = 20
OF_VALUES = (
    "Two values of the same group, shown with the same résumé: first one of a half of the group's values, drawn at "
    "random, then one of the other half. Where both were of one half, they are not compared."
)
OF_DRAWS = "The same row asked twice: each group has one value only."
OF_ONE_HALF = "No résumé was shown two values of a group that fell into different halves of it."
OF_NOTHING = "Each group has one value only and each row was asked once, so there is nothing to swap within a group."


class Material(NamedTuple):
    """Answers and what they belong to; arrays by résumé, group and slot, answers also by draw."""

    design: Design
    given: Responses
    variant: Array
    cluster: Array
    side: Array
    level: float
    seed: int


def entries(design: Design, given: Responses, *, questions: int, level: float, seed: int) -> tuple[Compared, ...]:
    """Return one entry for every pair of the groups of a swap.

    Parameters
    ----------
    design : Design
    given : Responses
        What was answered to it.
    questions : int
        How often the model was asked about a row.
    level : float
        Confidence level of the intervals.
    seed : int
        Of the sign-flip tests.
    """
    import numpy as np

    units = len(np.unique(design.resume))
    variant = design.variant.reshape(units, len(design.groups), -1)
    of_row = design.resume if design.job is None else design.job
    side = np.array([v.group for v in design.variants], np.int64)
    material = Material(design, given, variant, of_row[:: len(of_row) // units], side, level, seed)
    pairs = list(combinations(range(len(design.groups)), 2))
    decisions = _adjusted([_decisions(material, pair) for pair in pairs])
    scores = _adjusted([_scores(material, pair) for pair in pairs])
    ranked = _ranked_first(material)
    made = [
        _entry(material, pair, decision, score, ranked, questions)
        for pair, decision, score in zip(pairs, decisions, scores, strict=True)
    ]
    return tuple(replace(entry, because=because(entry)) for entry in made)


def _entry(
    material: Material,
    pair: tuple[int, int],
    decision: DecisionEffect | None,
    score: ScoreEffect | None,
    ranked: RankedFirst | None,
    questions: int,
) -> Compared:
    import numpy as np

    design, given = material.design, material.given
    a, b = (design.groups[g] for g in pair)
    at = arranged(material.variant[:, pair], material.cluster, material.side)
    measured = given.score if given.score is not None else given.selected
    draws = measured.shape[-1] if measured is not None else 1
    return Compared(
        field=design.field,
        kind=design.kind,
        columns=design.columns,
        a=a,
        b=b,
        resumes=len(material.variant),
        jobs=None if design.job is None else len(np.unique(design.job)),
        questions=questions,
        draws=draws,
        sampled_from=design.sampled_from,
        decision=decision,
        score=score,
        placebo=_placebo(material, pair),
        variants=tuple(_variant(material, i) for i in np.flatnonzero(np.isin(material.side, pair)).tolist()),
        variance=None if measured is None else variance_of(measured[:, pair], at, pair),
        ranked_first=ranked,
        groups=design.groups,
        withheld=design.withheld,
        warnings=(*design.warnings, *given.warnings, *_few(material, pair)),
        because="",
    )


def _decisions(material: Material, pair: tuple[int, int]) -> DecisionEffect | None:
    selected = material.given.selected
    if selected is None:
        return None
    at = arranged(material.variant[:, pair], material.cluster, material.side)
    return decision_effect(selected[:, pair], at, level=material.level, seed=material.seed)


def _scores(material: Material, pair: tuple[int, int]) -> ScoreEffect | None:
    score = material.given.score
    if score is None:
        return None
    at = arranged(material.variant[:, pair], material.cluster, material.side)
    return score_effect(score[:, pair], at, level=material.level, seed=material.seed)


def _adjusted(effects: Sequence[Effect | None]) -> list[Effect | None]:
    """Return effects with their tests adjusted for how many pairs of groups are tested."""
    from fairwitness.metrics.multiplicity import holm

    known = [float("nan") if e is None or e.test is None else e.test.p for e in effects]
    m = sum(not isnan(p) for p in known)
    return [
        e if e is None or e.test is None else replace(e, test=replace(e.test, p_adjusted=float(p), m=m))
        for e, p in zip(effects, holm(known), strict=True)
    ]


def _placebo(material: Material, pair: tuple[int, int]) -> Placebo:
    """Return the figures of swaps within either group: two values of it, or else the same row asked twice."""
    variant, given = material.variant[:, pair], material.given
    answers = [None if a is None else a[:, pair] for a in (given.selected, given.score)]
    draws = next((a.shape[-1] for a in answers if a is not None), 1)
    cluster, side = material.cluster.repeat(2), material.side
    if variant.shape[2] > 1:
        halves = _halves(side, material.seed)
        taken, at = _of_halves(halves[_by_slots(variant)])
        if not len(taken):
            return Placebo(None, None, OF_ONE_HALF)
        shown, paired = _by_slots(variant)[at], [None if a is None else _by_slots(a)[at] for a in answers]
        cluster, side, said = cluster[taken], 2 * side + halves, OF_VALUES
    elif draws > 1:
        paired = [None if a is None else _by_draws(a) for a in answers]
        shown, said = variant.reshape(-1, 1, 1).repeat(2, axis=1), OF_DRAWS
    else:
        return Placebo(None, None, OF_NOTHING)
    arrangement = arranged(shown, cluster, side)
    level, seed = material.level, material.seed
    decided = None if paired[0] is None else decision_effect(paired[0], arrangement, level=level, seed=seed)
    scored = None if paired[1] is None else score_effect(paired[1], arrangement, level=level, seed=seed)
    return Placebo(decided, scored, said)


def _halves(side: Array, seed: int) -> Array:
    """Return for every variant in which half of its group's it is, 0 or 1, by lot.

    In a round every variant is shown as often first as second.  The first less the second would be 0 whatever the names
    do; half of the names less the other half is what names alone make of a difference.
    """
    import numpy as np

    half = np.zeros(len(side), np.int64)
    for group in np.unique(side).tolist():
        mine = np.flatnonzero(side == group)
        half[np.random.default_rng([seed, 3, group]).permutation(mine)[: len(mine) // 2]] = 1
    return half


def _of_halves(halves: Array) -> tuple[Array, tuple[Array, ...]]:
    """Find the pairs whose two values are of different halves, and take them in the halves' order.

    Parameters
    ----------
    halves : array of int, shape (units, 2, pairs)

    Returns
    -------
    array of int
        The unit of each pair that is taken.
    tuple of arrays of int
        The index that takes them out of an array of that shape, to the shape (taken, 2, 1, …).
    """
    import numpy as np

    unit, place = np.nonzero(halves[:, 0] != halves[:, 1])
    order = np.argsort(halves[unit, :, place], axis=1)
    return unit, (unit[:, None, None], order[:, :, None], place[:, None, None])


def _by_slots(array: Array) -> Array:
    """Turn (résumés, 2 groups, slots, …) into (résumés · 2, first or second of a pair of slots, pairs, …)."""
    units, groups, slots, *rest = array.shape
    even = array[:, :, : slots // 2 * 2].reshape(units * groups, slots // 2, 2, *rest)
    return even.swapaxes(1, 2)


def _by_draws(array: Array) -> Array:
    """Turn (résumés, 2 groups, 1 slot, draws) into (résumés · 2, first or second of a pair of draws, 1, pairs)."""
    units, groups, _, draws = array.shape
    even = array[..., : draws // 2 * 2].reshape(units * groups, 1, draws // 2, 2)
    return even.transpose(0, 3, 1, 2)


def _variant(material: Material, which: int) -> VariantAnswers:
    """Return what was answered under one name, or another value."""
    import numpy as np

    from fairwitness.metrics.crossing import crossing_of
    from fairwitness.metrics.effect_intervals import rate_interval
    from fairwitness.metrics.swap_effect import effect

    variant, given, level = material.design.variants[which], material.given, material.level
    here = material.variant == which
    selected = None if given.selected is None else given.selected[here]
    score = None if given.score is None else given.score[here]
    measured = selected if selected is not None else score
    n = 0 if measured is None else measured.size
    rate = None
    if selected is not None and not n:
        rate = Estimate.undefined("undefined_empty_group", level=level, n=0)
    elif selected is not None:
        where = np.broadcast_to(material.cluster[:, None, None], here.shape)[here]
        found = effect(crossing_of(np.zeros(len(where), np.int64), (1,), where), selected.mean(axis=-1))
        low, high = (None, None) if np.isnan(found.variance) else rate_interval(found, level)
        method = None if low is None else "crossed_score"
        rate = Estimate(float(selected.sum() / n), low, high, level, method, "ok", n)
    return VariantAnswers(
        group=material.design.groups[variant.group],
        label=variant.label,
        n=n,
        selected=None if selected is None else int(selected.sum()),
        rate=rate,
        mean_score=None if score is None or not n else float(score.mean()),
        shares=variant.shares,
        source=variant.source,
    )


def _ranked_first(material: Material) -> RankedFirst | None:
    """Return who is ranked first out of one résumé of each group, slot by slot; None without scores."""
    from fairwitness.metrics.ranked_first import ranked_first

    score, variant = material.given.score, material.variant
    if score is None:
        return None
    _, groups, slots, draws = score.shape
    lists = score.transpose(0, 2, 1, 3).reshape(-1, groups, draws)
    names = variant.transpose(0, 2, 1).reshape(-1, groups)
    return ranked_first(lists, material.cluster.repeat(slots), names=names, side=material.side, level=material.level)


def _few(material: Material, pair: tuple[int, int]) -> list[str]:
    """Return warnings of too few names, or too few résumés, for what an interval is about."""
    import numpy as np

    said, design = [], material.design
    shown = [len(np.unique(material.variant[:, g])) for g in pair]
    what = "name" if design.kind == "names" else "value"
    if min(shown) == 1 and design.kind in ("names", "affiliation"):
        said.append(f"A group is shown under one {what}: the figures are about that {what}, and not about the group.")
    elif 1 < min(shown) < FEW_NAMES:
        said.append(f"A group is shown under {min(shown)} {what}s: what they have in common is known roughly only.")
    clusters = len(np.unique(material.cluster))
    units = "résumé" if design.job is None else "job"
    if clusters == 1:
        said.append(f"All answers belong to one {units}, so that nothing says how they would vary: no intervals.")
    elif clusters < FEW_CLUSTERS:
        said.append(f"There are {clusters} {units}s only: intervals are wide, and may still be too short.")
    return said
