"""Answers kept in a file, so that a run that broke off asks no row twice."""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.models.batches import in_batches
from fairwitness.audit.models.predictions_json import Prediction
from fairwitness.audit.models.rows_json import canonical, json_rows

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterator, Sequence

    import pandas as pd

    from fairwitness.audit.models.batches import Ask
    from fairwitness.audit.models.model import Model

APPLICATION = int.from_bytes(b"FwAs", "big")  # in the header of every file of ours
LAYOUT = 1
BATCH = 100  # rows that are asked between two writes
PATIENCE = 30.0  # seconds, while another process writes


def cached(ask: Ask, path: str | os.PathLike[str], key: str, *, batch: int = BATCH, who: str = "the model") -> Ask:
    """Return an ask that looks an answer up before it asks, and keeps what it is told after each batch.

    Parameters
    ----------
    ask : callable
        Of rows and the number of the draw; see `Model`.
    path : path
        The file of answers.  It is made, readable by its owner alone, where there is none.
    key : str
        Which model answers; see `model_key`.
    batch : int
        How many rows are asked at a time, and lost at most when the model fails.
    who : str
        What a message calls the model.

    Raises
    ------
    FairwitnessError
        When asked: the file is damaged, is none of ours or cannot be written; see also `in_batches`.

    Notes
    -----
    An answer is found by the SHA-256 of the model's key, the draw, the row, and how many equal rows stand before it in
    the question: equal rows are asked one by one, because a model that answers by chance may answer them differently,
    and taking one answer for many would feign more evidence than there is.  The file has no rows and no names, only
    digests and answers; who can guess a row can look up its answer, so that it is kept as the decisions are.

    Several processes may use a file at once; a row that both come to at the same time is asked by both.

    Examples
    --------
    >>> import pandas as pd, tempfile
    >>> from fairwitness.audit.models.model import Answers
    >>> def ask(rows, draw):
    ...     print("asked about", rows["points"].tolist())
    ...     return Answers.of(rows["points"] / 10, len(rows))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = cached(ask, f"{folder}/answers.db", model_key("function", "points", version="1"))
    ...     again(pd.DataFrame({"points": [7, 4]}), 0).score.tolist()
    ...     again(pd.DataFrame({"points": [7, 9]}), 0).score.tolist()
    asked about [7, 4]
    [0.7, 0.4]
    asked about [9]
    [0.7, 0.9]
    """
    return in_batches(ask, batch=batch, who=who, cache=Cache(Path(path), key))


def keeping(model: Model, path: str | os.PathLike[str], *, source: str, version: str | None, sent: str = "") -> Model:
    """Return a model in this process with its answers kept in a file.

    Parameters
    ----------
    model : Model
    path : path
        See `cached`.
    source, version, sent
        See `model_key`.

    Raises
    ------
    FairwitnessError
        No version.
    """
    batch = BATCH if model.batch is None else model.batch
    key = model_key(model.kind, source, version=version, sent=sent)
    facts = {**model.facts, "version": version, "batch": batch}
    return replace(model, ask=cached(model.ask, path, key, batch=batch, who=model.name), batch=None, facts=facts)


def model_key(kind: str, source: str, *, sha256: str | None = None, version: str | None = None, sent: str = "") -> str:
    """Return what tells a model's answers from those of every other.

    Parameters
    ----------
    kind, source : str
        As the record has them: ``endpoint``, ``https://host/score``.
    sha256 : str, optional
        Of the bytes that decide.
    version : str, optional
        As the user states it; needed where the bytes are not known.
    sent : str
        What else the answer depends on, such as the query of a URL or the arguments of a command.

    Raises
    ------
    FairwitnessError
        Neither a digest nor a version: a model that changed would be taken for the old one.

    Examples
    --------
    >>> old, new = (model_key("endpoint", "https://host/score", version=stated) for stated in ("1", "2"))
    >>> old == new
    False
    """
    if sha256 is None and version is None:
        raise FairwitnessError(
            f"{printable(source)}: the bytes of this model are not known, so that a cache could not tell when it "
            "changes. State its version, and another when it changes: version = '1' (--model-version)."
        )
    return hashlib.sha256(json.dumps([kind, source, sha256, version, sent]).encode("ascii")).hexdigest()


@dataclass(frozen=True, slots=True)
class Cache:
    """A file of answers, and whose answers are looked for in it."""

    path: Path
    key: str

    @contextmanager
    def opened(self) -> Iterator[Kept]:
        """Open the file, or make it."""
        where = printable(self.path.name)
        try:
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))  # of sqlite, the umask decides
        except OSError as error:
            fault = error.strerror or type(error).__name__
            raise FairwitnessError(f"{where}: the cache cannot be written ({fault}). Name another file.") from None
        try:
            with closing(sqlite3.connect(self.path, timeout=PATIENCE, isolation_level=None)) as db:
                _ours(db, where)
                yield Kept(db, self.key)
        except sqlite3.Error as error:
            raise FairwitnessError(
                f"{where}: the cache is none of fairwitness, is damaged or cannot be written "
                f"({printable(error)}). Name another file, or move this one away to begin anew."
            ) from None


class Kept(NamedTuple):
    """An open file of answers."""

    db: sqlite3.Connection
    key: str

    def questions(self, rows: pd.DataFrame, draw: int, before: Counter[bytes]) -> list[bytes]:
        """Return what each row's answer is found by; ``before`` counts the equal rows up to here."""
        made = []
        for row in json_rows(rows):
            digest = hashlib.sha256(canonical(row)).digest()
            made.append(hashlib.sha256(f"{self.key}:{draw}:{before[digest]}:".encode() + digest).digest())
            before[digest] += 1
        return made

    def known(self, questions: Sequence[bytes]) -> list[Prediction | None]:
        """Return the kept answers, None where there is none."""
        select = "SELECT CAST(answer AS BLOB) FROM answers WHERE question = ?"
        found = (self.db.execute(select, (question,)).fetchone() for question in questions)
        return [_read(row[0]) if row else None for row in found]

    def keep(self, questions: Sequence[bytes], said: Sequence[Prediction]) -> None:
        """Keep answers, all of them or none."""
        self.db.execute("BEGIN IMMEDIATE")
        with self.db:  # commits, or rolls back
            lines = [(question, json.dumps(one)) for question, one in zip(questions, said, strict=True)]
            self.db.executemany("INSERT OR IGNORE INTO answers VALUES (?, ?)", lines)


def _ours(db: sqlite3.Connection, where: str) -> None:
    """Make the table in a new file; refuse a file that is damaged, of another layout or of somebody else."""
    db.execute("BEGIN IMMEDIATE")
    with db:
        marks = [_pragma(db, "application_id"), _pragma(db, "user_version")]
        if marks == [0, 0] and not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            db.execute("CREATE TABLE answers (question BLOB PRIMARY KEY, answer TEXT NOT NULL) WITHOUT ROWID")
            db.execute(f"PRAGMA application_id = {APPLICATION}")
            db.execute(f"PRAGMA user_version = {LAYOUT}")
        elif marks[0] != APPLICATION:
            raise FairwitnessError(f"{where}: a database, but no cache of fairwitness. Name another file.")
        elif marks[1] != LAYOUT:
            raise FairwitnessError(f"{where}: a cache of another version of fairwitness. Name another file.")
        elif (fault := _pragma(db, "quick_check(1)")) != "ok":
            raise sqlite3.DatabaseError(fault)


def _pragma(db: sqlite3.Connection, name: str) -> Any:
    return db.execute(f"PRAGMA {name}").fetchone()[0]


def _read(answer: bytes) -> Prediction:
    try:
        decision, score = json.loads(answer)
    except (ValueError, TypeError, RecursionError):
        raise sqlite3.DatabaseError("an answer in it cannot be read") from None
    known = isinstance(decision, bool | int | float | str | None) and isinstance(score, float | None)
    if not known or (decision, score) == (None, None):
        raise sqlite3.DatabaseError("an answer in it cannot be read")
    return Prediction(decision, score)
