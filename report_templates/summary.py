"""The first page: what was found, in sentences, and every choice that differs from the default."""

from __future__ import annotations

from collections import Counter
from math import ceil
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.audit.judging.sentences import VERDICTS
from fairwitness.report_templates import charts, results, studies, terms, words
from fairwitness.report_templates.document import Bullets, Columns, Fact, FindingLine, Findings, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Badge, Block
    from fairwitness.report_templates.pictures import Look

    Finding = Mapping[str, Any]

SAID: dict[Look, str] = {  # in the order of gravity
    "beyond": VERDICTS["beyond"],
    "attention": "marked for attention",
    "inconclusive": VERDICTS["inconclusive"],
    "not_evaluable": VERDICTS["not_evaluable"],
    "within": VERDICTS["within"],
    "not_shown": "without a difference shown",
}
ORDER = tuple(SAID)
SENTENCES = 4  # findings with a sentence of their own
SHARED = 3  # lines that findings of one table share
FEWER_SENTENCES, FEWER_SHARED = 2, 2  # where studies have lines too
NAMED = 6  # groups named in such a line: all this so that the summary stays on one page
WARNINGS, FEWER_WARNINGS = 3, 1
PAGE = 52  # lines of print on A4, with some to spare
ABOVE = 17  # of these, what the title block and the head of the summary take
IN_A_LINE, IN_A_REMARK = 90, 104  # letters
BETWEEN = 0.6  # lines, between two findings or remarks


def section(audit: Mapping[str, Any]) -> Section:
    """Return the summary."""
    of_studies = tuple(studies.lines(audit))
    overview = audit["tables"] or not of_studies  # a study of texts alone begins with its own sentence
    blocks: list[Block] = [Paragraph(_overview(audit["findings"]))] if overview else []
    alone, shared = (FEWER_SENTENCES, FEWER_SHARED) if of_studies else (SENTENCES, SHARED)
    verdicts = (*_sentences(audit, alone), *_shared(audit, alone, shared))
    remarks = tuple(_remarks(audit, FEWER_WARNINGS if of_studies else WARNINGS))
    room = PAGE - ABOVE - _height(verdicts) - _remarked(remarks)
    lines = (*verdicts, *_fitted(of_studies, room, studies.further(audit)))
    if lines:
        blocks.append(Findings(lines))
    blocks += [Paragraph(said, soft=True) for said in remarks]
    return Section("summary", "Summary", tuple(blocks))


def _fitted(lines: tuple[FindingLine, ...], room: float, further: list[str]) -> tuple[FindingLine, ...]:
    """Return the lines of studies; in one more, name those for which there is no room, and the further ones.

    Every study's first line comes before any study's second.
    """
    if not lines:
        return ()
    topics = [line.topic for line in lines]
    in_turn = sorted(range(len(lines)), key=lambda i: (topics[:i].count(topics[i]), i))
    fitted = (*lines, _told_below(set(topics), further)) if further else lines
    for n in range(len(lines) - 1, 0, -1):
        if _height(fitted) <= room:
            break
        kept = tuple(lines[i] for i in sorted(in_turn[:n]))
        left = [topics[i] for i in sorted(in_turn[n:])]
        fitted = (*kept, _told_below({line.topic for line in kept}, [*left, *further]))
    return fitted


def _told_below(kept: set[str], topics: list[str]) -> FindingLine:
    named = [f"more of {words.uncapital(topic)}" if topic in kept else words.uncapital(topic) for topic in topics]
    return FindingLine((), f"Told below: {words.joined(list(dict.fromkeys(named)))}.", "", "Further studies")


def _height(lines: tuple[FindingLine, ...]) -> float:
    """Return about how many lines of print findings take."""
    return sum(
        max(len(line.badges), ceil(len(f"{line.headline} {line.because}") / IN_A_LINE)) + BETWEEN for line in lines
    )


def _remarked(remarks: tuple[str, ...]) -> float:
    return sum(ceil(len(said) / IN_A_REMARK) * 0.9 + BETWEEN for said in remarks)


def _overview(findings: list[Finding]) -> str:
    """Count the findings by what they say."""
    if not findings:
        return "Nothing could be compared: see what could not be evaluated."
    counted = Counter(badge.look for f in findings for badge in terms.badges(f))
    parts = [f"{counted[look]} {SAID[look]}" for look in SAID if counted[look]]
    total = f"{len(findings)} comparisons" if len(findings) > 1 else "1 comparison"
    return f"{total}: {', '.join(parts)}."


def _by_gravity(audit: Mapping[str, Any], *, alone: bool) -> list[Finding]:
    found = [f for f in audit["findings"] if (f["kind"] == "confirmatory") == alone]
    return sorted(found, key=lambda f: ORDER.index(charts.looks([f])))


def _sentences(audit: Mapping[str, Any], alone: int) -> Iterator[FindingLine]:
    """Yield the gravest findings about single attributes, each in a sentence with its reason."""
    for f in _by_gravity(audit, alone=True)[:alone]:
        because = " ".join(words.sentence(f[name]) for name in ("because", "settle") if f[name])
        yield FindingLine(terms.badges(f), words.sentence(f["headline"]), because)


def _shared(audit: Mapping[str, Any], alone: int, shared: int) -> Iterator[FindingLine]:
    """Yield one line for all findings of a table with the same verdict; where there are many, one for all tables."""
    rest = [*_by_gravity(audit, alone=True)[alone:], *_by_gravity(audit, alone=False)]
    rest.sort(key=lambda f: ORDER.index(charts.looks([f])))
    lines: dict[tuple[str, tuple[Badge, ...]], list[Finding]] = {}
    for f in rest:
        lines.setdefault((f"{results.title(f)}, {terms.metric(f['metric'])}", terms.badges(f)), []).append(f)
    kept = list(lines)[:shared]
    for title, badges in kept:
        found = lines[title, badges]
        yield FindingLine(badges, f"{title}: {_named(found)}.", _family(found))
    further: dict[tuple[Badge, ...], list[Finding]] = {}
    for title, badges in list(lines)[shared:]:
        further.setdefault(badges, []).extend(lines[title, badges])
    for badges, found in further.items():
        tables = len({results.title(f) for f in found})
        said = f"{len(found)} further {'comparison' if len(found) == 1 else 'comparisons'}"
        yield FindingLine(badges, f"{said} in {'1 table' if tables == 1 else f'{tables} tables'}, listed below.")


def _named(findings: list[Finding]) -> str:
    """Name groups with their figures, as many as there is room for."""
    shown = []
    for f in findings[:NAMED]:
        scale = numerals.scale_of(f["metric"])
        unit = " points" if scale == "difference" else ""
        figure = "" if f["estimate"] is None else f" {numerals.figure(f['estimate'], scale)}{unit}"
        shown.append((words.group(f["group"]) or "all groups") + figure)
    more = len(findings) - NAMED
    return ", ".join(shown) + (f" and {more} more, listed below" if more > 0 else "")


def _family(findings: list[Finding]) -> str:
    m = findings[0]["m"]
    adjusted = f"Adjusted over {m} comparisons." if m > 1 else ""
    exploring = "Exploratory." if findings[0]["kind"] != "confirmatory" else ""
    return f"{exploring} {adjusted}".strip()


def _remarks(audit: Mapping[str, Any], shown: int) -> Iterator[str]:
    named = [
        f"{words.sentence(p['title'])} ({words.sentence(p['source'])})" for p in audit["policies"] if p["threshold"]
    ]
    if named and audit["tables"]:
        which = words.joined(named)
        yield f"A verdict says what these data show about a threshold, here of {which}; it is no finding of law."
    if left_out := studies.withheld(audit):
        yield left_out
    warnings = audit["warnings"]
    about_policies = audit["audit"]["notes"] if audit["tables"] or audit.get("alternatives") else ()
    for note in (*about_policies, *warnings[:shown]):
        yield words.sentence(note)
    if (more := len(warnings) - shown) > 0:
        yield f"{more} more {'warning stands' if more == 1 else 'warnings stand'} under The data."


def choices(about: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield every choice that differs from the default, and the digest of the plan that they belong to."""
    changed = [
        f"{c['field'].replace('_', ' ')} {words.setting(c['value'])} (default {words.setting(c['default'])})"
        for c in about["changed"]
    ]
    yield Fact("Choices that differ from the default", "; ".join(changed) or "none")
    yield Fact("SHA-256 of the plan", about["plan_sha256"], code=True)


def conclusions(audit: Mapping[str, Any]) -> Section:
    """Return what the audit can and cannot conclude."""
    can = []
    if audit["tables"] or not studies.there(audit):
        done = terms.chosen(audit["tables"][0]) if audit["tables"] else "selected"
        can = [
            f"How often the people of each group were {done}, and how sure that is.",
            f"How often a gap this large would arise if being {done} were unrelated to the group.",
        ]
    if audit["tables"] and any(p["threshold"] for p in audit["policies"]):
        can.append("On which side of a named threshold the evidence puts a figure, where it is enough to say so.")
    label = audit["data"]["label"]
    if label:
        can.append(f"How error rates differ among the {words.people(label['known'])} decisions whose outcome is known.")
    can += studies.can(audit)
    cannot = [
        "Why groups differ: they may differ in more than the attributes named here.",
        "Whether a law was kept: a verdict speaks about data and a threshold.",
        *studies.cannot(audit),
        *(words.sentence(limit) for limit in audit["audit"]["limits"]),
    ]
    clustered = any(table.get("inference", {}).get("clusters") for table in audit["tables"])
    if not audit["audit"]["independent"] and not clustered:
        cannot.append(
            "How sure a figure is, exactly: some decisions concern the same unit, and tests treat all as independent."
        )
    lists = (Bullets(tuple(can), "It can say"), Bullets(tuple(cannot), "It cannot say"))
    return Section("conclusions", "What this can and cannot conclude", (Columns(lists),))
