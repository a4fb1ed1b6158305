"""Where each value of a plan comes from: flag over environment over plan file over pyproject.toml over default."""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.plan import AuditPlan, DataPlan, ModelPlan, make_plan, read_plan

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Settings:
    """A plan, and for each of its fields where the value came from.

    Attributes
    ----------
    origins : mapping of str to str
        ``flag``, ``environment``, a file's name, or ``default``, by field (``level``, ``data.decision``,
        ``model.source``).
    """

    plan: AuditPlan
    origins: Mapping[str, str]

    def told(self) -> str:
        """Return every field with its value and where it came from, one a line."""
        values = self.plan.to_json()
        data = values.pop("data") or DataPlan().model_dump(mode="json")
        model = values.pop("model", {})
        fields = values | {f"data.{name}": value for name, value in data.items()}
        fields |= {f"model.{name}": value for name, value in model.items()}
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
        From flags and the environment; a field of the model has ``model_`` before its name.
    folder : Path
        Where a ``pyproject.toml`` with a table ``[tool.fairwitness]`` may lie.

    Raises
    ------
    FairwitnessError
        A file that cannot be read, or a field that does not fit.
    """
    fields: dict[str, Any] = {}
    below: dict[str, dict[str, Any]] = {"data": {}, "model": {}}
    origins: dict[str, str] = {}
    for name, plan in _files(config, folder):
        stated = plan.model_dump(exclude_unset=True)
        for table, held in below.items():
            part = stated.pop(table, None) or {}
            held.update(part)
            origins |= dict.fromkeys([f"{table}.{field}" for field in part], name)
        fields |= stated
        origins |= dict.fromkeys(stated, name)
    for name, held in below.items():
        if config is not None and origins.get(f"{name}.source") == config.name:
            held["source"] = _beside(config, held["source"])
    for flag, (value, origin) in given.items():
        within, field = _place(flag)
        if field is not None:
            (below[within] if within else fields)[field] = value
            origins[f"{within}.{field}" if within else field] = origin
    if below["model"] and "source" not in below["model"]:
        raise FairwitnessError("Flags say how a model is asked, and none which: give --model.")
    asked = fields | {"data": below["data"], "model": below["model"] or None}
    return Settings(make_plan(asked, where="flags"), origins)


def _place(flag: str) -> tuple[str | None, str | None]:
    """Return the table and the field of a plan that a flag sets; no field where it is the command's own."""
    if flag in DataPlan.model_fields:  # first: the plan's own period is a text that no flag gives
        return "data", flag
    if flag in AuditPlan.model_fields:
        return None, flag
    field = flag.removeprefix("model_")
    return ("model", field) if field != flag and field in ModelPlan.model_fields else (None, None)


def _beside(config: Path, source: str) -> str:
    """Return a file that a plan names, relative to the plan; what is no file stays as it is."""
    return source if ":" in source and not Path(source).exists() else str(config.parent / source)


def _files(config: Path | None, folder: Path) -> list[tuple[str, AuditPlan]]:
    found = []
    project = folder / "pyproject.toml"
    if project.is_file():
        try:
            table = tomllib.loads(project.read_text(encoding="utf-8")).get("tool", {}).get("fairwitness")
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError):
            raise FairwitnessError(f"{printable(project)}: cannot be read as TOML. Mend it.") from None
        if table is not None:
            if "model" in table:  # a checkout must not run its own programs because an audit is made in it
                raise FairwitnessError(
                    "pyproject.toml, [tool.fairwitness]: the model to ask is not read from here. Give --model, or a "
                    "plan (--config)."
                )
            found.append((project.name, make_plan(table, where="pyproject.toml, [tool.fairwitness]")))
    if config is not None:
        found.append((config.name, read_plan(config)))
    return found
