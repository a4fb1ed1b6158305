"""What is said when something cannot be done: what is wrong, what was found, what to do."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fairwitness.audit.gating.checked import Checked


class FairwitnessError(Exception):
    """Bad usage or bad input: one message, and no row of anybody's data in it.

    The command line prints it and ends with exit code 2.
    """

    __module__ = "fairwitness"  # as it is imported, and as tracebacks print it


class ThresholdExceeded(FairwitnessError, AssertionError):  # noqa: N818 -- a fixed public name
    """A gate tripped: exit code 1 on the command line, a failed test under pytest and unittest.

    Attributes
    ----------
    checked : Checked or None
        What the gate found, where it was a check; None for ``--fail-on``.
    """

    __module__ = "fairwitness"

    def __init__(self, message: str, checked: Checked | None = None) -> None:
        super().__init__(message)
        self.checked = checked


def printable(text: object) -> str:
    r"""Return foreign text safe to print: control and direction-changing characters as visible escapes.

    So is what a pipeline would take for a command when it reads the log: ``::`` at the start, ``##[`` anywhere.

    Parameters
    ----------
    text : object
        A label, a column name or a path that came from outside.

    Examples
    --------
    >>> print(printable("Ann\x1b[31m"), printable("::error::"))
    Ann\x1b[31m \x3a:error::
    """
    shown = _visible(text)
    bare = shown.lstrip()
    return shown if not bare.startswith("::") else shown[: len(shown) - len(bare)] + "\\x3a" + bare[1:]


def quoted(text: object) -> str:
    """Return foreign text in quotation marks, safe to print.

    Examples
    --------
    >>> print(quoted("Ann"), quoted("Ann's"))
    'Ann' "Ann's"
    """
    shown = _visible(text)
    return f'"{shown}"' if "'" in shown else f"'{shown}'"


def _visible(text: object) -> str:
    return "".join(
        c if c.isprintable() or unicodedata.category(c) == "Zs" else c.encode("unicode_escape").decode("ascii")
        for c in str(text)
    ).replace("##[", "##\\x5b")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` where something close to ``name`` is known, otherwise ``""``.

    Examples
    --------
    >>> did_you_mean("gendre", ["gender", "race"])
    " Did you mean 'gender'?"
    """
    known = list(known)
    folded = {k.casefold(): k for k in reversed(known)}
    close = [folded[name.casefold()]] if name.casefold() in folded else get_close_matches(name, known, n=1)
    return f" Did you mean {quoted(close[0])}?" if close else ""


def listed(names: Iterable[object], most: int = 20) -> str:
    """Return names in quotes, separated by commas, cut after ``most``.

    Examples
    --------
    >>> listed(["a", "b", "c"], most=2)
    "'a', 'b' and 1 more"
    """
    shown = [quoted(n) for n in names]
    return ", ".join(shown[:most]) + (f" and {len(shown) - most} more" if len(shown) > most else "")
