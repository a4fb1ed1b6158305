"""The files with which a project's pipeline runs its fairness tests: written where absent, never over another."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from importlib.metadata import version
from importlib.resources import files
from textwrap import indent
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, printable

if TYPE_CHECKING:
    from pathlib import Path

GITLAB_BESIDE = "fairness.gitlab-ci.yml"
SIGN = "--fairness-only"  # in every file of a pipeline that runs the tests


@dataclass(frozen=True, slots=True)
class SetUp:
    """What became of one file.

    Attributes
    ----------
    path : str
        Relative to the project, with forward slashes.
    written : bool
        False: the file was there and is as it was.
    to_add : str
        What to add to the file by hand; empty where there is nothing to add.
    """

    path: str
    written: bool
    to_add: str = ""


def template(name: str, plan: str = "audit.toml") -> str:
    """Return the text of a file for pipelines.

    Parameters
    ----------
    name : str
        ``action.yml``, ``workflow.yml``, ``gitlab.yml``, ``pre_commit_hooks.yaml`` or ``test_fairness.txt``.
    plan : str
        The audit plan, relative to the project.
    """
    text = files("fairwitness.audit.pipelines").joinpath("templates", name).read_text(encoding="utf-8")
    return text.replace("@VERSION@", version("fairwitness")).replace("@PLAN@", json.dumps(plan))


def set_up(project: Path, plan: str) -> list[SetUp]:
    """Write a test, a GitHub workflow with its action, a GitLab job and a pre-commit hook.

    Parameters
    ----------
    project : Path
        The folder at the root of the repository.
    plan : str
        The audit plan that the test reads, relative to the project.

    Returns
    -------
    list of SetUp
        One for each file; what was there already is untouched, and what to add to it is said.

    Raises
    ------
    FairwitnessError
        A file cannot be written.
    """
    hooks = f"  - repo: local\n    hooks:\n{indent(template('pre_commit_hooks.yaml'), '      ')}"
    done = [
        _write(project, "tests/test_fairness.py", template("test_fairness.txt", plan)),
        _write(project, ".github/actions/fairness/action.yml", template("action.yml")),
        _write(project, ".github/workflows/fairness.yml", template("workflow.yml")),
        _write(project, ".pre-commit-config.yaml", f"repos:\n{hooks}", to_add=hooks),
        _write(project, ".gitlab-ci.yml", template("gitlab.yml"), to_add=f"include:\n  - local: {GITLAB_BESIDE}\n"),
    ]
    if done[-1].to_add:
        done.append(_write(project, GITLAB_BESIDE, template("gitlab.yml")))
    return done


def repository_root(folder: Path) -> Path | None:
    """Return the root of the git repository that a folder lies in, if it lies in one."""
    return next((parent for parent in (folder, *folder.parents) if os.path.lexists(parent / ".git")), None)


def _write(project: Path, name: str, text: str, *, to_add: str = "") -> SetUp:
    """Write a file, or tell what to add to the one that is there, unless it runs the tests already."""
    path = project / name
    if os.path.lexists(path):
        return SetUp(name, written=False, to_add="" if _runs_the_tests(path) else to_add)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise FairwitnessError(
            f"{printable(path)} cannot be written ({error.strerror}). Make room for it, then run init again: what it "
            "has written stays."
        ) from None
    return SetUp(name, written=True)


def _runs_the_tests(path: Path) -> bool:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return SIGN in text or GITLAB_BESIDE in text
