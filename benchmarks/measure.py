"""Run each job in a process of its own, several times in turn, and take medians."""

from __future__ import annotations

import json
import math
import subprocess
from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import product
from statistics import median
from typing import TYPE_CHECKING, Any

from competitors import HERE, JOBS, OURS, Job, interpreter

if TYPE_CHECKING:
    from pathlib import Path

RUNS = 5
DRAWS = 1000
ENOUGH = 20.0  # seconds; a job that has taken longer is not run again


@dataclass(frozen=True, slots=True)
class Measured:
    """Medians of a job's runs: seconds, processor seconds and MiB.

    Attributes
    ----------
    start, load, work, load_cpu, work_cpu : float
        ``start`` is importing, and the whole job once with a small file.
    peak_mib : float or None
        Largest resident memory; None where the number of rows is scaled.
    runs : int
    scaled_from : str
        What was measured, where that is less than what is told; otherwise empty.
    """

    start: float
    load: float
    work: float
    load_cpu: float
    work_cpu: float
    peak_mib: float | None
    runs: int
    scaled_from: str = ""

    @property
    def wall(self) -> float:
        """Seconds from the file to the answer."""
        return self.load + self.work

    @property
    def cpu(self) -> float:
        """Processor seconds from the file to the answer, of all threads."""
        return self.load_cpu + self.work_cpu


def measure(file: Path, small: Path, jobs: list[Job]) -> tuple[dict[Job, Measured], dict[Job, str]]:
    """Return the medians of the jobs that ran, and for the others why not.  Ours must run.

    The jobs take turns, so that a slow minute of the machine meets all of them.
    """
    runs: defaultdict[Job, list[dict[str, Any]]] = defaultdict(list)
    missing: dict[Job, str] = {}
    for _ in range(RUNS):
        for job in jobs:
            if job in missing or sum(r["load"] + r["work"] for r in runs[job]) > ENOUGH:
                continue
            try:
                runs[job].append(_run(job, file, small))
            except (OSError, subprocess.CalledProcessError) as error:
                said = str(getattr(error, "stderr", "") or error).strip().splitlines()
                missing[job] = said[-1] if said else type(error).__name__
                if job in OURS:
                    raise SystemExit("\n".join([f"{job.name} stopped:", *said])) from None
                print(f"{job.name}: not measured: {missing[job]}", flush=True)
    done = {job: found for job, found in runs.items() if found and job not in missing}
    _same_answers(done)
    return {job: _medians(found) for job, found in done.items()}, missing


def _run(job: Job, file: Path, small: Path) -> dict[str, Any]:
    command = [interpreter(job), str(HERE / "jobs"), job.name, str(file), str(small)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    took = f"{found['load']:.3f} + {found['work']:.3f} s"
    print(f"{job.name}: {took} (CPU {found['work_cpu']:.3f}), {found['peak_mib']:.0f} MiB", flush=True)
    return found


def _medians(runs: list[dict[str, Any]]) -> Measured:
    names = ("start", "load", "work", "load_cpu", "work_cpu", "peak_mib")
    return Measured(**{name: median(run[name] for run in runs) for name in names}, runs=len(runs))


def _same_answers(done: dict[Job, list[dict[str, Any]]]) -> None:
    """Stop unless every job found the same smallest ratios of selection rates."""
    answers: dict[str, dict[str, float]] = {job.name: runs[0]["answer"] for job, runs in done.items()}
    first = answers.get(next(iter(answers), ""), {})
    other = {
        name: answer
        for name, answer in answers.items()
        if answer.keys() != first.keys() or any(not math.isclose(answer[way], first[way]) for way in first)
    }
    if other:
        raise SystemExit(f"Not the same answers: {first} by {next(iter(answers))}, but {other}.")


def scaled(found: dict[int, dict[Job, Measured]]) -> dict[int, dict[Job, Measured]]:
    """Add in proportion what was not measured: more rows than a job was given, and 1,000 draws from few.

    The figure itself and ``draws`` draws are ``draws + 1`` passes over the rows; 1,000 draws are 1,001.
    """
    made: dict[int, dict[Job, Measured]] = {rows: {} for rows in found}
    for rows, job in product(found, JOBS):
        measured = [n for n in found if job in found[n]]
        if not measured:
            continue
        at = rows if rows in measured else max(measured)
        m, more = found[at][job], rows / at
        passes = (DRAWS + 1) / (job.draws + 1) if job.draws else 1
        how = [f"{job.draws} draws"] if job.draws else []
        how += [f"{at:,} rows"] if at != rows else []
        made[rows][job] = replace(
            m,
            load=m.load * more,
            work=m.work * more * passes,
            load_cpu=m.load_cpu * more,
            work_cpu=m.work_cpu * more * passes,
            peak_mib=m.peak_mib if at == rows else None,
            scaled_from=" at ".join(how),
        )
    return made
