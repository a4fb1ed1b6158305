"""Baselines as a file: ``fairness-baseline.json``, one group a line, the same bytes for the same audits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from fairwitness.audit.comparing.baseline import Baseline
from fairwitness.audit.comparing.group_rates import TRUE_POSITIVE_RATE, GroupRate, RateTable
from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, printable, quoted
from fairwitness.audit.judging.group_counts import in_order
from fairwitness.audit.tally import Measure
from fairwitness.metrics.estimate import Status
from fairwitness.metrics.rate_intervals import wilson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SCHEMA = "fairwitness/baseline/v1"
FAMILY = "fairwitness/baseline/"


def baselines_text(baselines: Iterable[Baseline]) -> str:
    r"""Return baselines as JSON (schema ``fairwitness/baseline/v1``).

    Keys are sorted, tables stand by their attributes, every group has a line of its own, and a newline ends the
    file: a change of one group is a change of one line.

    Examples
    --------
    >>> print(baselines_text([Baseline("holdout", {"min_n": 0}, 0.95, ())]), end="")
    {
     "audits": {
      "holdout": {
       "level": 0.95,
       "plan": {"min_n": 0},
       "plan_sha256": "527b218a55517d0900ee16fb246a87e5fed1dce7b81edd1b59da42f3436dbe72",
       "tables": []
      }
     },
     "schema": "fairwitness/baseline/v1"
    }
    """
    audits = {b.name: _to_json(b) for b in baselines}
    return _lined({"schema": SCHEMA, "audits": audits}, 0) + "\n"


def write_baselines(path: str | Path, baselines: Iterable[Baseline]) -> None:
    """Write baselines to a file, over one that is there.

    Raises
    ------
    FairwitnessError
        The file cannot be written.
    """
    try:
        Path(path).write_bytes(baselines_text(baselines).encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise FairwitnessError(
            f"{printable(path)}: cannot be written ({error.strerror}). Name another file for the baseline."
        ) from None


def read_baselines(path: str | Path) -> dict[str, Baseline]:
    """Read baselines by the names of their audits.

    Raises
    ------
    FairwitnessError
        No such file, no baseline, one of another version, or a damaged one.
    """
    where = printable(Path(path).name)
    try:
        content = json.loads(Path(path).read_text(encoding="utf-8"), object_pairs_hook=_once)
    except OSError as error:
        raise FairwitnessError(
            f"{printable(path)}: no baseline can be read there ({error.strerror}). Give the path of a baseline, or "
            "write one from the last release (pytest --fairness-update-baseline)."
        ) from None
    except (ValueError, RecursionError):
        raise FairwitnessError(
            f"{where}: no JSON, or a key stands in it twice. If two branches changed the baseline, take one side and "
            "write it anew."
        ) from None
    schema = content.get("schema") if isinstance(content, dict) else None
    if schema != SCHEMA:
        found = f"its schema is {quoted(schema)}" if isinstance(schema, str) else "it names no schema"
        raise FairwitnessError(
            f"{where}: no baseline of this version: {found}, not '{SCHEMA}'. "
            "Give a baseline, or write it anew from the last release."
        )
    try:
        return {name: _from_json(name, audit) for name, audit in content["audits"].items()}
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError) as error:
        raise FairwitnessError(
            f"{where}: the baseline is damaged ({type(error).__name__}: {printable(error)}). "
            "Take it from version control, or write it anew from the last release."
        ) from None


def is_baseline(path: str | Path) -> bool:
    """Tell by its content whether a file holds baselines.

    Examples
    --------
    >>> is_baseline("no such file")
    False
    """
    path = Path(path)
    if not path.is_file():
        return False
    with path.open("rb") as file:
        if file.read(64).lstrip()[:1] != b"{":
            return False
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError):
        return FAMILY.encode() in path.read_bytes()  # a damaged one: let it be read, and refused in words
    return isinstance(content, dict) and str(content.get("schema", "")).startswith(FAMILY)


def baseline_named(baselines: Mapping[str, Baseline], name: str | None, where: str) -> Baseline:
    """Return one of several baselines; without a name the only one.

    Raises
    ------
    FairwitnessError
        None of that name, or several and no name.
    """
    if name is None and len(baselines) == 1:
        return next(iter(baselines.values()))
    if name is not None and name in baselines:
        return baselines[name]
    held = f"it holds {listed(baselines)}" if baselines else "it holds none"
    if name is None:
        raise FairwitnessError(f"{printable(where)}: which audit is meant? {held}. Name one (--name).")
    raise FairwitnessError(
        f"{printable(where)}: no baseline of an audit {quoted(name)}; {held}.{did_you_mean(name, baselines)} "
        "Name one of these, or write the baseline anew."
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object, refusing one in which a key is repeated, as careless merges leave it."""
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key stands twice")
    return made


def _to_json(baseline: Baseline) -> dict[str, Any]:
    ordered = sorted(baseline.tables, key=lambda t: (len(t.by), t.by, t.measure, t.rate))
    return {
        "plan": baseline.plan,
        "plan_sha256": baseline.digest,
        "level": baseline.level,
        "tables": [_table_to_json(table, baseline.level) for table in ordered],
    }


def _table_to_json(table: RateTable, level: float) -> dict[str, Any]:
    return {
        "by": list(table.by),
        "measure": table.measure,
        "rate": table.rate,
        "groups": [_group_to_json(group, table.groups[group], level) for group in sorted(table.groups, key=in_order)],
    }


def _group_to_json(group: tuple[str, ...], rate: GroupRate, level: float) -> dict[str, Any]:
    low, high = wilson(rate.selected, rate.n, level)
    return {
        "group": list(group),
        "n": rate.n,
        "rate": rate.selected / rate.n,
        "low": float(low),
        "high": float(high),
        "status": rate.status,
    }


def _from_json(name: str, audit: dict[str, Any]) -> Baseline:
    made = Baseline(name, dict(audit["plan"]), float(audit["level"]), tuple(map(_table_from_json, audit["tables"])))
    if not 0 < made.level < 1:
        raise ValueError("the level is no share")
    if made.digest != audit["plan_sha256"]:
        raise ValueError("the plan does not agree with the digest beside it")
    return made


def _table_from_json(table: dict[str, Any]) -> RateTable:
    by = tuple(map(_text, table["by"]))
    groups = {tuple(map(_text, entry["group"])): _group_from_json(entry) for entry in table["groups"]}
    if len(groups) < len(table["groups"]):
        raise ValueError("a group stands twice")
    if any(len(group) != len(by) for group in groups):
        raise ValueError("a group has not one label for each attribute")
    measure, rate = table["measure"], table["rate"]
    if measure not in get_args(Measure) or rate not in (measure, TRUE_POSITIVE_RATE):
        raise ValueError("an unknown rate")
    return RateTable(by, measure, rate, groups)


def _group_from_json(entry: dict[str, Any]) -> GroupRate:
    """Return a group's counts: how many were selected is exactly n times the rate."""
    n, rate, status = entry["n"], entry["rate"], entry["status"]
    if type(n) is not int or n < 1 or not isinstance(rate, int | float) or not 0 <= rate <= 1:
        raise ValueError("a rate or its number is none")
    selected = round(n * rate)
    if selected / n != rate:
        raise ValueError("a rate is no share of its number")
    if status not in get_args(Status):
        raise ValueError("an unknown status")
    return GroupRate(selected, n, status)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("a label is no text")
    return value


def _lined(value: Any, depth: int) -> str:
    """Return JSON in which whatever holds an object is spread over lines, and everything else is one line."""
    if not _holds_object(value):
        return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)
    pad, end = "\n" + " " * (depth + 1), "\n" + " " * depth
    if isinstance(value, dict):
        inner = [f"{json.dumps(key, ensure_ascii=False)}: {_lined(value[key], depth + 1)}" for key in sorted(value)]
        return "{" + pad + f",{pad}".join(inner) + end + "}"
    return "[" + pad + f",{pad}".join(_lined(v, depth + 1) for v in value) + end + "]"


def _holds_object(value: Any) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(isinstance(v, dict) or _holds_object(v) for v in inner)
