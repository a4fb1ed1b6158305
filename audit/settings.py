"""Where each value of a plan comes from: flag over environment over plan file over pyproject.toml over default."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.plan import AuditPlan, DataPlan, make_plan, read_plan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """A plan, and for each of its fields where the value came from.

    Attributes
    ----------
    origins : mapping of str to str
        ``flag``, ``environment``, a file's name, or ``default``, by field (``level``, ``data.decision``).
    """

    plan: AuditPlan
    origins: Mapping[str, str]

    def told(self) -> str:
        """Return every field with its value and where it came from, one a line."""
        values = self.plan.to_json()
        data = values.pop("data") or DataPlan().model_dump(mode="json")
        fields = values | {f"data.{name}": value for name, value in data.items()}
        return "\n".join(
            f"{name} = {json.dumps(value, ensure_ascii=False)}  # {self.origins.get(name, 'default')}"
            for name, value in fields.items()
        )


def gather(config: Path | None, given: Mapping[str, tuple[Any, str]], folder: Path) -> Settings:
    """Lay the sources of a plan over one another.

    Parameters
    ----------
    config : Path or None
        An audit plan; its data source is taken relative to its own folder.
    given : mapping of field to (value, origin)
        From flags and the environment.
    folder : Path
        Where a ``pyproject.toml`` with a table ``[tool.fairwitness]`` may lie.

    Raises
    ------
    FairwitnessError
        A file that cannot be read, or a field that does not fit.
    """
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {}
    origins: dict[str, str] = {}
    for name, plan in _files(config, folder):
        stated = plan.model_dump(exclude_unset=True)
        below = stated.pop("data", None) or {}
        fields |= stated
        data |= below
        origins |= dict.fromkeys([*stated, *(f"data.{field}" for field in below)], name)
    if config is not None and origins.get("data.source") == config.name:
        data["source"] = str(config.parent / data["source"])
    for field, (value, origin) in given.items():
        if field in AuditPlan.model_fields:
            fields[field], origins[field] = value, origin
        elif field in DataPlan.model_fields:
            data[field], origins[f"data.{field}"] = value, origin
    return Settings(make_plan(fields | {"data": data}, where="flags"), origins)


def _files(config: Path | None, folder: Path) -> list[tuple[str, AuditPlan]]:
    found = []
    project = folder / "pyproject.toml"
    if project.is_file():
        try:
            table = tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {}).get("fairwitness")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise FairwitnessError(f"{printable(project)}: cannot be read as TOML. Mend it.") from None
        if table is not None:
            found.append((project.name, make_plan(table, where="pyproject.toml, [tool.fairwitness]")))
    if config is not None:
        found.append((config.name, read_plan(config)))
    return found
