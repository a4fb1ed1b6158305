"""Lint: a verdict is a statement about data and a threshold, so some words are not ours to say.

Run as ``python tests/lint/words.py``: prints every place and exits 1 if there is one.

- Anywhere in the product and its pages: words that state a legal or moral conclusion.
- In what a user may see (string literals that are no docstring, templates, catalogues, policies): also the
  words of an examination.

``allowed_words.toml`` names the exceptions, each with its reason; an exception that is no longer needed is
reported too.
"""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
ALLOWED = Path(__file__).with_name("allowed_words.toml")

CONCLUSIONS = re.compile(
    r"\b(?:violat\w*|(?:un)?biased|unfair\w*|(?:non-?)?complian(?:t|ce))\b|违规|合规", re.IGNORECASE
)
EXAMINATION = re.compile(r"\b(?:pass|passes|passed|fail|fails|failed|failures?|fair|fairly)\b", re.IGNORECASE)

SEEN_BY_USERS = {".html", ".j2", ".css", ".svg", ".po", ".json", ".toml", ".txt"}
PAGES = {".md"}


class Place(NamedTuple):
    file: str
    line: int
    word: str


class Allowance(NamedTuple):
    text: str
    files: str
    reason: str


def exceptions(text: str) -> list[Allowance]:
    return [Allowance(e["text"], e.get("files", "**"), e["reason"]) for e in tomllib.loads(text)["allowed"]]


def strings(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of every string literal that is no docstring."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(n.body[0].value)
        for n in ast.walk(tree)
        if isinstance(n, documented) and n.body and isinstance(n.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def words(file: str, text: str, allowed: list[Allowance], used: set[Allowance]) -> Iterator[Place]:
    """Yield the words that stand where they should not; note in ``used`` the exceptions that were needed."""
    here = [e for e in allowed if Path(file).match(e.files) or e.files == "**"]
    suffix = Path(file).suffix
    lines = list(enumerate(text.splitlines(), start=1))
    seen = list(strings(text)) if suffix == ".py" else lines if suffix in SEEN_BY_USERS else []
    for pattern, places in ((CONCLUSIONS, lines), (EXAMINATION, seen)):
        for number, said in places:
            if not pattern.search(said):
                continue
            for exception in here:
                if exception.text in said and pattern.search(exception.text):
                    used.add(exception)
                    said = said.replace(exception.text, " ")  # noqa: PLW2901 -- what is left of the line
            yield from (Place(file, number, found.group()) for found in pattern.finditer(said))


def files() -> Iterator[Path]:
    for folder in ("audit", "metrics", "report_templates", "datasets", "docs", "examples"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SEEN_BY_USERS | PAGES | {".py"} and "__pycache__" not in path.parts:
                yield path
    yield from sorted(ROOT.glob("*.md"))


def main() -> int:
    allowed, used = exceptions(ALLOWED.read_text(encoding="utf-8")), set()
    found = [
        place
        for path in files()
        for place in words(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"), allowed, used)
    ]
    for place in found:
        print(
            f"{place.file}:{place.line}: says {place.word!r}. Describe the figure (beyond, within, inconclusive, could not be evaluated)."
        )
    unused = [e for e in allowed if e not in used]
    for e in unused:
        print(f"{ALLOWED.name}: {e.text!r} in {e.files} is not needed any more. Take it out.")
    return 1 if found or unused else 0


if __name__ == "__main__":
    sys.exit(main())
