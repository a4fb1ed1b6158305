"""An answer as JSON: how it travels from a test to the end of the run, and into JUnit XML."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fairwitness.audit.gating.checked import Checked, CheckedRow, public_view

WORDS = ("metric", "measure", "rule", "status", "test")  # of the details, all figures are carried and these words


def to_json(checked: Checked, *, public: bool) -> dict[str, Any]:
    """Return an answer as JSON has it; of rows that rest on a count under 10, in public, the verdict only.

    Examples
    --------
    >>> row = CheckedRow(("sex",), ("F",), "0.54", "", "", "beyond", False, "", False, {"p": 0.01, "so": "…"})
    >>> content = to_json(Checked("impact_ratio at least 0.80", "a.csv", (row,), (), ()), public=True)
    >>> content["rows"][0]["details"], from_json(content).rows[0].verdict
    ({'p': 0.01}, 'beyond')
    """
    made = asdict(public_view(checked) if public else checked)
    for row in made["rows"]:
        row["details"] = {name: value for name, value in row["details"].items() if _carried(name, value)}
    return made


def from_json(content: dict[str, Any]) -> Checked:
    """Return the answer that `to_json` wrote."""
    rows = (
        CheckedRow(**row | {name: tuple(row[name]) for name in ("by", "group", "withheld")}) for row in content["rows"]
    )
    return Checked(content["title"], content["data"], tuple(rows), tuple(content["footer"]), tuple(content["failed"]))


def _carried(name: str, value: object) -> bool:
    return name in WORDS or isinstance(value, bool | int | float)
