"""What answers vary by: the name, the résumé they are about, and the rest; for the record, not for intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from fairwitness.metrics.counts import floats
from fairwitness.metrics.swap_effect import centred

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from fairwitness.metrics.counts import Floats
    from fairwitness.metrics.crossing import Crossing, Ints
    from fairwitness.metrics.swap_effect import OfNames


class Components(NamedTuple):
    """What answers vary by: the name, the résumé they are about, and the rest; each a variance, at least 0."""

    names: tuple[float, ...]
    resumes: float
    rest: float


def components(crossing: Crossing, answers: ArrayLike, names: tuple[OfNames, ...]) -> Components | None:
    """Return what answers vary by, for the record: it shows what counts beside the name.

    Parameters
    ----------
    crossing : Crossing
        With blocks, whose means are compared.
    answers : array of float, shape (n,)
    names : tuple of OfNames
        Of `effect`.

    Returns
    -------
    Components or None
        None with fewer than two blocks.

    Notes
    -----
    The rest is what is left within blocks, less its share of the names' variance; it holds what a name does on one
    résumé and not on others.  That of blocks is the variance of their means, less what names and the rest make of it.

    Examples
    --------
    Two résumés, asked once as a and once as b: 0 and 2, then 4 and 6.  What a has less than b has no other résumé to
    differ from; the résumés' means are 1 and 5.

    >>> from fairwitness.metrics.crossing import crossing_of
    >>> resume = [0, 0, 1, 1]
    >>> components(crossing_of([0, 1, 0, 1], (1, -1), resume, block=resume), [0, 2, 4, 6], ())
    Components(names=(), resumes=8.0, rest=0.0)
    """
    block = crossing.block
    if block is None or (blocks := int(block.max()) + 1) < 2:
        return None
    y = np.asarray(answers, np.float64)
    size: Ints = np.bincount(block)
    roles = len(crossing.coefficients)
    known = np.array([max(0.0, part.variance) for part in names])
    beside = _beside(crossing, block, size)
    in_role = np.bincount(crossing.role)[crossing.role[crossing.shown]]
    n = len(y)
    lost = np.bincount(crossing.name, weights=1 / in_role - 1 / n, minlength=len(crossing.side)) * crossing.name_shown
    within = crossing.name_shown - beside[0] - lost
    rest = centred(crossing, y)
    freedom = n - blocks - roles + 1
    of_names = float(known @ np.bincount(crossing.side, weights=within, minlength=len(known)))
    residual = max(0.0, (float(rest @ rest) - of_names) / freedom) if freedom > 0 else 0.0
    means = np.bincount(block, weights=y) / size
    of_means = float(known @ np.bincount(crossing.side, weights=beside[1], minlength=len(known)))
    resumes = max(0.0, float(means.var(ddof=1)) - of_means - residual * float((1 / size).mean()))
    return Components(tuple(known.tolist()), resumes, residual)


def _beside(crossing: Crossing, block: Ints, size: Ints) -> tuple[Floats, Floats]:
    """Return, by name, what of its variance is in the means of blocks: summed over answers, and between the means."""
    blocks, names = len(size), len(crossing.side)
    pairs, times = np.unique(crossing.name * blocks + block[crossing.shown], return_counts=True)
    name = pairs // blocks
    share = times / size[pairs % blocks]
    summed = floats(np.bincount(name, weights=times * share, minlength=names))[0]
    squares = floats(np.bincount(name, weights=share**2, minlength=names))[0]
    means = np.bincount(name, weights=share, minlength=names) / blocks
    between: Floats = (squares - blocks * means**2) / (blocks - 1)
    return summed, between
