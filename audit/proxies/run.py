"""Which inputs carry a protected attribute, beside what they contribute to the disparity: `fw.proxies`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.role_values import canonical
from fairwitness.audit.errors import FairwitnessError, listed, quoted
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.models.load import load_model
from fairwitness.audit.models.model import Model
from fairwitness.audit.proxies.carrying import carried
from fairwitness.audit.proxies.column import content_of_levels, read_column
from fairwitness.audit.proxies.decisions import Meanings
from fairwitness.audit.proxies.groups import Groups, groups_in
from fairwitness.audit.proxies.judged import How, Judged, by_column, by_model, contribution, gap_of
from fairwitness.audit.proxies.study import AttributeProxies, InputFigures, Proxies
from fairwitness.audit.proxies.together import told_together

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import pandas as pd

    from fairwitness.audit.counting.role_values import Value
    from fairwitness.audit.loaders.rows import Rows
    from fairwitness.audit.proxies.column import Column


def proxies(
    data: object,
    *,
    protected: str | Iterable[str],
    features: str | Sequence[str] | None = None,
    decision: str | None = None,
    model: object = None,
    favorable: Value | Iterable[Value] | None = None,
    unfavorable: Value | Iterable[Value] | None = None,
    set_aside: Mapping[Any, str] | None = None,
    unknown: Value | Iterable[Value] = (),
    bins: Mapping[str, Sequence[float]] | None = None,
    level: float = 0.95,
    seed: int = 0,
    draws: int = 1000,
    shuffles: int = 5,
) -> Proxies:
    """Return which inputs carry protected attributes, and what each contributes to the difference in selection rates.

    Parameters
    ----------
    data : path or frame
        All rows are read.  They must be independent: with several rows a person, intervals are too short.
    protected : str or iterable of str
        Column(s) of protected attributes, as text.  Rows in which one is not known are left out for that one, counted.
    features : str or sequence of str, optional
        The inputs.  By default those that the model says it reads, otherwise all other columns.
    decision : str, optional
        A column of decisions, to hold inputs against.
    model : Model, estimator, callable, path or address, optional
        To hold inputs against its decisions; see `fairwitness.audit.models.load.load_model`.  Instead of a decision.
    favorable, unfavorable, set_aside : optional
        What the decisions' values mean; not needed for booleans and 0/1.
    unknown : value or iterable of values
        Values that mean "not disclosed" in a protected attribute.  Empty always does.
    bins : mapping of column to edges, optional
        Cuts numeric protected attributes, left-closed.
    level : float
        Confidence level, between 0 and 1.
    seed : int
        Of halves, shuffles and the bootstrap.
    draws : int
        Replicates of the bootstrap.
    shuffles : int
        How many times the model is asked again about all rows for each input that it reads.

    Returns
    -------
    Proxies

    Raises
    ------
    FairwitnessError
        Columns that are missing or named in two roles, decisions whose meaning is not clear, a model that only knows
        its answers to given rows.

    Notes
    -----
    An input that carries an attribute is not thereby the reason for a disparity, nor shown to be meant as a stand-in;
    and one that carries nothing alone may carry much with another.  Contributions do not add up to the difference:
    inputs overlap.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"sex": ["f", "m"] * 20, "height": [160, 180] * 20, "shoe": [1, 1, 2, 2] * 10})
    >>> for told in proxies(people, protected="sex").attributes[0].features:
    ...     print(told.feature, told.carrying.auc.value)
    height 1.0
    shoe 0.5
    """
    if decision is not None and model is not None:
        raise FairwitnessError("A decision and a model are two sources of decisions. Give one of them.")
    roles = {"protected": protected, "favorable": favorable, "unfavorable": unfavorable}
    given = canonical({**roles, "set_aside": set_aside, "unknown": unknown, "bins": bins})
    meanings = Meanings(given["favorable"], given["unfavorable"], given["set_aside"])
    source, how = rows_of(data), How(level, seed, draws, shuffles)
    asked = model if model is None or isinstance(model, Model) else load_model(model)
    names = _features(source, features, asked, given["protected"], decision)
    rows = _frame(source, [*names, *((asked and asked.inputs) or ())])
    same = _same(rows, names)
    judged = None
    if decision is not None:
        judged = by_column(source, decision, meanings, same)
    elif asked is not None:
        judged = by_model(rows, asked, meanings, same, how)
    found = []
    for name in given["protected"]:
        groups = groups_in(source, name, unknown=given["unknown"], edges=given["bins"].get(name))
        found.append(_of_attribute(name, groups, rows, same, judged, how))
    if judged is None:
        return Proxies(tuple(found), None, None, seed)
    return Proxies(tuple(found), judged.by, judged.method, seed)


def _of_attribute(
    name: str, groups: Groups, rows: pd.DataFrame, same: Mapping[str, tuple[str, ...]], judged: Judged | None, how: How
) -> AttributeProxies:
    known = groups.codes >= 0
    told = Groups(groups.labels, groups.codes[known])
    columns = {feature: read_column(rows[feature][known]) for feature in same}
    together, best = told_together(list(columns.values()), told, level=how.level, seed=how.seed)
    of_known = judged and replace(
        judged,
        chosen=judged.chosen[known],
        decided=judged.decided[known],
        without={feature: shares[known] for feature, shares in judged.without.items()},
    )
    gap = None if of_known is None else gap_of(of_known, told, how)
    figures = []
    for feature, column in columns.items():
        added, why = None, None
        if of_known is not None and gap is not None:
            added, why = contribution(of_known, feature, column, told, gap, how)
        figures.append(
            InputFigures(
                feature,
                carried(column, told, level=how.level, seed=how.seed),
                added,
                _remark(column, told, [each for each in same[feature] if each != feature], why),
            )
        )
    return AttributeProxies(
        attribute=name,
        n=len(told.codes),
        unknown=int((~known).sum()),
        groups=groups.labels,
        together=together,
        together_group=best,
        gap=None if gap is None else (groups.labels[gap.high], groups.labels[gap.low], gap.estimate),
        features=tuple(figures),
    )


def _remark(column: Column, groups: Groups, alike: list[str], contributed: str | None) -> str | None:
    """Return what must be known of an input beside its figures, as clauses."""
    itself = content_of_levels(groups.codes) == column.content and column.status == "ok"
    told = (
        column.because,
        "holds the same as the attribute itself" if itself else None,
        f"holds the same as {listed(alike)}" if alike else None,
        contributed,
    )
    return "; ".join(clause for clause in told if clause) or None


def _features(
    source: Rows,
    features: str | Sequence[str] | None,
    model: Model | None,
    protected: Sequence[str],
    decision: str | None,
) -> list[str]:
    roles = [*protected, *([decision] if decision is not None else [])]
    locate(roles, source.names, source.where)
    if len(set(roles)) < len(roles):
        raise FairwitnessError(
            f"{quoted(str(decision))} is named as a decision and as a protected attribute. Name two."
        )
    if features is not None:
        named = [features] if isinstance(features, str) else list(features)
    elif model is not None and model.inputs is not None and model.kind != "predictions":
        named = list(model.inputs)
    else:
        named = [name for name in source.names if name not in roles]
    if len(set(named)) < max(len(named), 1):
        raise FairwitnessError(f"{source.where}: name at least one input, and each once: features = […].")
    if decision in named:
        raise FairwitnessError(f"{quoted(str(decision))} is the decision, and cannot be an input to it. Leave it out.")
    return named


def _frame(source: Rows, names: Sequence[str]) -> pd.DataFrame:
    wanted = list(dict.fromkeys(names))
    part = source.part(locate(wanted, source.names, source.where))
    made: pd.DataFrame = part.to_pandas() if hasattr(part, "to_pandas") else part
    return made.set_axis(wanted, axis=1)


def _same(rows: pd.DataFrame, names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return for each input those that hold the same, itself among them."""
    alike: dict[bytes, list[str]] = {}
    content = {}
    for name in names:
        column = read_column(rows[name])
        content[name] = column.content if column.status == "ok" else name.encode()
        alike.setdefault(content[name], []).append(name)
    return {name: tuple(alike[content[name]]) for name in names}
