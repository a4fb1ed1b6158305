"""What the pytest plugin costs: a suite that never audits, and an audit in a test beside the same audit in a script.

Prints what it finds, and writes it into docs/plugin_cost.md.  Takes about five minutes.
"""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import tempfile
import time
from importlib.metadata import entry_points, version
from pathlib import Path
from statistics import median, quantiles
from typing import TYPE_CHECKING, NamedTuple

from machine import machine
from page import rewrite, table

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = Path(__file__).resolve().parent
SUITES = {1: 40, 100: 40, 1_000: 20}  # trivial tests: rounds
ROUNDS = 20  # of everything else
ROWS = 100_000
SEED = 2026
CHECKS = 10
OTHERS = sorted({plugin.name for plugin in entry_points(group="pytest11")} - {"fairwitness"})
PYTEST = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *(f"-pno:{name}" for name in OTHERS)]
WITHOUT = [*PYTEST, "-pno:fairwitness"]
PLAIN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST", "CI"))}

LOAD = '"decisions.parquet", decision="selected", protected=["sex", "race"]'
IN_A_TEST = f"""
def test_audit(fairness):
    fairness.audit({LOAD}).check("impact_ratio", at_least=0.5)
"""
IN_A_SCRIPT = f"""
import fairwitness as fw

fw.check(fw.run_audit(fw.load({LOAD})), "impact_ratio", at_least=0.5)
"""
MANY = f"""
import time
import pytest

@pytest.mark.parametrize("line", [0.4 + i / 100 for i in range({CHECKS})])
def test_audit(fairness, line):
    before = time.process_time()
    fairness.audit({LOAD}).check("impact_ratio", at_least=line)
    with open("spent.txt", "a", encoding="utf-8") as file:
        file.write(f"{{time.process_time() - before}}\\n")
"""


class Spent(NamedTuple):
    """Seconds of one process and those it started."""

    wall: float
    cpu: float


class Spread(NamedTuple):
    """The middle of many figures and the quarters around it."""

    low: float
    middle: float
    high: float

    def written(self, digits: int) -> str:
        """Return it as it is printed."""
        return f"{self.middle:.{digits}f} ({self.low:.{digits}f} to {self.high:.{digits}f})"


def main() -> None:
    """Measure, print, rewrite the page."""
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        _check_plugin(suite(root / "check", trivial(1)))
        suites = unrelated(root)
        imported = import_time()
        audits = with_audits(root)
    where = f"{machine()} pytest {version('pytest')}."
    print(where, suites, imported, audits, sep="\n\n")
    for part, text in (("machine", where), ("suites", suites), ("import", imported), ("audits", audits)):
        rewrite("plugin_cost.md", part, text)


# -- suites ----------------------------------------------------------------------------------------------------


def suite(folder: Path, tests: str) -> Path:
    """Return a folder with tests in one file, and a configuration of its own."""
    folder.mkdir()
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    (folder / "test_it.py").write_text(tests, encoding="utf-8")
    return folder


def trivial(number: int) -> str:
    """Return tests that do nothing."""
    return "\n".join(f"def test_{i}():\n    assert True\n" for i in range(number))


def _check_plugin(folder: Path) -> None:
    """Stop unless the plugin is loaded in the one case and not in the other: else two equal things are compared."""
    codes = [
        subprocess.run(
            [*command, "--fairness-skip"], cwd=folder, env=PLAIN, capture_output=True, check=False
        ).returncode
        for command in (PYTEST, WITHOUT)
    ]
    if codes != [0, 4]:
        raise SystemExit("The plugin is not installed as an entry point. Do: pip install --editable .")


def spend(command: Sequence[str], folder: Path) -> Spent:
    """Run a command, and return what it took; what it says is thrown away."""
    before = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env=PLAIN, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - before
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)} ended with {process.returncode}")
    return Spent(wall, used.ru_utime + used.ru_stime)


def in_turn(jobs: dict[str, tuple[Sequence[str], Path]], rounds: int) -> dict[str, list[Spent]]:
    """Run each job once in each round, in an order drawn anew; a first round only warms up."""
    found: dict[str, list[Spent]] = {name: [] for name in jobs}
    generator = random.Random(SEED)
    for command, folder in jobs.values():
        spend(command, folder)
    for _ in range(rounds):
        for name in generator.sample(list(jobs), len(jobs)):
            found[name].append(spend(*jobs[name]))
    print(", ".join(f"{name}: {median(s.cpu for s in spent):.3f} s" for name, spent in found.items()), flush=True)
    return found


def spread(figures: Sequence[float]) -> Spread:
    """Return median and quartiles."""
    return Spread(*quantiles(figures, n=4, method="inclusive"))


# -- what is measured ------------------------------------------------------------------------------------------


def unrelated(root: Path) -> str:
    """Return the table of suites that never audit: with the plugin ÷ without, and without ÷ without."""
    rows = []
    for tests, rounds in SUITES.items():
        folder = suite(root / f"suite-{tests}", trivial(tests))
        found = in_turn({"with": (PYTEST, folder), "without": (WITHOUT, folder), "again": (WITHOUT, folder)}, rounds)
        rounded = list(zip(*found.values(), strict=True))
        rows.append([
            f"{tests:,} {'test' if tests == 1 else 'tests'}",
            spread([a.cpu / b.cpu for a, b, _ in rounded]).written(3),
            spread([a.wall / b.wall for a, b, _ in rounded]).written(3),
            spread([c.cpu / b.cpu for _, b, c in rounded]).written(3),
            f"{1000 * median(a.cpu - b.cpu for a, b, _ in rounded):.0f}",
            str(rounds),
        ])  # fmt: skip
    header = [
        "",
        "CPU: with ÷ without",
        "wall clock: with ÷ without",
        "CPU: without ÷ without",
        "more CPU, ms",
        "rounds",
    ]
    return table(header, rows)


def import_time() -> str:
    """Return in a sentence how long the plugin takes to import once pytest and its own plugins are there."""
    code = "from _pytest.config import get_config; get_config(); import fairwitness.audit.pytest_plugin"
    runs = []
    for _ in range(ROUNDS + 1):
        command = [sys.executable, "-X", "importtime", "-c", code]
        told = subprocess.run(command, env=PLAIN, capture_output=True, text=True, check=True).stderr
        # "import time: self [us] | cumulative | imported package", what another imported indented by two blanks more
        outer = re.findall(r"^import time: +\d+ \| +(\d+) \| fairwitness", told, re.MULTILINE)
        runs.append(sum(map(int, outer)) / 1000)  # the first may compile, and is left out below
        modules = len(re.findall(r"\| +fairwitness", told))
    took = spread(runs[1:]).written(1)
    return (
        f"Importing the plugin, with everything it imports that pytest had not, took {took} ms of the wall clock, for "
        f"{modules} modules of fairwitness, in {ROUNDS} runs under `-X importtime`, which itself slows imports down."
    )


def with_audits(root: Path) -> str:
    """Return the table of what audits cost in tests."""
    folders = {name: root / name for name in ("in a test", "in a script", "test", "script", "many")}
    sources = (IN_A_TEST, trivial(1), trivial(1), trivial(1), MANY)
    for folder, tests in zip(folders.values(), sources, strict=True):
        suite(folder, tests)
        subprocess.run([sys.executable, HERE / "decisions.py", folder / "decisions.parquet", str(ROWS)], check=True)
    scripts = {"in a script": IN_A_SCRIPT, "script": ""}
    for name, text in scripts.items():
        (folders[name] / "script.py").write_text(text, encoding="utf-8")
    run = {name: [sys.executable, "script.py"] if name in scripts else PYTEST for name in folders if name != "many"}
    found = in_turn({name: (command, folders[name]) for name, command in run.items()}, ROUNDS)
    rounds = list(zip(*(found[name] for name in run), strict=True))
    ratio = spread([(a.cpu - c.cpu) / (b.cpu - d.cpu) for a, b, c, d in rounds])
    further = spread([_further(folders["many"]) for _ in range(ROUNDS)])
    return table(
        ["", f"CPU, {ROUNDS} rounds"],
        [
            ["an audit with a check in a test ÷ the same in a script", ratio.written(2)],
            [f"{CHECKS - 1} further tests of the same data together ÷ the first", further.written(4)],
        ],
    )


def _further(folder: Path) -> float:
    """Return the processor time of all tests but the first, as a multiple of the first's."""
    (folder / "spent.txt").unlink(missing_ok=True)
    spend(PYTEST, folder)
    first, *others = map(float, (folder / "spent.txt").read_text(encoding="utf-8").split())
    return sum(others) / first


if __name__ == "__main__":
    main()
