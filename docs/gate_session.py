"""Follow the README of the release gate word for word and write down the session: ``python docs/gate_session.py``.

The example is laid where a clone has it, and the commands of the README's console blocks run there one after the other,
as a reader would type them. Three things differ: the commands that make an environment are shown and not run, because
this one is used; the other pytest plugins that it has are left out; and so are times.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

HERE = Path(__file__).parent
EXAMPLE = HERE.parent / "examples" / "resume_gate"
PAGE = HERE / "release_gate_example.md"
WIDTH = 100
BLOCK = re.compile(r"^## ([^\n]+)$|^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ENVIRONMENT = re.compile(r"venv|activate|pip install")
OPENING = """\
# A release gate, from first run to report

What the terminal shows to somebody who follows [the example's README](../examples/resume_gate/README.md) word for word.
`python docs/gate_session.py` recorded it, without colours, 100 columns wide, and a test records it again and compares.
The environment of the checkout was used, so the commands that make one are shown without output; times are left out.
"""


@dataclass(frozen=True, slots=True)
class Step:
    """A command of the README: where it stands, what stands below it, what it printed, how it ended."""

    heading: str
    command: str
    shown: str
    printed: str
    code: int


def commands(text: str) -> list[tuple[str, str, str]]:
    """Return heading, command and shown output of every ``$ command`` in the console blocks of a page."""
    found, heading = [], ""
    for block in BLOCK.finditer(text):
        heading = block[1] or heading
        for part in re.split(r"^\$ ", block[2] or "", flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            found.append((heading, command, shown))
    return found


def session(folder: Path) -> list[Step]:
    """Copy the example to where a clone has it, below ``folder``, and run its README there."""
    here = folder / "clone"
    shutil.copytree(EXAMPLE, here / "examples" / EXAMPLE.name, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    steps = []
    for heading, command, shown in commands((EXAMPLE / "README.md").read_text(encoding="utf-8")):
        if ENVIRONMENT.search(command):
            steps.append(Step(heading, command, shown, "", 0))
            continue
        line = f"{command}\nstatus=$?; pwd -P > '{folder}/here'; exit $status"
        ran = subprocess.run(
            ["sh", "-c", line],
            cwd=here,
            env=environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        here = Path((folder / "here").read_text(encoding="utf-8").strip())
        steps.append(Step(heading, command, shown, plain(ran.stdout), ran.returncode))
    return steps


def environment() -> dict[str, str]:
    """Return the variables of a terminal without colours, 100 columns wide, at somebody's desk.

    Plugins of pytest that the README does not install are left out.
    """
    theirs = re.compile(r"CI$|PYTEST_|GITHUB_|GITLAB_|COV_|PY_COLORS|FORCE_COLOR|FAIRWITNESS_|PYTHONWARNINGS")
    kept = {name: value for name, value in os.environ.items() if not theirs.match(name)}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    others = " ".join(f"-p no:{entry.name}" for entry in entry_points(group="pytest11") if entry.name != "fairwitness")
    plain_terminal = {"COLUMNS": str(WIDTH), "NO_COLOR": "1", "TERM": "dumb", "PYTHONUTF8": "1"}
    return kept | plain_terminal | {"PATH": path, "PYTEST_ADDOPTS": others}


def plain(printed: str) -> str:
    """Return what was printed with ordinary spaces and without what differs from run to run."""
    printed = re.sub(r"[\u00a0\u202f]", " ", printed)
    return re.sub(
        r"^=+ (.+ in) [\d.]+s .*=$", lambda last: f" {last[1]} …s ".center(WIDTH, "="), printed, flags=re.MULTILINE
    )


def page(steps: list[Step]) -> str:
    """Return the session as a Markdown page, under the README's headings."""
    parts, heading = [OPENING], ""
    for step in steps:
        if step.heading != heading:
            parts.append(f"\n## {step.heading}\n")
            heading = step.heading
        ended = f"(exit code {step.code})\n" if step.code else ""
        parts.append(f"\n```text\n$ {step.command}\n{step.printed}{ended}```\n")
    return "".join(parts)


def main() -> None:
    """Write the page."""
    with tempfile.TemporaryDirectory() as folder:
        PAGE.write_text(page(session(Path(folder).resolve())), encoding="utf-8")


if __name__ == "__main__":
    main()
