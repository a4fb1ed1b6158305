"""Put what a benchmark found into its page of docs/, between two marker comments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DOCS = Path(__file__).resolve().parents[1] / "docs"


def rewrite(page: str, part: str, text: str) -> None:
    """Replace the text between ``<!-- part -->`` and ``<!-- end of part -->`` in a page of docs/."""
    path = DOCS / page
    before, start, rest = path.read_text(encoding="utf-8").partition(f"<!-- {part} -->\n")
    _, end, after = rest.partition(f"<!-- end of {part} -->")
    if not (start and end):
        raise SystemExit(f"docs/{page}: has no two comments around {part!r}. Put them back where the table belongs.")
    path.write_text(f"{before}{start}\n{text.strip()}\n\n{end}{after}", encoding="utf-8")


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table: the first column to the left, the others to the right."""
    lines = [header, ["---", *["---:"] * (len(header) - 1)], *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
