"""One question to a child process that may hang, lie or start others: it is answered in time, or all of it is ended."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import sys
import time
from contextlib import suppress
from tempfile import TemporaryDirectory

from fairwitness.audit.errors import FairwitnessError

CHILD = "fairwitness.audit.models.trusted_child"
MEMORY = 4 << 30  # bytes of address space, besides what the question takes
ENVIRONMENT = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
LENGTH = 8  # bytes that say how long an answer is
PART = 1 << 16


def answered(question: bytes, most: int, timeout: float, where: str) -> bytes:
    """Return what a new child answers, and see that neither it nor what it started outlives the question.

    Parameters
    ----------
    question : bytes
        For its standard input.
    most : int
        Bytes that the answer may have.
    timeout : float
        Seconds.
    where : str
        The model's name, for messages.

    Raises
    ------
    FairwitnessError
        No answer in time, or none at all; too much of it; processes that the child left behind.
    """
    answers, end = os.pipe()
    deadline = time.monotonic() + timeout
    with TemporaryDirectory(prefix="fairwitness-") as folder, os.fdopen(answers, "rb", buffering=0):
        try:
            child = subprocess.Popen(  # noqa: S603 -- this very Python, with a module of ours
                [sys.executable, "-I", "-B", "-X", "utf8", "-m", CHILD, str(end)],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,  # whatever a model prints, rows perhaps, is not ours to repeat
                stderr=subprocess.DEVNULL,
                cwd=folder,
                env=ENVIRONMENT,
                pass_fds=(end,),
                start_new_session=True,
            )
        finally:
            os.close(end)
        try:
            reply = _exchanged(child, question, answers, most, deadline)
            child.wait(max(deadline - time.monotonic(), 0.1))
        except (TimeoutError, subprocess.TimeoutExpired):
            raise FairwitnessError(
                f"{where}: the model did not answer within {timeout:g} seconds, and its process was stopped. Give it "
                "more time (timeout), or fewer rows in one question (batch)."
            ) from None
        except EOFError:
            raise FairwitnessError(
                f"{where}: the model's process {_how_it_ended(child)} without an answer. It may want more than "
                f"{MEMORY >> 30} GiB of memory, or versions of its libraries that are not installed here."
            ) from None
        except OverflowError:
            raise FairwitnessError(f"{where}: the model's process answered more than was asked for.") from None
        finally:
            left = _ended(child)
    if left:
        raise FairwitnessError(
            f"{where}: the model started processes of its own and left them behind. They were stopped, and nothing of "
            "its answer is used. Save it so that it runs in one process (n_jobs=1)."
        )
    return reply


def _exchanged(child: subprocess.Popen[bytes], question: bytes, answers: int, most: int, deadline: float) -> bytes:
    """Write the question and read the answer at the same time, so that neither waits for the other for ever.

    Raises
    ------
    TimeoutError
    EOFError
        The answer ends before it is whole.
    OverflowError
        It is longer than it may be.
    """
    stdin = child.stdin
    assert stdin is not None  # noqa: S101 -- a pipe was asked for
    os.set_blocking(stdin.fileno(), False)
    unsent, got = memoryview(question), bytearray()
    with stdin, selectors.DefaultSelector() as selector:
        selector.register(stdin, selectors.EVENT_WRITE)
        selector.register(answers, selectors.EVENT_READ)
        while not _whole(got, most):
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            for key, _ in selector.select(left):
                if key.fd == answers:
                    got += _read(answers)
                    continue
                unsent = unsent[_written(stdin.fileno(), unsent) :]
                if not unsent:
                    selector.unregister(stdin)
    return bytes(got[LENGTH:])


def _whole(got: bytearray, most: int) -> bool:
    """Say whether an answer is there: its length, and as many bytes."""
    if len(got) < LENGTH:
        return False
    size, there = int.from_bytes(got[:LENGTH]), len(got) - LENGTH
    if max(size, there) > most or there > size:
        raise OverflowError
    return there == size


def _read(answers: int) -> bytes:
    part = os.read(answers, PART)
    if not part:
        raise EOFError
    return part


def _written(to: int, unsent: memoryview) -> int:
    try:
        return os.write(to, unsent[:PART])
    except BrokenPipeError:  # it does not read on, but may have said why
        return len(unsent)


def _ended(child: subprocess.Popen[bytes]) -> bool:
    """End the child and its group; say whether anything but the child was left in it."""
    alone = child.poll() is None
    left = True
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # macOS says the latter of a group of the dead
        left = False
    child.wait()
    return left and not alone


def _how_it_ended(child: subprocess.Popen[bytes]) -> str:
    with suppress(subprocess.TimeoutExpired):
        code = child.wait(5)
        if -code in set(signal.Signals):
            return f"was ended by {signal.Signals(-code).name}"
    return "ended"
