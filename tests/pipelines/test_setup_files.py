"""The files that `init --ci` writes: valid by the published schemas, and they do in a project what they are for."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from fairwitness.audit.pipelines.setup_files import GITLAB_BESIDE, set_up, template

ROOT = Path(__file__).parents[2]
PLAN = """
[data]
source = "decisions.csv"
protected = ["sex"]
decision = "hired"
"""


def decisions(women):
    """Of 200 men 100 are hired, of 200 women as many as are given."""
    rows = ["M,1"] * 100 + ["M,0"] * 100 + ["F,1"] * women + ["F,0"] * (200 - women)
    return "\n".join(["sex,hired", *rows]) + "\n"


def valid(*arguments):
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *map(str, arguments)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def project(tmp_path):
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "audit.toml").write_text(PLAN, encoding="utf-8")
    set_up(folder, "audit.toml")
    return folder


@pytest.fixture
def surroundings(tmp_path):
    """The environment of a step in GitHub Actions: nothing of this test run in it."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "GITHUB", "COV"))}
    return kept | {
        "CI": "true",
        "GITHUB_ACTIONS": "true",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }


# -- the text --------------------------------------------------------------------------------------------------


def test_files_are_valid_by_the_published_schemas(project):
    (project / ".gitlab-ci.yml").rename(project / GITLAB_BESIDE)
    valid("--builtin-schema", "vendor.github-workflows", project / ".github/workflows/fairness.yml")
    valid("--builtin-schema", "custom.github-workflows-require-timeout", project / ".github/workflows/fairness.yml")
    valid("--builtin-schema", "vendor.github-actions", project / ".github/actions/fairness/action.yml")
    valid("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", project / GITLAB_BESIDE)


@pytest.mark.parametrize(
    ("path", "name"), [("action.yml", "action.yml"), (".pre-commit-hooks.yaml", "pre_commit_hooks.yaml")]
)
def test_this_repository_offers_what_init_writes(path, name):
    assert (ROOT / path).read_text(encoding="utf-8") == template(name)


def test_actions_of_others_are_pinned_and_permissions_are_least(project):
    workflow = (project / ".github/workflows/fairness.yml").read_text(encoding="utf-8")
    action = (project / ".github/actions/fairness/action.yml").read_text(encoding="utf-8")
    used = re.findall(r"uses: (\S+)", workflow + action)
    assert len(used) == 4
    assert all(re.fullmatch(r"actions/[a-z-]+@v\d+|\./\.github/actions/fairness", name) for name in used)
    assert yaml.safe_load(workflow)["permissions"] == {"contents": "read"}


def test_no_input_of_an_action_becomes_part_of_a_script():
    """An expression in a script would let whoever sets the input run commands."""
    assert not [
        step for step in yaml.safe_load(template("action.yml"))["runs"]["steps"] if "${{" in step.get("run", "")
    ]


# -- the files of a project ------------------------------------------------------------------------------------


def test_nothing_that_is_there_is_changed(tmp_path):
    ours = [file.path for file in set_up(tmp_path, "audit.toml")]
    for name in ours:
        (tmp_path / name).write_bytes(b"mine: \xff\r\n")
    told = set_up(tmp_path, "audit.toml")
    assert [file.path for file in told if file.written] == [GITLAB_BESIDE]
    assert {(tmp_path / name).read_bytes() for name in ours} == {b"mine: \xff\r\n"}
    to_add = {file.path: file.to_add for file in told if file.to_add}
    assert to_add.keys() == {".pre-commit-config.yaml", ".gitlab-ci.yml"}
    valid("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci", tmp_path / GITLAB_BESIDE)
    assert yaml.safe_load(to_add[".gitlab-ci.yml"]) == {"include": [{"local": GITLAB_BESIDE}]}
    added = yaml.safe_load(f"repos:\n{to_add['.pre-commit-config.yaml']}")
    assert added["repos"][0]["hooks"] == yaml.safe_load(template("pre_commit_hooks.yaml"))


def test_a_second_time_changes_nothing_and_asks_for_nothing(tmp_path):
    first = set_up(tmp_path, "audit.toml")
    before = {file.path: (tmp_path / file.path).read_bytes() for file in first}
    second = set_up(tmp_path, "audit.toml")
    assert [(file.path, file.written, file.to_add) for file in second] == [(file.path, False, "") for file in first]
    assert {file.path: (tmp_path / file.path).read_bytes() for file in second} == before


# -- what they do ----------------------------------------------------------------------------------------------


def steps(inputs=None):
    """Return each script of the action with its environment, as GitHub would fill it in."""
    action = yaml.safe_load(template("action.yml"))
    given = {name: entry["default"] for name, entry in action["inputs"].items()} | (inputs or {})

    def filled(text):
        return re.sub(r"\$\{\{ inputs\.(\w+) \}\}", lambda found: given[found[1]], text)

    return {
        step["name"]: (step["run"], {name: filled(value) for name, value in step["env"].items()})
        for step in action["runs"]["steps"]
        if "run" in step
    }


def bash(script, project, environment):
    """Run a script as a runner does for ``shell: bash``."""
    path = project.parent / "step.sh"
    path.write_text(script, encoding="utf-8")
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", str(path)],
        cwd=project, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("inputs", "installed"),
    [
        ({}, ["pytest", "fairwitness"]),
        ({"version": "0.1.0"}, ["pytest", "fairwitness==0.1.0"]),
        ({"requirements": "my needs.txt"}, ["--requirement", "my needs.txt", "pytest", "fairwitness"]),
        ({"version": "1; touch x"}, ["pytest", "fairwitness==1; touch x"]),
    ],
)
def test_the_action_installs_what_its_inputs_say(project, surroundings, tmp_path, inputs, installed):
    """A stand-in for python tells what it was called with; nothing is installed."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/python").write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', encoding="utf-8")
    (tmp_path / "bin/python").chmod(0o755)
    script, environment = steps(inputs)["Install fairwitness"]
    path = f"{tmp_path / 'bin'}{os.pathsep}{surroundings['PATH']}"
    done = bash(script, project, surroundings | environment | {"PATH": path})
    assert done.stdout.splitlines() == ["-m", "pip", "install", *installed]


@pytest.mark.parametrize(("women", "code"), [(40, 1), (100, 0)])  # 0.2 / 0.5 = 0.40, and 0.5 / 0.5 = 1.00
def test_the_action_ends_as_the_decisions_say(project, surroundings, tmp_path, women, code):
    (project / "decisions.csv").write_text(decisions(women), encoding="utf-8")
    script, environment = steps()["Run the fairness tests"]
    done = bash(script, project, surroundings | environment)
    assert done.returncode == code, done.stdout + done.stderr
    summary = (tmp_path / "summary.md").read_text(encoding="utf-8")
    ratio, verdict = ("0.40", "◆ beyond threshold") if code else ("1.00", "● within threshold")
    assert f"| {ratio} |" in summary
    assert verdict in summary
    errors = [line for line in done.stderr.splitlines() if line.startswith("::error ")]
    assert len(errors) == code
    assert all("file=tests/test_fairness.py,line=" in line for line in errors)
    assert (project / "fairness-report/report.html").is_file()


def test_the_action_looks_where_it_is_told(project, surroundings):
    (project / "decisions.csv").write_text(decisions(40), encoding="utf-8")
    (project / "tests/test_other.py").write_text("def test_other(fairness):\n    pass\n", encoding="utf-8")
    script, environment = steps({"tests": "tests/test_other.py", "report": "out"})["Run the fairness tests"]
    assert bash(script, project, surroundings | environment).returncode == 0


@pytest.mark.parametrize(("women", "code"), [(40, 1), (100, 0)])
def test_the_job_of_gitlab_ends_as_the_decisions_say(project, surroundings, women, code):
    (project / "decisions.csv").write_text(decisions(women), encoding="utf-8")
    job = yaml.safe_load((project / ".gitlab-ci.yml").read_text(encoding="utf-8"))["fairness"]
    install, run = job["script"]
    assert install.startswith("python -m pip install pytest fairwitness==")
    gitlab = {name: value for name, value in surroundings.items() if not name.startswith("GITHUB")}
    assert bash(run, project, gitlab).returncode == code
    kept = [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]
    assert all((project / path).exists() for path in kept)


@pytest.mark.parametrize(("women", "code"), [(40, 1), (100, 0)])
def test_the_hook_of_pre_commit_ends_as_the_decisions_say(project, surroundings, women, code):
    (project / "decisions.csv").write_text(decisions(women), encoding="utf-8")
    here = {
        name: value
        for name, value in surroundings.items()
        if not name.startswith(("CI", "GITHUB", "GIT_", "PRE_COMMIT"))
    }
    here |= {"PRE_COMMIT_HOME": str(project.parent / "pre-commit"), "HOME": str(project.parent)}
    git = shutil.which("git")
    assert git, "pre-commit works on git repositories"
    for words in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run([git, *words], cwd=project, env=here, check=True)
    done = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--verbose"],
        cwd=project, env=here, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stdout + done.stderr
    assert "fairness tests" in done.stdout
    assert ("beyond" in done.stdout) == bool(code)
