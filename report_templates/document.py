"""The document of an audit: frozen data, every text final, before any renderer has touched it.

`fairwitness.report_templates.build` makes a document from the content of ``audit.json``;
`fairwitness.report_templates.render` writes it as HTML.  Nothing here knows how a page looks, and no text
here is escaped: the renderer escapes all of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from fairwitness.report_templates.pictures import Chart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.report_templates.pictures import Look


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
    """One line of the summary: verdict, or the ``topic`` of what has none; the sentence, why, what would settle it."""

    badges: tuple[Badge, ...]
    headline: str
    because: str = ""
    topic: str = ""


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


Block = Heading | Paragraph | Bullets | Columns | Facts | Findings | Definitions | Code | SignOff | Table | Chart


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
