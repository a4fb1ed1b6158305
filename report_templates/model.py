"""The model under audit: what it is, how it was asked, and whether it reads a protected attribute."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import words
from fairwitness.report_templates.document import Cell, Column, Fact, Facts, FindingLine, Paragraph, Section, Table
from fairwitness.report_templates.study_tables import noted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block

    Read = Mapping[str, Any]

KINDS: Mapping[str, str] = {
    "predictions": "file of predictions",
    "function": "Python function",
    "estimator": "estimator in memory",
    "onnx": "ONNX file",
    "skops": "skops file",
    "endpoint": "scoring endpoint",
    "command": "command",
    "pickle": "pickle file",
}
STATIC: Mapping[str, str] = {
    "reads": "among its inputs",
    "does_not_read": "not among its inputs",
    "unknown": "not known to be among its inputs",
}
NOT_ASKED: Mapping[str, str] = {
    "not_given": "not given: the model was never shown the column",
    "not_asked": "not asked",
}
TRUSTED = (
    "Opening this file runs code that is in it. It was opened, in a process of its own, because its SHA-256 was named "
    "beforehand."
)
COLUMN_ONLY = (
    "This check is about the column itself, and about the rows that were asked. A model that does not read a protected "
    "attribute may read others that carry it."
)


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return what is known of the model, or None where no model was given."""
    model = audit.get("model")
    if model is None:
        return None
    blocks: list[Block] = [Facts(tuple(_facts(model)))]
    if model.get("trusted"):
        blocks.append(Paragraph(TRUSTED))
    if model.get("reads_protected"):
        blocks += [_reads(model["reads_protected"]), Paragraph(COLUMN_ONLY, soft=True)]
    return Section("model", "The model", tuple(blocks))


def name(audit: Mapping[str, Any]) -> str:
    """Name who answered: the model, or the source where there is none."""
    return words.label((audit.get("model") or {}).get("name") or audit["data"]["source"])


def _facts(model: Mapping[str, Any]) -> Iterator[Fact]:
    yield Fact("Name", words.label(model["name"]), code=True)
    yield Fact("Kind", KINDS.get(model["kind"], words.label(model["kind"])))
    inputs = model["inputs"]
    named = "it does not say" if inputs is None else ", ".join(map(words.label, inputs))
    yield Fact("Columns it reads", named or "none")
    yield Fact("Selected", _cutoff(model["cutoff"]))
    answers = model.get("answers")
    if answers:
        what = {"score": "scores", "decision": "decisions"}.get(answers["output"], words.label(answers["output"]))
        yield Fact("Answers", f"{words.people(answers['n'])} {what}")
    if model["batch"] is not None:
        yield Fact("Rows in one question", words.people(model["batch"]))
    for key, value in model["facts"].items():
        yield Fact(words.capital(words.label(key).replace("_", " ")), words.setting(value))
    yield Fact("SHA-256 of what decides", model["sha256"] or "not known", code=model["sha256"] is not None)
    if answers and answers["sha256"]:
        yield Fact("SHA-256 of the answers", answers["sha256"], code=True)


def _cutoff(cutoff: Mapping[str, Any]) -> str:
    """Say who is selected.

    Examples
    --------
    >>> _cutoff({"rule": "at_least", "value": 0.5, "share": None})
    'scores of at least 0.5'
    """
    if cutoff["rule"] == "none":
        return "as the model decides"
    value = "" if cutoff["value"] is None else f"scores of at least {words.label(format(cutoff['value'], '.6g'))}"
    if cutoff["share"] is None:
        return value
    top = f"the {numerals.percent(cutoff['share'])} with the highest scores"
    return f"{top}: {value}" if value else top


def _reads(reads: list[Read]) -> Table:
    columns = (
        Column("Attribute"),
        Column("By its inputs"),
        Column("Questions", "with the column changed", numeric=True),
        Column("Answers changed", numeric=True),
        Column("Scores changed", numeric=True),
        Column("Largest change of a score", numeric=True),
        Column("Why"),
    )
    rows = []
    for read in reads:
        asked = read["dynamic"]
        ok = asked["status"] == "ok"
        largest = asked.get("largest_score_change")
        rows.append(
            (
                Cell(words.label(read["attribute"]), foreign=True),
                Cell(
                    STATIC.get(read["static"], words.label(read["static"])),
                    words.sentence(read["static_because"] or ""),
                    foreign=True,
                ),
                Cell(words.people(asked["asked"]) if ok else "none", "" if ok else NOT_ASKED.get(asked["status"], "")),
                _count(asked.get("changed") if ok else None),
                _count(asked.get("score_changed") if ok else None),
                Cell() if largest is None or not ok else Cell(words.measured({"value": largest})[0]),
                Cell(words.sentence(read["because"] or ""), foreign=True),
            )
        )
    return Table.of("Does the model read a protected attribute?", columns, rows, [noted("model_reads_protected")])


def _count(n: int | None) -> Cell:
    return Cell() if n is None else Cell(words.people(n))


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield one line of the summary."""
    model = audit.get("model")
    if model is None:
        return
    reads = model.get("reads_protected") or ()
    answered = model.get("answers")
    gave = f"gave {words.people(answered['n'])} answers" if answered else "was given"
    said = "; ".join(_sentence(read) for read in reads) or gave
    about = "That is about the column alone: others may carry it." if reads else ""
    yield FindingLine((), f"{name(audit)}: {said}.", about, "The model")


def _sentence(read: Read) -> str:
    """Say what is known of one attribute: what came of changing it, or else whether it is among the inputs."""
    attribute, asked = words.label(read["attribute"]), read["dynamic"]
    if asked["status"] != "ok":
        return f"{attribute} is {STATIC.get(read['static'], words.label(read['static']))}"
    n, moved = words.people(asked["asked"]), asked["score_changed"]
    scores = f", and {words.people(moved)} of the scores," if moved and moved != asked["changed"] else ""
    return f"{words.people(asked['changed'])} of {n} answers{scores} changed with {attribute} alone changed"


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the check of the model can say."""
    reads = (audit.get("model") or {}).get("reads_protected")
    if reads:
        who = words.joined([words.label(read["attribute"]) for read in reads], "or")
        yield f"Whether {name(audit)} answers otherwise when {who} alone is changed."


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what it cannot say."""
    if (audit.get("model") or {}).get("reads_protected"):
        yield "Whether a model that does not read a protected attribute reads it through other columns."
