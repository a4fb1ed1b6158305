"""Roles: which column is what, checked; and `load`, which brings a source and its roles together."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.counting.role_rules import check_roles
from fairwitness.audit.counting.role_values import Value, canonical
from fairwitness.audit.loaders.table import Loaded, Reading, read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import narwhals as nw

    from fairwitness.audit.loaders.engine import Engine
    from fairwitness.audit.tally import AxisRole

Duplicates = Literal["refuse", "first", "last", "any_favorable", "keep"]
Measure = Literal["selection_rate", "scoring_rate"]
Order = Literal["high", "low"]


@dataclass(frozen=True, slots=True)
class Roles:
    """Which column is what, and what its values mean.

    Attributes
    ----------
    protected : tuple of str
        Columns that people must not be treated differently by.
    decision : str or None
    favorable, unfavorable : tuple of str
        Decision values that mean selected, and not selected.
    set_aside : mapping of str to str
        Decision values that mean "not decided", with the reason; ``""`` is the empty one.
    score : str or None
    score_order : {"high", "low"}
        Which scores are good.
    score_edges : tuple of float or None
        Edges of score bins, fixed beforehand so that tallies of several sources can be added.
    label : str or None
        The true outcome.
    label_positive : tuple of str
    count : str or None
        How many identical decisions a row stands for.
    applicants, selected : str or None
        Columns of a table of counts.
    group_by : str or None
        The column that tells which table of counts a row belongs to.
    measure : {"selection_rate", "scoring_rate"} or None
        What ``selected`` counts in a table of counts; None means selection_rate.
    bins : mapping of str to tuple of float
        Edges by which a numeric protected attribute is cut.
    weight : str or None
        Survey weight.
    stratum : str or None
        Requisition, job, site: what people were compared within.
    period : str or None
        Month, quarter: when the decision was made, as a label that sorts by time.
    controls : tuple of str
        What else may explain a decision.
    stages : tuple of str
        Stages of a funnel, in their order; each a decision of its own.
    cluster : str or None
        Whose rows are not independent of one another: a person, a pair, an advertisement.
    unit : tuple of str
        What makes a row unique.  The stratum and the cluster may be part of it.
    duplicates : {"refuse", "first", "last", "any_favorable", "keep"}
    unknown : frozenset of str
        Texts that mean "not disclosed" in a protected attribute, or "not known" in the label.
    """

    protected: tuple[str, ...]
    decision: str | None = None
    favorable: tuple[str, ...] = ()
    unfavorable: tuple[str, ...] = ()
    set_aside: Mapping[str, str] = field(default_factory=dict)
    score: str | None = None
    score_order: Order = "high"
    score_edges: tuple[float, ...] | None = None
    label: str | None = None
    label_positive: tuple[str, ...] = ()
    count: str | None = None
    applicants: str | None = None
    selected: str | None = None
    group_by: str | None = None
    measure: Measure | None = None
    bins: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    weight: str | None = None
    stratum: str | None = None
    period: str | None = None
    controls: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    cluster: str | None = None
    unit: tuple[str, ...] = ()
    duplicates: Duplicates = "refuse"
    unknown: frozenset[str] = frozenset()

    @property
    def circumstances(self) -> tuple[tuple[AxisRole, str], ...]:
        """The columns that say under which circumstances a decision was made, each with its role, in a fixed order."""
        one: list[tuple[AxisRole, str | None]] = [("stratum", self.stratum), ("period", self.period)]
        several: list[tuple[AxisRole, str | None]] = [("control", name) for name in self.controls]
        several += [("stage", name) for name in self.stages]
        return tuple((role, name) for role, name in (*one, *several, ("cluster", self.cluster)) if name is not None)

    @property
    def columns(self) -> tuple[str, ...]:
        """All columns that are read, in a fixed order."""
        single = (
            self.decision,
            self.label,
            self.score,
            self.count,
            self.weight,
            self.applicants,
            self.selected,
            self.group_by,
        )
        named = (*self.protected, *(n for n in single if n is not None), *(n for _, n in self.circumstances))
        return (*named, *(name for name in self.unit if name not in (self.stratum, self.cluster)))

    @property
    def numeric(self) -> frozenset[str]:
        """The columns that must be numbers."""
        named = (self.score, self.count, self.weight, self.applicants, self.selected, *self.bins)
        return frozenset(name for name in named if name is not None)

    def alias(self, name: str) -> str:
        """Return the name that a column has inside: foreign names reach no engine."""
        return f"c{self.columns.index(name)}"


@dataclass(frozen=True, slots=True)
class Decisions:
    """Decisions and what their columns mean, ready to be counted.

    Attributes
    ----------
    roles : Roles
    loaded : Loaded
        The frame with the columns of ``roles.columns``, and where it came from.
    """

    roles: Roles
    loaded: Loaded

    @property
    def frame(self) -> nw.LazyFrame[Any]:
        """The columns read, named ``c0``, ``c1``, …, in the order of ``roles.columns``."""
        return self.loaded.frame


def load(
    source: object,
    *,
    protected: str | Iterable[str],
    decision: str | None = None,
    favorable: Value | Iterable[Value] | None = None,
    unfavorable: Value | Iterable[Value] | None = None,
    set_aside: Mapping[Any, str] | None = None,
    score: str | None = None,
    score_order: Order = "high",
    label: str | None = None,
    label_positive: Value | Iterable[Value] | None = None,
    count: str | None = None,
    applicants: str | None = None,
    selected: str | None = None,
    group_by: str | None = None,
    measure: Measure | None = None,
    bins: Mapping[str, Sequence[float]] | None = None,
    weight: str | None = None,
    stratum: str | None = None,
    period: str | None = None,
    controls: str | Iterable[str] = (),
    stages: str | Iterable[str] = (),
    cluster: str | None = None,
    unit: str | Iterable[str] = (),
    duplicates: Duplicates = "refuse",
    unknown: Value | Iterable[Value] = (),
    engine: Engine = "auto",
    sheet: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
    decimal: str | None = None,
    verify_pages: bool = False,
    score_edges: Sequence[float] | None = None,
) -> Decisions:
    """Read decisions from a file, a folder, a pattern or a frame, and say what its columns mean.

    Only the named columns are read.  Protected attributes are text, with no list of "missing" words.

    Parameters
    ----------
    source : str, Path or frame
        CSV, TSV, JSON Lines, XLSX, Parquet or Arrow (Feather), text files also packed; a folder or pattern of
        Parquet; or any frame that narwhals knows.
    protected : str or iterable of str
        Column(s) of protected attributes; for a table of counts, of the groups' labels.
    decision : str, optional
        Column of the decision.  Without one, the score is audited.
    favorable, unfavorable : value or iterable of values, optional
        What its values mean; see `fairwitness.audit.counting.vocabulary.decision_meanings`.
    set_aside : mapping of value to reason, optional
    score : str, optional
    score_order : {"high", "low"}
    label, label_positive : optional
        The true outcome, and which of its values are positive.
    count : str, optional
        Frequency: the row stands for that many identical decisions.
    applicants, selected, group_by, measure : optional
        A table of counts: how many applied and were selected, which table a row belongs to, what was counted.
    bins : mapping of column to edges, optional
        Cuts numeric protected attributes, left-closed.
    weight : str, optional
        Survey weights, decimals of at most 6 places.
    stratum : str, optional
        Requisition, job, site: groups are also compared within each, and over all of them together.
    period : str, optional
        When, as a label that sorts by time, such as ``2026-01``.
    controls : str or iterable of str
        What else may explain a decision; numbers can be cut by ``bins``.
    stages : str or iterable of str
        Stages of a funnel in their order, each a decision of its own by the same values; empty means not reached.
        Without a ``decision``, the last stage is the decision.
    cluster : str, optional
        Whose rows are not independent: a person who applies twice, the advertisement that four résumés answer.
    unit : str or iterable of str
    duplicates : {"refuse", "first", "last", "any_favorable", "keep"}
        What to do where a unit repeats; ``refuse`` refuses only repeats that disagree.
    unknown : value or iterable of values
        Values that mean "not disclosed".  Empty always does.
    engine : {"auto", "pandas", "polars", "pyarrow", "duckdb"}
        ``auto``: files on DuckDB, frames where they are.
    sheet, delimiter, encoding, decimal, verify_pages : optional
        How to read the file.
    score_edges : sequence of float, optional
        Edges of score bins, increasing.

    Returns
    -------
    Decisions

    Raises
    ------
    FairwitnessError
        The roles do not go together, or the source is not as they say.

    Examples
    --------
    >>> import pyarrow as pa
    >>> people = pa.table({"sex": ["F", "M", "F"], "hired": [0, 1, 1]})
    >>> load(people, protected="sex", decision="hired").loaded.rows
    3
    """
    roles = roles_of(
        protected=protected,
        decision=decision,
        favorable=favorable,
        unfavorable=unfavorable,
        set_aside=set_aside,
        score=score,
        score_order=score_order,
        score_edges=score_edges,
        label=label,
        label_positive=label_positive,
        count=count,
        applicants=applicants,
        selected=selected,
        group_by=group_by,
        measure=measure,
        bins=bins,
        weight=weight,
        stratum=stratum,
        period=period,
        controls=controls,
        stages=stages,
        cluster=cluster,
        unit=unit,
        duplicates=duplicates,
        unknown=unknown,
    )
    reading = Reading(engine, sheet, delimiter, encoding, decimal, verify_pages)
    hidden = dict.fromkeys(roles.bins, roles.unknown)
    return Decisions(roles, read(source, roles.columns, numeric=roles.numeric, unknown=hidden, reading=reading))


def roles_of(**given: Any) -> Roles:
    """Return the roles that arguments of `load` mean, checked.

    Parameters
    ----------
    **given
        Those arguments of `load` that are roles; what is left out has its default.

    Raises
    ------
    FairwitnessError
        Roles that do not go together.

    Examples
    --------
    >>> roles_of(protected="sex", decision="hired", favorable=1).favorable
    ('1',)
    """
    roles = Roles(**canonical(given))
    check_roles(roles)
    return roles
