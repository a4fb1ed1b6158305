"""Whose decisions inputs are held against, and what each input contributes to the difference between groups."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from fairwitness.audit.errors import listed
from fairwitness.audit.loaders.texts import texts
from fairwitness.audit.proxies.contribution import by_composition, by_shuffling, without
from fairwitness.audit.proxies.decisions import one_of, selected, widest_gap
from fairwitness.audit.proxies.groups import Groups

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from fairwitness.audit.loaders.rows import Rows
    from fairwitness.audit.models.model import Model
    from fairwitness.audit.proxies.column import Column
    from fairwitness.audit.proxies.decisions import Gap, Meanings
    from fairwitness.audit.proxies.study import Method, Source
    from fairwitness.metrics.estimate import Estimate


@dataclass(frozen=True, slots=True)
class How:
    """How figures are made: the level of intervals, the seed, replicates of the bootstrap, shuffles of an input."""

    level: float
    seed: int
    draws: int
    shuffles: int


@dataclass(frozen=True, slots=True)
class Judged:
    """Decisions on all rows.

    Attributes
    ----------
    by : {"model", "column"}
    method : {"shuffled_inputs", "kitagawa"}
        How contributions are computed.
    chosen, decided : array of bool
        Who was selected; of whom it was decided at all.
    without : mapping of str to array
        How often each row is selected without an input that the model reads.
    same : mapping of str to tuple of str
        The inputs that hold the same as an input, and were shuffled with it.
    """

    by: Source
    method: Method
    chosen: NDArray[np.bool_]
    decided: NDArray[np.bool_]
    without: Mapping[str, NDArray[np.float64]]
    same: Mapping[str, tuple[str, ...]]


def by_column(source: Rows, decision: str, meanings: Meanings, same: Mapping[str, tuple[str, ...]]) -> Judged:
    """Return the decisions of a column."""
    chosen, decided = selected(texts(source, decision), decision, meanings)
    return Judged("column", "kitagawa", chosen, decided, {}, same)


def by_model(
    rows: pd.DataFrame, model: Model, meanings: Meanings, same: Mapping[str, tuple[str, ...]], how: How
) -> Judged:
    """Return a model's decisions, as they are and without each input.

    A file of predictions knows no other answers: its decisions are treated like a column's.
    A share at the top is fixed on the rows as they are.
    """
    fixed = model.cut_on(rows)

    first = fixed.predict(rows)
    chosen, decided = selected(first, fixed.name, meanings)

    def decide(given: pd.DataFrame) -> NDArray[np.bool_]:
        answers = [*fixed.predict(given), *first]  # among the first ones, so that every value has its meaning
        return selected(answers, fixed.name, meanings)[0][: len(given)]

    if fixed.kind == "predictions":
        return Judged("model", "kitagawa", chosen, decided, {}, same)
    shares: dict[str, NDArray[np.float64]] = {}
    for name, alike in same.items():
        read = [each for each in alike if fixed.inputs is None or each in fixed.inputs]
        if read and name not in shares:
            made = without(rows, read, decide, shuffles=how.shuffles, seed=how.seed)
            shares |= dict.fromkeys(read, made)
    return Judged("model", "shuffled_inputs", chosen, decided, shares, same)


def gap_of(judged: Judged, groups: Groups, how: How) -> Gap | None:
    """Return the widest gap among rows on which was decided."""
    return widest_gap(judged.chosen[judged.decided], _where(groups, judged.decided), how.level)


def contribution(
    judged: Judged, name: str, column: Column, groups: Groups, gap: Gap, how: How
) -> tuple[Estimate | None, str | None]:
    """Return what an input contributes to a gap, or why there is no such figure.

    Parameters
    ----------
    judged : Judged
        On the rows of ``groups``.
    name : str
        The input.
    column : Column
        What it holds.
    groups : Groups
        All known.
    gap : Gap
    how : How

    Notes
    -----
    The interval holds for all pairs of groups among which the gap is the widest.
    """
    made, why = _of_pair(judged, name, column, groups, gap, replace(how, level=one_of(gap.pairs, how.level)))
    return made and replace(made, level=how.level), why


def _of_pair(
    judged: Judged, name: str, column: Column, groups: Groups, gap: Gap, how: How
) -> tuple[Estimate | None, str | None]:
    decided = judged.decided
    counted, chosen = _where(groups, decided), judged.chosen[decided]
    if judged.method == "kitagawa":
        if column.status != "ok":
            return None, None
        part = replace(column, cells=column.cells[decided])
        return by_composition(part, chosen, counted, gap, level=how.level, draws=how.draws, seed=how.seed), None
    if name not in judged.without:
        return None, "the model does not read it"
    made = by_shuffling(
        chosen, judged.without[name][decided], counted, gap, level=how.level, draws=how.draws, seed=how.seed
    )
    if (judged.without[name] == judged.chosen).all():
        return made, "no decision of the model changed when it was shuffled"
    others = [each for each in judged.same[name] if each != name and each in judged.without]
    return made, f"shuffled together with {listed(others)}" if others else None


def _where(groups: Groups, kept: NDArray[np.bool_]) -> Groups:
    return Groups(groups.labels, groups.codes[kept])
