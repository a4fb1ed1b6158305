"""A model that is a program: rows go in as JSON Lines, predictions come out, one a line."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable, quoted
from fairwitness.audit.models.batches import in_batches
from fairwitness.audit.models.cache import Cache, model_key
from fairwitness.audit.models.model import Model
from fairwitness.audit.models.predictions_json import answers_of, predictions_of, strict_json
from fairwitness.audit.models.program import answered_by
from fairwitness.audit.models.rows_json import json_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from fairwitness.audit.models.model import Answers

BATCH = 1_000  # rows for one start of the program
BYTES = 65_536  # of its output, at most, and as many for each row as follow
BYTES_A_ROW = 4_096
LONGEST = 86_400  # seconds


def command_model(
    command: str,
    *,
    batch: int | None = None,
    timeout: float = 30.0,
    cache: str | os.PathLike[str] | None = None,
    version: str | None = None,
    name: str | None = None,
    features: Sequence[str] | None = None,
) -> Model:
    """Return a model that is a program.

    It is started for each batch, reads one JSON object a line from standard input until its end, and writes one
    prediction a line to standard output, in the same order: a number is a score, ``true``, ``false`` or a text a
    decision, ``{"score": …, "decision": …}`` both.  What it writes to standard error is thrown away: it may quote rows.

    Parameters
    ----------
    command : str
        The program and its arguments, quoted as for a shell.  No shell is asked: ``|``, ``$`` and ``*`` mean nothing.
        It runs with the rights and the environment of the user, in the current folder.
    batch : int, optional
        Rows for one start; 1,000 by default.
    timeout : float
        Seconds for one start, above 0.
    cache : path, optional
        A file of answers; see `cached`.  Needs a version.
    version : str, optional
        Which model it is.
    name : str, optional
        In the record; by default the program's, without its folder and arguments.
    features : sequence of str, optional
        The columns that are sent; by default all that the model is given.

    Raises
    ------
    FairwitnessError
        No such program; when asked: it ends with an error or not in time, or writes anything but one prediction for
        each row.

    Notes
    -----
    The digest is of the program's file, where no argument is a file; otherwise there is none, and the record lists
    the digest of each: of ``python score.py``, the first alone would be that of Python.

    References
    ----------
    JSON Lines. https://jsonlines.org

    Examples
    --------
    >>> import pandas as pd
    >>> command_model("cat").score(pd.DataFrame({"score": [7, 4]}))  # a program that answers what it is asked
    array([7., 4.])
    """
    if os.name != "posix":
        raise FairwitnessError("A command is asked on Linux and macOS only. Serve the model behind an address.")
    words = _words(command)
    if not 0 < timeout <= LONGEST:
        raise FairwitnessError(f"timeout: {timeout} seconds. Give a number above 0, at most {LONGEST:,}.")
    program = shutil.which(words[0])
    if program is None:
        raise FairwitnessError(f"There is no program {quoted(words[0])}, or it may not be run. Give its path.")
    files = [{"name": printable(path.name), "sha256": _digest(path)} for path in _files([program, *words[1:]])]
    shown = printable(name or Path(words[0]).name)

    def ask(rows: pd.DataFrame, _: int) -> Answers:
        sent = (json.dumps(row, allow_nan=False).encode("ascii") + b"\n" for row in json_rows(rows))
        lines = answered_by([program, *words[1:]], sent, shown, timeout=timeout, most=BYTES + BYTES_A_ROW * len(rows))
        return answers_of(predictions_of(_predictions(lines, len(rows), shown), shown), shown)

    batch = BATCH if batch is None else batch
    sent = json.dumps([words, [file["sha256"] for file in files]])
    kept = Cache(Path(cache), model_key("command", shown, version=version, sent=sent)) if cache else None
    return Model(
        name=shown,
        kind="command",
        ask=in_batches(ask, batch=batch, who=shown, cache=kept),
        sha256=files[0]["sha256"] if len(files) == 1 else None,
        inputs=tuple(features) if features is not None else None,
        facts={"files": files, "version": version, "batch": batch, "timeout": timeout},
    )


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError:
        words = []
    if not words:
        raise FairwitnessError("The command is empty, or a quotation mark in it is not closed. Write it as in a shell.")
    return words


def _files(words: Sequence[str]) -> list[Path]:
    return [Path(word) for word in words if Path(word).is_file()]


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _predictions(lines: Sequence[bytes], n: int, who: str) -> list[Any]:
    if len(lines) != n:
        raise FairwitnessError(f"{who}: {len(lines):,} lines for {n:,} rows. Write one prediction a row, in order.")
    made, fault = [], None
    for i, line in enumerate(lines, start=1):
        try:
            made.append(strict_json(line))
        except ValueError as error:
            fault = f"{who}: its line {i:,} of {n:,} {error}. Write one prediction a line, as JSON."
            break
    if fault is not None:
        raise FairwitnessError(fault)
    return made
