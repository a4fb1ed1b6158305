"""The contract on who may import whom knows every file."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_module_of_audit_has_its_place_in_the_contract():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    (layers,) = (c["layers"] for c in contracts if c["type"] == "layers")
    placed = {module for layer in layers for module in re.split(r" [|:] ", layer)}
    audit = {
        f"fairwitness.audit.{path.stem}"
        for path in (ROOT / "audit").iterdir()
        if (path / "__init__.py").is_file() or path.suffix == ".py"
    }
    assert placed == audit - {"fairwitness.audit.__init__", "fairwitness.audit._fairwitness"} | {
        "fairwitness.report_templates",
        "fairwitness.metrics",
        "fairwitness.datasets",
    }
