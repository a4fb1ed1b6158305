"""The manifest of a report folder, and the check that the folder is exactly what its manifest says."""

from __future__ import annotations

import hashlib
import json
import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.evidence.canonical import canonical_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

SCHEMA = "fairwitness/manifest/v1"
MANIFEST = "manifest.json"

# Facts of the manifest that a file of the folder states itself, and the keys under which it does.
STATED: dict[str, dict[str, tuple[str, ...]]] = {
    "tally.json": {"tally_sha256": ("digest",)},
    "audit.json": {"plan_sha256": ("audit", "plan_sha256"), "source_sha256": ("data", "sha256")},
}

Kind = Literal["changed", "added", "missing", "not a plain file"]


@dataclass(frozen=True, slots=True)
class Difference:
    """One way in which a folder is not what its manifest says.

    Attributes
    ----------
    path : str
        Relative to the folder, with ``/``; an added folder that is empty ends in ``/``.  It may come from
        outside: print it with `printable`.
    kind : {"changed", "added", "missing", "not a plain file"}
        A file that was renamed is missing under the one name and added under the other.
    """

    path: str
    kind: Kind


def manifest_bytes(files: Mapping[str, bytes], facts: Mapping[str, Any]) -> bytes:
    """Return the manifest of a report folder: a digest of every file, and the facts the report rests on.

    Parameters
    ----------
    files : mapping of str to bytes
        By relative path.
    facts : mapping
        ``source_sha256``, ``plan_sha256``, ``tally_sha256``, versions, and what else the run states.

    Returns
    -------
    bytes
        Canonical JSON (schema ``fairwitness/manifest/v1``).  ``digest`` is the SHA-256 of the canonical JSON of
        everything else in it, so that damage to the manifest shows as well.

    Raises
    ------
    FairwitnessError
        A path that is not portable (`check_paths`).
    ValueError
        A fact with a name that the manifest itself uses.

    References
    ----------
    NIST FIPS 180-4, Secure Hash Standard (SHA-256). https://doi.org/10.6028/NIST.FIPS.180-4

    Examples
    --------
    >>> sorted(json.loads(manifest_bytes({"report.html": b"<p>"}, {"tally_sha256": None})))
    ['digest', 'files', 'schema', 'tally_sha256']
    """
    check_paths(files)
    own = {
        "schema": SCHEMA,
        "files": {path: {"sha256": _sha256(data), "bytes": len(data)} for path, data in files.items()},
    }
    if taken := {"digest", *own} & facts.keys():
        raise ValueError(f"Facts of a manifest cannot be named {listed(sorted(taken))}.")
    content = {**facts, **own}
    return canonical_json(content | {"digest": _sha256(canonical_json(content))})


def check_paths(paths: Iterable[str]) -> None:
    """Refuse file names that could leave the folder, or that mean something else on another system.

    Parameters
    ----------
    paths : iterable of str
        Relative, with ``/`` between parts.  A part has letters, digits, ``.``, ``_`` and ``-`` of ASCII, and
        neither begins with ``.`` or ``-`` nor ends with ``.``.

    Raises
    ------
    FairwitnessError
        Naming the first path that is absolute, climbs, has other characters, is the manifest's own, or clashes
        with another: equal but for case, or a file where another file needs a folder.

    References
    ----------
    IEEE Std 1003.1-2017 (POSIX), 3.282, Portable Filename Character Set.

    Examples
    --------
    >>> check_paths(["report.html", "tables/01.csv"])
    """
    part = "[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_-])?"
    seen: set[str] = {MANIFEST}
    folders: set[str] = set()
    for path in paths:
        key = path.casefold()
        if len(path) > 200 or not re.fullmatch(f"{part}(/{part})*", path):
            problem = "it must be relative, of ASCII letters, digits, '.', '_' and '-', and at most 200 long"
        elif key in seen:
            problem = "it is there twice (letters of either case count as the same), or is the manifest's own"
        else:
            seen.add(key)
            folders.update("/".join(key.split("/")[:i]) for i in range(1, key.count("/") + 1))
            problem = "" if seen.isdisjoint(folders) else "it needs a folder where there is a file, or the reverse"
        if problem:
            raise FairwitnessError(f"{quoted(path)} cannot be a file of a report: {problem}. Name it otherwise.")


def verify_folder(path: str | Path) -> tuple[Difference, ...]:
    """Return how a report folder differs from its manifest: nothing, if it is exactly what was written.

    It shows that the files belong together and are whole.  It does not show who wrote them: somebody who changes
    a file can write a manifest to match.

    Parameters
    ----------
    path : str or Path
        The report folder.

    Returns
    -------
    tuple of Difference
        Sorted by path.  If the manifest itself was changed, that alone: nothing can be held against it.

    Raises
    ------
    FairwitnessError
        No report folder, one of another version of fairwitness, or a file that cannot be read.
    """
    folder = Path(path)
    try:
        present = dict(_present(folder)) if folder.is_dir() else {}
        if MANIFEST not in present:
            msg = f"{printable(path)} is no report folder: it has no {MANIFEST}. Give a folder that fairwitness wrote."
            raise FairwitnessError(msg)
        if not present[MANIFEST]:
            return (Difference(MANIFEST, "not a plain file"),)
        manifest = _read(folder)
        if manifest is None:
            return (Difference(MANIFEST, "changed"),)
        kinds = {p: _difference(folder, p, present, manifest) for p in present | manifest["files"]}
        for p, stated in STATED.items():
            if kinds.get(p, "missing") is None and _contradicts(folder / p, stated, manifest):
                kinds[p] = "changed"
    except OSError as error:
        where = printable(error.filename or path)
        msg = f"{where} could not be read: {error.strerror}. Check its permissions and the disk."
        raise FairwitnessError(msg) from error
    return tuple(Difference(p, kind) for p, kind in sorted(kinds.items()) if kind)


def _present(folder: Path) -> Iterator[tuple[str, bool]]:
    """Go through what is in a folder, links not followed: each relative path, and whether it is a plain file."""

    def stop(error: OSError) -> None:
        raise error

    for here, folders, files in os.walk(folder, onerror=stop):
        base = Path(here)
        if not folders and not files and base != folder:
            yield f"{base.relative_to(folder).as_posix()}/", True
        for path in [base / name for name in files] + [base / name for name in folders if (base / name).is_symlink()]:
            yield path.relative_to(folder).as_posix(), stat.S_ISREG(path.lstat().st_mode)


def _read(folder: Path) -> dict[str, Any] | None:
    """Return the manifest, or None if it is not as it was written."""
    raw = (folder / MANIFEST).read_bytes()
    try:
        content = json.loads(raw.decode())
        canonical = canonical_json(content) == raw
    except (ValueError, RecursionError):
        content, canonical = None, False
    schema = content.get("schema") if isinstance(content, dict) else None
    if isinstance(schema, str) and schema != SCHEMA and re.fullmatch("fairwitness/manifest/v[0-9]+", schema):
        msg = (
            f"{printable(folder)} has a manifest of schema {schema}; this version of fairwitness reads {SCHEMA}. "
            "Use the version that wrote it."
        )
        raise FairwitnessError(msg)
    if b"fairwitness" not in raw:  # a web page's manifest.json, say; a damaged one of ours still has the name in it
        msg = (
            f"{printable(folder)} is no report folder: its {MANIFEST} is of something else. "
            "Give a folder that fairwitness wrote."
        )
        raise FairwitnessError(msg)
    return content if canonical and schema == SCHEMA and _sound(content) else None


def _sound(manifest: dict[str, Any]) -> bool:
    """Say whether a manifest agrees with its own digest and lists files as we do."""
    rest = {key: value for key, value in manifest.items() if key != "digest"}
    if manifest.get("digest") != _sha256(canonical_json(rest)) or not isinstance(manifest.get("files"), dict):
        return False
    try:
        check_paths(manifest["files"])
    except FairwitnessError:
        return False
    return all(isinstance(f, dict) and f.keys() == {"sha256", "bytes"} for f in manifest["files"].values())


def _difference(folder: Path, path: str, present: Mapping[str, bool], manifest: Mapping[str, Any]) -> Kind | None:
    if path not in present:
        return "missing"
    if not present[path]:
        return "not a plain file"
    if path == MANIFEST:
        return None
    if path not in manifest["files"]:
        return "added"
    file = folder / path
    stated = manifest["files"][path]
    if file.stat().st_size != stated["bytes"]:
        return "changed"
    with file.open("rb") as f:
        return None if hashlib.file_digest(f, "sha256").hexdigest() == stated["sha256"] else "changed"


def _contradicts(file: Path, stated: Mapping[str, tuple[str, ...]], manifest: Mapping[str, Any]) -> bool:
    """Say whether a file states another digest of source, plan or tally than the manifest does."""
    facts = {fact: keys for fact, keys in stated.items() if manifest.get(fact) is not None}
    if not facts:
        return False
    try:
        content = json.loads(file.read_bytes())
    except (ValueError, RecursionError):
        return True
    for fact, keys in facts.items():
        value = content
        for key in keys:
            value = value.get(key) if isinstance(value, dict) else None
        if value is not None and value != manifest[fact]:
            return True
    return False


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
