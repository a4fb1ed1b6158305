"""Lint: a report is one file that loads nothing, runs nothing, and escapes every text it is given.

Run as ``python tests/lint/templates.py``: prints every place and exits 1 if there is one.
"""

from __future__ import annotations

import ast
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "report_templates"

# What may enter a page unescaped, and why.  Everything else is text.
MARKUP_OF_OURS: dict[tuple[str, str], str] = {
    ("report_templates/render.py", "draw(chart, width)"): "an SVG of ours, each text in it escaped when it is drawn",
}

RULES = {
    "loads something from outside": re.compile(
        r"""(?:\bsrc|\bsrcset|\baction|\bformaction|\bposter|\bdata)\s*=\s*["']?\s*(?:https?:)?//|<link\b[^>]*\bhref|@import|url\(\s*["']?\s*(?:https?:)?//""",
        re.IGNORECASE,
    ),
    "has an inline event handler": re.compile(r"""<[^>]*\son[a-z]+\s*=""", re.IGNORECASE),
    "has a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "has a frame, an object or a form": re.compile(r"<(?:iframe|frame|object|embed|form)\b", re.IGNORECASE),
    "turns escaping off": re.compile(r"\{%-?\s*autoescape\s+false"),
    "puts a value into an attribute without quotes": re.compile(r"""<[^>]*\s[\w:-]+=\{\{"""),
}
UNESCAPED = re.compile(r"\{\{-?\s*([^}]*?)\s*\|\s*safe\b")


class Place(NamedTuple):
    file: str
    line: int
    what: str


def template(file: str, text: str) -> Iterator[Place]:
    for what, pattern in RULES.items():
        for found in pattern.finditer(text):
            yield Place(file, text.count("\n", 0, found.start()) + 1, what)
    for found in UNESCAPED.finditer(text):
        if (file, found.group(1)) not in MARKUP_OF_OURS:
            yield Place(file, text.count("\n", 0, found.start()) + 1, f"leaves {found.group(1)!r} unescaped")


def renderer(file: str, text: str) -> Iterator[Place]:
    """A Jinja environment escapes, by saying so; text becomes markup only in the places named above."""
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        if name in ("Environment", "Template", "SandboxedEnvironment"):
            said = next((k.value for k in node.keywords if k.arg == "autoescape"), None)
            if not (isinstance(said, ast.Constant) and said.value is True):
                yield Place(file, node.lineno, f"makes a Jinja {name} without autoescape=True")
        if name == "Markup" and not all(_is_ours(file, argument) for argument in node.args):
            yield Place(file, node.lineno, f"declares {ast.unparse(node)} to be markup")


def _is_ours(file: str, argument: ast.expr) -> bool:
    return isinstance(argument, ast.Constant) or (file, ast.unparse(argument)) in MARKUP_OF_OURS


def main() -> int:
    found: list[Place] = []
    for path in sorted(FOLDER.rglob("*")):
        file = path.relative_to(ROOT).as_posix()
        if path.suffix in (".html", ".j2", ".svg", ".css"):
            found += template(file, path.read_text(encoding="utf-8"))
        elif path.suffix == ".py":
            found += renderer(file, path.read_text(encoding="utf-8"))
    for place in found:
        print(f"{place.file}:{place.line}: {place.what}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
