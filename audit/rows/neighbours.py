"""Who is nearest to whom, and how they were decided on; people at the same distance count alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SLACK = 1e-9  # relative: distances that differ by less are the same


def nearby(points: Any, chosen: Any, neighbours: int, *, itself: bool) -> NDArray[np.float64]:
    """Return the share selected among each person's nearest neighbours.

    Parameters
    ----------
    points : array of float, shape (people, features)
    chosen : array of int, shape (people,)
        1 selected, 0 not selected.
    neighbours : int
        How many; there must be as many people, and one more without ``itself``.
    itself : bool
        Whether each person is the first of their own neighbours.

    Returns
    -------
    array of float, shape (people,)
        Of several people at the distance of the last neighbour, as many as are wanted, at the mean of all of them: so
        the order of rows does not matter.

    Examples
    --------
    On a line at 0, 1, 3 and 3: the neighbour of the first is the second; those of the last two are each other.

    >>> nearby([[0.0], [1.0], [3.0], [3.0]], [1, 0, 1, 0], 1, itself=False).tolist()
    [0.0, 1.0, 0.0, 1.0]
    """
    from scipy.spatial import cKDTree

    y = np.asarray(chosen, np.int64)
    places, at, people = np.unique(np.asarray(points, np.float64), axis=0, return_inverse=True, return_counts=True)
    at = at.ravel()
    ones = np.bincount(at, weights=y, minlength=len(places))
    wanted = neighbours - 1 if itself else neighbours
    tree = cKDTree(places)
    reach = _reach(tree, places, people, wanted)
    nearer, level = _sums(tree, places, reach, np.stack([people, ones], axis=1))
    own = np.stack([np.ones(len(y)), y], axis=1)  # everybody is at no distance from themselves
    apart = (reach > 0)[at, None]
    nearer, level = nearer[at] - own * apart, level[at] - own * ~apart
    share = np.divide(level[:, 1], level[:, 0], out=np.zeros(len(y)), where=level[:, 0] > 0)
    found = nearer[:, 1] + (wanted - nearer[:, 0]) * share
    return np.asarray((found + y * itself) / neighbours)


def _reach(tree: Any, places: Any, people: Any, wanted: int) -> Any:
    """Return for each place how far the last of so many others is."""
    many = min(wanted + 1, len(places))
    distance, who = tree.query(places, k=np.arange(1, many + 1))
    others = np.cumsum(people[who], axis=1) - 1
    first = (others >= wanted).argmax(axis=1)
    return np.take_along_axis(distance, first[:, None], axis=1)[:, 0]


def _sums(tree: Any, places: Any, reach: Any, counts: Any) -> tuple[Any, Any]:
    """Return the counts of places that are nearer than the reach, and of those at its distance."""
    inside = tree.query_ball_point(places, reach * (1 + _SLACK))
    of = np.repeat(np.arange(len(places)), [len(each) for each in inside])
    who = np.concatenate([np.asarray(each, np.int64) for each in inside])
    distance = np.sqrt(((places[of] - places[who]) ** 2).sum(axis=1))
    strictly = distance < reach[of] * (1 - _SLACK)
    made = []
    for part in (strictly, ~strictly):
        columns = [np.bincount(of[part], weights=column[who[part]], minlength=len(places)) for column in counts.T]
        made.append(np.stack(columns, axis=1))
    return made[0], made[1]
