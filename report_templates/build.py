"""From the content of ``audit.json`` to a document: every figure of the report is one of the audit's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fairwitness.report_templates import (
    account,
    inputs,
    lengths,
    methods,
    model,
    outcomes,
    results,
    studies,
    summary,
    words,
)
from fairwitness.report_templates.document import Document, Fact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Section


def build(audit: Mapping[str, Any]) -> Document:
    """Make the document of an audit.

    Parameters
    ----------
    audit : mapping
        The content of ``audit.json`` (schema ``fairwitness/audit/v1``).

    Returns
    -------
    Document
        All texts final: rounded, and with what cannot be seen in labels shown as escapes.  Not escaped for HTML.
    """
    about = audit["audit"]
    digest = about["plan_sha256"] if re.fullmatch("[0-9a-f]{64}", about["plan_sha256"]) else ""
    return Document(
        lang="en",
        kicker=f"{'Audit of decisions' if audit['tables'] else 'Study of a model'} · {about['view']} view",
        title=words.sentence(about["title"]),
        facts=tuple(_facts(audit)),
        sections=tuple(section for section in _sections(audit) if section is not None),
        plan_digest=digest,
        colophon=f"fairwitness {words.label(about['version'])} · {words.day(about['created'])} · plan {digest[:12]}",
    )


def _facts(audit: Mapping[str, Any]) -> Iterator[Fact]:
    """Yield the title block."""
    about, data = audit["audit"], audit["data"]
    for name, field in (("System", "system"), ("Decision audited", "decision_audited"), ("Period", "period")):
        if about.get(field):
            yield Fact(name, words.sentence(about[field]))
    if audit["tables"]:
        yield Fact("Decisions", f"{words.people(data['counted'])} counted of {words.people(data['decisions'])}")
        undisclosed = [
            f"{words.label(e['by'][0])} {words.people(e['n'])}"
            for e in lengths.told(audit, data["unknown"])
            if len(e["by"]) == 1 and e["n"]
        ]
        yield Fact("Not disclosed", ", ".join(undisclosed) or "none")
    else:
        yield Fact("Rows read", words.people(data["rows"]))
    where = about.get("jurisdiction_title") or about["jurisdiction"]
    if where:
        yield Fact("Jurisdiction", words.sentence(where))
    if about["auditor"]:
        yield Fact("Auditor", words.sentence(about["auditor"]))
    yield Fact("Audited", words.day(about["created"]))
    yield from summary.choices(about)


def _sections(audit: Mapping[str, Any]) -> Iterator[Section | None]:
    """Yield the sections in the order of reading; what has nothing to say is None."""
    yield summary.section(audit)
    yield summary.conclusions(audit)
    yield inputs.decision(audit)
    yield model.section(audit)
    yield inputs.counted(audit)
    yield inputs.policies(audit)
    yield from results.sections(audit)
    yield outcomes.error_rates(audit)
    yield from studies.sections(audit)
    yield account.not_evaluated(audit)
    yield outcomes.further(audit)
    yield methods.section(audit)
    yield account.reproduction(audit)
    yield from account.closing(audit)
