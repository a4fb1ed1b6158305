"""The result of an audit: its tables and findings, and the report folder they are written to."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded, did_you_mean, listed, printable, quoted
from fairwitness.audit.evidence.canonical import canonical_json, csv_bytes, timestamp
from fairwitness.audit.evidence.folder import write_folder
from fairwitness.audit.evidence.record import flat, record, versions

if TYPE_CHECKING:
    import pandas as pd

    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.judging.group_table import GroupTable
    from fairwitness.audit.judging.policy import Policy
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.studies import Study
    from fairwitness.audit.tally import Tally

GATES: dict[str, tuple[str, ...]] = {
    "never": (),
    "beyond": ("beyond",),
    "attention": ("beyond", "attention"),
    "inconclusive": ("beyond", "attention", "inconclusive", "not_evaluable"),
}


@dataclass(frozen=True)
class AuditResult:
    """An audit: what was asked, what was counted, every figure, every finding.

    Attributes
    ----------
    plan : AuditPlan
        With the roles of the columns where they are known.
    tally : Tally
        The counts from which everything else was derived.
    policies : tuple of Policy
    tables : tuple of GroupTable
    findings : tuple of Finding
    warnings : tuple of str
    created : str
        When, in UTC; SOURCE_DATE_EPOCH fixes it.
    view : {"internal", "public"}
        In the public one small groups are merged.
    studies : tuple of Study
        What was asked of the model besides its decisions; each is a section of audit.json.
    """

    plan: AuditPlan
    tally: Tally
    policies: tuple[Policy, ...]
    tables: tuple[GroupTable, ...]
    findings: tuple[Finding, ...]
    warnings: tuple[str, ...]
    created: str = field(default_factory=timestamp)
    view: Literal["internal", "public"] = "internal"
    studies: tuple[Study, ...] = ()

    @cached_property
    def analyses(self) -> tuple[Study, ...]:
        """What the counts tell besides the tables: each is a section of audit.json, made when it is first asked for."""
        from fairwitness.audit.analyses.registry import analyses_of

        return tuple(analyses_of(self.tally, self.tables, self.plan)) if self.tables else ()

    def table(self, by: str | tuple[str, ...], measure: str | None = None, *, stage: str | None = None) -> pd.DataFrame:
        """Return one table as a pandas frame: a row for each group, a column for each figure.

        Parameters
        ----------
        by : str or tuple of str
            An attribute, or several: ``"race"``, ``("race", "gender")``.
        measure : str, optional
            Where there are two: ``selection_rate`` or ``scoring_rate``.
        stage : str, optional
            A stage of a funnel; by default the decision.

        Raises
        ------
        FairwitnessError
            No such table.
        """
        import pandas as pd

        wanted = (by,) if isinstance(by, str) else tuple(by)
        tables = [t for t in self.to_dict()["tables"] if t["stage"] == stage]
        found = next((t for t in tables if tuple(t["by"]) == wanted and measure in (None, t["measure"])), None)
        if found is None:
            known = [", ".join(t.by) for t in self.tables]
            name = ", ".join(wanted)
            raise FairwitnessError(f"No table by {quoted(name)}; there are {listed(known)}.{did_you_mean(name, known)}")
        header, rows = flat(found)
        return pd.DataFrame(rows, columns=header).set_index(list(wanted))

    def tripped(self, gate: str) -> tuple[Finding, ...]:
        """Return the findings that a gate counts: ``never``, ``beyond``, ``attention`` or ``inconclusive``.

        Each includes those before it; ``inconclusive`` also what could not be evaluated.
        """
        counted = GATES[gate]
        return tuple(f for f in self.findings if f.verdict in counted or (f.attention and "attention" in counted))

    def require(self, gate: str) -> None:
        """Raise where a gate trips.

        Raises
        ------
        ThresholdExceeded
            With the headline of each finding that tripped it.
        """
        tripped = self.tripped(gate)
        if tripped:
            shown = "\n".join(f"  {f.verdict or 'attention'}: {printable(f.headline)}" for f in tripped)
            raise ThresholdExceeded(f"Gate {gate!r}: {len(tripped)} of {len(self.findings)} findings.\n{shown}")

    def to_dict(self, command: str | None = None) -> dict[str, Any]:
        """Return the content of audit.json (schema ``fairwitness/audit/v1``)."""
        return record(self, command)

    def files(self, command: str | None = None) -> dict[str, bytes]:
        """Return the files of the report folder but the manifest, by relative path."""
        from fairwitness.report_templates.build import build
        from fairwitness.report_templates.render import render_html
        from fairwitness.report_templates.study_tables import study_tables

        content = self.to_dict(command)
        made = {
            "audit.json": canonical_json(content),
            "report.html": render_html(build(content)).encode(),
            "tally.json": self.tally.to_json().encode(),
        }
        for table in content["tables"]:
            made[table["csv"]] = csv_bytes(*flat(table))
        made |= {path: csv_bytes(header, rows) for path, header, rows in study_tables(content)}
        return made

    def write(self, out: str | Path, *, replace: bool = False, command: str | None = None) -> Path:
        """Write the report folder, whole or not at all.

        Parameters
        ----------
        out : path
            Must not exist.
        replace : bool
            Replace a report folder that is there.
        command : str, optional
            The command line to print under "How to reproduce".

        Raises
        ------
        FairwitnessError
            The folder exists, or cannot be written; nothing is left behind.
        """
        sources = self.tally.sources
        facts = {
            "created": self.created,
            "version": version("fairwitness"),
            "source_sha256": sources[0].sha256 if len(sources) == 1 else None,
            "plan_sha256": self.plan.digest,
            "tally_sha256": self.tally.digest,
            "python": platform.python_version(),
            "packages": versions(),
        }
        return write_folder(Path(out), self.files(command), facts, replace=replace)

    def __repr__(self) -> str:  # test runners print it where many can read: no counts
        return f"AuditResult({len(self.tables)} tables, {len(self.findings)} findings)"

    def _repr_html_(self) -> str:
        from fairwitness.report_templates.build import build
        from fairwitness.report_templates.render import render_fragment

        return render_fragment(build(self.to_dict()))
