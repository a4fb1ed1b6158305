"""A tally as a file: canonical JSON with a digest of what was counted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.tally import SMALL_CELL, Axis, Count, Source, Tally

SCHEMA = "fairwitness/tally/v1"


def to_json(tally: Tally) -> str:
    """Return a tally as JSON (schema ``fairwitness/tally/v1``), with its digest, its small cells and its sources.

    Weights stand as whole numbers: sums in 10⁻⁶, sums of squares in 10⁻¹².
    """
    sources = [
        {
            "name": s.name,
            "sha256": s.sha256,
            "rows": s.rows,
            "columns_read": list(s.columns_read),
            "columns_available": s.columns_available,
        }
        for s in tally.sources
    ]
    content = _content(tally) | {
        "digest": digest(tally),
        "decisions": tally.decisions,
        "small_cells": {"under": SMALL_CELL, "n": tally.small_cells},
        "sources": sources,
        "warnings": list(tally.warnings),
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def digest(tally: Tally) -> str:
    """Return the SHA-256 of what was counted, without the names of its sources."""
    return hashlib.sha256(_canonical(_content(tally))).hexdigest()


def read(path: str | Path) -> Tally:
    """Read a tally.

    Raises
    ------
    FairwitnessError
        Not a tally, a tally of another version, or one that was changed after it was written.
    """
    where = printable(Path(path).name)
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise FairwitnessError(f"{where}: not readable as a tally. Give a file written by fairwitness.") from error
    if not isinstance(content, dict) or content.get("schema") != SCHEMA:
        raise FairwitnessError(f"{where}: no {SCHEMA} tally. Give a file written by this version of fairwitness.")
    try:
        tally = _from_content(content)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        fault = type(error).__name__
        raise FairwitnessError(f"{where}: the tally is damaged ({fault}). Count the source again.") from error
    if tally.digest != content.get("digest"):
        raise FairwitnessError(
            f"{where}: the cells do not agree with the digest written beside them: the file was changed. "
            "Count the source again."
        )
    return tally


def is_tally(path: str | Path) -> bool:
    """Tell by its content whether a file is a tally: one JSON object that says so.

    Examples
    --------
    >>> is_tally("no such file")
    False
    """
    path = Path(path)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(64).lstrip()[:1] != b"{":
            return False
    try:
        content, _ = json.JSONDecoder().raw_decode(path.read_text(encoding="utf-8").lstrip())
    except (UnicodeDecodeError, json.JSONDecodeError):
        return False
    return isinstance(content, dict) and str(content.get("schema", "")).startswith("fairwitness/tally/")


def _content(tally: Tally) -> dict[str, Any]:
    content: dict[str, Any] = {
        "schema": SCHEMA,
        "measure": tally.measure,
        "weighted": tally.weighted,
        "repeats": tally.repeats,
        "axes": [_axis_to_json(a) for a in tally.axes],
        "cells": [],
    }
    for key, c in tally.cells.items():
        cell: dict[str, Any] = {"key": list(key), "n": c.n}
        if tally.weighted:
            cell |= {"weight": c.weight, "weight_squared": c.weight_squared}
        content["cells"].append(cell)
    return content


def _canonical(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def _axis_to_json(axis: Axis) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": axis.name, "role": axis.role}
    if axis.role in ("protected", "table"):
        shown["levels"] = list(axis.levels)
    if axis.role == "score":
        shown |= {"edges": list(axis.edges), "median": axis.median, "order": axis.order}
    return shown


def _from_content(content: dict[str, Any]) -> Tally:
    axes = [
        Axis(
            name=a["name"],
            role=a["role"],
            levels=tuple(a.get("levels", ())),
            edges=tuple(a.get("edges", ())),
            median=a.get("median"),
            order=a.get("order", "high"),
        )
        for a in content["axes"]
    ]
    cells = {
        tuple(c["key"]): Count(int(c["n"]), int(c.get("weight", 0)), int(c.get("weight_squared", 0)))
        for c in content["cells"]
    }
    if any(len(key) != len(axes) for key in cells) or any(min(c) < 0 for c in cells.values()):
        raise ValueError
    sources = tuple(
        Source(s["name"], s["sha256"], s["rows"], tuple(s["columns_read"]), s["columns_available"])
        for s in content["sources"]
    )
    return Tally.of(
        axes,
        cells,
        measure=content["measure"],
        weighted=content["weighted"],
        repeats=content["repeats"],
        sources=sources,
        warnings=tuple(str(w) for w in content["warnings"]),
    )
