"""A program fed through its standard input, with an end to its time and to the size of its output."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PIECE = 65_536  # bytes that are written or read at once


def answered_by(words: Sequence[str], sent: Iterator[bytes], who: str, *, timeout: float, most: int) -> list[bytes]:
    r"""Return the lines that a program writes.

    Parameters
    ----------
    words : sequence of str
        The program and its arguments.
    sent : iterator of bytes
        What it is to read; taken as fast as it reads.
    who : str
        What messages call it.
    timeout : float
        Seconds from its start to its end.
    most : int
        Bytes that it may write.

    Raises
    ------
    FairwitnessError
        It cannot be started, does not end in time, writes too much, or ends with an error.

    Notes
    -----
    The program leads a process group of its own, which is killed when it has ended or has had its time: nothing that
    it started in that group outlives it.

    Examples
    --------
    >>> answered_by(["cat"], iter([b"1\n", b"2\n"]), "cat", timeout=5, most=100)
    [b'1', b'2']
    """
    until = time.monotonic() + timeout
    with _started(words, who) as process:
        written = _exchanged(process, sent, until, most)
        if written is not None and len(written) <= most:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(until - time.monotonic(), 0))
        code = process.poll()
    if written is not None and len(written) > most:
        raise FairwitnessError(f"{who}: it wrote more than {most:,} bytes. Write one prediction a row, and no more.")
    if written is None or code is None:
        raise FairwitnessError(
            f"{who}: it did not end within {timeout:g} seconds. Give it longer (timeout, --model-timeout), or fewer "
            "rows at a time (batch, --model-batch)."
        )
    if code != 0:
        how = f"with exit code {code}" if code > 0 else f"by signal {_signal(-code)}"
        raise FairwitnessError(
            f"{who}: it ended {how}. What it says of that may quote rows and is not repeated. Run it alone on one row."
        )
    lines = bytes(written).split(b"\n")
    return lines if lines[-1] else lines[:-1]


def _signal(number: int) -> str:
    """Return a signal's name; of those for real time, all but two have none."""
    return signal.Signals(number).name if number in set(signal.Signals) else str(number)


@contextmanager
def _started(words: Sequence[str], who: str) -> Iterator[subprocess.Popen[bytes]]:
    pipe, nothing = subprocess.PIPE, subprocess.DEVNULL
    try:
        process = subprocess.Popen(  # noqa: S603 -- the program that the user names, without a shell
            words, stdin=pipe, stdout=pipe, stderr=nothing, bufsize=0, start_new_session=True
        )
    except (OSError, ValueError) as error:
        fault = getattr(error, "strerror", None) or "its arguments cannot be handed over"
        process = None
    if process is None:
        raise FairwitnessError(f"{who}: the program cannot be started ({fault}).")
    try:
        yield process
    finally:
        with suppress(ProcessLookupError, PermissionError):  # it may be gone, and on macOS be a zombie
            os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        process.wait()


def _exchanged(process: subprocess.Popen[bytes], sent: Iterator[bytes], until: float, most: int) -> bytearray | None:
    """Write and read, both as they go, until the program closes its output; None if it has not by then."""
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise ValueError("a program without pipes")
    written, pieces, piece = bytearray(), _pieces(sent), b""
    os.set_blocking(stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(stdin, selectors.EVENT_WRITE)
        selector.register(stdout, selectors.EVENT_READ)
        while len(written) <= most and (left := until - time.monotonic()) > 0:
            ready = [key.fileobj for key, _ in selector.select(left)]
            if stdout in ready:
                read = os.read(stdout.fileno(), PIECE)
                if not read:
                    return written
                written += read
            if stdin in ready:
                left_over = _put(stdin.fileno(), piece or next(pieces, b""))
                piece = left_over or b""
                if left_over is None:
                    selector.unregister(stdin)
                    stdin.close()
    return written if len(written) > most else None


def _put(pipe: int, piece: bytes) -> bytes | None:
    """Write what fits; return the rest, or None where there is nothing to write or nobody reads any more."""
    if not piece:
        return None
    try:
        return piece[os.write(pipe, piece) :]
    except BlockingIOError:
        return piece
    except BrokenPipeError:
        return None


def _pieces(lines: Iterator[bytes]) -> Iterator[bytes]:
    piece = bytearray()
    for line in lines:
        piece += line
        if len(piece) >= PIECE:
            yield bytes(piece)
            piece.clear()
    if piece:
        yield bytes(piece)
