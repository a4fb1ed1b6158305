"""The same pipeline, fitted with weights under which outcome and group are independent."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

from fairwitness.audit.alternatives.candidates import Candidate, Setting, cut_at
from fairwitness.audit.alternatives.pipeline import fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray


def reweighed(setting: Setting) -> list[Candidate]:
    """Return the pipeline fitted with the weights of Kamiran and Calders, given to its last step.

    Parameters
    ----------
    setting : Setting

    Raises
    ------
    FairwitnessError
        The last step takes no weights.

    References
    ----------
    Kamiran & Calders, "Data preprocessing techniques for classification without discrimination", Knowledge and
    Information Systems 33 (2012), doi:10.1007/s10115-011-0463-8.
    """
    train = setting.train
    rows = train.rows[list(setting.features)]
    scorer = fit(setting.pipeline, rows, train.label, weights(train.group, train.label))
    return [
        Candidate(
            id="reweighing",
            family="reweighing",
            what="Fitted with weights under which outcome and group are independent.",
            columns=setting.features,
            scorer=scorer,
            cut=cut_at(scorer(setting.validation.rows[list(setting.features)]), setting.share),
        )
    ]


def weights(group: NDArray[np.int64], label: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return each person's weight: expected over counted number of people of this group and outcome.

    Examples
    --------
    Groups of 6 and 4, of whom 4 and 1 are positive; 6/10 · 5/10 · 10/4 = .75 for the first.

    >>> import numpy as np
    >>> made = weights(np.array([0] * 6 + [1] * 4), np.array([1, 1, 1, 1, 0, 0, 1, 0, 0, 0], bool))
    >>> made[[0, 4, 6, 7]].round(4).tolist()
    [0.75, 1.5, 2.0, 0.6667]
    """
    import numpy as np
    import pandas as pd

    with _quiet():
        from aif360.sklearn.preprocessing import Reweighing
    index = pd.Index(group, name="group")
    _, made = Reweighing("group").fit_transform(pd.DataFrame({"row": 0}, index=index), pd.Series(label, index=index))
    return np.asarray(made, float)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep aif360 from telling the user's log, while it is imported, which of its other methods cannot be used."""
    root, before, handler = logging.getLogger(), logging.root.manager.disable, logging.NullHandler()
    root.addHandler(handler)  # without one, logging.warning would set up the user's log
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
        root.removeHandler(handler)
