"""Who is selected, row by row, and of whom that was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from fairwitness.audit.counting.role_values import canonical
from fairwitness.audit.loaders.texts import texts
from fairwitness.audit.proxies.decisions import Meanings, selected

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fairwitness.audit.loaders.rows import Rows

    Flags = np.ndarray[Any, np.dtype[np.bool_]]


def decisions_of(
    source: Rows, decision: str, favorable: Any, unfavorable: Any, set_aside: Mapping[Any, str] | None
) -> tuple[Flags, Flags]:
    """Return for every row whether it is selected, and whether it was decided: neither empty nor set aside.

    Raises
    ------
    FairwitnessError
        No such column, or a value whose meaning is not clear.
    """
    given = canonical({"favorable": favorable, "unfavorable": unfavorable, "set_aside": set_aside})
    told = texts(source, decision)
    there = [text for text in told if text is not None]
    chosen, decided = selected(there, decision, Meanings(given["favorable"], given["unfavorable"], given["set_aside"]))
    made = np.zeros((2, len(told)), np.bool_)
    made[:, [text is not None for text in told]] = chosen, decided
    return made[0], made[1]
