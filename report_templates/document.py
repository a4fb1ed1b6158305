"""The document of an audit: frozen data, every text final, before any renderer has touched it.

`fairwitness.report_templates.build` makes a document from the content of ``audit.json``;
`fairwitness.report_templates.render` writes it as HTML.  Nothing here knows how a page looks, and no text
here is escaped: the renderer escapes all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

Look = Literal[
    "beyond",
    "attention",
    "inconclusive",
    "within",
    "not_evaluable",
    "not_shown",
    "reference",
    "excluded",
    "plain",
]
"""How a verdict is drawn: one shape and one colour each, the same in words, tables and charts."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A verdict, or what stands in its place: always a word, with a shape and a colour."""

    look: Look
    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it stands for; ``code`` sets the value in a fixed-width face."""

    name: str
    value: str
    code: bool = False


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One line of the summary: verdict, the sentence, why, and what would settle it."""

    badges: tuple[Badge, ...]
    headline: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading inside a section."""

    kind: ClassVar[str] = "heading"
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; ``soft`` is a remark."""

    kind: ClassVar[str] = "paragraph"
    text: str
    soft: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list, with a heading of its own where ``title`` is given."""

    kind: ClassVar[str] = "bullets"
    items: tuple[str, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Columns:
    """Lists that stand side by side where there is room."""

    kind: ClassVar[str] = "columns"
    lists: tuple[Bullets, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values."""

    kind: ClassVar[str] = "facts"
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """The lines of the summary."""

    kind: ClassVar[str] = "findings"
    lines: tuple[FindingLine, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """A term and what it means; a formula and a source where there are."""

    term: str
    text: str
    formula: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Definitions:
    """Terms and what they mean."""

    kind: ClassVar[str] = "definitions"
    items: tuple[Definition, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True, slots=True)
class SignOff:
    """Lines to sign on paper."""

    kind: ClassVar[str] = "sign_off"
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a table's column; ``note`` says unit or interval, ``foreign`` that it is a name of the data."""

    title: str
    note: str = ""
    numeric: bool = False
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell; ``note`` stands small below the text, ``foreign`` is a label of the data."""

    text: str = ""
    note: str = ""
    foreign: bool = False
    badges: tuple[Badge, ...] = ()

    @property
    def blank(self) -> bool:
        """Whether there is nothing to show."""
        return not (self.text or self.note or self.badges)


@dataclass(frozen=True, slots=True)
class Table:
    """A table; the first cell of a row names the row."""

    kind: ClassVar[str] = "table"
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, caption: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], notes: Sequence[str] = ()
    ) -> Table:
        """Return a table without the columns in which there is nothing to show."""
        kept = [i for i in range(len(columns)) if i == 0 or not all(row[i].blank for row in rows)]
        shown = tuple(tuple(row[i] for i in kept) for row in rows)
        return cls(caption, tuple(columns[i] for i in kept), shown, tuple(notes))


@dataclass(frozen=True, slots=True)
class Dot:
    """One row of a chart: a figure with its interval, or the words that stand in its place.

    ``low`` or ``high`` None means that the interval has no such end.
    """

    label: str
    detail: str
    look: Look
    value: float | None
    low: float | None
    high: float | None
    shown: str
    shown_interval: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """Rows of a chart under one title; panels of one chart share its axis."""

    title: str
    dots: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A threshold on a chart: the band beyond it lies to its left (``at_least``) or right (``at_most``)."""

    value: Fraction
    side: Literal["at_least", "at_most"]
    label: str


@dataclass(frozen=True, slots=True)
class DotChart:
    """Dots with intervals on one axis: ``ratio`` (log, parity 1), ``difference`` (parity 0) or ``rate`` (0 to 100%).

    ``reach`` holds the least and the greatest value that the axis must show, ``axis`` what is written below it.
    """

    kind: ClassVar[str] = "dots"
    key: str
    title: str
    subtitle: str
    description: str
    scale: Literal["ratio", "difference", "rate"]
    panels: tuple[Panel, ...]
    reach: tuple[float, float]
    axis: str
    line: Line | None = None
    footnote: str = ""


@dataclass(frozen=True, slots=True)
class GridCell:
    """One group in a grid of two attributes; ``look`` None where nobody belongs to it."""

    shown: str
    detail: str
    look: Look | None


@dataclass(frozen=True, slots=True)
class GridChart:
    """Two attributes crossed: the levels of one down, of the other across."""

    kind: ClassVar[str] = "grid"
    key: str
    title: str
    subtitle: str
    description: str
    down: tuple[str, ...]
    across: tuple[str, ...]
    cells: tuple[tuple[GridCell, ...], ...]
    footnote: str = ""


Block = (
    Heading
    | Paragraph
    | Bullets
    | Columns
    | Facts
    | Findings
    | Definitions
    | Code
    | SignOff
    | Table
    | DotChart
    | GridChart
)


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the document with a heading, an address (``id``) and what stands in it."""

    id: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """All of a report.  The first section is the summary; title block and summary fill the first page."""

    lang: str
    kicker: str
    title: str
    facts: tuple[Fact, ...]
    sections: tuple[Section, ...]
    plan_digest: str
    colophon: str
