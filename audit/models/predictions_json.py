"""Predictions as JSON: what an endpoint and a command answer, strictly read."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.models.asking import one_each
from fairwitness.audit.models.model import Answers

if TYPE_CHECKING:
    from collections.abc import Sequence

PROTOCOL = 'a number (a score), true or false or a text (a decision), or {"score": …, "decision": …}'


class Prediction(NamedTuple):
    """What was said of one row: a decision, a score or both."""

    decision: bool | float | str | None
    score: float | None


class NotStrictError(ValueError):
    """What Python's reader takes and RFC 8259 does not: NaN, Infinity, or an object that has a key twice."""


def strict_json(text: bytes) -> Any:
    """Read JSON as RFC 8259 has it, in UTF-8.

    Raises
    ------
    ValueError
        Not JSON; the message says what is wrong and quotes nothing.

    References
    ----------
    RFC 8259, The JavaScript Object Notation (JSON) Data Interchange Format.

    Examples
    --------
    >>> strict_json(b'{"predictions": [NaN]}')
    Traceback (most recent call last):
    ...
    ValueError: has NaN or Infinity, or a key twice in one object
    """
    try:
        return json.loads(text.decode("utf-8"), object_pairs_hook=_once, parse_constant=_no_constant)
    except NotStrictError:
        fault = "has NaN or Infinity, or a key twice in one object"
    except UnicodeDecodeError:
        fault = "is not UTF-8"
    except json.JSONDecodeError as error:
        fault = f"is not JSON from line {error.lineno}, character {error.colno} on"
    except (ValueError, RecursionError):
        fault = "is not JSON (too deep, or a number too long)"
    raise ValueError(fault)  # here, and not above: an exception of json holds the whole text


def predictions_of(said: Sequence[Any], who: str) -> list[Prediction]:
    """Check what was said of each row.

    Parameters
    ----------
    said : sequence
        One value of JSON for each row.
    who : str
        Who said it, for the message.

    Raises
    ------
    FairwitnessError
        A prediction that is none, or predictions of several kinds.

    Examples
    --------
    >>> predictions_of([0.5, 1], "the endpoint")
    [Prediction(decision=None, score=0.5), Prediction(decision=None, score=1.0)]
    >>> predictions_of([True, {"score": 2}], "the endpoint")
    Traceback (most recent call last):
    ...
    fairwitness.FairwitnessError: the endpoint: prediction 2 of 2 gives a score, and the first a boolean decision. \
Answer every row with the same kind.
    """
    made = [_prediction(value, f"{who}: prediction {i:,} of {len(said):,}") for i, value in enumerate(said, start=1)]
    for i, prediction in enumerate(made, start=1):
        if kind(prediction) != kind(made[0]):
            raise FairwitnessError(
                f"{who}: prediction {i:,} of {len(made):,} gives {kind(prediction)}, and the first {kind(made[0])}. "
                "Answer every row with the same kind."
            )
    return made


def kind(prediction: Prediction) -> str:
    """Return in words what a prediction gives.

    Examples
    --------
    >>> kind(Prediction("yes", 0.5))
    'a text decision and a score'
    """
    names = {bool: "a boolean decision", int: "a numeric decision", str: "a text decision"}
    parts = [names[type(prediction.decision)]] if prediction.decision is not None else []
    return " and ".join(parts + ["a score"] * (prediction.score is not None))


def answers_of(predictions: Sequence[Prediction], who: str) -> Answers:
    """Return predictions as arrays.

    Raises
    ------
    FairwitnessError
        Some rows have scores only and some decisions only, or decisions are of several kinds.

    Examples
    --------
    >>> answers_of([Prediction("yes", 0.5), Prediction("no", 0.25)], "the endpoint").decision.tolist()
    ['yes', 'no']
    """
    import numpy as np

    n = len(predictions)
    decided = all(p.decision is not None for p in predictions)
    scored = all(p.score is not None for p in predictions)
    if not (decided or scored):
        raise FairwitnessError(
            f"{who}: some rows have scores and others decisions. Answer every row with the same kind."
        )
    decision = one_each([p.decision for p in predictions], n, f"{who}: ") if decided else None
    score = np.array([p.score for p in predictions], float) if scored else None
    return Answers(decision, score) if decided else Answers.of(score, n)


def _prediction(value: Any, place: str) -> Prediction:
    if isinstance(value, dict):
        if not value or not value.keys() <= {"score", "decision"}:
            raise FairwitnessError(f"{place} is an object with other keys than score and decision. Give {PROTOCOL}.")
        given = [key for key in ("score", "decision") if key in value]
        for key in given:
            _no_null(value[key], f"{place}: its {key}")
        score = _score(value["score"], f"{place}: its score") if "score" in value else None
        return Prediction(_decision(value["decision"], place) if "decision" in value else None, score)
    _no_null(value, place)
    if isinstance(value, bool | str):
        return Prediction(value, None)
    if isinstance(value, int | float):
        return Prediction(None, _score(value, place))
    raise FairwitnessError(f"{place} is a list. Give {PROTOCOL}.")


def _no_null(value: Any, place: str) -> None:
    if value is None:
        raise FairwitnessError(
            f"{place} is null, and no prediction is no rejection. Answer every row, or leave out the rows on which the "
            "model does not decide."
        )


def _score(value: Any, place: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise FairwitnessError(f"{place} is no number. Give {PROTOCOL}.")
    try:
        score = float(value)
    except OverflowError:
        score = math.inf
    if not math.isfinite(score):
        raise FairwitnessError(f"{place} is too large for a number. Give a finite one.")
    return score


def _decision(value: Any, place: str) -> bool | int | str:
    if isinstance(value, bool | int | str):
        return value
    raise FairwitnessError(f"{place}: its decision is no boolean, whole number or text. Give {PROTOCOL}.")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    row = dict(pairs)
    if len(row) < len(pairs):
        raise NotStrictError
    return row


def _no_constant(_: str) -> NoReturn:
    raise NotStrictError
