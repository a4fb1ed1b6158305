"""A file of predictions: what a model has already said of the rows, brought together with them by unit or by order."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.loaders.engine import fetch
from fairwitness.audit.loaders.glance import header
from fairwitness.audit.loaders.header import locate
from fairwitness.audit.loaders.labels import label_text
from fairwitness.audit.loaders.source import find_files
from fairwitness.audit.loaders.table import Reading, read
from fairwitness.audit.models.model import Answers, Model

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from os import PathLike

    import pandas as pd
    import pyarrow as pa

    Unit = tuple[str | None, ...]

BOOLEANS = {"true": True, "false": False}


def predictions_model(
    source: str | PathLike[str],
    *,
    unit: Sequence[str] = (),
    prediction: str | None = None,
    name: str | None = None,
    cut: bool = False,
) -> Model:
    r"""Return a model from a file of its predictions.

    Parameters
    ----------
    source : path
        In any format of the loaders, one row for each row of the data.
    unit : sequence of str
        The columns, in both, that make a row unique.  Without, the file must have as many rows as the data, in the
        same order; nothing can check the order.
    prediction : str, optional
        Its column: numbers are scores, anything else decisions, and zeros and ones both.  By default the only column
        beside the unit's.
    name : str, optional
        By default the file's.
    cut : bool
        Whether decisions are made from scores.

    Raises
    ------
    FairwitnessError
        A file that cannot be read, has other columns, several rows of one unit, or no scores for a cut-off; when
        asked, units that have no prediction, or predictions that have no row.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "scores.csv").write_text("id,score\nb,0.2\na,0.9\n")
    ...     model = predictions_model(Path(folder, "scores.csv"), unit=["id"])
    >>> model.score(pd.DataFrame({"id": ["a", "b"]})).tolist()
    [0.9, 0.2]
    """
    files = find_files(str(source))
    where, before = printable(files.name), files.state
    column = prediction or _only_other(header(files.paths[0], Reading()), unit, where)
    loaded = read(source, [*unit, column], numeric=(), unknown={}, reading=Reading(engine="pyarrow"))
    table = fetch(loaded.frame)
    digest = files.sha256_since(before)
    answers = Answers.of(_values(table.column(len(unit))), table.num_rows, f"{where}: ")
    if cut and answers.score is None:
        raise FairwitnessError(
            f"{where}: the column {quoted(column)} holds no scores, so that no cut-off applies. Leave out at_least and "
            "top, or name a column of numbers: prediction = '…'."
        )
    units = [table.column(i).to_pylist() for i in range(len(unit))]
    places = _places(_units(units), unit, where) if unit else None

    def ask(rows: pd.DataFrame, _: int) -> Answers:
        if places is None:
            return _in_order(answers, table.num_rows, len(rows), where)
        there = locate(unit, [str(column) for column in rows.columns], "the rows")
        at = _matched(_units(rows.iloc[:, i].tolist() for i in there), places, unit, where)
        return Answers(*(None if values is None else values[at] for values in answers))

    joined_by = [printable(each) for each in unit] or "order"
    facts = {"rows": table.num_rows, "column": printable(column), "joined_by": joined_by}
    return Model(printable(name or files.name), "predictions", ask, digest, tuple(unit), facts=facts)


def _only_other(names: Sequence[str], unit: Sequence[str], where: str) -> str:
    others = [each for each in names if each not in unit]
    if len(others) != 1:
        there = f"Beside the unit, it has {listed(others)}" if others else "Beside the unit, it has no column"
        raise FairwitnessError(
            f"{where}: which column is the prediction? {there}. Name it: prediction = '…' (--prediction)."
        )
    return others[0]


def _values(column: pa.ChunkedArray) -> Any:
    """Return a column of predictions; of texts, numbers if all are, and booleans if all are."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        lower = pc.utf8_lower(column)
        if pc.all(pc.is_in(lower, pa.array(list(BOOLEANS), lower.type), skip_nulls=False)).as_py():
            return [BOOLEANS[word] for word in lower.to_pylist()]
        try:
            column = pc.cast(column, pa.float64())
        except pa.ArrowInvalid:
            return column.to_pylist()
    if pa.types.is_decimal(column.type):
        column = pc.cast(column, pa.float64())
    return column.to_pandas().to_numpy()


def _units(columns: Iterable[Sequence[Any]]) -> list[Unit]:
    return list(zip(*([label_text(value) for value in column] for column in columns), strict=True))


def _places(units: Sequence[Unit], unit: Sequence[str], where: str) -> dict[Unit, int]:
    """Return the row of each unit."""
    empty = sum(None in each for each in units)
    if empty:
        raise FairwitnessError(
            f"{where}: {empty:,} of {len(units):,} predictions have no {listed(unit)}. Fill it, or leave them out."
        )
    places = {each: i for i, each in enumerate(units)}
    if len(places) < len(units):
        repeated = sum(times > 1 for times in Counter(units).values())
        raise FairwitnessError(
            f"{where}: {repeated:,} units ({listed(unit)}) have several predictions. Give one for each, or name all "
            "columns that make a row unique."
        )
    return places


def _matched(units: Sequence[Unit], places: Mapping[Unit, int], unit: Sequence[str], where: str) -> list[int]:
    """Return for each row the place of its prediction."""
    missing = sum(each not in places for each in units)
    spare = len(places.keys() - set(units))
    if missing or spare:
        raise FairwitnessError(
            f"{where}: {missing:,} of {len(units):,} rows have no prediction, and {spare:,} of {len(places):,} "
            f"predictions have no row (joined by {listed(unit)}). Give predictions of these very rows, with the unit "
            "written as in the rows."
        )
    return [places[each] for each in units]


def _in_order(answers: Answers, made: int, n: int, where: str) -> Answers:
    if made != n:
        raise FairwitnessError(
            f"{where}: {made:,} predictions for {n:,} rows. Without a unit they are taken in order, one for each row. "
            "Give predictions of these very rows, or name what makes a row unique: unit = ['id'] (--unit)."
        )
    return answers
