"""Do one job once, in this process, and print as JSON what it took.

    python jobs JOB FILE SMALL_FILE

A job is a module beside this file.  ``load(path)`` brings the data as far as the job's tool wants them,
``work(loaded)`` is what is compared, ``answer(result)`` the smallest ratio of selection rates by sex, race, and both.
The whole job is first done with a small file, so that importing is outside the time.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from importlib import import_module

KIB_PER_MIB = 1024


def seconds() -> tuple[float, float]:
    """Return wall-clock and processor seconds, the latter of all threads."""
    return time.perf_counter(), time.process_time()


def main(name: str, file: str, small_file: str) -> None:
    """Run and report."""
    begin = seconds()
    job = import_module(name)
    job.work(job.load(small_file))
    started = seconds()
    loaded = job.load(file)
    ready = seconds()
    result = job.work(loaded)
    done = seconds()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss  # KiB on Linux, bytes on macOS
    report = {
        "start": started[0] - begin[0],
        "load": ready[0] - started[0],
        "load_cpu": ready[1] - started[1],
        "work": done[0] - ready[0],
        "work_cpu": done[1] - ready[1],
        "peak_mib": peak / KIB_PER_MIB / (KIB_PER_MIB if sys.platform == "darwin" else 1),
        "answer": job.answer(result),
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
