"""What the values of a funnel's stages mean, and what the stages together decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.counting.vocabulary import decision_meanings
from fairwitness.audit.tally import SELECTED, SET_ASIDE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from fairwitness.audit.counting.roles import Roles
    from fairwitness.audit.tally import Level

NOT_REACHED = "no stage reached"  # reasons under which rows without an end are set aside
IN_PROGRESS = "in progress"


def stage_meanings(
    counts: Mapping[str | None, int], column: str, roles: Roles
) -> tuple[dict[str | None, str | None], list[str]]:
    """Return what each value of a stage means, as of a decision; None where the stage was not reached.

    Of the values that the roles name, those count that occur in this stage: another stage may have others.

    Raises
    ------
    FairwitnessError
        A value whose meaning cannot be known.
    """
    empty = {} if "" in roles.set_aside or None not in counts else {"": NOT_REACHED}
    meanings, warnings = decision_meanings(
        counts,
        column,
        favorable=_occurring(roles.favorable, counts),
        unfavorable=_occurring(roles.unfavorable, counts),
        set_aside={v: reason for v, reason in roles.set_aside.items() if _occurring([v], counts)} | empty,
        role="stage",
    )
    reached = {value: meaning for value, meaning in meanings.items() if meaning != SET_ASIDE + NOT_REACHED}
    return {value: reached.get(value) for value in meanings}, warnings


def _occurring(values: Iterable[str], counts: Mapping[str | None, int]) -> list[str]:
    return [value for value in values if value in counts or (value == "" and None in counts)]


def outcome_of(stages: Sequence[Level]) -> str:
    """Return the decision that stages amount to: that of the last one reached.

    Examples
    --------
    Passed the exam and not the interview; passed both; passed the exam and waits.

    >>> outcome_of(["selected", "not_selected"]), outcome_of(["selected", "selected"])
    ('not_selected', 'selected')
    >>> outcome_of(["selected", None])
    'set_aside:in progress'
    """
    reached = [i for i, outcome in enumerate(stages) if outcome is not None]
    if not reached:
        return SET_ASIDE + NOT_REACHED
    last = str(stages[reached[-1]])
    waits = last == SELECTED and reached[-1] < len(stages) - 1
    return SET_ASIDE + IN_PROGRESS if waits else last
