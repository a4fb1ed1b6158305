"""The command line: thin commands over `load`, `run_audit` and the report folder.

Heavy modules are imported inside the commands, so that ``--help`` answers at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import typer

from fairwitness.audit.commands.alternatives import alternatives
from fairwitness.audit.commands.audit import audit
from fairwitness.audit.commands.compare import compare
from fairwitness.audit.commands.counterfactual import counterfactual
from fairwitness.audit.commands.demo import demo
from fairwitness.audit.commands.init import init
from fairwitness.audit.commands.metrics import metrics
from fairwitness.audit.commands.proxies import proxies
from fairwitness.audit.commands.verify import verify
from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded, printable

app = typer.Typer(
    name="fairwitness",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"auto_envvar_prefix": "FAIRWITNESS"},
    help="Audit automated decisions for disparities between groups: from a file of decisions to a report folder.",
)

for command in (audit, compare, counterfactual, alternatives, proxies, demo, init, metrics, verify):
    app.command()(command)


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
