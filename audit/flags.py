"""What flags and environment variables say, as fields of a plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Callable

    import typer


def given(context: typer.Context) -> dict[str, tuple[Any, str]]:
    """Return the values that flags and the environment give, and which of the two gave each."""
    origins = {"COMMANDLINE": "flag", "ENVIRONMENT": "environment"}
    made = {}
    for name, value in context.params.items():
        source = context.get_parameter_source(name)
        if source is not None and source.name in origins and value is not None:
            made[name] = (_READERS[name](value) if name in _READERS else value, origins[source.name])
    return made


def _set_aside(texts: list[str]) -> dict[str, str]:
    return dict(_split(text, "=", "--set-aside", "VALUE=REASON") for text in texts)


def _bins(texts: list[str]) -> dict[str, list[float]]:
    pairs = [_split(text, ":", "--bin", "COL:25,40") for text in texts]
    return {column: _edges(column, edges) for column, edges in pairs}


def _intersect(texts: list[str]) -> str | list[list[str]]:
    return texts[0] if texts in (["none"], ["all"]) else [text.split(",") for text in texts]


def _swap(texts: list[str]) -> list[dict[str, str]]:
    made = []
    for text in texts:
        kind, colon, column = text.partition(":")
        if not colon or not column:
            raise FairwitnessError(f"--swap {quoted(text)}: write it as KIND:COLUMN, such as attribute:gender.")
        made.append({"kind": kind, "columns" if kind == "graduation_year" else "column": column})
    return made


_READERS: dict[str, Callable[[list[str]], Any]] = {
    "set_aside": _set_aside,
    "bins": _bins,
    "intersect": _intersect,
    "swap": _swap,
}


def _split(text: str, sign: str, flag: str, form: str) -> tuple[str, str]:
    before, found, after = text.rpartition(sign)
    if not found or not after:
        raise FairwitnessError(f"{flag} {quoted(text)}: write it as {form}.")
    return before, after


def _edges(column: str, text: str) -> list[float]:
    try:
        return [float(edge) for edge in text.split(",")]
    except ValueError:
        raise FairwitnessError(
            f"--bin {printable(column)}: {quoted(text)} are no numbers. Write the edges as 25,40."
        ) from None
