"""A report folder is whole or not there, whatever happens to the run that writes it.

Run as a script, this file is the run that is killed: ``test_folder.py kill|race|full PLACE [replace]``.
"""

from __future__ import annotations

import errno
import fcntl
import os
import resource
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fairwitness.audit.errors import FairwitnessError
from fairwitness.audit.evidence.folder import write_folder
from fairwitness.audit.evidence.manifest import MANIFEST, verify_folder

NEW = {
    name: f"new {name}".encode() * 20
    for name in ("report.html", "audit.json", "tables/01.csv", "tables/02.csv", "filings/us/a.json")
}
OLD = {name: f"old {name}".encode() for name in ("report.html", "audit.json", "tables/09.csv")}
FACTS = {"versions": {"fairwitness": "0.1.0"}}


def contents(folder):
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def holds(folder, files):
    """Say whether a folder is the report of these files, and verifies."""
    return {k: v for k, v in contents(folder).items() if k != MANIFEST} == files and verify_folder(folder) == ()


# -- a run that is disturbed at its k-th step ------------------------------------------------------------------


class Steps:
    """Count every making, opening, writing, flushing and renaming; do something at the k-th (and ever after)."""

    def __init__(self, at, act, *, lasting=False):
        self.at, self.act, self.lasting, self.count = at, act, lasting, 0

    def step(self, *, lasts=True):
        self.count += 1
        if self.count == self.at or (self.lasting and lasts and self.count > self.at):
            self.act()

    def install(self, setattr_):
        def counted(real, *, lasts=True):
            def call(*args, **kwargs):
                self.step(lasts=lasts)
                return real(*args, **kwargs)

            return call

        for name in ("mkdir", "rename", "fsync"):
            setattr_(os, name, counted(getattr(os, name)))
        setattr_(os, "open", counted(os.open, lasts=False))  # of folders, to lock, flush or remove them
        opened = counted(Path.open)

        def watched(path, mode="r", *args, **kwargs):
            if "x" not in mode:
                return Path(path)._real_open(mode, *args, **kwargs)
            return HalfWritten(opened(path, mode, *args, **kwargs), self)

        setattr_(Path, "_real_open", Path.open)
        setattr_(Path, "open", watched)


class HalfWritten:
    """A file whose every writing takes two steps: the disturbed one has written half."""

    def __init__(self, file, steps):
        self.file, self.steps = file, steps

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()

    def write(self, data):
        self.steps.step()
        self.file.write(data[: len(data) // 2])
        self.file.flush()
        self.steps.step()
        self.file.write(data[len(data) // 2 :])

    def flush(self):
        self.file.flush()

    def fileno(self):
        return self.file.fileno()


def failing(number):
    def act():
        raise OSError(number, os.strerror(number))

    return act


def interrupted():
    raise KeyboardInterrupt


def disturbed(root, act, *, replace, lasting=False):
    """Write a report disturbed at step 1, 2, 3, … until a run has fewer steps: each folder and its error, if any."""
    for k in range(1, 200):
        out = root / str(k) / "report"
        out.parent.mkdir()
        if replace:
            write_folder(out, OLD, FACTS)
        steps, error = Steps(k, act, lasting=lasting), None
        with pytest.MonkeyPatch.context() as patch:
            steps.install(lambda *a, p=patch: p.setattr(*a, raising=False))
            try:
                write_folder(out, NEW, FACTS, replace=replace)
            except (FairwitnessError, KeyboardInterrupt) as e:
                error = e
        if steps.count < k:
            assert k > 30
            return
        yield out, error
    pytest.fail("no end of steps")


@pytest.mark.parametrize("lasting", [False, True], ids=["once", "lasting"])
@pytest.mark.parametrize("replace", [False, True], ids=["new", "replace"])
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_a_fault_at_any_step_leaves_nothing_or_the_earlier_report(tmp_path, number, replace, lasting):
    failed = 0
    for out, error in disturbed(tmp_path, failing(number), replace=replace, lasting=lasting):
        failed += error is not None
        if error is None:
            assert holds(out, NEW)
        elif "could not be put back" in str(error):
            assert lasting  # nothing could be renamed any more: the next run puts it back
            assert not out.exists()
            with pytest.raises(FairwitnessError, match="exists already"):
                write_folder(out, NEW, FACTS)
            assert holds(out, OLD)
        else:
            assert os.strerror(number) in str(error)
            assert holds(out, OLD) if replace else not out.exists()
        assert [p.name for p in out.parent.iterdir()] == (["report"] if out.exists() else [])
    assert failed > 30


@pytest.mark.parametrize("replace", [False, True], ids=["new", "replace"])
def test_an_interrupt_at_any_step_leaves_the_state_before_or_after(tmp_path, replace):
    before = 0
    for out, error in disturbed(tmp_path, interrupted, replace=replace):
        assert isinstance(error, KeyboardInterrupt)
        undone = holds(out, OLD) if replace else not out.exists()
        before += undone
        assert undone or holds(out, NEW)
        write_folder(out, NEW, FACTS, replace=True)  # removes what Ctrl-C during the removal left
        assert [p.name for p in out.parent.iterdir()] == ["report"]
    assert before > 30


@pytest.mark.parametrize("mode", ["new", "replace"])
def test_a_kill_at_any_step_leaves_a_whole_report_or_none_and_the_next_run_cleans_up(tmp_path, mode):
    run = subprocess.run([sys.executable, __file__, "kill", tmp_path, mode], capture_output=True, text=True, check=True)
    kills = int(run.stdout)
    assert kills >= 30
    gone = 0
    for place in tmp_path.iterdir():
        out = place / "report"
        gone += not out.exists()
        assert not out.exists() or holds(out, NEW) or (mode == "replace" and holds(out, OLD))
        if mode == "replace":  # wherever it was killed, one of the two is there for the next run
            with pytest.raises(FairwitnessError, match="exists already"):
                write_folder(out, NEW, FACTS)
            assert holds(out, OLD) or holds(out, NEW)
        write_folder(out, NEW, FACTS, replace=True)
        assert holds(out, NEW)
        assert [p.name for p in place.iterdir()] == ["report"]
    # Killed while it wrote there is no report; while it replaced, one is missing between two renames at most.
    assert gone > 20 if mode == "new" else gone <= 1


def test_of_two_processes_one_writes_and_the_other_is_told(tmp_path):
    run = subprocess.run([sys.executable, __file__, "race", tmp_path], capture_output=True, text=True, check=True)
    assert run.stdout.split() == ["1"] * 20  # winners, round by round
    for place in tmp_path.iterdir():
        assert holds(place / "report", NEW) or holds(place / "report", OLD)
        assert [p.name for p in place.iterdir()] == ["report"]


def test_a_disk_limit_of_the_system_leaves_nothing(tmp_path):
    run = subprocess.run([sys.executable, __file__, "full", tmp_path], capture_output=True, text=True, check=True)
    assert "File too large" in run.stdout
    assert list(tmp_path.iterdir()) == []


def test_threads_that_replace_one_report_leave_one_whole_report(tmp_path):
    out = tmp_path / "report"
    write_folder(out, OLD, FACTS)
    unexpected = []

    def again(files):
        for _ in range(10):
            try:
                write_folder(out, files, FACTS, replace=True)
            except FairwitnessError as error:
                if not any(
                    word in str(error) for word in ("meanwhile", "No such file", "no report folder", "left as it is")
                ):
                    unexpected.append(error)

    threads = [threading.Thread(target=again, args=(files,)) for files in (NEW, OLD)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert unexpected == []
    assert holds(out, NEW) or holds(out, OLD)
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


# -- where it may be written -----------------------------------------------------------------------------------


def test_the_folder_has_the_files_the_manifest_and_the_usual_permissions(tmp_path):
    out = tmp_path / "report"
    assert write_folder(out, NEW, FACTS) == out
    assert contents(out).keys() == {*NEW, MANIFEST}
    assert holds(out, NEW)
    plain = tmp_path / "plain"
    plain.mkdir()
    assert stat.S_IMODE(out.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_what_is_being_written_is_nobody_else_s_to_read(tmp_path, monkeypatch):
    modes = set()
    flush = os.fsync

    def watched(handle):
        modes.update(stat.S_IMODE(p.stat().st_mode) for p in tmp_path.iterdir() if ".staging-" in p.name)
        flush(handle)

    monkeypatch.setattr(os, "fsync", watched)
    write_folder(tmp_path / "report", NEW, FACTS)
    assert modes == {0o700}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd", "../out.html", "tables/../../out.html", "tables/..", "..", ".", "", "./report.html", "tables//01.csv",
        "tables/", "tables\\01.csv", "C:report.html", "report\n.html", "report\x1b[31m.html", "report\0.html", "\u202egnp.html",
        "-rf", ".hidden", "tables/.hidden", "report.", "manifest.json", "MANIFEST.JSON", "manifest.json/x", "a" * 201, "r\udc80.html",
    ],
)  # fmt: skip
def test_a_file_cannot_leave_the_folder_or_take_an_unportable_name(tmp_path, path):
    with pytest.raises(FairwitnessError, match="cannot be a file of a report") as error:
        write_folder(tmp_path / "report", {"report.html": b"", path: b"x"}, FACTS)
    assert str(error.value).isprintable()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("paths", [("a.csv", "A.csv"), ("a", "a/b"), ("a/b", "a"), ("x/a/b", "x/A")])
def test_files_that_would_cover_one_another_are_refused(tmp_path, paths):
    with pytest.raises(FairwitnessError, match=r"twice|reverse"):
        write_folder(tmp_path / "report", dict.fromkeys(paths, b""), FACTS)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_is_taken_is_named_and_left_alone(tmp_path):
    (tmp_path / "file").write_text("mine")
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "link").symlink_to(tmp_path / "empty")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    before = sorted(tmp_path.rglob("*"))
    for name, found in {
        "file": "is not a folder",
        "empty": "an empty folder.*--force",
        "full": "a folder with 1 entries.*--force",
        "link": "symbolic link",
        "dangling": "symbolic link",
        "missing/report": "missing does not exist",
        "file/report": "is a file, not a folder",
        "empty/..": "no name for a new folder",
        "n" * 300: "File name too long",
    }.items():
        with pytest.raises(FairwitnessError, match=found):
            write_folder(tmp_path / name, NEW, FACTS)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("name", [".", "/", ".."])
def test_the_folder_one_stands_in_is_no_place_for_a_report(name):
    with pytest.raises(FairwitnessError, match="no name for a new folder"):
        write_folder(name, NEW, FACTS, replace=True)


def test_force_replaces_a_report_whole_and_an_empty_folder(tmp_path):
    out = tmp_path / "report"
    write_folder(out, OLD, FACTS)
    (out / "report.html").write_text("changed since")
    (out / "audit.json").unlink()
    write_folder(out, NEW, FACTS, replace=True)
    assert holds(out, NEW)
    empty = tmp_path / "empty"
    empty.mkdir()
    write_folder(empty, NEW, FACTS, replace=True)
    assert holds(empty, NEW)
    absent = tmp_path / "absent"
    write_folder(absent, NEW, FACTS, replace=True)
    assert holds(absent, NEW)


def _with_notes(out):
    (out / "notes.txt").write_text("the auditor's own")
    return "notes.txt"


def _with_folder(out):
    (out / "mine").mkdir()
    return "mine/"


def _with_link(out):
    (out / "report.html").unlink()
    (out / "report.html").symlink_to(out / "audit.json")
    return "report.html"


def _with_another_manifest(out):
    (out / MANIFEST).write_text('{"name": "a web page"}')
    return "no report folder"


def _with_a_changed_manifest(out):
    (out / MANIFEST).write_bytes((out / MANIFEST).read_bytes().replace(b"0.1.0", b"0.2.0"))
    return MANIFEST


def _without_a_manifest(out):
    (out / MANIFEST).unlink()
    return "no report folder"


@pytest.mark.parametrize(
    "damage",
    [_with_notes, _with_folder, _with_link, _with_another_manifest, _with_a_changed_manifest, _without_a_manifest],
)
def test_force_never_deletes_what_is_not_of_the_report(tmp_path, damage):
    out = tmp_path / "report"
    write_folder(out, OLD, FACTS)
    named = damage(out)
    before = contents(out)
    with pytest.raises(FairwitnessError, match="is left as it is") as error:
        write_folder(out, NEW, FACTS, replace=True)
    assert named in str(error.value)
    assert contents(out) == before
    assert [p.name for p in tmp_path.iterdir()] == ["report"]


def test_force_leaves_files_links_and_mount_points(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("mine")
    write_folder(tmp_path / "report", OLD, FACTS)
    (tmp_path / "link").symlink_to(tmp_path / "report")
    for name, found in {"file": "is not a folder", "link": "symbolic link"}.items():
        with pytest.raises(FairwitnessError, match=found):
            write_folder(tmp_path / name, NEW, FACTS, replace=True)
    monkeypatch.setattr(Path, "is_mount", lambda _: True)
    with pytest.raises(FairwitnessError, match="mount point"):
        write_folder(tmp_path / "report", NEW, FACTS, replace=True)
    assert holds(tmp_path / "report", OLD)
    assert (tmp_path / "file").read_text() == "mine"


def test_only_abandoned_staging_folders_of_the_same_report_are_removed(tmp_path):
    def staged(name):
        (tmp_path / name / "new").mkdir(parents=True)
        return tmp_path / name

    abandoned = staged(f".report.staging-{os.getpid()}-0123abcd")  # even of a process id that lives: ids return
    alive = staged(".report.staging-1-0123abcd")
    others = [
        staged(".report2.staging-1-0123abcd"),
        staged(".report.staging-mine"),
        staged("report.staging-1-0123abcd"),
    ]
    elsewhere = staged("elsewhere")
    (elsewhere / "old").mkdir()  # as if it were to be given back
    link = tmp_path / ".report.staging-2-0123abcd"
    link.symlink_to(elsewhere)
    lock = os.open(alive, os.O_RDONLY)
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        write_folder(tmp_path / "report", NEW, FACTS)
    finally:
        os.close(lock)
    assert not abandoned.exists()
    assert link.is_symlink()
    assert all((kept / "new").is_dir() for kept in (alive, *others, elsewhere))
    write_folder(tmp_path / "report", NEW, FACTS, replace=True)
    assert not alive.exists()  # its run has ended


# -- the other process -----------------------------------------------------------------------------------------


def _kill_at_each_step(root, mode):
    """Write over and over, each time killed one step later, until a run goes through."""
    for k in range(1, 500):
        place = root / str(k)
        place.mkdir()
        if mode == "replace":
            write_folder(place / "report", OLD, FACTS)
        child = os.fork()
        if child == 0:
            Steps(k, lambda: os.kill(os.getpid(), signal.SIGKILL)).install(setattr)
            write_folder(place / "report", NEW, FACTS, replace=mode == "replace")
            os._exit(0)
        if os.waitpid(child, 0)[1] == 0:
            sys.stdout.write(str(k - 1))
            return


def _race(root):
    for k in range(20):
        place = root / str(k)
        place.mkdir()
        children = []
        for files in (NEW, OLD):
            child = os.fork()
            if child == 0:
                try:
                    write_folder(place / "report", files, FACTS)
                except FairwitnessError as error:
                    os._exit(1 if "exists already" in str(error) or "meanwhile" in str(error) else 2)
                os._exit(0)
            children.append(child)
        ends = [os.waitstatus_to_exitcode(os.waitpid(c, 0)[1]) for c in children]
        sys.stdout.write(f"{ends.count(0)} " if 2 not in ends else "unexpected ")
        sys.stdout.flush()  # before the next fork


def _full(root):
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
    try:
        write_folder(root / "report", {"small": b"x", "big": b"x" * 100_000}, FACTS)
    except FairwitnessError as error:
        sys.stdout.write(str(error))


if __name__ == "__main__":
    if sys.argv[1] == "kill":
        _kill_at_each_step(Path(sys.argv[2]), sys.argv[3])
    elif sys.argv[1] == "race":
        _race(Path(sys.argv[2]))
    else:
        _full(Path(sys.argv[2]))
