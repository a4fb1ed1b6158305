"""What commands do while a user waits: read, count and audit."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    import typer

    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.settings import Settings


def settings_of(context: typer.Context) -> Settings:
    """Return what a command's flags, the environment and the files they name say together."""
    from fairwitness.audit.flags import given
    from fairwitness.audit.settings import gather

    return gather(config_of(context), given(context), Path.cwd())


def config_of(context: typer.Context) -> Path | None:
    """Return the plan that ``--config`` names."""
    config = context.params["config"]  # text, before typer 0.28
    return None if config is None else Path(config)


def audited(source: str, plan: AuditPlan) -> AuditResult:
    """Load, count and audit, showing on a terminal that work goes on."""
    from rich.console import Console

    from fairwitness.audit.counting.roles import load
    from fairwitness.audit.plan import DataPlan
    from fairwitness.audit.run import run_audit
    from fairwitness.audit.tally import Tally
    from fairwitness.audit.tally_file import is_tally

    with Console(stderr=True).status("Counting the decisions …"), file_of(source) as path:
        if is_tally(path):
            return run_audit(Tally.load(path), plan)
        fields = (plan.data or DataPlan()).model_dump(exclude={"source"})
        return run_audit(load(path, **fields), plan)


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
