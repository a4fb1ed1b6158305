"""The command line: thin commands over `load`, `run_audit` and the report folder.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import shlex
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    name="fairwitness",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"auto_envvar_prefix": "FAIRWITNESS"},
    help="Audit automated decisions for disparities between groups: from a file of decisions to a report folder.",
)

MARKS = {"beyond": "◆", "within": "●", "inconclusive": "○", "not_evaluable": "×", None: "·"}
Many = list[str] | None
Force = Annotated[bool, typer.Option("--force", help="Replace the report folder whole.")]
PrintConfig = Annotated[bool, typer.Option("--print-config", help="Print the plan and where it comes from.")]
Json = Annotated[bool, typer.Option("--json", help="Print audit.json, and nothing else.")]


def main() -> None:
    """Run the command line and end with its exit code.

    0 done; 1 a gate tripped, or verify found a difference; 2 bad usage or bad input; 3 a fault of ours;
    130 interrupted.
    """
    try:
        sys.exit(app(standalone_mode=False))
    except ThresholdExceeded as error:
        _say(str(error))
        sys.exit(1)
    except FairwitnessError as error:
        _say(f"Error: {error}")
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        _say("Interrupted.")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:  # noqa: BLE001 -- the last line of defence: no traceback, and no row data in one
        _fault(error)


def _fault(error: Exception) -> None:
    """End on an exception that no command expects: usage faults of the parser are 2, all else is ours."""
    told = getattr(error, "format_message", None)  # the parser's exceptions have it
    if told is not None:
        _say(f"Error: {printable(told())}")
        sys.exit(2)
    if os.environ.get("FAIRWITNESS_DEBUG"):
        raise error
    import traceback

    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}, line {last.lineno}"
    what = f"A fault of fairwitness, not of your data: {type(error).__name__} in {where}."
    _say(f"{what} Set FAIRWITNESS_DEBUG=1 to see all of it.")
    sys.exit(3)


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


@app.command()
def audit(
    context: typer.Context,
    source: Annotated[
        str | None, typer.Argument(help="File, folder or glob of decisions, a tally, or - for CSV on standard input.")
    ] = None,
    config: Annotated[Path | None, typer.Option(help="Audit plan (TOML); flags override it.")] = None,
    protected: Annotated[Many, typer.Option(help="A protected attribute; repeatable.")] = None,
    intersect: Annotated[
        Many, typer.Option(help="An intersection, A,B (repeatable), or none. Default: every pair.")
    ] = None,
    bins: Annotated[Many, typer.Option("--bin", help="Cut a numeric attribute: COL:25,40.")] = None,
    decision: Annotated[str | None, typer.Option(help="The column that holds the decision.")] = None,
    favorable: Annotated[Many, typer.Option(help="A value that means selected; repeatable.")] = None,
    unfavorable: Annotated[Many, typer.Option(help="A value that means not selected; repeatable.")] = None,
    set_aside: Annotated[Many, typer.Option(help="VALUE=REASON: a value that means not decided; repeatable.")] = None,
    score: Annotated[str | None, typer.Option(help="The column that holds a score.")] = None,
    score_order: Annotated[str | None, typer.Option(help="Which scores are good: high or low.")] = None,
    label: Annotated[str | None, typer.Option(help="The column that holds the true outcome.")] = None,
    label_positive: Annotated[Many, typer.Option(help="A value that means a positive outcome; repeatable.")] = None,
    label_scope: Annotated[str | None, typer.Option(help="Whose outcome is known: all or selected.")] = None,
    count: Annotated[str | None, typer.Option(help="A frequency: the row stands for that many decisions.")] = None,
    applicants: Annotated[str | None, typer.Option(help="Table of counts: the column of applicants.")] = None,
    selected: Annotated[str | None, typer.Option(help="Table of counts: the column of selected.")] = None,
    measure: Annotated[str | None, typer.Option(help="Table of counts: selection_rate or scoring_rate.")] = None,
    group_by: Annotated[
        str | None, typer.Option(help="Table of counts: the column that says which table a row belongs to.")
    ] = None,
    unit: Annotated[Many, typer.Option(help="A column that makes a row unique; repeatable.")] = None,
    duplicates: Annotated[str | None, typer.Option(help="refuse, first, last, any_favorable or keep.")] = None,
    unknown: Annotated[Many, typer.Option(help="A value that means not disclosed; repeatable.")] = None,
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the columns of a text file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
    decimal: Annotated[str | None, typer.Option(help="Decimal sign of a text file: . or ,")] = None,
    verify_pages: Annotated[
        bool | None, typer.Option("--verify-pages", help="Verify a Parquet file's page checksums.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="auto, pandas, polars, pyarrow or duckdb.")] = None,
    exclude_under: Annotated[
        str | None, typer.Option(help="Leave categories under this share out of ratios, e.g. 0.02.")
    ] = None,
    min_n: Annotated[int | None, typer.Option(help="Groups under this number are not compared.")] = None,
    reference: Annotated[str | None, typer.Option(help="highest, largest, overall, rest, or a group's name.")] = None,
    level: Annotated[float | None, typer.Option(help="Confidence level.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed of every resampling.")] = None,
    resamples: Annotated[int | None, typer.Option(help="Draws of every resampling.")] = None,
    jurisdiction: Annotated[
        str | None, typer.Option(help="us, us-nyc, eu, uk, cn or sg: chooses default policies.")
    ] = None,
    title: Annotated[str | None, typer.Option(help="Title of the report.")] = None,
    out: Annotated[Path, typer.Option(help="The report folder; it must not exist.")] = Path("fairwitness-report"),
    force: Force = False,
    fail_on: Annotated[str, typer.Option(help="never, beyond, attention or inconclusive.")] = "never",
    as_json: Json = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the report's path only.")] = False,
    print_config: Annotated[
        bool, typer.Option("--print-config", help="Print the plan and where it comes from.")
    ] = False,
) -> None:
    """Audit decisions and write the report folder."""
    from fairwitness.audit.flags import given
    from fairwitness.audit.result import GATES
    from fairwitness.audit.settings import gather

    if fail_on not in GATES:
        raise FairwitnessError(f"--fail-on: no gate {quoted(fail_on)}. Give {', '.join(GATES)}.")
    settings = gather(config, given(context), Path.cwd())
    if print_config:
        typer.echo(settings.told())
        return
    if settings.plan.data is None or settings.plan.data.source is None:
        raise FairwitnessError("No source: give a file of decisions, or name it in the plan ([data] source = ...).")
    result = _audit(settings.plan.data.source, settings.plan)
    command = shlex.join(["fairwitness", *sys.argv[1:]])
    if as_json:
        from fairwitness.audit.evidence.canonical import canonical_json

        sys.stdout.write(canonical_json(result.to_dict(command)).decode())
    else:
        written = result.write(out, replace=force, command=command)
        if not quiet:
            _tell(result)
        typer.echo(f"Report: {written / 'report.html'}")
    result.require(fail_on)


@app.command()
def demo(
    out: Annotated[Path, typer.Option(help="The report folder; it must not exist.")] = Path("fairwitness-demo"),
    force: Force = False,
) -> None:
    """Audit real decisions that come with fairwitness: callbacks to 4,870 résumés. Needs no network."""
    from fairwitness.audit.plan import read_plan
    from fairwitness.datasets import bundled

    plan = read_plan(bundled.demo_plan())
    result = _audit(str(bundled.path("resume_callbacks_by_name")), plan)
    _tell(result)
    typer.echo(
        "The tests ignore that the 4,870 résumés were sent to 1,323 advertisements: they treat them as independent."
    )
    written = result.write(out, replace=force, command=shlex.join(["fairwitness", "demo"]))
    typer.echo(f"Report: {written / 'report.html'}")


@app.command()
def init(
    source: Annotated[str, typer.Argument(help="File of decisions to look at.")],
    out: Annotated[Path, typer.Option(help="The plan to write; it must not exist.")] = Path("audit.toml"),
    sheet: Annotated[str | None, typer.Option(help="Sheet of a workbook.")] = None,
    delimiter: Annotated[str | None, typer.Option(help="What separates the columns of a text file.")] = None,
    encoding: Annotated[str | None, typer.Option(help="Encoding of a text file.")] = None,
) -> None:
    """Look at a file and write an audit plan to complete. Nothing is applied, nothing overwritten."""
    from fairwitness.audit.proposal import propose

    text = propose(source, sheet=sheet, delimiter=delimiter, encoding=encoding)
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise FairwitnessError(
            f"{printable(out)} exists, and is not overwritten. Name another file with --out."
        ) from None
    except OSError as error:
        raise FairwitnessError(
            f"{printable(out)} cannot be written ({error.strerror}). Name another file with --out."
        ) from None
    typer.echo(f"Plan: {out}\nRead it, complete it, then: fairwitness audit --config {shlex.quote(str(out))}")


@app.command()
def metrics(name: Annotated[str | None, typer.Argument(help="A metric to explain.")] = None) -> None:
    """List the metrics, or explain one: formula, what it reads, where it is defined."""
    from fairwitness.audit.errors import did_you_mean
    from fairwitness.metrics.table import METRICS, metric

    if name is None:
        for row in METRICS:
            typer.echo(f"{row.name:32} {row.scope:6} {row.formula}")
        return
    found = metric(name)
    if found is None:
        raise FairwitnessError(f"No metric {quoted(name)}.{did_you_mean(name, [m.name for m in METRICS])}")
    parity = "" if found.parity is None else f"\nparity    {found.parity:g}"
    typer.echo(
        f"{found.name}\n{found.sentence}\n\nformula   {found.formula}\nreads     {', '.join(found.reads)}{parity}\n"
        f"interval  {found.interval or 'none'}\ndefined   {found.reference}"
    )


@app.command()
def verify(folder: Annotated[Path, typer.Argument(help="A report folder.")]) -> None:
    """Check that a report folder is exactly what its manifest says. Exit code 1 names what differs."""
    from fairwitness.audit.evidence.manifest import verify_folder

    differences = verify_folder(folder)
    for d in differences:
        typer.echo(f"{d.kind}: {printable(d.path)}")
    if differences:
        raise typer.Exit(1)
    typer.echo(
        "Every file is what the manifest says. The manifest is not signed: this shows integrity, not who wrote it."
    )


def _audit(source: str, plan: Any) -> Any:
    """Load, count and audit, showing on a terminal that work goes on."""
    from rich.console import Console

    from fairwitness.audit.counting.roles import load
    from fairwitness.audit.run import run_audit
    from fairwitness.audit.tally import Tally
    from fairwitness.audit.tally_file import is_tally

    with Console(stderr=True).status("Counting the decisions …"), _file(source) as path:
        if is_tally(path):
            return run_audit(Tally.load(path), plan)
        fields = plan.data.model_dump(exclude={"source"})
        return run_audit(load(path, **fields), plan)


@contextmanager
def _file(source: str) -> Iterator[str]:
    """Yield the path of a source; standard input, named ``-``, becomes a file for as long as it is read."""
    if source != "-":
        yield source
        return
    import shutil
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="fairwitness-") as folder:
        path = Path(folder, "standard-input.csv")
        with path.open("wb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        yield str(path)


def _tell(result: Any) -> None:
    """Print what was counted and every finding."""
    from fairwitness.audit.judging.sentences import VERDICTS

    data = result.to_dict()["data"]
    typer.echo(f"{data['rows']:,} rows read, {data['decisions']:,} decisions, {data['counted']:,} counted.")
    for entry in data["set_aside"]:
        typer.echo(f"  set aside: {entry['n']:,} {printable(entry['reason'])}")
    for finding in result.findings:
        flag = f" ({VERDICTS['attention']})" if finding.attention else ""
        typer.echo(f"{MARKS[finding.verdict]} {VERDICTS[finding.verdict]}{flag}: {printable(finding.headline)}")
    for warning in result.warnings:
        typer.echo(f"! {printable(warning)}")
