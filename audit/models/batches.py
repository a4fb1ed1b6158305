"""Many rows asked a batch at a time: shown on a terminal, kept in a cache, and counted when it breaks off."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.models.asking import asked, one_each
from fairwitness.audit.models.predictions_json import Prediction, answers_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pandas as pd

    from fairwitness.audit.models.cache import Cache, Kept
    from fairwitness.audit.models.model import Answers

    Ask = Callable[[pd.DataFrame, int], Answers]


def in_batches(ask: Ask, *, batch: int, who: str, cache: Cache | None = None) -> Ask:
    """Return an ask that hands on a batch at a time.

    Parameters
    ----------
    ask : callable
        Of at most ``batch`` rows and the number of the draw; see `Model`.
    batch : int
        At least 1.
    who : str
        What messages call the model.
    cache : Cache, optional
        Where answers are looked up before the model is asked, and kept after each batch.

    Raises
    ------
    FairwitnessError
        When asked: what the model raises, with how many rows were answered before, whether the answers are kept,
        and how to go on.

    Examples
    --------
    >>> import pandas as pd
    >>> from fairwitness.audit.models.model import Answers
    >>> def ask(rows, draw):
    ...     print("asked about", rows["points"].tolist())
    ...     return Answers.of(rows["points"] / 10, len(rows))
    >>> in_batches(ask, batch=2, who="points")(pd.DataFrame({"points": [7, 4, 9]}), 0).score.tolist()
    asked about [7, 4]
    asked about [9]
    [0.7, 0.4, 0.9]
    """
    if batch < 1:
        raise FairwitnessError(f"batch: {batch} rows in one question. Give at least 1.")

    def ask_all(rows: pd.DataFrame, draw: int) -> Answers:
        said: list[Prediction] = []
        before: Counter[bytes] = Counter()
        failure = None
        try:
            with cache.opened() if cache else nullcontext() as kept, _progress(len(rows), who) as show:
                for at in range(0, len(rows), batch):
                    part = rows.iloc[at : at + batch].reset_index(drop=True)
                    said += _batch(ask, part, draw, who, kept, before)
                    show(len(said))
        except FairwitnessError as error:
            failure = str(error)
        if failure is not None:
            raise FairwitnessError(f"{failure} {_so_far(len(said), len(rows), cache)}")
        return answers_of(said, who)

    return ask_all


def _batch(
    ask: Ask, part: pd.DataFrame, draw: int, who: str, kept: Kept | None, before: Counter[bytes]
) -> list[Prediction]:
    if kept is None:
        return _asked(ask, part, draw, who)
    questions = kept.questions(part, draw, before)
    known = kept.known(questions)
    new = [i for i, answer in enumerate(known) if answer is None]
    if new:
        told = _asked(ask, part.iloc[new].reset_index(drop=True), draw, who)
        kept.keep([questions[i] for i in new], told)
        for i, answer in zip(new, told, strict=True):
            known[i] = answer
    return [answer for answer in known if answer is not None]


def _asked(ask: Ask, part: pd.DataFrame, draw: int, who: str) -> list[Prediction]:
    n, where = len(part), f"{who}: "
    made = asked(lambda rows: ask(rows, draw), part, where)
    nothing = [None] * n
    decision = nothing if made.decision is None else one_each(made.decision, n, where).tolist()
    score = nothing if made.score is None else one_each(made.score, n, where).astype(float).tolist()
    return [Prediction(d, s) for d, s in zip(decision, score, strict=True)]


def _so_far(answered: int, n: int, cache: Cache | None) -> str:
    if not answered:
        return f"None of the {n:,} rows was answered."
    so_far = f"{answered:,} of the {n:,} rows were answered before"
    if cache is None:
        return (
            f"{so_far}, and nothing is kept. With a cache, a second attempt asks only the others: cache = a file "
            "(--model-cache)."
        )
    return f"{so_far} and are kept in {printable(cache.path.name)}: ask again, and only the others are asked."


@contextmanager
def _progress(n: int, who: str) -> Iterator[Callable[[int], None]]:
    """Show on standard error how far it is, if that is a terminal."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"Asking {escape(printable(who))}", total=n)
        yield lambda done: progress.update(task, completed=done)
