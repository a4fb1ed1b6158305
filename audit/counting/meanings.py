"""From the texts of decision, outcome and stages to what they mean, cell by cell."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.clusters import numbered
from fairwitness.audit.counting.repeats import REPEAT
from fairwitness.audit.counting.score import NO_SCORE
from fairwitness.audit.counting.stage_outcomes import outcome_of, stage_meanings
from fairwitness.audit.counting.vocabulary import decision_meanings, label_meanings
from fairwitness.audit.tally import NOTHING, SCORED, SET_ASIDE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairwitness.audit.counting.roles import Roles
    from fairwitness.audit.tally import Count, Key, Level

Texts = Counter[str | None]


class Meanings(NamedTuple):
    """What each text means: of the decision, of the true outcome, and of each stage."""

    decision: Mapping[str | None, str]
    label: Mapping[str | None, str | None]
    stages: tuple[Mapping[str | None, str | None], ...]


def with_meanings(
    counts: Mapping[Key, Count], removed: Mapping[Key, Count], roles: Roles
) -> tuple[dict[Key, Count], list[str]]:
    """Replace the texts of decision, label and stages by their meanings; set the removed rows aside as repeats.

    Parameters
    ----------
    counts, removed : mapping of Key to Count
        By keys as `fairwitness.audit.counting.cells.group` makes them: of the rows that are counted, and of repeats.
    roles : Roles

    Returns
    -------
    tuple of (dict, list of str)
        Cells by the levels of the tally's axes, and warnings.

    Raises
    ------
    FairwitnessError
        A value whose meaning is not known.
    """
    at = len(roles.protected)
    stages = [at + 3 + i for i, (role, _) in enumerate(roles.circumstances) if role == "stage"]
    seen: dict[int, Texts] = {place: Counter() for place in (at, at + 1, *stages)}
    for key, count in (*counts.items(), *removed.items()):
        for place, values in seen.items():
            values[_text(key[place])] += count.n
    meanings, warnings = _meanings(seen[at], seen[at + 1], [seen[place] for place in stages], roles)
    made: defaultdict[Key, Count] = defaultdict(lambda: NOTHING)
    for aside, part in ((False, counts), (True, removed)):
        for key, count in part.items():
            whole = list(key)
            for place, meant in zip(stages, meanings.stages, strict=True):
                whole[place] = meant[_text(key[place])]
            _, label, score, *rest = whole[at:]
            reached = [whole[place] for place in stages]
            meaning = SET_ASIDE + REPEAT if aside else _decided(key[at], score, reached, meanings, roles)
            tail: list[Level] = [meaning]
            if roles.label:
                tail.append(meanings.label[_text(label)])
            if roles.score:
                tail.append(score)
            made[(*key[:at], *tail, *rest)] += count
    return numbered(made, -1) if roles.cluster else dict(made), warnings


def _text(level: Level) -> str | None:
    return None if level is None else str(level)


def _meanings(decision: Texts, label: Texts, stages: list[Texts], roles: Roles) -> tuple[Meanings, list[str]]:
    decided: Mapping[str | None, str] = {}
    warnings: list[str] = []
    if roles.decision:
        elsewhere = {value for values in stages for value in values} - {*decision}
        decided, warnings = decision_meanings(
            decision,
            roles.decision,
            favorable=[value for value in roles.favorable if value not in elsewhere],
            unfavorable=[value for value in roles.unfavorable if value not in elsewhere],
            set_aside={value: reason for value, reason in roles.set_aside.items() if value not in elsewhere},
        )
    labelled: Mapping[str | None, str | None] = {}
    if roles.label:
        labelled = label_meanings(label, roles.label, positive=roles.label_positive, unknown=roles.unknown)
    reached = [stage_meanings(values, name, roles) for values, name in zip(stages, roles.stages, strict=True)]
    warnings += [warning for _, told in reached for warning in told]
    return Meanings(decided, labelled, tuple(meant for meant, _ in reached)), warnings


def _decided(decision: Level, score: Level, stages: list[Level], meanings: Meanings, roles: Roles) -> str:
    if roles.decision:
        return meanings.decision[_text(decision)]
    if roles.stages:
        return outcome_of(stages)
    return SET_ASIDE + NO_SCORE if score is None else SCORED
