"""Three releases or more in the command ``compare``: each is a period, and all are followed in one audit."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fairwitness.audit.errors import FairwitnessError, listed, printable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally

OF_TWO = ("margin", "metric", "evidence", "by", "name", "baseline_decision", "fail_on")
"""Flags that ask whether one release is no worse than another."""


def follow(context: typer.Context, sources: Sequence[str], *, out: Path | None, as_json: bool, public: bool) -> None:
    """Audit releases as the periods of one tally, and print what they come to.

    Parameters
    ----------
    context : typer.Context
    sources : sequence of str
        In the order of time.
    out : Path or None
        Where to write the report folder.
    as_json : bool
        Print the section ``periods`` as JSON, and nothing else.
    public : bool
        Show no figure of a group: the counts of a period are as small as a period is.

    Raises
    ------
    FairwitnessError
        A flag that asks something of two releases, or JSON or a report where the public view is wanted.
    """
    from rich.console import Console

    from fairwitness.audit.commands.working import command_line, settings_of
    from fairwitness.audit.evidence.canonical import canonical_json
    from fairwitness.audit.periods import of_releases
    from fairwitness.audit.run import run_audit

    _refuse(context, as_json=as_json, out=out, public=public)
    plan = settings_of(context).plan
    with Console(stderr=True).status("Counting the decisions …"):
        tally = of_releases([Path(source).name for source in sources], [_counted(s, plan) for s in sources])
        found = run_audit(tally, plan)
    section = found.to_dict().get("periods") or []
    if as_json:
        sys.stdout.write(canonical_json({"periods": section, "warnings": list(found.warnings)}).decode())
    elif public:
        typer.echo(f"{len(sources)} releases were counted. What they show of groups is for the internal view alone.")
    else:
        typer.echo("\n".join(printable(line) for entry in section for line in _lines(entry)))
    if out is not None:
        typer.echo(f"Report: {printable(found.write(out, command=command_line()))}", err=as_json)


def _refuse(context: typer.Context, *, as_json: bool, out: Path | None, public: bool) -> None:
    from fairwitness.audit.flags import given

    asked = [f"--{name.replace('_', '-')}" for name in OF_TWO if name in given(context)]
    if asked:
        raise FairwitnessError(
            f"{listed(asked)}: asked of two releases, and three or more are given. Compare the last two; or leave "
            "it out to follow them all."
        )
    if public and (as_json or out is not None):
        raise FairwitnessError(
            "What releases show one after another rests on the counts of each, and the public view is wanted (--view, "
            "or CI is set). Leave --json and --out out; or give --view internal, where nobody reads it who may not see "
            "them."
        )


def _counted(source: str, plan: AuditPlan) -> Tally:
    from fairwitness.audit.commands.working import file_of
    from fairwitness.audit.comparing.baseline_file import is_baseline
    from fairwitness.audit.counting.count import tally
    from fairwitness.audit.counting.roles import load
    from fairwitness.audit.plan import DataPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.audit.tally_file import is_tally

    with file_of(source) as path:
        if is_baseline(path):
            raise FairwitnessError(
                f"{printable(source)}: a baseline holds no counts to be followed. Give each release as decisions "
                "or as a tally."
            )
        if is_tally(path):
            return Tally.load(path)
        return tally(load(path, **(plan.data or DataPlan()).model_dump(exclude={"source"})))


def _lines(entry: dict[str, Any]) -> Iterator[str]:
    """Yield what an attribute's releases show, a line for each group and each question."""
    from fairwitness.report_templates.analyses.period_charts import PROCESSES, against, e_value

    yield f"{' × '.join(entry['by'])}, {len(entry['periods'])} releases:"
    for g in entry["groups"]:
        who = f"{' · '.join(g['group'])} against {against(g)}"
        ratios = ["–" if r is None else f"{r:.2f}" for r in (_ratio(row) for row in g["periods"])]
        yield f"  {who}: ratios {', '.join(ratios)}"
        for name, said in PROCESSES.items():
            test = g[name]
            if test is not None:
                reached = "not reached" if test["reached"] is None else f"first reached in {test['reached']}"
                yield f"  {who}: {said}: e-value {e_value(test['statistic'])}; the line of {test['line']:g} {reached}"
    yield from (f"  {said}" for said in (entry["because"], *entry["cautions"]) if said)


def _ratio(row: dict[str, Any]) -> float | None:
    found: float | None = row["estimates"]["impact_ratio"]["value"]
    return found
