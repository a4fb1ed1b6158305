"""How long a tally and a whole audit take, beside bare counts and other libraries, in one run on the same data.

Prints the tables; with all three sizes, also writes them into docs/benchmarks.md.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from competitors import (
    AUDIT,
    COUNT,
    FAIRLEARN,
    FAIRLEARN_DRAWS,
    HERE,
    JOBS,
    MILLION,
    NUMPY_DRAWS,
    OURS,
    TALLY,
    WITHOUT,
    Job,
)
from machine import machine
from measure import Measured, measure, scaled
from page import rewrite, table

SIZES = (MILLION // 10, MILLION, 10 * MILLION)
SMALL = 10_000
MIB_PER_GB = 1e9 / 2**20

Found = dict[int, dict[Job, Measured]]


def main(sizes: tuple[int, ...] = SIZES) -> None:
    """Measure, print; rewrite the page if nothing was left out."""
    found: Found = {}
    missing: dict[Job, str] = {}
    with tempfile.TemporaryDirectory() as folder:
        small = _decisions(Path(folder), SMALL)
        for rows in sizes:
            print(f"-- {rows:,} rows", flush=True)
            jobs = [job for job in JOBS if job not in missing and (rows <= job.most_rows or rows == min(sizes))]
            found[rows], not_run = measure(_decisions(Path(folder), rows), small, jobs)
            missing |= not_run
    found = scaled(found)
    parts = [f"### {rows:,} rows\n\n{by_job(found[rows])}" for rows in sizes]
    parts += [f"Not measured: {job.title.strip('*')} ({why})." for job, why in missing.items()]
    goals, tables = headlines(found[max(sizes)], max(sizes)), "\n\n".join(parts)
    print(machine(), goals, tables, sep="\n\n")
    if sizes == SIZES:
        rewrite("benchmarks.md", "machine", f"{machine()} {_aequitas()}")
        rewrite("benchmarks.md", "headlines", goals)
        rewrite("benchmarks.md", "tables", tables)


def _decisions(folder: Path, rows: int) -> Path:
    """Return a file of made-up decisions, made by a process of its own."""
    path = folder / f"{rows}.parquet"
    subprocess.run([sys.executable, HERE / "decisions.py", path, str(rows)], check=True)
    return path


def by_job(found: dict[Job, Measured]) -> str:
    """Return one line for each job, with its time as a multiple of the bare count and of the audit."""
    rows = []
    for job, m in found.items():
        took = [digits(s) for s in (m.start, m.load, m.work, m.cpu)]
        times = [digits(m.wall / found[of].wall) if of in found else "" for of in (COUNT, AUDIT)]
        memory = f"{m.peak_mib:,.0f}" if m.peak_mib else ""
        rows.append([job.title, *took, *times, memory, str(m.runs), m.scaled_from])
    header = ["", "start", "load", "work", "CPU", "÷ DuckDB", "÷ our audit", "peak MiB", "runs", "scaled from"]
    return table(header, rows)


def digits(x: float) -> str:
    """Return seconds or a ratio with as many digits as are worth reading."""
    return f"{x:,.0f}" if x >= 100 else f"{x:.1f}" if x >= 10 else f"{x:.2f}" if x >= 0.1 else f"{x:.3f}"


def headlines(found: dict[Job, Measured], rows: int) -> str:
    """Return the ratios that matter, wall clock and processor time, with what we hold ourselves to."""
    asked = [
        ("tally ÷ DuckDB's group-by count alone", TALLY, COUNT, "at most 3"),
        ("whole audit with 1,000 draws ÷ without", AUDIT, WITHOUT, "at most 1.5"),
        ("fairlearn's MetricFrame ÷ our whole audit without draws", FAIRLEARN, WITHOUT, ""),
        (
            "fairlearn's MetricFrame with 1,000 draws ÷ our whole audit with 1,000",
            FAIRLEARN_DRAWS,
            AUDIT,
            "at least 1,000",
        ),
        ("1,000 draws of rows in numpy ÷ our whole audit with 1,000", NUMPY_DRAWS, AUDIT, ""),
    ]
    lines = [
        [name, digits(found[a].wall / found[b].wall), digits(found[a].cpu / found[b].cpu), goal]
        for name, a, b, goal in asked
        if a in found and b in found
    ]
    peak = max((m.peak_mib or 0 for job, m in found.items() if job in OURS), default=0)
    lines.append(["peak memory of tally and audit, MiB", f"{peak:,.0f}", "", f"under {1.5 * MIB_PER_GB:,.0f}"])
    return table([f"at {rows:,} rows", "wall clock", "CPU", "goal"], lines)


def _aequitas() -> str:
    pinned = (HERE / "requirements-aequitas.txt").read_text(encoding="utf-8").splitlines()
    return f"aequitas in an environment of its own: {', '.join(p.replace('==', ' ') for p in pinned[1:])}."
