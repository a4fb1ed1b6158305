"""Writing a report folder: the whole of it appears at once, or nothing does."""

from __future__ import annotations

import errno
import os
import re
import secrets
import shutil
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.evidence.manifest import MANIFEST, manifest_bytes, verify_folder

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


def write_folder(
    out: str | Path, files: Mapping[str, bytes], manifest_facts: Mapping[str, Any], *, replace: bool = False
) -> Path:
    """Write a report folder with its manifest: complete, or not at all.

    The files are written into a staging folder beside ``out`` (``.<name>.staging-<pid>-<random>``), flushed to the
    disk, the manifest last, and moved into place by one rename.  What a run that was killed left behind is removed
    when the next one writes to the same place.

    Parameters
    ----------
    out : str or Path
        The folder to make.  Its parent must exist.
    files : mapping of str to bytes
        By relative path: see `fairwitness.audit.evidence.manifest.check_paths`.
    manifest_facts : mapping
        What the manifest says beside the digests of the files: of source, plan and tally, versions.
    replace : bool
        Put the report in the place of one that is there.  Only a report folder without other files in it, or an
        empty folder, is replaced.

    Returns
    -------
    Path
        ``out``.

    Raises
    ------
    FairwitnessError
        ``out`` is there already or is a link, it holds files that are not of a report, its parent is no folder,
        or the system refused to write.  Nothing was written then, and an earlier report is as it was.

    References
    ----------
    IEEE Std 1003.1-2017 (POSIX), rename() and fsync(). https://pubs.opengroup.org/onlinepubs/9699919799/

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     folder = write_folder(Path(place, "report"), {"report.html": b"<p>"}, {"tally_sha256": None})
    ...     verify_folder(folder)
    ()
    """
    out = Path(out)
    whole = {**files, MANIFEST: manifest_bytes(files, manifest_facts)}
    try:
        _check_parent(out)
        _clear_abandoned(out)
        _check_free(out, replace=replace)
        with _staging(out) as staging:
            _write(staging / "new", whole)
            _move_into_place(staging, out, replace=replace)
    except OSError as error:
        msg = (
            f"The report could not be written to {printable(out)}: {_reason(error, out)}. "
            "Nothing was written. Check the disk and the permissions of the folder around it, or choose another --out."
        )
        raise FairwitnessError(msg) from error
    return out


def _reason(error: OSError, out: Path) -> str:
    if error.errno in (errno.ENOTEMPTY, errno.EEXIST) and os.path.lexists(out):
        return "another run wrote there meanwhile"
    return error.strerror or type(error).__name__


# -- is there room? --------------------------------------------------------------------------------------------


def _check_parent(out: Path) -> None:
    if out.name in ("", ".."):
        raise FairwitnessError(f"{quoted(out)} is no name for a new folder. Give one, such as --out report.")
    parent = printable(out.parent)
    if not out.parent.exists():
        raise FairwitnessError(f"The folder {parent} does not exist. Make it first, or choose another --out.")
    if not out.parent.is_dir():
        raise FairwitnessError(f"{parent} is a file, not a folder. Choose another --out.")


def _check_free(out: Path, *, replace: bool) -> None:
    shown = printable(out)
    if out.is_symlink():
        raise FairwitnessError(f"{shown} is a symbolic link, and a report replaces no link. Choose another --out.")
    if not out.exists():
        return
    if not out.is_dir():
        raise FairwitnessError(f"{shown} exists already and is not a folder. Choose another --out.")
    entries = len(list(out.iterdir()))
    if not replace:
        found = f"a folder with {entries} entries" if entries else "an empty folder"
        msg = f"{shown} exists already, {found}. Choose another --out, or replace a report with --force."
        raise FairwitnessError(msg)
    if out.is_mount():
        raise FairwitnessError(f"{shown} is a mount point and cannot be replaced. Choose --out {shown}/report.")
    if entries:
        _check_ours(out)


def _check_ours(out: Path) -> None:
    """Refuse to replace what is not a report, or has files in it that are not of the report."""
    rule = "--force replaces a report folder or an empty one, so that nothing else is lost"
    try:
        differences = verify_folder(out)
    except FairwitnessError as error:
        raise FairwitnessError(f"{printable(out)} is left as it is: {rule}. {error}") from error
    foreign = [d.path for d in differences if d.kind in ("added", "not a plain file") or d.path == MANIFEST]
    if foreign:
        msg = (
            f"{printable(out)} is left as it is: {rule}. Not as the report had it: {listed(foreign)}. "
            "Move the folder away, or choose another --out."
        )
        raise FairwitnessError(msg)


# -- staging ---------------------------------------------------------------------------------------------------
#
# A staging folder holds "new", the report that is being written, and for a moment "old", the one it replaces.
# Its run holds a lock on it, which the system releases when the process ends in whatever way: a staging folder
# that can be locked is abandoned.  (A process id would not do: it may belong to another process by now, or to
# another container.)


@contextmanager
def _staging(out: Path) -> Iterator[Path]:
    staging = out.with_name(f".{out.name}.staging-{os.getpid()}-{secrets.token_hex(4)}")
    lock = None
    try:
        while not staging.is_dir():  # again, should another run clear it before it is locked
            staging.mkdir(mode=0o700)
            _unlock(lock)
            lock = _lock(staging, wait=True)
        yield staging
    finally:
        try:
            _clear(staging, out)
        finally:
            _unlock(lock)


def _lock(folder: Path, *, wait: bool) -> int | None:
    """Lock a staging folder of ours; None where it is another's, is locked, or the file system has no locks."""
    if sys.platform == "win32":
        return None
    import fcntl

    handle = None
    try:
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        if os.fstat(handle).st_uid == os.geteuid():
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            return handle
    except OSError:
        pass
    if handle is not None:
        os.close(handle)
    return None


def _unlock(lock: int | None) -> None:
    if lock is not None:
        os.close(lock)


def _clear_abandoned(out: Path) -> None:
    name = re.compile(re.escape(f".{out.name}.staging-") + "[0-9]+-[0-9a-f]{8}")
    for staging in [path for path in out.parent.iterdir() if name.fullmatch(path.name)]:
        lock = _lock(staging, wait=False)
        if lock is not None:
            try:
                _clear(staging, out)
            finally:
                _unlock(lock)


def _clear(staging: Path, out: Path) -> None:
    """Remove a staging folder, and give back the report it had set aside if no other took its place."""
    old = staging / "old"
    if old.exists() and not os.path.lexists(out):
        try:
            old.rename(out)
        except OSError as error:
            if not os.path.lexists(out):  # it is not that another run was faster
                msg = (
                    f"The report that was at {printable(out)} could not be put back ({error.strerror}). It is safe in "
                    f"{printable(old)}: move it by hand, or run again, which puts it back first."
                )
                raise FairwitnessError(msg) from error
    for _ in range(2):  # twice, for what was busy for a moment; what still stays, the next run removes
        shutil.rmtree(staging, ignore_errors=True)


# -- writing ---------------------------------------------------------------------------------------------------


def _write(folder: Path, files: Mapping[str, bytes]) -> None:
    folder.mkdir()
    for path, data in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as f:
            f.write(data)
            f.flush()
            os.fsync(f.fileno())
    for inner in sorted({folder / parent for path in files for parent in Path(path).parents}, reverse=True):
        _flush_names(inner)


def _move_into_place(staging: Path, out: Path, *, replace: bool) -> None:
    if replace and out.exists():
        out.rename(staging / "old")
    (staging / "new").rename(out)
    with suppress(OSError):  # the report is there and whole; open is only whether its name outlasts a power cut
        _flush_names(out.parent)


def _flush_names(folder: Path) -> None:
    """Write a folder's list of names to the disk, where the system can."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno != errno.EINVAL:  # some network file systems have no such thing
            raise
    finally:
        os.close(handle)
