"""What is timed: ours, bare counts, and other libraries."""

from __future__ import annotations

import subprocess
import sys
import venv
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Job:
    """One thing that is timed.

    Attributes
    ----------
    name : str
        A module in ``jobs/``.
    title : str
        As the table has it.
    most_rows : int
        More are not measured: time is then scaled linearly from here.
    draws : int
        Bootstrap draws that are measured, where those are fewer than 1,000.
    """

    name: str
    title: str
    most_rows: int = 10 * MILLION
    draws: int = 0


COUNT = Job("duckdb_count", "DuckDB: group-by count alone")
TALLY = Job("fairwitness_tally", "**fairwitness: tally**")
WITHOUT = Job("fairwitness_audit_without", "**fairwitness: whole audit, no bootstrap**")
AUDIT = Job("fairwitness_audit", "**fairwitness: whole audit, 1,000 draws**")
OURS = (TALLY, WITHOUT, AUDIT)
FAIRLEARN = Job("fairlearn_metricframe", "fairlearn: MetricFrame", MILLION)
FAIRLEARN_DRAWS = Job("fairlearn_bootstrap", "fairlearn: MetricFrame, 1,000 draws", MILLION // 10, draws=3)
NUMPY_DRAWS = Job("numpy_row_bootstrap", "numpy: counts from codes, 1,000 draws of rows", MILLION, draws=50)
AEQUITAS = Job("aequitas_audit", "aequitas: Group and Bias")

JOBS = (
    COUNT,
    Job("polars_count", "Polars: group-by count alone"),
    *OURS,
    AEQUITAS,
    Job("aif360_metrics", "aif360: ClassificationMetric", MILLION),
    FAIRLEARN,
    NUMPY_DRAWS,
    FAIRLEARN_DRAWS,
)


def interpreter(job: Job) -> str:
    """Return the Python that has what the job needs.

    Raises
    ------
    OSError, subprocess.CalledProcessError
        The environment for aequitas cannot be made.
    """
    if job is not AEQUITAS:
        return sys.executable
    needed = HERE / "requirements-aequitas.txt"
    place = HERE.parent / "build" / "aequitas"
    python = place / "bin" / "python"
    installed = place / "installed.txt"
    if not installed.exists() or installed.read_bytes() != needed.read_bytes():
        print("making an environment for aequitas …", flush=True)
        venv.create(place, with_pip=True, clear=True)
        pip = [str(python), "-m", "pip", "install", "--quiet", "--requirement", str(needed)]
        subprocess.run(pip, check=True, capture_output=True, text=True)
        installed.write_bytes(needed.read_bytes())
    return str(python)
