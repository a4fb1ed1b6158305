"""Which files a source names, what kind they are, and the SHA-256 that stands for them in the evidence."""

from __future__ import annotations

import glob
import hashlib
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Literal

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, printable

State = tuple[tuple[int, int, int, int], ...]
Kind = Literal["delimited", "json_lines", "spreadsheet", "parquet", "arrow"]

# The content decides where a format has a mark of its own; the name decides among the text formats.
MARKS: dict[bytes, Kind] = {b"PAR1": "parquet", b"ARROW1": "arrow", b"PK\x03\x04": "spreadsheet"}
ENDINGS: dict[str, Kind] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".txt": "delimited",
    ".jsonl": "json_lines",
    ".ndjson": "json_lines",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".ipc": "arrow",
    ".xlsx": "spreadsheet",
    ".xlsm": "spreadsheet",
}
COMPRESSED = (".gz", ".bz2", ".xz", ".zst")
OUTDATED = {
    b"\xd0\xcf\x11\xe0": "an old or password-protected Excel workbook. Save it as .xlsx without a password.",
    b"FEA1": "a Feather file of version 1, which is no longer read. Write it again as version 2.",
}


@dataclass(frozen=True, slots=True)
class Files:
    """The files of one source, in sorted order; of a folder or a pattern also the root their names are relative to."""

    name: str
    paths: tuple[Path, ...]
    root: Path | None = None

    def relative(self, path: Path) -> str:
        """Return a file's name below the root, with forward slashes."""
        return path.relative_to(self.root or path.parent).as_posix()

    @property
    def sha256(self) -> str:
        """SHA-256 of the file; of several, that of the sorted lines ``sha256  relative name``."""
        if self.root is None:
            return _sha256(self.paths[0])
        lines = sorted(f"{_sha256(path)}  {self.relative(path)}\n" for path in self.paths)
        return hashlib.sha256("".join(lines).encode()).hexdigest()

    @property
    def state(self) -> State:
        """What becomes another when a file is written anew: its place on the disk, its size, when it was written."""
        found = (path.stat() for path in self.paths)
        return tuple((file.st_dev, file.st_ino, file.st_size, file.st_mtime_ns) for file in found)

    def sha256_since(self, state: State) -> str:
        """Return `sha256`, if it is that of what was read since the files were in a state.

        Raises
        ------
        FairwitnessError
            They were changed.
        """
        try:
            digest = self.sha256
            same = self.state == state
        except OSError:
            same = False
        if not same:
            raise FairwitnessError(
                f"{printable(self.name)}: the file was changed while it was read, so that its digest is not that of "
                "what was read. Ask again."
            )
        return digest


def find_files(source: str | Path) -> Files:
    """Return the files that a path, a folder or a pattern names.

    Parameters
    ----------
    source : str or Path
        A file; a folder, meaning every Parquet file below it; or a pattern of Parquet files with ``*``, ``?``,
        ``[…]`` or ``**``.  A file whose own name has such signs is found first.

    Raises
    ------
    FairwitnessError
        Nothing is there.
    """
    path = Path(source)
    try:
        if path.is_file():
            return Files(path.name, (path,))
        if path.is_dir():
            return _below(path)
    except (OSError, ValueError) as error:
        raise FairwitnessError(
            f"{printable(path.name)}: not readable ({type(error).__name__}). Check the path."
        ) from None
    if glob.has_magic(str(source)):
        return _matching(str(source))
    shown = printable(path.name or str(source))
    near = did_you_mean(path.name, (p.name for p in path.parent.iterdir())) if path.parent.is_dir() else ""
    raise FairwitnessError(f"{shown}: there is no such file or folder.{near} Check the path.")


def kind_of(path: Path) -> Kind:
    """Return what kind of file this is: by its first bytes if they tell, otherwise by its name.

    Raises
    ------
    FairwitnessError
        A kind that is not read, or an empty file.
    """
    shown = printable(path.name)
    try:
        with path.open("rb") as file:
            first = file.read(8)
    except OSError as error:
        raise FairwitnessError(
            f"{shown}: not readable ({type(error).__name__}). Check the path and its rights."
        ) from None
    if not first:
        raise FairwitnessError(f"{shown}: the file is empty (0 bytes). Give a file with a header and rows.")
    ending = ending_of(path)
    for mark, remedy in OUTDATED.items():
        if first.startswith(mark):
            raise FairwitnessError(f"{shown}: {remedy}")
    marked = next((kind for mark, kind in MARKS.items() if first.startswith(mark)), None)
    if marked is not None:
        return marked
    if ending == ".json":
        msg = (
            f"{shown}: .json is not read as decisions. Write one JSON object a line and name the file .jsonl; "
            "a saved tally is read by fairwitness.Tally.load."
        )
        raise FairwitnessError(msg)
    if ending not in ENDINGS:
        known = listed(ENDINGS)
        raise FairwitnessError(
            f"{shown}: unknown kind of file. Known endings: {known}, text ones also with {listed(COMPRESSED)}."
        )
    return ENDINGS[ending]


def ending_of(path: Path) -> str:
    """Return the name's ending that tells the format, in lower case, looking behind ``.gz`` and the like.

    Examples
    --------
    >>> ending_of(Path("Decisions.CSV.gz"))
    '.csv'
    """
    endings = [s.lower() for s in path.suffixes]
    if endings and endings[-1] in COMPRESSED:
        endings.pop()
    return endings[-1] if endings else ""


def _below(folder: Path) -> Files:
    """Return a folder's Parquet files, leaving out what writers hide behind a dot or an underscore."""
    paths = [
        p
        for p in folder.rglob("*")
        if p.is_file() and ENDINGS.get(p.suffix.lower()) == "parquet" and not _hidden(p.relative_to(folder))
    ]
    if not paths:
        raise FairwitnessError(
            f"{printable(folder.name)}: no Parquet file in this folder. Give a file, or a folder of .parquet files."
        )
    return Files(folder.resolve().name, tuple(sorted(paths)), folder)


def _matching(pattern: str) -> Files:
    paths = sorted(Path(p) for p in glob.glob(pattern, recursive=True) if Path(p).is_file())  # noqa: PTH207 -- an absolute pattern, too
    shown = printable(Path(pattern).name)
    if not paths:
        raise FairwitnessError(
            f"{shown}: no file matches this pattern. Put it in quotes so that the shell leaves it alone, or check it."
        )
    strange = [p.name for p in paths if ENDINGS.get(p.suffix.lower()) != "parquet"]
    if strange:
        raise FairwitnessError(f"{shown}: a pattern may match Parquet files only; it also matches {listed(strange)}.")
    root = Path(*takewhile(lambda part: not glob.has_magic(part), Path(pattern).parts))
    return Files(Path(pattern).relative_to(root).as_posix(), tuple(paths), root)


def _hidden(relative: Path) -> bool:
    return any(part.startswith((".", "_")) for part in relative.parts)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
