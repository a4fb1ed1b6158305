"""Find the named columns in a source's header before any engine sees it.

Engines rename what repeats or differs only by case, each in its own way (pandas ``sex.1``, DuckDB ``sex_1``);
an audit that reads the wrong one of two columns is wrong in silence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Sequence


def locate(wanted: Sequence[str], header: Sequence[str], where: str, *, certain: bool = True) -> list[int]:
    """Return the place of each wanted column in the header.

    Parameters
    ----------
    wanted : sequence of str
    header : sequence of str
        All column names of the source, in order.
    where : str
        The source's name, for messages.
    certain : bool
        False where the names are a file's first line, which may be somebody's row instead: then no message
        repeats it unless one of the wanted names is in it.

    Raises
    ------
    FairwitnessError
        A column that is missing, that stands more than once, or that another resembles up to case.

    Examples
    --------
    >>> locate(["race"], ["id", "race"], "people.csv")
    [1]
    """
    missing = [name for name in wanted if name not in header]
    if missing:
        raise FairwitnessError(_missing(missing, header, where, shown=certain or len(missing) < len(wanted)))
    for name in wanted:
        places = [str(i + 1) for i, other in enumerate(header) if other == name]
        if len(places) > 1:
            msg = (
                f"{where}: the column {quoted(name)} stands {len(places)} times in the header "
                f"(columns {', '.join(places)}). Give each column a name of its own."
            )
            raise FairwitnessError(msg)
        alike = [other for other in header if other != name and other.casefold() == name.casefold()]
        if alike:
            msg = (
                f"{where}: the column {quoted(name)} cannot be told safely from {listed(alike)}, "
                "which differs by case only. Rename one of them."
            )
            raise FairwitnessError(msg)
    return [list(header).index(name) for name in wanted]


def _missing(missing: Sequence[str], header: Sequence[str], where: str, *, shown: bool) -> str:
    what = f"{where}: no column {listed(missing)}."
    near = did_you_mean(missing[0], header)
    if shown:
        return f"{what} It has {listed(header)}.{near} Check the name."
    return (
        f"{what}{near} Its first line has {len(header)} fields, none of them named so. Check the names; "
        "a file without column names needs a line of them."
    )
