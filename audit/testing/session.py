"""What a run of tests has audited: options, answers by test, audits by name.

Imported whenever pytest starts, so only the standard library is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fairwitness.audit.gating.checked import Checked
    from fairwitness.audit.result import AuditResult

PROPERTY = "fairwitness"  # under which a test's answers stand in reports and in JUnit XML


@dataclass(frozen=True, slots=True)
class Options:
    """How the run was started.

    Attributes
    ----------
    root : Path
        pytest's rootdir, where pyproject.toml and the default baseline lie.
    folder : Path
        Where pytest was called: what the paths of options are relative to.
    report : Path or None
        Where the report folders go.
    baseline : Path
        The baseline that releases are compared with.
    update : bool
        Whether a new baseline is written at the end.
    worker : bool
        Whether this process is a worker of pytest-xdist.
    """

    root: Path
    folder: Path
    report: Path | None
    baseline: Path
    update: bool
    worker: bool

    @property
    def keeps_audits(self) -> bool:
        """Whether the audits are wanted at the end."""
        return self.report is not None or self.update


@dataclass(slots=True)
class Kept:
    """An audit that is wanted at the end; ``for_baseline`` if a test compares it with the last release."""

    audit: AuditResult
    for_baseline: bool = False


@dataclass(slots=True)
class Session:
    """What one process of a run knows.

    Attributes
    ----------
    answers : dict of str to list
        For each test the answers of its gates, as JSON has them.
    kept : dict of key to Kept
        Audits by name, plan and tally.
    cache : dict
        What was counted and audited already, by the content of the source, the roles and the plan.
    written : str or None
        The report, or the folder of several, as a reader would type its path.
    told : list of str
        What the end of the run must say besides: what else was written, and what could not be.
    failed : bool
        Whether something that was asked for could not be written.
    """

    options: Options
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    kept: dict[tuple[str, str, str], Kept] = field(default_factory=dict)
    cache: dict[Any, Any] = field(default_factory=dict)
    written: str | None = None
    told: list[str] = field(default_factory=list)
    failed: bool = False

    def once(self, key: Any, make: Callable[[], Any]) -> Any:
        """Return what a key stands for, made once in a run."""
        if key not in self.cache:
            self.cache[key] = make()
        return self.cache[key]

    def keep(self, name: str, audit: AuditResult, *, for_baseline: bool = False) -> None:
        """Keep an audit for the end of the run, if it is wanted then."""
        if self.options.keeps_audits:
            kept = self.kept.setdefault((name, audit.plan.digest, audit.tally.digest), Kept(audit))
            kept.for_baseline |= for_baseline

    def record(self, test: str, answer: dict[str, Any]) -> None:
        """Record the answer of a gate in a test."""
        self.answers.setdefault(test, []).append(answer)

    def checks(self) -> list[tuple[str, list[Checked]]]:
        """Return the answers of every test, in the order of the tests' names, whatever order they ran in."""
        from fairwitness.audit.gating.carried import from_json

        return [(test, [from_json(each) for each in self.answers[test]]) for test in sorted(self.answers)]
