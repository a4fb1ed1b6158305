"""What it costs to audit a model's decisions, beside the model alone: processor time, wall clock, and memory.

Prints what it finds, and writes it into docs/model_scoring.md.  Takes about three minutes.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from machine import machine
from page import rewrite, table

HERE = Path(__file__).resolve().parent
ROWS = 1_000_000
MORE = 4_000_000
WARM = 10_000
ROUNDS = 3
SEED = 2026
MODELS = {"boosted": "gradient boosting", "linear": "logistic regression"}
OURS = {"asked": "asking", "fairwitness": "auditing"}
JOBS = {
    "fairwitness": "auditing: file, model, counts",
    "asked": "asking: the model through fw.load_model, rows ready",
    "alone": "onnxruntime alone, arrays ready",
    "one_thread": "the same on one thread",
    "script": "a script: file, arrays, onnxruntime",
}

Runs = dict[str, list[dict[str, Any]]]


def main() -> None:
    """Measure, print, rewrite the page."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for rows in (WARM, ROWS, MORE):
            _run("make", folder, str(rows))
        found = {model: in_turn(folder, model) for model in MODELS}
        memory = {
            job: [_run(job, folder, "boosted", str(n)) for n in (ROWS, MORE)] for job in ("fairwitness", "script")
        }
    where = f"{machine()} onnxruntime {version('onnxruntime')}, skl2onnx {version('skl2onnx')}, {ROUNDS} rounds."
    costs = "\n\n".join(f"**{MODELS[model].capitalize()}**\n\n{costs_of(runs)}" for model, runs in found.items())
    peaks = table(
        ["largest memory, MiB", f"{ROWS:,} rows", f"{MORE:,} rows", "growth"],
        [
            [
                JOBS[job],
                *(f"{run['peak_mib']:,.0f}" for run in runs),
                f"{runs[1]['peak_mib'] / runs[0]['peak_mib']:.2f}",
            ]
            for job, runs in memory.items()
        ],
    )
    print(where, costs, peaks, sep="\n\n")
    for part, text in (("machine", where), ("costs", costs), ("memory", peaks)):
        rewrite("model_scoring.md", part, text)


def in_turn(folder: Path, model: str) -> Runs:
    """Run each job once in each round, in an order drawn anew, so that a slow minute meets all of them."""
    runs: Runs = {job: [] for job in JOBS}
    generator = random.Random(SEED)
    for _ in range(ROUNDS):
        for job in generator.sample(list(JOBS), len(JOBS)):
            runs[job].append(_run(job, folder, model, str(ROWS)))
    selected = {run["selected"] for done in runs.values() for run in done}
    if len(selected) > 1:
        raise SystemExit(f"Not the same decisions: {sorted(selected)} were selected.")
    return runs


def costs_of(runs: Runs) -> str:
    """Return the table of seconds, and of what asking and auditing take as multiples of each other way."""
    rows = []
    for job, done in runs.items():
        row = [JOBS[job]]
        for clock in ("cpu", "wall"):
            row.append(f"{median(run[clock] for run in done):.2f}")
            row += ["" if job in OURS else _times(runs[ours], done, clock) for ours in OURS]
        rows.append(row)
    head = [f"{what} ÷ this" for what in OURS.values()]
    return table(["", "CPU, s", *head, "wall clock, s", *head], rows)


def _times(ours: list[dict[str, Any]], other: list[dict[str, Any]], clock: str) -> str:
    ratios = [a[clock] / b[clock] for a, b in zip(ours, other, strict=True)]
    least = min(run[clock] for run in ours) / min(run[clock] for run in other)
    return f"{median(ratios):.2f} ({least:.2f})"


def _run(what: str, folder: Path, *rest: str) -> dict[str, Any]:
    command = [sys.executable, str(HERE / "scoring_jobs.py"), what, str(folder), *rest]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    print(what, *rest, done.stdout.strip(), flush=True)
    return json.loads(done.stdout) if done.stdout else {}


if __name__ == "__main__":
    main()
