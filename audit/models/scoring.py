"""A model's decisions on a source, ready to be counted: rows pass by in batches, and only what is counted stays."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from os import PathLike
from typing import TYPE_CHECKING, Any

from fairwitness.audit.counting.roles import Decisions, load
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.loaders.batches import ROWS, open_batches
from fairwitness.audit.loaders.columns import aliases
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.rows import rows_of
from fairwitness.audit.loaders.table import Loaded, read
from fairwitness.audit.models.answered import Answered
from fairwitness.audit.models.file_rows import FileRows
from fairwitness.audit.models.model import Answers
from fairwitness.audit.models.question import Question
from fairwitness.audit.models.sampling import Sample
from fairwitness.audit.models.spill import on_engine_from, spill

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import narwhals as nw
    import pandas as pd
    import pyarrow as pa

    from fairwitness.audit.counting.roles import Roles
    from fairwitness.audit.models.answered import Columns, Output, Settled
    from fairwitness.audit.models.model import Model

MOST = 2000  # rows that are kept as the model was given them


@dataclass(frozen=True, slots=True)
class Scored:
    """What a model says of a source.

    Attributes
    ----------
    decisions : Decisions
        To be counted; or scores, where the model gives only them and no cut-off was set.
    answers_n : int
        Rows that were asked about: all.
    answers_sha256 : str
        See `fairwitness.audit.models.answered.Settled`.
    output : {"decision", "score"}
    model : Model
        As it decided: with the score that its share at the top means on these rows.
    given : tuple of str
        The columns that it was given.
    sample : pandas.DataFrame or None
        Some rows as it was given them, if a protected attribute is among them; see
        `fairwitness.audit.models.reading.reads_protected`.
    """

    decisions: Decisions
    answers_n: int
    answers_sha256: str
    output: Output
    model: Model
    given: tuple[str, ...]
    sample: pd.DataFrame | None = field(repr=False)  # rows of people


def decisions_of(
    source: object,
    model: Model,
    *,
    roles: Mapping[str, Any],
    into: str = "decision",
    features: Sequence[str] | None = None,
    most: int = MOST,
    seed: int = 0,
) -> Scored:
    """Ask a model about every row of a source.

    Of a file, at most 65,536 rows are in memory at a time; the columns with a role and the answers wait in a temporary
    file without a name to be counted.  A share at the top needs 8 bytes a row besides, and a file of predictions is
    held whole.

    Parameters
    ----------
    source : path or frame
        As `fairwitness.audit.counting.roles.load` takes it.
    model : Model
    roles : mapping of str to object
        Arguments of `load`.  A ``decision`` among them is the name that the model's decisions are to have.
    into : str
        The name of the model's decisions otherwise.  Scores are called ``score``.
    features : sequence of str, optional
        The columns that the model is given.  By default those that it says it reads; if it says nothing, all that
        have no role.
    most, seed : int
        How many rows `Scored.sample` has at most, and how they are drawn.

    Returns
    -------
    Scored

    Raises
    ------
    FairwitnessError
        Roles that do not go together, a source that cannot be read, a column of the new one's name, and whatever the
        model is refused for.

    Examples
    --------
    >>> import pyarrow as pa
    >>> from fairwitness.audit.counting.count import tally
    >>> from fairwitness.audit.models.model import Model
    >>> people = pa.table({"sex": ["F", "M", "F"], "points": [7, 4, 3]})
    >>> screener = Model("points", "function", lambda rows, draw: Answers.of(rows["points"] > 3, len(rows)))
    >>> scored = decisions_of(people, screener, roles={"protected": "sex"})
    >>> {key: count.n for key, count in tally(scored.decisions).cells.items()}
    {('F', 'not_selected'): 1, ('F', 'selected'): 1, ('M', 'selected'): 1}
    """
    asked = model if features is None else replace(model, inputs=tuple(features))
    question = Question(asked, roles, str(roles.get("decision") or into))
    if isinstance(source, str | PathLike):
        return _of_file(source, question, most, seed)
    return _of_frame(source, question, most, seed)


def _of_file(source: str | PathLike[str], question: Question, most: int, seed: int) -> Scored:
    model, kept, reading = question.model, question.kept, question.reading
    batches = open_batches(source, reading, kept)
    files, before = batches.files, batches.files.state
    given = question.given(batches.header, batches.where)
    roles = question.roles("decision")
    whole = model.kind == "predictions"  # which are joined with all rows at once, by what is written in them
    rows = FileRows(batches, reading, given, kept, roles.numeric, roles.unknown, as_written=whole).looked_at()
    answered, sample = Answered(model), _sample(question, given, rows.rows, most, seed)

    def passing() -> Iterator[pa.Table]:
        everything = model.answers(rows.all_given()) if whole else None
        at = 0
        for part in rows.parts():
            n = part.kept.num_rows
            answers = model.answers(part.given) if everything is None else _slice(everything, at, n)
            at += n
            if sample:
                sample.take(part.given)
            columns = answered.add(answers)
            question.check(answered.output, batches.header, batches.where)
            yield _beside(part.kept, columns)
        if at != rows.rows:
            raise FairwitnessError(
                f"{batches.where}: {rows.rows:,} rows were found, and then {at:,}: the file was changed while it was "
                "read. Ask again."
            )

    spilled = spill(passing())
    settled = answered.settled()
    roles = question.roles(settled.output)
    frame = on_engine_from(spilled, reading.engine, _counted(roles, kept, settled))
    columns_read = tuple(dict.fromkeys([*kept, *given]))
    loaded = Loaded(
        frame, files.name, files.sha256_since(before), rows.rows, len(batches.header), columns_read=columns_read
    )
    return _scored(Decisions(roles, loaded), settled, given, sample)


def _of_frame(source: object, question: Question, most: int, seed: int) -> Scored:
    model, kept = question.model, question.kept
    rows = rows_of(source)
    given = question.given(rows.names, rows.where)
    roles = question.roles("decision")
    numeric = roles.numeric & set(kept)
    before = read(source, kept, numeric=numeric, unknown={}, reading=replace(question.reading, engine="auto"))
    whole = _pandas(rows.part(locate(given, rows.names, rows.where)), before.rows)
    answered, sample = Answered(model), _sample(question, given, before.rows, most, seed)
    step = before.rows if model.kind == "predictions" else ROWS
    columns = []
    for at in range(0, before.rows, step):
        columns.append(answered.add(model.answers(whole.iloc[at : at + step].reset_index(drop=True))))
        question.check(answered.output, rows.names, rows.where)
    if sample:
        sample.take(whole)
    settled = answered.settled()
    joined = rows.joined(question.made(settled.output), _values(columns, settled))
    decisions = load(joined, **question.named(settled.output))
    columns_read = tuple(dict.fromkeys([*kept, *given]))
    loaded = replace(before, frame=decisions.frame, columns_read=columns_read)
    return _scored(Decisions(decisions.roles, loaded), settled, given, sample)


def _sample(question: Question, given: Sequence[str], rows: int, most: int, seed: int) -> Sample | None:
    """Return what draws rows, if there is a protected attribute in what the model is given."""
    return Sample(rows, most, seed) if set(given) & set(question.roles("decision").protected) else None


def _scored(decisions: Decisions, settled: Settled, given: tuple[str, ...], sample: Sample | None) -> Scored:
    rows = sample.frame() if sample else None
    return Scored(decisions, settled.n, settled.sha256, settled.output, settled.model, given, rows)


def _slice(answers: Answers, at: int, n: int) -> Answers:
    return Answers(*(None if part is None else part[at : at + n] for part in answers))


# -- the answers as columns ------------------------------------------------------------------------------------


def _beside(kept: pa.Table, columns: Columns) -> pa.Table:
    """Return the rows' columns with the answers: decisions as text in ``d``, scores in ``s``."""
    import pyarrow as pa

    nothing = [pa.nulls(kept.num_rows, dtype) for dtype in (pa.large_string(), pa.float64())]
    decision = nothing[0] if columns.decision is None else columns.decision
    score = nothing[1] if columns.score is None else pa.array(columns.score, pa.float64())
    return kept.append_column("d", decision).append_column("s", score)


def _counted(roles: Roles, kept: Sequence[str], settled: Settled) -> dict[str, nw.Expr]:
    """Return the columns in the order of the roles, the model's among them."""
    import narwhals as nw

    made = nw.col("d") if settled.output == "decision" else nw.col("s")
    if settled.model.at_least is not None:
        made = nw.col("s") >= settled.model.at_least
    places = dict(zip(kept, aliases(len(kept)), strict=True))
    named = zip(aliases(len(roles.columns)), roles.columns, strict=True)
    return {alias: nw.col(places[name]) if name in places else made for alias, name in named}


def _values(columns: Sequence[Columns], settled: Settled) -> list[Any]:
    """Return the answers about a frame as the values of a column."""
    if settled.output == "decision" and settled.model.at_least is None:
        return [text for part in columns if part.decision is not None for text in part.decision.to_pylist()]
    scores = [part.score for part in columns if part.score is not None]
    cut = settled.model.at_least
    return [value for part in scores for value in (part if cut is None else part >= cut).tolist()]


def _pandas(given: Any, rows: int) -> pd.DataFrame:
    """Return the model's columns of a frame as one of pandas."""
    import narwhals as nw
    import pandas as pd

    frame = given if isinstance(given, pd.DataFrame) else nw.from_native(given).to_pandas()
    return frame if len(frame.columns) else pd.DataFrame(index=pd.RangeIndex(rows))
