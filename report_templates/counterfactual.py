"""Counterfactual résumés: the same résumé with one field swapped, and how the answers changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import model, study_figures, swap_charts, swap_names, swap_tables, words
from fairwitness.report_templates.document import Bullets, Fact, Facts, FindingLine, Heading, Paragraph, Section

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.report_templates.document import Block, Cell

    Swap = Mapping[str, Any]

KINDS: Mapping[str, str] = {
    "names": "names",
    "attribute": "the attribute itself",
    "pronouns": "pronouns",
    "honorific": "honorifics",
    "graduation_year": "graduation years",
    "affiliation": "affiliations",
}
SAID = (
    "The same résumé was shown again with one field swapped and all else as it was. The figures say how sensitive the "
    "answers are to that field. They are no causal proof: what else goes with the field in life stays as it was."
)
NO_CAUSE = "Sensitivity to this field, no causal proof."
NAME_BLIND = "That says nothing of other columns that go with the field."
TOPIC = "Counterfactual résumés"
ASKED = ("field", "kind", "columns", "resumes", "jobs", "questions", "draws", "sampled_from")
NAMED = 2  # swaps with a line of their own in the summary


def section(audit: Mapping[str, Any]) -> Section | None:
    """Return the counterfactual study, or None where there is none."""
    studies = by_field(audit)
    if not studies:
        return None
    blocks: list[Block] = [Paragraph(SAID)]
    for i, (head, swaps) in enumerate(zip(_headings(studies), studies, strict=True), start=1):
        blocks += _study(f"s{i}", head, swaps, model.name(audit))
    return Section("counterfactual", "Counterfactual résumés", tuple(blocks))


def by_field(audit: Mapping[str, Any]) -> list[list[Swap]]:
    """Return the pairs of groups that were compared, those of one swap together."""
    found: list[list[Swap]] = []
    for swap in audit.get("counterfactual") or ():
        study = next((swaps for swaps in found if _is_of(swap, swaps)), None)
        if study is None:
            found.append([swap])
        else:
            study.append(swap)
    return found


def _is_of(swap: Swap, swaps: list[Swap]) -> bool:
    """Whether a pair of groups is of the same swap as others: the same questions, and a group with the same answers."""
    if any(swap[name] != swaps[0][name] for name in ASKED) or any(_pair(swap) == _pair(other) for other in swaps):
        return False
    shared = [(g, other) for other in swaps for g in _pair(swap) if g in _pair(other)]
    return any(_of_group(swap, g) == _of_group(other, g) for g, other in shared)


def _pair(swap: Swap) -> tuple[str, str]:
    return swap["a"], swap["b"]


def _of_group(swap: Swap, group: str) -> list[Any]:
    return [variant for variant in swap["variants"] if variant["group"] == group]


def _headings(studies: list[list[Swap]]) -> list[str]:
    """Name every study; where a field was swapped more than once, with its groups."""
    titles = [title(swaps[0]) for swaps in studies]
    groups = [dict.fromkeys(words.label(group) for swap in swaps for group in _pair(swap)) for swaps in studies]
    heads = [
        said if titles.count(said) == 1 else f"{said}, {words.joined(list(named))}"
        for said, named in zip(titles, groups, strict=True)
    ]
    return [head if heads.count(head) == 1 else f"{head} ({heads[:i].count(head) + 1})" for i, head in enumerate(heads)]


def title(swap: Swap) -> str:
    """Name what was swapped.

    Examples
    --------
    >>> title({"field": "first_name", "kind": "names"})
    'first_name: names'
    """
    return f"{words.label(swap['field'])}: {KINDS.get(swap['kind'], words.label(swap['kind']))}"


def _study(key: str, head: str, swaps: list[Swap], who: str) -> Iterator[Block]:
    """Yield what stands under the name of one swapped field."""
    yield Heading(head)
    yield Facts(tuple(_facts(swaps[0])))
    yield from swap_charts.decisions(key, swaps, who)
    yield from swap_tables.decisions(head, swaps)
    yield from swap_charts.scores(key, swaps, who)
    yield from swap_tables.scores(head, swaps)
    yield from swap_tables.ranked_first(head, swaps)
    variants = swap_names.variants(swaps)
    yield from swap_charts.variants(key, swaps[0], variants, who)
    yield from swap_names.of_variants(swaps[0], variants)
    yield from swap_names.variance(head, swaps)
    for said in dict.fromkeys(s["placebo"]["because"] for s in swaps if s["placebo"] and s["placebo"]["because"]):
        yield Paragraph(f"Placebo: {words.sentence(said)}", soft=True)
    withheld = list(dict.fromkeys(text for swap in swaps for text in swap["withheld"]))
    if withheld:
        yield Bullets(tuple(words.sentence(text) for text in withheld), "Left out of every question")
    warnings = list(dict.fromkeys(text for swap in swaps for text in swap["warnings"]))
    if warnings:
        yield Bullets(tuple(words.sentence(text) for text in warnings), "Noticed while asking")


def _facts(swap: Swap) -> Iterator[Fact]:
    of = f" of {words.people(swap['sampled_from'])}, drawn at random" if swap["sampled_from"] else ""
    yield Fact("Résumés", f"{words.people(swap['resumes'])}{of}")
    if swap["jobs"] is not None:
        yield Fact("Jobs", words.people(swap["jobs"]))
    yield Fact("Questions", words.people(swap["questions"]))
    if swap["draws"] != 1:
        yield Fact("Times each was asked", words.people(swap["draws"]))
    yield Fact("Columns rewritten", ", ".join(words.label(column) for column in swap["columns"]))


# -- the first page ----------------------------------------------------------------------------------------------


def lines(audit: Mapping[str, Any]) -> Iterator[FindingLine]:
    """Yield a line of the summary for each field that was swapped, about its largest effect."""
    studies = by_field(audit)
    for swaps in studies[:NAMED]:
        largest = max(swaps, key=_size)
        because = [_placebo(largest), NAME_BLIND if _nothing_changed(largest) else NO_CAUSE]
        if len(swaps) > 1:
            because.append(f"The largest of {len(swaps)} pairs of groups, listed below.")
        yield FindingLine((), _headline(largest), " ".join(filter(None, because)), TOPIC)
    if len(studies) > NAMED:
        rest = words.joined(_headings(studies)[NAMED:])
        yield FindingLine((), f"Also swapped, and told below: {rest}.", "", TOPIC)


def _size(swap: Swap) -> tuple[float, ...]:
    """Return how large an effect is: of decisions first, then of scores."""
    made, scored = swap["decision"] or {}, swap["score"] or {}
    figures = (made.get("net"), scored.get("difference"))
    return tuple(-1.0 if e is None or e["value"] is None else abs(e["value"]) for e in figures)


def _nothing_changed(swap: Swap) -> bool:
    made = swap["decision"]
    return made is not None and made["pairs"] > 0 and made["only_a"] == made["only_b"] == 0


def _headline(swap: Swap) -> str:
    """Say what one swap changed."""
    a, b = words.label(swap["a"]), words.label(swap["b"])
    head = f"{words.label(swap['field'])} swapped ({KINDS.get(swap['kind'], words.label(swap['kind']))})"
    made, scored = swap["decision"], swap["score"]
    if made is not None:
        pairs = f"{words.people(made['pairs'])} pairs, {a} against {b}"
        if made["pairs"] == 0:
            return f"{head}: there was nothing to compare, {a} against {b}."
        if _nothing_changed(swap):
            return f"{head}: no decision changed in {pairs} (share {study_figures.spoken(made['flip_rate'], 'rate')})."
        net = study_figures.spoken(made["net"], "difference")
        return (
            f"{head}: of {words.people(made['pairs'])} pairs {words.people(made['only_a'])} were selected only as {a}, "
            f"{words.people(made['only_b'])} only as {b}; net {net}{_tested(made['test'])}."
        )
    if scored is not None:
        difference = study_figures.spoken(scored["difference"], "change")
        return f"{head}: mean score of {a} less that of {b} {difference}{_tested(scored['test'])}."
    return f"{head}: {a} against {b} could not be evaluated."


def _tested(test: Mapping[str, Any] | None) -> str:
    return "" if test is None else f", {study_figures.p_spoken(test['p_adjusted'])}"


def _placebo(swap: Swap) -> str:
    """Say what a swap within one group changed, where it was asked."""
    placebo = swap["placebo"] or {}
    made, scored = placebo.get("decision"), placebo.get("score")
    if made and swap["decision"] and made["flip_rate"]["value"] is not None:
        noise, changed = made["flip_rate"]["value"], swap["decision"]["flip_rate"]["value"]
        here = "" if not changed else f"{numerals.percent(changed)} of decisions changed, "
        return words.capital(f"{here}within one group {numerals.percent(noise)}.")
    here = swap["score"]
    if scored and here and not swap["decision"] and scored["distance"]["value"] is not None:
        apart, noise = (study_figures.parts(e["distance"], "number")[0] for e in (here, scored))
        return f"Whichever the sign, scores lie {apart} apart, within one group {noise}."
    return ""


def can(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the study can say."""
    for swaps in by_field(audit):
        asked = words.people(swaps[0]["questions"])
        yield (
            f"How the answers of {model.name(audit)} change when {words.label(swaps[0]['field'])} alone is swapped: "
            f"{asked} questions about {words.people(swaps[0]['resumes'])} résumés."
        )


def cannot(audit: Mapping[str, Any]) -> Iterator[str]:
    """Yield what it cannot say."""
    studies = by_field(audit)
    if not studies:
        return
    yield "What a person's group causes: a swap shows how sensitive answers are to one field; what goes with it stays."
    if any(_nothing_changed(swap) for swaps in studies for swap in swaps):
        yield (
            "That a model whose answers did not change treats groups alike: one that never reads the field cannot "
            "change, whatever its other columns carry."
        )


def absent(audit: Mapping[str, Any]) -> Iterator[tuple[Cell, ...]]:
    """Yield the figures that are not there."""
    for swaps in by_field(audit):
        for swap in swaps:
            pair = f"{words.label(swap['a'])} against {words.label(swap['b'])}"
            yield from study_figures.absent(pair, title(swap), swap_tables.figures(swap))
        for variant in swap_names.variants(swaps):
            label = f"{words.label(variant['label'])} ({words.label(variant['group'])})"
            yield from study_figures.absent(label, title(swaps[0]), {"share selected": variant["rate"]})
