"""A first draft of an audit plan, made by looking at a file.  It proposes; a person decides."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from fairwitness.audit.errors import printable
from fairwitness.audit.labels import MOST_LEVELS
from fairwitness.audit.loaders.glance import FIRST_ROWS, glance
from fairwitness.audit.loaders.table import Reading

if TYPE_CHECKING:
    from collections import Counter

    Values = dict[str, Counter[str | None]]

PROTECTED = r"sex|gender|race|ethnic\w*|age|disab\w*|religion|nationality|veteran|pregnan\w*|性别|民族|年龄|种族|户籍"
DECISION = r"decision|outcome|result|status|selected|hired|advanced|call_?back|passed|admit\w*|offer\w*|结果|录用|决定"
SCORE = r"score|rating|rank|probability|分数|评分|得分"
FAVOURABLE = r"(hired|selected|advanced?|accept\w*|admit\w*|offer\w*|yes|y|pass\w*|call\w*|true|1|录用|通过|是)"
MOST_DECISIONS = 12


def propose(source: str, *, sheet: str | None = None, delimiter: str | None = None, encoding: str | None = None) -> str:
    """Return an audit plan in TOML with the roles that column names and values suggest, and remarks on each.

    Parameters
    ----------
    source : str
        A file of decisions.
    sheet, delimiter, encoding : str, optional
        How to read it.

    Returns
    -------
    str
        Text of an ``audit.toml``.  What is only guessed is said to be; what is not clear is left to be filled in.

    Raises
    ------
    FairwitnessError
        The source cannot be read.
    """
    reading = Reading(sheet=sheet, delimiter=delimiter, encoding=encoding)
    columns = glance(source, reading)
    given = {"sheet": sheet, "delimiter": delimiter, "encoding": encoding}
    decision = _first(columns, DECISION, MOST_DECISIONS)
    score = _first(columns, SCORE, None)
    protected = [name for name in columns if _named(name, PROTECTED) and name not in (decision, score)]
    lines = [
        "# An audit plan, drafted by looking at the file. Every line is a guess until you have read it.",
        f'title = "Audit of {_inside(source.rsplit("/", 1)[-1])}"',
        '# system = "name and version of the tool or process that decides"',
        '# decision_audited = "what the decision is, and who takes it"',
        '# period = "from when to when"',
        '# jurisdiction = "us"            # us, us-nyc, eu, uk, cn, sg: chooses default policies',
        '# reference = "highest"          # highest, largest, overall, rest, or a group\'s name',
        "# exclude_under = 0.02           # leave categories under this share out of ratios",
        "",
        "[data]",
        f"source = {_quoted(source)}",
        *(f"{name} = {_quoted(value)}" for name, value in given.items() if value),
        *_protected(protected, columns),
        *_decision(decision, columns),
        f"{'' if score and not decision else '# '}score = {_quoted(score or 'COLUMN')}",
        "",
        f"# The columns, as the first {FIRST_ROWS:,} rows have them:",
        *(f"#   {printable(name)}: {_told(values)}" for name, values in columns.items()),
    ]
    return "\n".join(lines) + "\n"


def _protected(names: list[str], columns: Values) -> list[str]:
    if not names:
        return ['protected = []                   # fill in: the protected attributes, e.g. ["sex", "race"]']
    lines = [f"protected = [{', '.join(map(_quoted, names))}]"]
    many = [name for name in names if len(columns[name]) > MOST_LEVELS]
    return [*lines, *(f"bins = {{ {_quoted(name)} = [40] }}        # many values: cut it" for name in many[:1])]


def _decision(name: str | None, columns: Values) -> list[str]:
    if name is None:
        return ['# decision = "COLUMN"            # fill in, unless a score is audited']
    values = [value for value in columns[name] if value is not None]
    good = [value for value in values if re.fullmatch(FAVOURABLE, value, re.IGNORECASE)]
    rest = [value for value in values if value not in good]
    lines = [f"decision = {_quoted(name)}"]
    if {value.lower() for value in values} <= {"0", "1", "true", "false"}:
        return lines
    lines.append(f"favorable = [{', '.join(map(_quoted, good))}]            # who was selected? check")
    lines.append(f"unfavorable = [{', '.join(map(_quoted, rest))}]          # who was not? check")
    return [*lines, '# set_aside = { "VALUE" = "why it is no decision" }   # withdrawn, pending, test records …']


def _first(columns: Values, words: str, most: int | None) -> str | None:
    fitting = (name for name, values in columns.items() if _named(name, words) and len(values) <= (most or len(values)))
    return next(fitting, None)


def _named(column: str, words: str) -> bool:
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower()
    return re.search(rf"(?:^|[^a-z])(?:{words})(?:$|[^a-z])", parts) is not None


def _told(values: Counter[str | None]) -> str:
    if len(values) > MOST_DECISIONS:
        return f"{len(values):,} different values"
    shown = ((printable(value) if value is not None else "(empty)", n) for value, n in values.most_common())
    return ", ".join(f"{value} {n:,}" for value, n in shown)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _inside(text: str) -> str:
    return _quoted(text)[1:-1]
