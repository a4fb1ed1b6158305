"""Which candidate is chosen: on the validation part, before any test row is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.alternatives.equal_within_noise import not_less_valid
from fairwitness.audit.alternatives.frontier import parity
from fairwitness.audit.alternatives.validity import excess

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.alternatives.candidates import Outcome
    from fairwitness.audit.alternatives.result import Figures
    from fairwitness.audit.alternatives.validity import Validity

SAME_SHARE = 0.1  # of the baseline's share


def comparable(validity: Validity, new: Outcome, old: Outcome) -> bool:
    """Say whether a candidate may be held against the baseline by this validity.

    The area under the curve does not change with the cut-off: by it, to select more people would cost nothing.  So only
    those are compared by it that select the same share on the validation part, within a tenth of the baseline's.
    """
    return bool(
        validity.sees_cut or abs(new.chance.mean() - old.chance.mean()) <= SAME_SHARE * max(old.chance.mean(), 1e-12)
    )


def choose(validity: Validity, seen: Sequence[Outcome], figures: Sequence[Figures]) -> int | None:
    """Return the place of the candidate that is chosen, or None if none is nearer parity and as valid.

    Parameters
    ----------
    validity : Validity
    seen : sequence of Outcome
        On the validation part; the baseline first.
    figures : sequence of Figures
        What was made of them.

    Notes
    -----
    The one nearest parity among those that are shown to be as valid within the margin; if none is shown to be, among
    those whose validity as estimated is no more than the margin below the baseline's.  It has to be nearer parity than
    the baseline; of two equally near, the more valid is taken.  With many candidates the one chosen is partly lucky:
    what it did on these rows is no estimate of what it will do, and that is told from the test part.
    """
    near = [parity(f.impact_ratio.value) for f in figures]
    shown, estimated = [], []
    for i in range(1, len(seen)):
        if (near[i] or 0.0) <= (near[0] or 0.0) or not comparable(validity, seen[i], seen[0]):
            continue
        beyond, error = excess(validity, seen[i], seen[0])
        p = not_less_valid(beyond, error)
        if (p is not None and p <= 1 - validity.level) or (error == 0 and beyond >= 0):
            shown.append(i)
        elif beyond >= 0:
            estimated.append(i)
    return max(shown or estimated, key=lambda i: (near[i] or 0.0, figures[i].validity.value or 0.0), default=None)
