"""Training, validation and test: three parts that are alike in outcome and group, drawn by a seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.errors import FairwitnessError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from fairwitness.audit.alternatives.people import People

Shares = tuple[float, float, float]
FEWEST = 10  # of either outcome in any part: below, no figure says anything


class Parts(NamedTuple):
    """The people, divided: everything is fitted on ``train``, chosen on ``validation``, and told of ``test``."""

    train: People
    validation: People
    test: People


def split(people: People, shares: Shares, seed: int) -> Parts:
    """Divide people into three parts, within every combination of outcome and group.

    Parameters
    ----------
    people : People
    shares : three floats
        Of training, validation and test; they add up to 1.
    seed : int
        The same seed and order of rows give the same parts, however the groups are called.

    Raises
    ------
    FairwitnessError
        Shares that are none, or a part with fewer than 10 people of either outcome.
    """
    import numpy as np

    if len(shares) != 3 or min(shares) <= 0 or abs(sum(shares) - 1) > 1e-9:
        raise FairwitnessError(
            "shares: give three numbers above 0 that add up to 1, for training, validation and test."
        )
    place = places(people.label * (int(people.group.max(initial=0)) + 1) + people.group, shares, seed)
    parts = Parts(*(people.part(np.flatnonzero(place == i)) for i in range(3)))
    for name, part in zip(Parts._fields, parts, strict=True):
        positive = int(part.label.sum())
        if min(positive, len(part) - positive) < FEWEST:
            raise FairwitnessError(
                f"The {name} part has {positive:,} people with a positive outcome and {len(part) - positive:,} with a "
                f"negative one; it takes {FEWEST} of each. Give more rows, or other shares."
            )
    return parts


def places(stratum: NDArray[np.int64], shares: Sequence[float], seed: int) -> NDArray[np.int64]:
    """Return for each row the part it falls into: in every stratum the shares, as nearly as whole people allow.

    Where a stratum is so small that a person has to go to one part or another, chance decides which.

    Examples
    --------
    >>> import numpy as np
    >>> part = places(np.array([0] * 8 + [1] * 4), (0.5, 0.25, 0.25), seed=1)
    >>> [np.bincount(part[:8]).tolist(), np.bincount(part[8:]).tolist()]
    [[4, 2, 2], [2, 1, 1]]
    """
    import numpy as np

    generator = np.random.default_rng(seed)
    order, offset = generator.permutation(len(stratum)), generator.random(len(stratum))
    place = np.empty(len(stratum), np.int64)
    edges = np.cumsum(shares)[:-1]
    for level in np.unique(stratum):
        at = order[stratum[order] == level]
        place[at] = np.searchsorted(edges, (np.arange(len(at)) + offset[at[0]]) / len(at), side="right")
    return place
