"""Alternatives: what else would select as well, with how much less disparity, and what was not offered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import alternative_charts, alternative_tables, study_figures, terms, words
from fairwitness.report_templates.alternative_charts import validity, written
from fairwitness.report_templates.document import (
    Cell,
    Definition,
    Definitions,
    Fact,
    Facts,
    FindingLine,
    Heading,
    Paragraph,
    Section,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block
    from fairwitness.report_templates.pictures import Scale

    Search = Mapping[str, Any]
    Candidate = Mapping[str, Any]

EVIDENCE = "Found and not adopted, it is itself evidence."


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the search for alternatives, or None where there was none."""
    search = audit.get("alternatives")
    if search is None:
        return None
    blocks: list[Block] = [Paragraph(f"{_headline(search)} {_told(search)}".strip()), Facts(tuple(_facts(search)))]
    blocks += alternative_charts.of_search(search, audit["policies"])
    if search["candidates"]:
        blocks.append(alternative_tables.candidates(search))
    if compared := alternative_tables.compared(search):
        blocks.append(compared)
    if search["refused"]:
        blocks.append(alternative_tables.refused(search))
    if search["law"]:
        items = tuple(_law(law) for law in search["law"])
        blocks += [Heading("What bears on alternatives, in our words"), Definitions(items)]
    if search["note"]:
        blocks.append(Paragraph(words.sentence(search["note"])))
    return Section("alternatives", "Alternatives", tuple(blocks))


def _facts(search: Search) -> Iterator[Fact]:
    yield Fact("Compared", f"{words.label(search['group'])} against {words.label(search['reference'])}")
    yield Fact("Protected attribute", words.label(search["protected"]))
    positive = f" = {words.label(search['label_positive'])}" if search["label_positive"] is not None else ""
    yield Fact("Outcome", f"{words.label(search['label'])}{positive}")
    margin = words.label(format(search["validity"]["margin"], "g"))
    yield Fact("Validity", f"{validity(search)}; as valid means at most {margin} lower")
    rows = search["rows"]
    yield Fact(
        "Rows",
        f"{words.people(rows['train'])} to train, {words.people(rows['validation'])} to choose, "
        f"{words.people(rows['test'])} to report",
    )
    if search["jurisdiction"]:
        yield Fact("Jurisdiction", words.label(search["jurisdiction"]))
    yield Fact("Seed", str(search["seed"]))


def _law(law: Mapping[str, Any]) -> Definition:
    how = terms.CONFIDENCE.get(law["confidence"], words.sentence(law["confidence"]))
    term = words.capital(words.sentence(law["citation"] or "a caution"))
    return Definition(term, words.sentence(law["text"]), "", f"{words.capital(how)}.")


# -- the first page ----------------------------------------------------------------------------------------------


def chosen(search: Search) -> Candidate | None:
    """Return the candidate that was chosen, None where nothing was, or where it is the model as it is."""
    return next((c for c in search["candidates"] if c["chosen"] and c["family"] != "baseline"), None)


def _headline(search: Search) -> str:
    """Say what the search found."""
    made = sum(c["family"] != "baseline" for c in search["candidates"])
    if not made:
        return "No alternative could be made."
    tried = f"{words.people(made)} {'alternative' if made == 1 else 'alternatives'}"
    best = chosen(search)
    if best is None:
        return f"Of {tried} none was chosen as better by its impact ratio and as valid."
    ratio = _beside(search, best, "impact_ratio", "ratio")
    return f"Of {tried} {words.label(best['id'])} was chosen: impact ratio {ratio}."


def _told(search: Search) -> str:
    """Say on what the headline rests: validity, rows, and how sure it is."""
    best = chosen(search)
    if best is None:
        return ""
    against = best["against_baseline"]
    verdict = f": {alternative_tables.verdict(against)}" if against else ""
    return (
        f"{words.capital(validity(search))} {_beside(search, best, 'validity', *written(search))}, on "
        f"{words.people(search['rows']['test'])} rows of the test part{verdict}."
    )


def _beside(search: Search, best: Candidate, name: str, scale: Scale, places: int | None = None) -> str:
    """Write a figure of the test part beside that of the model as it is."""
    base = next((c for c in search["candidates"] if c["family"] == "baseline"), None)
    here, there = (best["test"] or {}).get(name), ((base or {}).get("test") or {}).get(name)
    shown = "not evaluated" if here is None else study_figures.spoken(here, scale, places)
    other = "not evaluated" if there is None or there["value"] is None else study_figures.parts(there, scale, places)[0]
    return f"{shown}, as it is {other}"


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield the line of the summary."""
    search = audit.get("alternatives")
    if search is None:
        return
    best = chosen(search)
    shown = best is not None and (best["against_baseline"] or {}).get("verdict") == "better_and_as_valid"
    because = f"{_told(search)} {EVIDENCE}" if shown else _told(search)
    yield FindingLine((), _headline(search), because, "Alternatives")


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the search can say."""
    search = audit.get("alternatives")
    if search is not None:
        made = sum(c["family"] != "baseline" for c in search["candidates"])
        yield (
            f"Whether one of {words.people(made)} alternatives would select about as well with less disparity between "
            f"{words.label(search['group'])} and {words.label(search['reference'])}."
        )


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what it cannot say."""
    if audit.get("alternatives") is not None:
        yield (
            "That there is no better alternative: a few families were tried. The choice is made on one part of the "
            "data, and the figures are of another. An alternative that is found and not adopted is itself evidence."
        )


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    search = audit.get("alternatives") or {"candidates": ()}
    for c in search["candidates"]:
        for part, where in (("validation", "Alternatives, part to choose"), ("test", "Alternatives, test part")):
            shown = c[part] or {}
            figures = {words.label(validity(search)): shown.get("validity"), "impact ratio": shown.get("impact_ratio")}
            yield from study_figures.absent(words.label(c["id"]), where, figures)
