"""One column of a source's rows as text, the same whichever file or engine carried it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.labels import label_text

if TYPE_CHECKING:
    from fairwitness.audit.loaders.rows import Rows


def texts(source: Rows, name: str) -> list[str | None]:
    """Return a column as labels: no word means "missing", only an empty cell does.

    Parameters
    ----------
    source : Rows
    name : str

    Raises
    ------
    FairwitnessError
        No such column, or one that holds what is no label.

    Examples
    --------
    >>> import pandas as pd
    >>> from fairwitness.audit.loaders.rows import rows_of
    >>> texts(rows_of(pd.DataFrame({"passed": [1.0, 0.0, None]})), "passed")
    ['1', '0', None]
    """
    at = locate([name], source.names, source.where)[0]
    whole = source.whole if source.words is None else source.words
    column = whole.iloc[:, at] if hasattr(whole, "iloc") else whole[name]
    given = next(getattr(column, way)() for way in ("to_pylist", "to_list", "tolist") if hasattr(column, way))
    try:
        seen = {value: label_text(_plain(value)) for value in set(given)}
    except TypeError as error:
        raise FairwitnessError(
            f"{source.where}, column {quoted(name)}: holds a value ({error}) that is no label. Make it text, a number "
            "or a date."
        ) from None
    return [seen[value] for value in given]


def _plain(value: Any) -> Any:
    import numpy as np
    import pandas as pd

    if value is pd.NA or value is pd.NaT:
        return None
    return value.item() if isinstance(value, np.generic) else value
