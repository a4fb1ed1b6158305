"""The fixture ``fairness``: audits in a test, and gates on them."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from fairwitness.audit.comparing.baseline_file import read_baselines
from fairwitness.audit.comparing.question import question_of
from fairwitness.audit.disclosure import in_public
from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.gating.carried import to_json
from fairwitness.audit.gating.check import held, require
from fairwitness.audit.gating.checked import Checked
from fairwitness.audit.gating.gate import gate_of, is_open_question
from fairwitness.audit.gating.no_worse import compared
from fairwitness.audit.gating.text import message
from fairwitness.audit.plan import GatePlan
from fairwitness.audit.testing.asked import asked, marked
from fairwitness.audit.testing.counted import audited, found
from fairwitness.audit.testing.session import PROPERTY, Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.comparing.baseline import Baseline
    from fairwitness.audit.counting.roles import Decisions
    from fairwitness.audit.gating.check import Line
    from fairwitness.audit.gating.tables import By
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.testing.counted import Found


@dataclass(frozen=True, slots=True)
class Fairness:
    """What a test gets by the name ``fairness``.

    Attributes
    ----------
    session : Session
    node : pytest.Item
        The test.
    """

    session: Session = field(repr=False)  # a test's arguments are printed where it fails: no count may be among them
    node: pytest.Item

    def audit(
        self,
        source: object = None,
        *,
        config: str | Path | None = None,
        name: str | None = None,
        model: object = None,
        features: str | Sequence[str] | None = None,
        **fields: Any,
    ) -> Audited:
        """Audit decisions.

        Parameters
        ----------
        source : path, frame, Tally or Decisions
            Whatever ``fw.load`` reads, a tally or its file.  A relative path is looked for in pytest's rootdir, then
            in the folder where pytest was called.  By default what the plan names.
        config : path, optional
            An audit plan (TOML), looked for as a source is; its own source is relative to it.
        name : str, optional
            What to call the data in reports and in the baseline.  By default the file's name; of a frame, the test's.
        model : callable or estimator, optional
            Makes the decisions from the rows' features.
        features : str or sequence of str, optional
            The model's columns.  By default all but protected attributes and the true outcome.
        **fields
            Roles of columns as in ``fw.load``, fields of the plan (``min_n``, ``level``, ``reference``, …) and of its
            gate (``evidence``, ``inconclusive``, ``attention``).  They override the marker's, which override those of
            ``config``, which override those of ``[tool.fairwitness]`` in pyproject.toml.

        Raises
        ------
        FairwitnessError
            An unknown field, no source, one that is not as the roles say, or data in which nothing can be counted.
        """
        __tracebackhide__ = True
        try:
            plan = asked(self.session, marked(self.node), fields, config=config)
            source = _named(plan) if source is None else source
            gate, plan = plan.gate, plan.model_copy(update={"gate": GatePlan()})
            audit = audited(self.session, source, plan, model=model, features=features)
        except FairwitnessError as error:
            raise error.with_traceback(None) from None
        called = name or _file_name(source) or self.node.name
        self.session.keep(called, audit.result)
        return Audited(self.session, self.node, called, audit, gate)


@dataclass(frozen=True, slots=True)
class Audited:
    """An audit in a test.

    Attributes
    ----------
    session : Session
    node : pytest.Item
    name : str
        What the data are called.
    found : Found
        The audit, and what it was counted from.
    gate : GatePlan
        When its checks fail.
    """

    session: Session = field(repr=False)
    node: pytest.Item = field(repr=False)
    name: str
    found: Found = field(repr=False)
    gate: GatePlan

    @property
    def result(self) -> AuditResult:
        """Every figure and finding."""
        return self.found.result

    def check(
        self,
        metric: str,
        *,
        at_least: Line = None,
        at_most: Line = None,
        by: By = None,
        evidence: str | None = None,
        inconclusive: str | None = None,
        attention: str | None = None,
    ) -> Checked:
        """Hold a figure against a line: see `fairwitness.audit.gating.check.check`.

        Raises
        ------
        ThresholdExceeded
            The gate fails, and so does the test.
        FairwitnessError
            No such metric, table or way; a line on the wrong side.
        """
        __tracebackhide__ = True
        gate = self._gate(evidence, inconclusive, attention)
        try:
            checked = held(
                self.result, metric, at_least=at_least, at_most=at_most, by=by, gate=gate.model_dump(), data=self.name
            )
        except FairwitnessError as error:
            raise error.with_traceback(None) from None
        return self._answer(checked, gate)

    def check_no_worse_than_baseline(
        self,
        metric: str,
        *,
        margin: str | float,
        by: By = None,
        baseline: object = None,
        unit: str | Sequence[str] | None = None,
        evidence: str | None = None,
        inconclusive: str | None = None,
        attention: str | None = None,
    ) -> Checked:
        """Ask whether a figure is no worse than in the last release: see `fairwitness.audit.gating.no_worse`.

        Parameters
        ----------
        metric, margin, by
        baseline : path, frame, Tally or Decisions, optional
            The last release's predictions.  By default the figures of the baseline file, which holds no rows, so that
            the releases are independent samples.
        unit : str or sequence of str, optional
            What makes a row unique in this release and in ``baseline``: people are matched by it.
        evidence, inconclusive, attention

        Raises
        ------
        ThresholdExceeded
            The gate fails, or there is no baseline yet, and so does the test.
        FairwitnessError
            A question that does not fit the data, a baseline of another plan, or units that cannot be matched.
        """
        __tracebackhide__ = True
        gate = self._gate(evidence, inconclusive, attention)
        new: AuditResult | Decisions = self.result
        try:
            if baseline is None:
                self.session.keep(self.name, self.result, for_baseline=True)
                baseline = self._baseline(unit)
            elif unit is not None:
                new = self.found.by_unit(unit)
            checked = (
                self._no_baseline(question_of(metric, margin, gate.evidence, self.result.plan).title)
                if baseline is None
                else compared(
                    new, found(baseline, self.session.options), metric, margin=margin, by=by, name=self.name,
                    plan=self.result.plan, gate=gate.model_dump(), data=self.name,
                )
            )  # fmt: skip
        except FairwitnessError as error:
            raise error.with_traceback(None) from None
        return self._answer(checked, gate)

    def _baseline(self, unit: object) -> Baseline | None:
        """Return what the baseline file holds of this audit; None if it does not."""
        if unit is not None:
            raise FairwitnessError(
                "unit: the baseline file holds no rows, so that nobody can be matched. Give the last release's "
                "predictions: baseline = 'last.csv'."
            )
        path = self.session.options.baseline
        return read_baselines(path).get(self.name) if path.exists() else None

    def _no_baseline(self, title: str) -> Checked:
        """Return the answer where there is no last release: the gate fails and says what to do."""
        path = self.session.options.baseline
        held = f"{path.name} has no baseline of {self.name!r}" if path.exists() else f"there is no {path.name} yet"
        remedy = "Run pytest --fairness-update-baseline where the last release is checked out, and commit the file."
        return Checked(title, self.name, (), (), (f"{held}. {remedy}",))

    def _gate(self, evidence: str | None, inconclusive: str | None, attention: str | None) -> GatePlan:
        __tracebackhide__ = True
        given = {"evidence": evidence, "inconclusive": inconclusive, "attention": attention}
        plan = self.result.plan.model_copy(update={"gate": self.gate})
        try:
            return gate_of(plan, given)
        except FairwitnessError as error:
            raise error.with_traceback(None) from None

    def _answer(self, checked: Checked, gate: GatePlan) -> Checked:
        """Record an answer, and let the test fail or skip where the gate says so."""
        __tracebackhide__ = True
        public = in_public()
        file, line, _ = self.node.location
        place = {"file": Path(file).as_posix(), "line": (line or 0) + 1}
        self.session.record(self.node.nodeid, to_json(checked, public=public) | {"place": place})
        answers = json.dumps(self.session.answers[self.node.nodeid], separators=(",", ":"))
        others = [(name, value) for name, value in self.node.user_properties if name != PROPERTY]
        self.node.user_properties[:] = [*others, (PROPERTY, answers)]  # ASCII: JUnit XML takes no control characters
        require(checked)
        if gate.inconclusive == "skip" and is_open_question(checked.rows):
            pytest.skip(message(checked, public=public))
        return checked


def _named(plan: AuditPlan) -> str:
    """Return the source that a plan names."""
    if plan.data is None or plan.data.source is None:
        raise FairwitnessError(
            "fairness.audit: no source. Give a file of decisions, or name it in the plan ([data] source = ...)."
        )
    return plan.data.source


def _file_name(source: object) -> str | None:
    return Path(source).name if isinstance(source, str | Path) else None
