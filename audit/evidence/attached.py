"""Sections of another report folder, taken over into this one: a study made earlier, or on another machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairwitness.audit.errors import FairwitnessError, listed, printable
from fairwitness.audit.evidence.manifest import MANIFEST, verify_folder
from fairwitness.audit.evidence.record import SCHEMA
from fairwitness.audit.studies import OF_MODELS, SECTIONS


@dataclass(frozen=True, slots=True)
class Attached:
    """A section as another audit.json has it.

    Attributes
    ----------
    section : str
    content : object
        JSON values.
    """

    section: str
    content: Any

    def to_json(self) -> Any:
        """Return the section's content."""
        return self.content


def attached(folder: str | Path) -> tuple[Attached, ...]:
    """Return the studies of a report folder that is exactly what its manifest says.

    Parameters
    ----------
    folder : path
        Written by ``fairwitness counterfactual``, ``alternatives`` or ``proxies``.

    Raises
    ------
    FairwitnessError
        No report folder; one that was changed since; one without a study, or in the public view.
    """
    folder = Path(folder)
    where = printable(folder)
    differences = verify_folder(folder)
    if differences:
        found = listed([f"{printable(d.path)} {d.kind}" for d in differences])
        raise FairwitnessError(f"{where} is not what its {MANIFEST} says ({found}). Make the study again.")
    try:
        content = json.loads((folder / "audit.json").read_bytes())
    except (OSError, ValueError):
        raise FairwitnessError(f"{where}: audit.json cannot be read. Give a folder that fairwitness wrote.") from None
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise FairwitnessError(f"{where}: audit.json is not of schema {SCHEMA}. Give a folder that fairwitness wrote.")
    if content.get("studies_withheld"):
        raise FairwitnessError(f"{where} is the public view, which leaves studies out. Give the internal one.")
    held = OF_MODELS if content["tables"] else SECTIONS  # the analyses of other counts are not of these
    made = tuple(Attached(name, content[name]) for name in held if name in content)
    if not made:
        raise FairwitnessError(
            f"{where} holds no study. Give a folder that counterfactual, alternatives or proxies wrote."
        )
    return made
