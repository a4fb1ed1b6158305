"""To and from aif360's BinaryLabelDataset."""

from __future__ import annotations

import logging
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fairwitness.audit.bridges.answers import UNKNOWN, answers, group_labels, once_each
from fairwitness.audit.counting.role_values import canonical
from fairwitness.audit.counting.roles import load
from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.rows import rows_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fairwitness.audit.bridges.answers import Positive
    from fairwitness.audit.counting.roles import Decisions

MAPS = "protected_attribute_maps"  # where aif360's own data sets keep what their numbers stand for


def to_aif360(
    data: object,
    *,
    decision: str,
    protected: str | Iterable[str],
    privileged: Mapping[str, Any],
    favorable: Positive = None,
    features: str | Iterable[str] = (),
    weight: str | None = None,
    unknown: Positive = (),
) -> Any:
    """Return aif360's BinaryLabelDataset of a source's rows.

    Parameters
    ----------
    data : path or frame
    decision : str
        The column of decisions, or of true outcomes: whatever shall be the data set's label.
    protected : str or iterable of str
    privileged : mapping of column to value or values
        The groups that aif360 shall compare the others with, for each attribute.  It has to be said: aif360's own
        default is the group with the highest number, which is nobody's choice.
    favorable : value or iterable of values, optional
        Of the decision; not needed for booleans and 0/1.
    features : str or iterable of str
        Columns of numbers to go along.
    weight : str, optional
        A column of weights.
    unknown : value or iterable of values
        Values that mean "not disclosed"; empty always does.

    Returns
    -------
    aif360.datasets.BinaryLabelDataset
        The label is 1 or 0.  Attributes are numbers, since aif360 takes no text: what they stand for is in
        ``metadata["protected_attribute_maps"]``, where aif360's own data sets have it.

    Raises
    ------
    FairwitnessError
        Columns that are missing, empty or no numbers, or a privileged group that nobody is in.

    Notes
    -----
    People whose attribute is not known keep their rows, with a number of their own; aif360's loaders would drop them.
    aif360 demands that every number is privileged or unprivileged, so that one is among the unprivileged: name the
    groups to be compared by their numbers, ``unprivileged_groups=[{"sex": 1.0}]``, or these people
    count as one of them.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"sex": ["f", "m", None], "hired": [0, 1, 1]})
    >>> made = to_aif360(people, decision="hired", protected="sex", privileged={"sex": "m"})
    >>> made.protected_attributes.ravel().tolist(), made.metadata["protected_attribute_maps"]
    ([1.0, 2.0, 0.0], [{0.0: '(not disclosed)', 1.0: 'f', 2.0: 'm'}])
    """
    import pandas as pd

    source, named = rows_of(data), once_each(protected, "protected")
    chosen = answers(source, decision, favorable)
    if not set(chosen.tolist()) <= {0, 1}:
        raise FairwitnessError(f"{source.where}: {quoted(decision)} is not 0 and 1. Say which values are favorable.")
    groups = group_labels(source, named, unknown)
    maps = {name: dict(enumerate(sorted(set(groups[name]), key=_unknown_first))) for name in named}
    codes = {name: {label: float(code) for code, label in maps[name].items()} for name in named}
    best = {name: _privileged(privileged, name, codes[name]) for name in named}
    going_along = (features,) if isinstance(features, str) else tuple(features)
    frame = pd.DataFrame(
        {name: [codes[name][label] for label in groups[name]] for name in named}
        | {name: _numbers(source, name) for name in going_along}
        | ({weight: _numbers(source, weight)} if weight is not None else {})
        | {decision: chosen.astype(float)}
    )
    with _quiet():
        from aif360.datasets import BinaryLabelDataset
    return BinaryLabelDataset(
        favorable_label=1.0,
        unfavorable_label=0.0,
        df=frame,
        label_names=[decision],
        protected_attribute_names=list(named),
        instance_weights_name=weight,
        privileged_protected_attributes=[_array(best[name]) for name in named],
        unprivileged_protected_attributes=[
            _array(sorted(set(codes[name].values()) - set(best[name]))) for name in named
        ],
        metadata={MAPS: [{float(code): label for code, label in maps[name].items()} for name in named]},
    )


def from_aif360(dataset: Any, *, decision: str | None = None) -> Decisions:
    """Return the decisions of an aif360 data set, ready to be counted.

    Parameters
    ----------
    dataset : aif360.datasets.BinaryLabelDataset
        Its label is taken for the decision, its instance weights for survey weights unless all of them are 1.
    decision : str, optional
        What to call it; by default by the label's name.

    Returns
    -------
    Decisions
        Groups have the names that ``metadata["protected_attribute_maps"]`` gives them, as in aif360's own data sets,
        otherwise their numbers.

    Raises
    ------
    FairwitnessError
        Not such a data set, or labels other than its two.

    Notes
    -----
    aif360 has no place for what is not known, and its loaders drop rows with missing values: 3,620 of Adult's 48,842.
    What was dropped before cannot be seen here.

    Examples
    --------
    >>> import pandas as pd
    >>> people = pd.DataFrame({"sex": ["f", "m", None], "hired": [0, 1, 1]})
    >>> made = from_aif360(to_aif360(people, decision="hired", protected="sex", privileged={"sex": "m"}))
    >>> made.roles.protected, made.loaded.rows
    (('sex',), 3)
    """
    import pandas as pd

    needed = ("labels", "favorable_label", "unfavorable_label", "protected_attributes", "instance_weights")
    if not all(hasattr(dataset, name) for name in needed) or dataset.labels.shape[1] != 1:
        kind = printable(type(dataset).__name__)
        raise FairwitnessError(f"A {kind} is no data set with one binary label. Give a BinaryLabelDataset of aif360.")
    labels, good, bad = dataset.labels.ravel(), dataset.favorable_label, dataset.unfavorable_label
    other = int(((labels != good) & (labels != bad)).sum())
    if other:
        raise FairwitnessError(
            f"{other:,} labels of the data set are neither {good:g} nor {bad:g}. Correct them first."
        )
    names = list(dataset.protected_attribute_names)
    told = decision or str(dataset.label_names[0])
    if told in names:
        raise FairwitnessError(f"{quoted(told)} is the name of a protected attribute. Give decision another name.")
    stands_for = dataset.metadata.get(MAPS) or [{}] * len(names)
    columns: dict[str, Any] = {told: labels == good}
    for i, name in enumerate(names):
        columns[name] = [_label(code, stands_for[i]) for code in dataset.protected_attributes[:, i].tolist()]
    weights = dataset.instance_weights
    weight = None if (weights == 1).all() else _free("weight", columns)
    if weight:
        columns[weight] = weights
    return load(pd.DataFrame(columns), protected=names, decision=told, weight=weight)


def _label(code: float, stands_for: Mapping[float, str]) -> str | None:
    text = stands_for.get(code, f"{code:.15g}")
    return None if text == UNKNOWN else str(text)


def _unknown_first(label: str) -> tuple[bool, str]:
    return label != UNKNOWN, label


def _privileged(privileged: Mapping[str, Any], name: str, codes: Mapping[str, float]) -> list[float]:
    named = canonical({"favorable": privileged.get(name)})["favorable"]
    known = [label for label in codes if label != UNKNOWN]
    absent = [label for label in named if label not in known]
    if not named or absent:
        found = f"nobody is {listed(absent)}" if absent else "none is named"
        raise FairwitnessError(
            f"privileged: of {quoted(name)}, {found}; there are {listed(known)}. Name the group to compare with: "
            f"privileged = {{{quoted(name)}: …}}."
        )
    return sorted(codes[label] for label in named)


def _numbers(source: Any, name: str) -> Any:
    made = answers(source, name)
    if made.dtype.kind == "O":
        raise FairwitnessError(
            f"{source.where}, column {quoted(name)}: aif360 takes numbers only. Code it as numbers, or leave it out."
        )
    return made.astype(float)


def _array(codes: list[float]) -> Any:
    import numpy as np

    return np.array(codes, float)


def _free(name: str, taken: Mapping[str, Any]) -> str:
    while name in taken:
        name += "_"
    return name


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep aif360 from saying, while it is imported, which of its other parts cannot be used, and in which old style.

    Without a handler, logging.warning would set up the user's log.
    """
    root, before, handler = logging.getLogger(), logging.root.manager.disable, logging.NullHandler()
    root.addHandler(handler)
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*invalid escape sequence")
            yield
    finally:
        logging.disable(before)
        root.removeHandler(handler)
