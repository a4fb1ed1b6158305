"""Some rows of many, drawn at random before any is seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Sample:
    """Rows drawn without replacement, each with the same chance, from rows that come in parts.

    Parameters
    ----------
    rows : int
        How many there are in all.
    most : int
        How many are drawn, if there are as many.
    seed : int

    Examples
    --------
    >>> import pandas as pd
    >>> sample = Sample(4, 3, 0)
    >>> for part in ([1, 2], [3, 4]):
    ...     sample.take(pd.DataFrame({"row": part}))
    >>> len(sample.frame()), set(sample.frame()["row"]) <= {1, 2, 3, 4}
    (3, True)
    """

    def __init__(self, rows: int, most: int, seed: int) -> None:
        import numpy as np

        drawn = np.random.default_rng(seed).choice(rows, min(rows, most), replace=False, shuffle=False)
        self._places = np.sort(drawn)
        self._passed = 0
        self._taken: list[pd.DataFrame] = []

    def take(self, part: pd.DataFrame) -> None:
        """Take what was drawn from the next rows."""
        import numpy as np

        first, end = np.searchsorted(self._places, [self._passed, self._passed + len(part)])
        self._taken.append(part.iloc[self._places[first:end] - self._passed])
        self._passed += len(part)

    def frame(self) -> pd.DataFrame:
        """Return what was taken, in the order of the rows."""
        import pandas as pd

        return pd.concat(self._taken, ignore_index=True)
