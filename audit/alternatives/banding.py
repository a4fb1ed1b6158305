"""Scores within a band are treated as equal: in the last band a lot decides, or a stated column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.alternatives.candidates import Candidate, Setting
from fairwitness.audit.errors import FairwitnessError, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

WIDTHS = (0.25, 0.5)


def banded(setting: Setting, widths: Sequence[float], tie_break: str | None) -> list[Candidate]:
    """Return the baseline's scores in fixed bands, one candidate for each width.

    Parameters
    ----------
    setting : Setting
    widths : sequence of float
        Of a band, in standard deviations of the score among the people of the validation part.  The standard error of
        measurement of a score with reliability r is √(1 − r) of them.
    tie_break : str, optional
        A column of numbers by which people within the last band are ordered, highest first; ties in it, and everything
        if it is not given, are drawn by lot.

    Raises
    ------
    FairwitnessError
        A width that is not above 0, a column that is no number, or scores that are all alike.

    Notes
    -----
    Bands are counted from the highest score of the validation part downwards, and their edges are fixed there, as is
    the chance of those in the last band: a share of people exactly that of the baseline is selected on the
    validation part.  Nothing is drawn: every figure is the expectation over the lot.

    References
    ----------
    Cascio, Outtz, Zedeck & Goldstein, "Statistical implications of six methods of test score use in personnel
    selection", Human Performance 8 (1995), 133-164, doi:10.1207/s15327043hup0803_2: fixed bands, referral at random.
    """
    import numpy as np

    if not widths or min(widths) <= 0:
        raise FairwitnessError("band_widths: give widths above 0, in standard deviations of the score.")
    base, people = setting.baseline, setting.validation
    score = base.score(people.rows)
    deviation = float(np.std(score, ddof=1))
    if deviation == 0:
        raise FairwitnessError("The baseline gives everybody the same score: there is nothing to band.")
    columns = base.columns if tie_break is None or tie_break in base.columns else (*base.columns, tie_break)
    order = None if tie_break is None else np.sort(_numbers(people.rows, tie_break))
    made = []
    for width in widths:
        top, step = float(score.max()), width * deviation

        def banded_score(rows: pd.DataFrame, top: float = top, step: float = step) -> NDArray[np.float64]:
            band = bands(base.score(rows), top, step)
            if order is None or tie_break is None:
                return band
            return band + np.searchsorted(order, _numbers(rows, tie_break), side="left") / (len(order) + 1)

        cut, chance = fill(banded_score(people.rows), setting.share)
        ties = "by lot" if tie_break is None else f"by {quoted(tie_break)}, then by lot"
        what = (
            f"The baseline's scores in bands of {width:g} standard deviations ({step:.3g}): within a band people are "
            f"equal, and ties are broken {ties}."
        )
        made.append(Candidate(f"banding-{width:g}", "banding", what, columns, banded_score, cut, chance))
    return made


def bands(score: NDArray[np.float64], top: float, step: float) -> NDArray[np.float64]:
    """Return each score's band: 0 less than a step below ``top``, −1 in the next, and so on; above ``top`` 1 and more.

    Examples
    --------
    >>> import numpy as np
    >>> bands(np.array([10.5, 10.0, 9.5, 9.0, 8.5]), top=10.0, step=1.0).tolist()
    [1.0, 0.0, 0.0, -1.0, -1.0]
    """
    import numpy as np

    return np.ceil((score - top) / step) + 0.0


def fill(score: NDArray[np.float64], share: float) -> tuple[float, float]:
    """Return the score of those who are drawn by lot, and their chance, so that exactly a share is selected.

    Examples
    --------
    Of 10 people the best 3 and two of the next four make a half: a chance of 2/4.

    >>> import numpy as np
    >>> fill(np.array([3, 2, 2, 1, 1, 1, 1, 0, 0, 0]), share=0.5)
    (1.0, 0.5)
    """
    import numpy as np

    places = share * len(score)
    cut = float(np.sort(score)[::-1][max(int(np.ceil(places - 1e-9)), 1) - 1])
    return cut, float((places - (score > cut).sum()) / (score == cut).sum())


def _numbers(rows: pd.DataFrame, column: str) -> NDArray[np.float64]:
    import numpy as np
    import pandas as pd

    if not pd.api.types.is_numeric_dtype(rows[column]) or rows[column].isna().any():
        raise FairwitnessError(f"tie_break: the column {quoted(column)} must hold a number for everybody.")
    return np.asarray(rows[column], float)
