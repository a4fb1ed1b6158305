"""The pytest plugin: hooks only.  What they call is imported when it is needed.

At load it brings the standard library and pytest, so that a run without audits pays next to nothing.
"""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

import pytest

from fairwitness.audit.testing.session import PROPERTY, Options, Session

if TYPE_CHECKING:
    from fairwitness.audit.testing.fixture import Fairness

KEY = pytest.StashKey[Session]()
MARKER = "fairness"
BASELINE = "fairness-baseline.json"


# -- options ---------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare the options."""
    group = parser.getgroup("fairwitness", "fairwitness: audits of automated decisions")
    group.addoption(
        "--fairness-report", metavar="DIR", help="Write the report folder of this run's audits (several: one each)."
    )
    group.addoption(
        "--fairness-baseline",
        metavar="FILE",
        help=f"The baseline of checks against the last release (default: {BASELINE} in the rootdir).",
    )
    group.addoption(
        "--fairness-update-baseline",
        nargs="?",
        const="",
        type=_force,
        metavar="force",
        help="Write a new baseline at the end. Where CI is set it is refused, unless =force.",
    )
    group.addoption("--fairness-only", action="store_true", help="Run only tests with the fixture or marker fairness.")
    group.addoption("--fairness-skip", action="store_true", help="Leave out tests with the fixture or marker fairness.")


def _force(text: str) -> str:
    if text not in ("", "force"):
        raise argparse.ArgumentTypeError(
            f"found {text!r}. Write --fairness-update-baseline=force, or put the flag behind the paths."
        )
    return text


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker, check what was asked for, and open the session."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**settings): fields of the audit plan (min_n, level, reference, ...) and of its gate (evidence, "
        "inconclusive, attention) for the audits of this test.",
    )
    option = config.option
    folder = config.invocation_params.dir
    session = Session(
        Options(
            root=config.rootpath,
            folder=folder,
            report=folder / option.fairness_report if option.fairness_report else None,
            baseline=folder / option.fairness_baseline if option.fairness_baseline else config.rootpath / BASELINE,
            update=option.fairness_update_baseline is not None,
            worker=hasattr(config, "workerinput"),
        )
    )
    config.stash[KEY] = session
    if not session.options.worker:
        config.pluginmanager.register(Listener(session), "fairwitness-listener")
    if option.fairness_only and option.fairness_skip:
        raise pytest.UsageError("--fairness-only and --fairness-skip leave no test together. Give one of them.")
    if session.options.keeps_audits and not session.options.worker:
        from fairwitness.audit.errors import FairwitnessError
        from fairwitness.audit.testing.outcome import check_places

        try:
            check_places(session.options, forced=option.fairness_update_baseline == "force")
        except FairwitnessError as error:
            raise pytest.UsageError(str(error)) from None


# -- which tests -----------------------------------------------------------------------------------------------


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what ``--fairness-only`` and ``--fairness-skip`` leave out."""
    only, skip = config.option.fairness_only, config.option.fairness_skip
    if only or skip:
        left_out = [item for item in items if _is_audit(item) is skip]
        if left_out:
            items[:] = [item for item in items if _is_audit(item) is not skip]
            config.hook.pytest_deselected(items=left_out)


def _is_audit(item: pytest.Item) -> bool:
    return MARKER in getattr(item, "fixturenames", ()) or item.get_closest_marker(MARKER) is not None


# -- a test ----------------------------------------------------------------------------------------------------


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Refuse a marker that says what no plan knows."""
    if item.get_closest_marker(MARKER) is not None:
        from fairwitness.audit.errors import FairwitnessError
        from fairwitness.audit.testing.asked import marked

        fault = ""
        try:
            marked(item)
        except FairwitnessError as error:
            fault = str(error)
        if fault:
            pytest.fail(fault, pytrace=False)


@pytest.fixture
def fairness(request: pytest.FixtureRequest) -> Fairness:
    """Audit decisions: ``fairness.audit("holdout.parquet", decision="advanced", protected=["sex", "race"])``."""
    from fairwitness.audit.testing.fixture import Fairness

    session = request.config.stash[KEY]
    session.answers.pop(request.node.nodeid, None)  # of an earlier run, where the test is run again
    return Fairness(session, request.node)


class Listener:
    """Takes the answers of tests out of their reports, which may come from workers."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take the last answers of a test: those of its teardown are complete."""
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "teardown":
                self.session.answers[report.nodeid] = json.loads(str(value))


# -- the end of a run ------------------------------------------------------------------------------------------


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over the audits of a worker of pytest-xdist."""
    packed = getattr(node, "workeroutput", {}).get(PROPERTY)
    if packed:
        from fairwitness.audit.testing.handing_over import unpack

        unpack(node.config.stash[KEY], packed)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write what was asked for; a worker hands its audits over instead."""
    state = session.config.stash[KEY]
    if not state.options.keeps_audits:
        return
    if state.options.worker:
        from fairwitness.audit.testing.handing_over import pack

        session.config.workeroutput[PROPERTY] = pack(state)  # type: ignore[attr-defined]  # of pytest-xdist
        return
    from fairwitness.audit.testing.outcome import write

    write(state, interrupted=session.exitstatus == pytest.ExitCode.INTERRUPTED)
    if state.failed and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what the run has audited, if it has."""
    state = config.stash[KEY]
    if state.answers or state.kept or state.told:
        from fairwitness.audit.testing.terminal import tell

        tell(state, terminalreporter)


def pytest_assertrepr_compare(op: str, left: object, right: object) -> list[str] | None:
    """Say in what two answers, or two audits, differ."""
    ours = "fairwitness.audit"
    if op != "==" or not (type(left).__module__.startswith(ours) and type(right).__module__.startswith(ours)):
        return None
    from fairwitness.audit.testing.terminal import differences

    return differences(left, right)
