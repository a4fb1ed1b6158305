"""What a run leaves behind: the report folders of its audits, and a new baseline."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from fairwitness.audit.comparing.baseline import baseline_of
from fairwitness.audit.comparing.baseline_file import read_baselines, write_baselines
from fairwitness.audit.disclosure import in_public
from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.evidence.manifest import MANIFEST, verify_folder
from fairwitness.audit.public_view import public_view

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.testing.session import Options, Session

LONGEST_NAME = 60


def check_places(options: Options, *, forced: bool) -> None:
    """Refuse, before any test runs, what could not be written at the end.

    Raises
    ------
    FairwitnessError
        A baseline where ``CI`` is set; a report in the place of something else; a folder that is not there.
    """
    if options.update and in_public() and not forced:
        raise FairwitnessError(
            "--fairness-update-baseline is refused where CI is set: a baseline is written by a person, who looks at "
            "what changed and commits it. If it is meant, give --fairness-update-baseline=force."
        )
    if options.update and not options.baseline.parent.is_dir():
        raise FairwitnessError(
            f"--fairness-baseline: the folder {printable(options.baseline.parent)} does not exist. Make it first."
        )
    if options.report is not None:
        _refuse_to_replace(options.report)


def write(session: Session, *, interrupted: bool) -> None:
    """Write the reports and the baseline that were asked for, and say so; what cannot be written fails the run.

    A run that was interrupted leaves the baseline as it is.
    """
    options = session.options
    lost = {answer["data"] for answers in session.answers.values() for answer in answers} - {
        n for n, *_ in session.kept
    }
    if lost:
        session.told.append(f"not written, because their worker crashed: {listed(sorted(lost))}")
        session.failed = True
    if options.update and interrupted:
        session.told.append("no baseline was written: the run was interrupted")
    update = options.update and not interrupted
    for wanted, make in ((options.report is not None, _write_reports), (update, _write_baseline)):
        if wanted:
            try:
                make(session)
            except (FairwitnessError, OSError) as error:
                session.told.append(printable(error))
                session.failed = True


# -- reports ---------------------------------------------------------------------------------------------------


def _write_reports(session: Session) -> None:
    """Write one report into the folder itself, several into a folder each."""
    out = session.options.report
    if out is None:
        return
    if not session.kept:
        session.told.append(f"no audit, so no report in {_shown(out, session)}")
        return
    _refuse_to_replace(out)  # again: tests may have written there
    named = dict(_named(session))
    if len(named) == 1:
        if _holds_reports(out):
            shutil.rmtree(out)
        out.parent.mkdir(parents=True, exist_ok=True)
    else:
        if (out / MANIFEST).exists():
            shutil.rmtree(out)
        out.mkdir(parents=True, exist_ok=True)
        for stale in [place for place in out.iterdir() if place.name not in named]:
            shutil.rmtree(stale)
    for folder, audit in named.items():
        place = out if len(named) == 1 else out / folder
        shown = public_view(audit) if in_public() else audit
        if shown is None:
            shutil.rmtree(place, ignore_errors=True)
            session.told.append(f"no report of {folder}: every group rests on a count under 10")
        else:
            shown.write(place, replace=True)
            session.written = _shown(out / "report.html" if len(named) == 1 else out, session)


def _named(session: Session) -> Iterator[tuple[str, AuditResult]]:
    """Yield the audits by the names of their folders, in an order that does not depend on that of the tests."""
    taken: set[str] = set()
    for name, plan, tally in sorted(session.kept):
        safe = re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-.")[:LONGEST_NAME].rstrip("-.") or "audit"
        folder, number = safe, 1
        while folder.casefold() in taken:
            number += 1
            folder = f"{safe}-{number}"
        taken.add(folder.casefold())
        yield folder, session.kept[name, plan, tally].audit


def _refuse_to_replace(out: Path) -> None:
    """Refuse a place that holds anything but reports that were written here."""
    free = not out.exists() or (out.is_dir() and not any(out.iterdir()))
    if out.is_symlink() or not (free or _is_report(out) or _holds_reports(out)):
        raise FairwitnessError(
            f"--fairness-report: {printable(out)} is left as it is, because it holds something that is no report of "
            "this kind. A report replaces an earlier one or an empty folder. Give another folder."
        )


def _holds_reports(out: Path) -> bool:
    """Tell whether there is nothing in a folder but reports."""
    places = list(out.iterdir()) if out.is_dir() else []
    return bool(places) and all(place.is_dir() and not place.is_symlink() and _is_report(place) for place in places)


def _is_report(folder: Path) -> bool:
    """Tell whether a folder is a report that was written here, with no other file in it."""
    try:
        differences = verify_folder(folder)
    except FairwitnessError:
        return False
    return not any(d.kind in ("added", "not a plain file") or d.path == MANIFEST for d in differences)


# -- baseline --------------------------------------------------------------------------------------------------


def _write_baseline(session: Session) -> None:
    """Write the baseline of the audits that were compared with the last release; others in the file stay."""
    path = session.options.baseline
    new: dict[str, AuditResult] = {}
    for (name, *_), kept in sorted(session.kept.items()):
        if not kept.for_baseline:
            continue
        if name in new:
            raise FairwitnessError(
                f"no baseline was written: two different audits are called {quoted(name)}. Name one: "
                "fairness.audit(…, name=…)."
            )
        new[name] = kept.audit
    if not new:
        session.told.append("no baseline was written: no test asks check_no_worse_than_baseline")
        return
    held = read_baselines(path) if path.exists() else {}
    held |= {name: baseline_of(audit, name) for name, audit in new.items()}
    write_baselines(path, held.values())
    session.told.append(f"baseline written: {_shown(path, session)} ({listed(sorted(new))})")


def _shown(path: Path, session: Session) -> str:
    """Return a path as a reader would type it: relative to where pytest was called, if it lies below."""
    folder = session.options.folder
    return printable(path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path)
