"""What a search may do where the decisions are made: which families it tries, and who may read the attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.alternatives.pipeline import by_group, names_column
from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.alternatives.jurisdiction import Jurisdiction

FAMILIES = ("cutoff", "drop", "cap", "reweighing", "exponentiated_gradient", "grid_search", "banding")
BY_GROUP = ("group_thresholds", "threshold_optimizer", "reject_option", "equalized_odds")


def refuse_readers(
    place: Jurisdiction, pipeline: object, protected: str, columns: Sequence[str], *, allowed: bool
) -> None:
    """Refuse a pipeline, features or a tie-break that would read the protected attribute when deciding.

    Parameters
    ----------
    columns : sequence of str
        Features, and the column that breaks ties.
    allowed : bool
        Whether the user has allowed it, where the law leaves that to the user.

    Raises
    ------
    FairwitnessError
        One of them reads it and may not; or a pipeline needs the group to decide, which no search here can give it.
    """
    if protected in columns:
        place.refuse(f"The protected attribute {quoted(protected)} is among the columns to decide by", allowed=allowed)
    if names_column(pipeline, protected):
        place.refuse(f"The pipeline names the protected attribute {quoted(protected)}", allowed=allowed)
    by = by_group(pipeline)
    if by is not None:
        place.refuse(f"The pipeline has a part that decides by group, {by}", allowed=allowed)
        raise FairwitnessError(
            f"{by} has to be told everybody's group when it decides, and gives no score that ranks people: there is no "
            "cut-off to move. Give the estimator within it."
        )


def families_asked(place: Jurisdiction, asked: Sequence[str] | None, *, allowed: bool) -> tuple[str, ...]:
    """Return the families of candidates to try, in their order.

    Raises
    ------
    FairwitnessError
        A family that is not known, or one that decides by group.
    """
    if asked is None:
        return FAMILIES
    for name in (asked,) if isinstance(asked, str) else asked:
        if name in BY_GROUP:
            place.refuse(f"{quoted(name)} decides by the protected attribute", allowed=allowed)
        if name not in FAMILIES:
            raise FairwitnessError(
                f"No family of alternatives {quoted(name)}.{did_you_mean(name, FAMILIES)} There are {listed(FAMILIES)}."
            )
    return tuple(name for name in FAMILIES if name in asked)
