"""Headers that an endpoint wants to see, above all the one that says who asks."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADER = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
VALUE = r"[\t\x20-\x7e]*"
ENVIRONMENT = "env:"
OURS = ("accept-encoding", "connection", "content-length", "content-type", "expect", "host", "transfer-encoding")


def headers_of(given: Mapping[str, str] | None) -> dict[str, str]:
    """Return headers with their values, which may come from the environment.

    Parameters
    ----------
    given : mapping of str to str
        A value is text, or ``env:NAME``: then it is that variable's, and no other variable is read.

    Raises
    ------
    FairwitnessError
        No name or value of a header; a header that the request itself sets; a variable that is not set.  Values are
        never quoted, nor is what may be a value in the place of a name.

    References
    ----------
    RFC 9110, HTTP Semantics, sections 5.1 and 5.5.

    Examples
    --------
    >>> from unittest.mock import patch
    >>> with patch.dict("os.environ", SCREENING_TOKEN="Bearer 1234"):
    ...     headers_of({"Authorization": "env:SCREENING_TOKEN", "X-Tenant": "audit"})
    {'Authorization': 'Bearer 1234', 'X-Tenant': 'audit'}
    """
    made = {name: _value(name, value) for name, value in (given or {}).items()}
    repeated = [name for name in made if sum(name.casefold() == other.casefold() for other in made) > 1]
    if repeated:
        raise FairwitnessError(f"headers: {listed(repeated)} are one header. Give it once.")
    return made


def from_environment(value: str) -> bool:
    """Say whether a header's value is to come from the environment."""
    return value.startswith(ENVIRONMENT)


def _value(name: str, value: str) -> str:
    if not re.fullmatch(HEADER, name):
        raise FairwitnessError("headers: a name has a blank, a colon or another character that no header's name has.")
    if name.casefold() in OURS:
        raise FairwitnessError(f"headers: {quoted(name)} is set by the request itself. Leave it out.")
    if from_environment(value):
        variable = value.removeprefix(ENVIRONMENT)
        if variable not in os.environ:
            raise FairwitnessError(
                f"headers: {quoted(name)} is to come from an environment variable that is not set. Write its name "
                "after env:, without a dollar sign, and set it."
            )
        value = os.environ[variable].strip()
    if not re.fullmatch(VALUE, value):
        raise FairwitnessError(
            f"headers: the value of {quoted(name)} has a line end or a character beyond ASCII. Correct it."
        )
    return value
