"""Choose among candidates on the validation part, and only then look at the test part, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.alternatives.candidates import observe
from fairwitness.audit.alternatives.choice import choose, comparable
from fairwitness.audit.alternatives.equal_within_noise import against
from fairwitness.audit.alternatives.frontier import on_frontier, parity
from fairwitness.audit.alternatives.impact import ratio
from fairwitness.audit.alternatives.result import Alternative, Figures
from fairwitness.audit.alternatives.validity import estimate

if TYPE_CHECKING:
    from fairwitness.audit.alternatives.candidates import Candidate, Outcome, Pair
    from fairwitness.audit.alternatives.people import People
    from fairwitness.audit.alternatives.splits import Parts
    from fairwitness.audit.alternatives.validity import Validity


def assess(valid: Validity, pair: Pair, candidates: list[Candidate], parts: Parts) -> tuple[Alternative, ...]:
    """Return the candidates with their figures: one chosen on the validation part, told of the test part.

    Parameters
    ----------
    valid : Validity
    pair : Pair
    candidates : list of Candidate
        The baseline first.  Those that do to everybody of the validation part what an earlier one does are left out.
    parts : Parts
        The test part is scored by the baseline, the chosen one and the frontier, after the choice.
    """
    candidates, seen = _distinct(candidates, parts.validation)
    figures = [_figures(valid, pair, outcome) for outcome in seen]
    chosen = choose(valid, seen, figures)
    points = [
        (f.validity.value, parity(f.impact_ratio.value)) if comparable(valid, outcome, seen[0]) else (None, None)
        for f, outcome in zip(figures, seen, strict=True)
    ]
    frontier = on_frontier(points)
    tested = {i: observe(c, parts.test) for i, c in enumerate(candidates) if i in (0, chosen) or frontier[i]}
    return tuple(
        Alternative(
            candidate,
            figures[i],
            _figures(valid, pair, tested[i]) if i in tested else None,
            frontier[i],
            i == chosen,
            against(valid, tested[i], tested[0], pair) if i and i in tested else None,
        )
        for i, candidate in enumerate(candidates)
    )


def _distinct(candidates: list[Candidate], people: People) -> tuple[list[Candidate], list[Outcome]]:
    """Return what each candidate does with people, without those that do what an earlier one does."""
    kept: dict[tuple[bytes, bytes], tuple[Candidate, Outcome]] = {}
    for candidate in candidates:
        outcome = observe(candidate, people)
        kept.setdefault((outcome.score.tobytes(), outcome.chance.tobytes()), (candidate, outcome))
    return [c for c, _ in kept.values()], [o for _, o in kept.values()]


def _figures(valid: Validity, pair: Pair, outcome: Outcome) -> Figures:
    return Figures(estimate(valid, outcome), ratio(outcome, pair, valid.level), float(outcome.chance.mean()))
