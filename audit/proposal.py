"""A first draft of an audit plan, made by looking at a file.  It proposes; a person decides."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from fairwitness.audit.errors import printable
from fairwitness.audit.loaders.glance import FIRST_ROWS, glance
from fairwitness.audit.loaders.labels import MOST_LEVELS
from fairwitness.audit.loaders.table import Reading

if TYPE_CHECKING:
    from collections import Counter

    Values = dict[str, Counter[str | None]]

PROTECTED = r"sex|gender|race|ethnic\w*|age|disab\w*|religion|nationality|veteran|pregnan\w*|性别|民族|年龄|种族|户籍"
DECISION = r"decision|outcome|result|status|selected|hired|advanced|call_?back|admit\w*|offer\w*|录用|结果|决定"
SCORE = r"score|rating|rank|probability|分数|评分|得分"
GOOD = r"hired?|select\w*|advanced?|accept\w*|admit\w*|offer\w*|yes|y|call\w*|true|1|录用|是"
BAD = r"(not|no|never)\b.*|n|reject\w*|refus\w*|false|0|未录用|否"
ASIDE = r"withdr\w*|pending|open|incomplete|on hold|test|撤回|待定"
MOST_SHOWN = 12


def propose(
    source: str,
    *,
    named: str | None = None,
    sheet: str | None = None,
    delimiter: str | None = None,
    encoding: str | None = None,
) -> str:
    """Return an audit plan in TOML with the roles that column names and values suggest, and remarks on each.

    Parameters
    ----------
    source : str
        A file of decisions.
    named : str, optional
        How the plan names the source, which it takes relative to its own folder; by default as given.
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
    given = {"source": named or source, "sheet": sheet, "delimiter": delimiter, "encoding": encoding}
    decision = next((name for name in columns if _named(name, DECISION) and _decides(columns[name])), None)
    score = next((name for name in columns if _named(name, SCORE)), None)
    protected = [name for name in columns if _named(name, PROTECTED) and name not in (decision, score)]
    lines = [
        "# An audit plan, drafted by looking at the file. Every line is a guess until you have read it.",
        f"title = {_quoted(f'Audit of {Path(source).name}')}",
        '# system = "name and version of the tool or process that decides"',
        '# decision_audited = "what the decision is, and who takes it"',
        '# period = "from when to when"',
        '# jurisdiction = "us"            # us, us-nyc, eu, uk, cn, sg: chooses default policies',
        '# reference = "highest"          # highest, largest, overall, rest, or a group\'s name',
        "# exclude_under = 0.02           # leave categories under this share out of ratios",
        "",
        "[data]",
        *(f"{name} = {_quoted(value)}" for name, value in given.items() if value),
        *_protected(protected, columns),
        *_decision(decision, columns),
        f"{'' if score and not decision else '# '}score = {_quoted(score or 'COLUMN')}",
        "",
        f"# The columns, as the first {FIRST_ROWS:,} rows have them; values only of those named above:",
        *(f"#   {printable(name)}: {_told(columns[name], name in (*protected, decision))}" for name in columns),
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
    lines = [f"decision = {_quoted(name)}"]
    if not _boolean(values):
        good, bad, aside = (_like(values, words) for words in (GOOD, BAD, ASIDE))
        unclear = [value for value in values if value not in (*good, *bad, *aside)]
        lines.append(f"favorable = [{', '.join(map(_quoted, good))}]            # who was selected? check")
        lines.append(f"unfavorable = [{', '.join(map(_quoted, bad))}]          # who was not? check")
        named = ", ".join(f'{_quoted(value)} = "why it is no decision"' for value in aside or ["VALUE"])
        lines.append(f"{'' if aside else '# '}set_aside = {{ {named} }}")
        lines += [f"# not clear, name it above: {_quoted(value)}" for value in unclear]
    if None in columns[name]:
        lines.append('# empty decisions must be set aside by name, too: set_aside = { "" = "why it is empty" }')
    return lines


def _decides(values: Counter[str | None]) -> bool:
    """Tell whether values look like a decision's: few, and one of them favourable."""
    words = [value for value in values if value is not None]
    return len(words) <= MOST_SHOWN and (_boolean(words) or bool(_like(words, GOOD)))


def _boolean(values: list[str]) -> bool:
    return {value.lower() for value in values} <= {"0", "1", "true", "false"}


def _like(values: list[str], words: str) -> list[str]:
    return [value for value in values if re.fullmatch(words, value.strip(), re.IGNORECASE)]


def _named(column: str, words: str) -> bool:
    parts = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", column).lower()
    return re.search(rf"(?:^|[^a-z])(?:{words})(?:$|[^a-z])", parts) is not None


def _told(values: Counter[str | None], shown: bool) -> str:  # noqa: FBT001 -- one of two ways to say it
    if not shown or len(values) > MOST_SHOWN:
        return f"{len(values):,} different values"
    texts = ((printable(value) if value is not None else "(empty)", n) for value, n in values.most_common())
    return ", ".join(f"{value} {n:,}" for value, n in texts)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
