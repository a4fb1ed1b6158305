"""A model in a module of the user's: imported by its name, and called in this process."""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, did_you_mean, printable, quoted
from fairwitness.audit.models.asking import raised
from fairwitness.audit.models.cache import keeping
from fairwitness.audit.models.estimator import object_model

if TYPE_CHECKING:
    from collections.abc import Sequence
    from os import PathLike
    from types import ModuleType

    from fairwitness.audit.models.model import Model

DOTTED = r"[^\W\d]\w*(\.[^\W\d]\w*)*"


def function_model(
    reference: str,
    *,
    batch: int | None = None,
    cache: str | PathLike[str] | None = None,
    version: str | None = None,
    name: str | None = None,
    features: Sequence[str] | None = None,
    positive: object = None,
    cut: bool = False,
) -> Model:
    """Return a model from ``module:function``.

    Importing a module runs it, with all that the user may do: name only what you would run yourself.

    Parameters
    ----------
    reference : str
        The module as in an ``import`` statement, a colon, and the function or the fitted estimator in it.  The
        function takes a frame of pandas and returns one value for each row: a number is a score, a boolean or a label
        a decision, and numbers that are all 0 or 1 are both.
    batch : int, optional
        Rows in one call; by default all, or 100 where there is a cache.
    cache : path, optional
        A file of answers; see `cached`.  Needs a version.
    version : str, optional
        Which model it is.  The digest is of the function's source file alone: what the function reads and calls is
        not known.
    name : str, optional
        In the record; by default the reference.
    features, positive, cut
        See `object_model`.

    Raises
    ------
    FairwitnessError
        No such module or function, a module that raises when it is imported, or what is named is no model.

    Notes
    -----
    A module is looked for where Python looks: among installed packages and on ``PYTHONPATH``.  The current folder is
    not added: what happens to lie there would be imported in the place of other modules too.

    Examples
    --------
    >>> import pandas as pd
    >>> function_model("numpy:ravel", features=["points"]).score(pd.DataFrame({"points": [7, 4], "sex": ["F", "M"]}))
    array([7., 4.])
    """
    target, file = imported(reference)
    written = inspect.isfunction(inspect.unwrap(target)) if callable(target) else False
    digest = hashlib.sha256(file.read_bytes()).hexdigest() if file and written else None
    made = object_model(
        target,
        name=name or reference,
        kind="function",
        sha256=digest,
        features=features,
        positive=positive,
        cut=cut,
    )
    made = replace(made, batch=batch, facts={**made.facts, "source": file and printable(file.name), "version": version})
    if cache is None:
        return made
    return keeping(made, cache, source=reference, version=version, sent=f"{digest} {positive} {cut}")


def imported(reference: str) -> tuple[Any, Path | None]:
    """Return what ``module:attribute`` names, and the source file that it is written in.

    Raises
    ------
    FairwitnessError
        No such module or attribute, or a module that raises when it is imported.
    """
    module, _, attribute = reference.partition(":")
    if not (re.fullmatch(DOTTED, module) and re.fullmatch(DOTTED, attribute)):
        raise FairwitnessError(f"{quoted(reference)} does not name a function. Write module:function.")
    found = _module(module)
    target: Any = found
    for part in attribute.split("."):
        near = did_you_mean(part, dir(target))
        target = getattr(target, part, None)
        if target is None:
            raise FairwitnessError(f"The module {quoted(module)} has no {quoted(attribute)}.{near}")
    written = inspect.unwrap(target) if callable(target) else target
    home = sys.modules.get(getattr(written, "__module__", "")) if inspect.isfunction(written) else found
    file = getattr(home, "__file__", None)
    return target, Path(file) if file else None


def _module(name: str) -> ModuleType:
    try:
        return import_module(name)
    except (Exception, SystemExit) as error:  # noqa: BLE001 -- a foreign module raises what it likes
        missing = error.name if isinstance(error, ModuleNotFoundError) else None
        fault = raised(error)
    if missing is None:
        raise FairwitnessError(
            f"The module {quoted(name)} raised {fault} when it was imported. Import it alone to see why."
        )
    if name == missing or name.startswith(f"{missing}."):
        raise FairwitnessError(
            f"There is no module {quoted(missing)} where Python looks for one. If it lies in the current folder, "
            "which is not searched unasked, say so: PYTHONPATH=. before the command."
        )
    raise FairwitnessError(f"The module {quoted(name)} needs {quoted(missing)}, which is not installed. Install it.")
