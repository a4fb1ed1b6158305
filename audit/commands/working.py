"""What commands do while a user waits: read, count and audit."""

from __future__ import annotations

import shlex
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import typer

    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.settings import Settings
    from fairwitness.audit.studies import Study


def settings_of(context: typer.Context) -> Settings:
    """Return what a command's flags, the environment and the files they name say together."""
    from fairwitness.audit.flags import given
    from fairwitness.audit.settings import gather

    return gather(config_of(context), given(context), Path.cwd())


def config_of(context: typer.Context) -> Path | None:
    """Return the plan that ``--config`` names."""
    config = context.params["config"]  # text, before typer 0.28
    return None if config is None else Path(config)


def command_line() -> str:
    """Return the command as it was given, to be printed in the report: without what may be a key."""
    from fairwitness.audit.plan import without_query

    return shlex.join(["fairwitness", *(without_query(word) for word in sys.argv[1:])])


def audited(source: str, plan: AuditPlan, attach: Iterable[str] = ()) -> AuditResult:
    """Load, count and audit, showing on a terminal that work goes on.

    Parameters
    ----------
    source : str
    plan : AuditPlan
        With a model, its decisions on the rows are audited.
    attach : iterable of str
        Report folders whose studies are taken over.
    """
    from rich.console import Console

    from fairwitness.audit.counting.roles import load
    from fairwitness.audit.evidence.attached import attached
    from fairwitness.audit.plan import DataPlan
    from fairwitness.audit.run import run_audit
    from fairwitness.audit.tally import Tally
    from fairwitness.audit.tally_file import is_tally

    studies = [study for folder in attach for study in attached(folder)]
    if plan.model is not None:  # it shows by itself how far it is
        return _model_audited(source, plan, studies)
    with Console(stderr=True).status("Counting the decisions …"), file_of(source) as path:
        if is_tally(path):
            return run_audit(Tally.load(path), plan, studies=studies)
        fields = (plan.data or DataPlan()).model_dump(exclude={"source"})
        return run_audit(load(path, **fields), plan, studies=studies)


def _model_audited(source: str, plan: AuditPlan, studies: Sequence[Study]) -> AuditResult:
    from fairwitness.audit.commands.model_flags import model_of
    from fairwitness.audit.model_audit import audit_model
    from fairwitness.audit.tally_file import is_tally

    with file_of(source) as path:
        if is_tally(path):
            raise FairwitnessError(f"{printable(source)}: a model needs rows, and this source is counted already.")
        return audit_model(path, model_of(plan), plan, studies=studies)


@contextmanager
def file_of(source: str) -> Iterator[str]:
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
