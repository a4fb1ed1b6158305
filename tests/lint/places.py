"""Lint: no file of the repository names a place on somebody's machine, and no constraint names an address.

Run as ``python tests/lint/places.py`` in a clone: prints every place and exits 1 if there is one.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PATHS = re.compile(r"(?<![\w.*$}/])/(?:home|root|Users|work|mnt|media|srv|opt)/\w|[A-Z]:\\Users\\")
ADDRESSES = re.compile(r"://|\bfile:| @ |--(?:extra-)?index-url|--find-links")
HERE = {"tests/lint/places.py", "tests/lint/test_lints.py"}


def named(file: str, text: str) -> Iterator[tuple[int, str]]:
    pattern = ADDRESSES if Path(file).name.startswith("constraints") else PATHS
    for number, line in enumerate(text.splitlines(), start=1):
        if found := pattern.search(line):
            yield number, found.group()


def main() -> int:
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    files = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    found = 0
    for file in sorted(set(files) - HERE):
        path = ROOT / file
        if not path.is_file() or b"\0" in (content := path.read_bytes()):
            continue
        for number, place in named(file, content.decode("utf-8")):
            print(f"{file}:{number}: names {place!r}, a place on one machine.")
            found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
