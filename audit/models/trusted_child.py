"""The child process in which a trusted pickle is loaded and asked; started by `trusted`, and by nothing else.

On standard input come a line of JSON, the pickle and the rows; the answer, as JSON after its length, goes to a pipe
of its own.  Nothing of what the model prints is read.
"""

from __future__ import annotations

import io
import json
import os
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError

if TYPE_CHECKING:
    import pandas as pd

    from fairwitness.audit.models.model import Model

OPEN_FILES = 256


def main(end: int) -> None:
    """Answer one question into the pipe, and end at once, whatever the model has set up for later."""
    said = sys.stdin.buffer
    settings = json.loads(said.readline())
    data, rows = said.read(settings["model"]), said.read(settings["rows"])
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    limit(settings["memory"], settings["seconds"])
    reply = json.dumps(_reply(settings, data, rows)).encode()
    with os.fdopen(end, "wb") as pipe:
        pipe.write(len(reply).to_bytes(8))
        pipe.write(reply)
    os._exit(0)


def limit(memory: int, seconds: int) -> None:
    """Limit this process for good.

    Parameters
    ----------
    memory : int
        Bytes of address space.
    seconds : int
        Of each processor's time; the parent keeps the clock.

    Notes
    -----
    No byte is written to a file: Python raises, and other code may not notice.  Processes are not limited in number
    (that limit counts all of a user's, and none of root's): the parent ends what is left.
    """
    import resource

    limits = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_CPU: seconds * (os.cpu_count() or 1) + 1,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: OPEN_FILES,
    }
    for what, most in limits.items():
        there = resource.getrlimit(what)[1]
        allowed = most if there == resource.RLIM_INFINITY else min(most, there)
        resource.setrlimit(what, (allowed, allowed))


def _reply(settings: dict[str, Any], data: bytes, rows: bytes) -> dict[str, Any]:
    from fairwitness.audit.models.asking import raised

    try:
        model = _model(settings, data)
        if not rows:
            return {"inputs": model.inputs, "facts": model.facts}
        written: list[int] = []  # libraries may try as much when they are loaded, and do without
        signal.signal(signal.SIGXFSZ, lambda *_: written.append(1))
        made = model.answers(_frame(rows))
        if written:
            return {"error": "the model writes to a file when it is asked, which was stopped. Ask who wrote it why."}
        return {name: None if values is None else values.tolist() for name, values in made._asdict().items()}
    except FairwitnessError as error:
        return {"error": str(error).removeprefix(f"{settings['name']}: ")}
    except MemoryError:
        return {"error": "the model wants more memory than it may have. Serve it behind an address or a command."}
    except BaseException as error:  # noqa: BLE001 -- loading runs foreign code, which raises what it likes
        missing = getattr(error, "name", None) if isinstance(error, ImportError) else None
        needs = f" It needs the module {missing}, which this Python does not find." if missing else ""
        return {
            "error": f"the model raised {raised(error)} when it was loaded.{needs} Load it with the versions of its "
            "libraries that it was saved with, or export it as ONNX."
        }


def _model(settings: dict[str, Any], data: bytes) -> Model:
    import joblib  # type: ignore[import-untyped]  # published without types

    from fairwitness.audit.models.estimator import loaded, object_model

    given, facts = loaded(lambda: joblib.load(io.BytesIO(data)))  # trusted by its digest, which the parent has checked
    asked = {key: settings[key] for key in ("name", "features", "positive", "cut")}
    made = object_model(given, **asked)
    return replace(made, facts={**made.facts, **facts})


def _frame(rows: bytes) -> pd.DataFrame:
    """Return the rows; a missing value among Python objects is NaN, as pandas reads it, and not None."""
    import numpy as np
    import pyarrow as pa

    frame: pd.DataFrame = pa.ipc.open_stream(rows).read_all().to_pandas()
    objects = frame.select_dtypes(object)
    frame[objects.columns] = objects.where(objects.notna(), np.nan)
    return frame


if __name__ == "__main__":
    main(int(sys.argv[1]))
