"""The tables of a counterfactual study: decisions, scores, rankings, each name, and where answers vary."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fairwitness.audit import numerals
from fairwitness.report_templates import study_figures, study_tables, words
from fairwitness.report_templates.document import Cell, Column, Table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Swap = Mapping[str, Any]

CHANGED = (
    "Changed: in how many pairs one of the two is selected and the other is not. Net: the share selected as the first, "
    "less the share selected as the second."
)
OF_INTERVAL = (
    "{random}: of no effect, the test that belongs to the interval{holm}. The values shown are a sample of their "
    "group's, and so are the résumés: it is the p to read about the groups."
)
OF_ONE_VALUE = (
    "{random}: of no effect, the test that belongs to the interval{holm}. Each group has one value, so it is about "
    "these values, for résumés of the same kind."
)
OF_SIGNS = (
    "Any change: sign-flip permutation, {looked} exchanges of signs, seed {seed}. It asks whether the swap changes "
    "anything under the values shown, and its p is small as well where values differ within a group: read it about "
    "these values, not about the groups."
)
OF_MCNEMAR = (
    "McNemar, mid-P: takes each pair for independent of all others. Read it where each group has one value and no "
    "résumés share a job."
)


def figures(swap: Swap) -> dict[str, Mapping[str, Any] | None]:
    """Return every estimate of a swap that a table shows, by the name it has in "Figures that are not there"."""
    made, scored, ranked = (swap[what] or {} for what in ("decision", "score", "ranked_first"))
    placebo = swap["placebo"] or {}
    shown = {
        "share changed": made.get("flip_rate"),
        "net difference": made.get("net"),
        "impact ratio": made.get("impact_ratio"),
        "difference of the score": scored.get("difference"),
        "placebo: net difference": (placebo.get("decision") or {}).get("net"),
        "placebo: difference of the score": (placebo.get("score") or {}).get("difference"),
    }
    for g in ranked.get("groups", ()):
        shown[f"ranked first: {words.label(g['group'])}"] = g["impact_ratio"]
    return shown


def decisions(title: str, swaps: Sequence[Swap]) -> Iterator[Table]:
    """Yield the tables of decisions, counts and effects; a swap's placebo stands below it."""
    rows = []
    for swap in swaps:
        placebo = (swap["placebo"] or {}).get("decision")
        if swap["decision"] is not None:
            rows.append((pair(swap), swap["decision"]))
        if placebo is not None:
            rows.append((_within(swap), placebo))
    if not rows:
        return
    counted = (
        Column("Compared"),
        Column("Pairs", numeric=True),
        Column("Only the first", "selected", numeric=True),
        Column("Only the second", "selected", numeric=True),
        Column("Both", numeric=True),
        Column("Neither", numeric=True),
    )
    names = ("pairs", "only_a", "only_b", "both", "neither")
    counts = [(head, *(Cell(words.people(made[name])) for name in names)) for head, made in rows]
    yield Table.of(f"{title}, pairs of decisions", counted, counts)
    columns = (
        Column("Compared"),
        Column("Changed", "of the pairs", numeric=True),
        Column("Net", "points", numeric=True),
        Column("Ratio", numeric=True),
        *_test_columns(swaps),
    )
    effects = [_effect(head, made) for head, made in rows]
    notes = [CHANGED, *_tests(swaps, "decision"), study_tables.noted("counterfactual")]
    yield Table.of(f"{title}, effect on decisions", columns, effects, notes)


def pair(swap: Swap) -> Cell:
    """Name the two groups that were compared."""
    return Cell(f"{words.label(swap['a'])} against {words.label(swap['b'])}", foreign=True)


def _within(swap: Swap) -> Cell:
    return Cell("Placebo", f"within {words.label(swap['a'])} and within {words.label(swap['b'])}", foreign=True)


def _effect(head: Cell, made: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (
        head,
        study_figures.cell(made["flip_rate"], "rate"),
        study_figures.cell(made["net"], "difference"),
        study_figures.cell(made["impact_ratio"], "ratio"),
        *_tested(made),
    )


def _tested(made: Mapping[str, Any]) -> tuple[Cell, Cell, Cell]:
    """Write the tests of an effect: that of its interval, that nothing changes at all, and McNemar's."""
    test, mcnemar = made["test"], made.get("mcnemar")
    p = Cell()
    if test is not None:
        alone = f"unadj. {numerals.p_value(test['p'])}" if test["p"] != test["p_adjusted"] else ""
        p = Cell(numerals.p_value(test["p_adjusted"]), alone)
    return (
        p,
        study_figures.p_shown(made["sign_flip"]["p"]) if made["sign_flip"] else Cell(),
        study_figures.p_shown(mcnemar["p"]) if mcnemar else Cell(),
    )


def _test_columns(swaps: Sequence[Swap]) -> tuple[Column, ...]:
    return tuple(Column(title, "p", numeric=True) for title in (_random(swaps), "Any change", "McNemar"))


def _random(swaps: Sequence[Swap]) -> str:
    """Name what the test that belongs to the interval takes for random, beside résumés."""
    if not _several(swaps):
        return "Résumés random"
    return "Names random" if swaps[0]["kind"] == "names" else "Values random"


def _several(swaps: Sequence[Swap]) -> bool:
    """Whether any group is shown under more values than one."""
    return max(Counter(v["group"] for swap in swaps[:1] for v in swap["variants"]).values(), default=1) > 1


def _tests(swaps: Sequence[Swap], what: str) -> Iterator[str]:
    """Yield what the tests of a table ask, and which of them to read when."""
    there = [made for swap in swaps for part in (swap, swap["placebo"] or {}) if (made := part.get(what)) is not None]
    m = max((made["test"]["m"] for made in there if made["test"]), default=0)
    if m:
        holm = f", adjusted by Holm's method over {m} pairs of groups" if m > 1 else ""
        yield (OF_INTERVAL if _several(swaps) else OF_ONE_VALUE).format(random=_random(swaps), holm=holm)
    flips = [made["sign_flip"] for made in there if made["sign_flip"]]
    if flips:
        looked = "all" if all(flip["exact"] for flip in flips) else words.people(max(f["draws"] for f in flips))
        yield OF_SIGNS.format(looked=looked, seed=flips[0]["seed"])
    if any(made.get("mcnemar") for made in there):
        yield OF_MCNEMAR


def score_places(swaps: Sequence[Swap]) -> int:
    """Return with how many decimals the differences of scores of a study are written."""
    made = [part.get("score") for swap in swaps for part in (swap, swap["placebo"] or {})]
    return study_figures.finest(scored["difference"] for scored in made if scored)


def scores(title: str, swaps: Sequence[Swap]) -> Iterator[Table]:
    """Yield the table of scores; a swap's placebo stands below it."""
    rows, places = [], score_places(swaps)
    for swap in swaps:
        placebo = (swap["placebo"] or {}).get("score")
        if swap["score"] is not None:
            rows.append(_score(pair(swap), swap["score"], places))
        if placebo is not None:
            rows.append(_score(_within(swap), placebo, places))
    if not rows:
        return
    columns = (
        Column("Compared"),
        Column("Pairs", numeric=True),
        Column("Difference of the score", "the first less the second", numeric=True),
        Column("Apart", "whichever the sign", numeric=True),
        *_test_columns(swaps),
    )
    notes = [*_tests(swaps, "score"), study_tables.noted("counterfactual")]
    yield Table.of(f"{title}, effect on scores", columns, rows, notes)


def _score(head: Cell, scored: Mapping[str, Any], places: int) -> tuple[Cell, ...]:
    return (
        head,
        Cell(words.people(scored["difference"]["n"])),
        study_figures.cell(scored["difference"], "change", places),
        study_figures.cell(scored["distance"], "number", places),
        *_tested(scored),
    )


def ranked_first(title: str, swaps: Sequence[Swap]) -> Iterator[Table]:
    """Yield who is ranked first out of one résumé of each group."""
    told: list[Mapping[str, Any]] = []  # a list has all groups, so pairs of groups may share it
    for swap in swaps:
        ranked = swap["ranked_first"]
        if ranked is None or ranked in told:
            continue
        told.append(ranked)
        columns = (
            Column("Group"),
            Column("Ranked first", "lists", numeric=True),
            Column("Expected", "by lot", numeric=True),
            Column("Share", numeric=True),
            Column("Ratio", numeric=True),
        )
        rows = [
            (
                Cell(words.label(g["group"]), foreign=True),
                Cell(_lists(g["first"])),
                Cell(_lists(g["expected"])),
                study_figures.cell(g["share"], "rate"),
                study_figures.cell(g["impact_ratio"], "ratio"),
            )
            for g in ranked["groups"]
        ]
        tested = (
            ""
            if ranked["p"] is None
            else f" Smallest p of the groups, adjusted: {study_figures.p_spoken(ranked['p'])}."
        )
        note = (
            f"{words.people(ranked['lists'])} lists of one résumé of each group; {words.people(ranked['ties'])} with a "
            f"tie at the top, which is shared. Ratio: to the group ranked first most often.{tested}"
        )
        yield Table.of(
            f"{title}, who is ranked first", columns, rows, [note, study_tables.noted("counterfactual_ranked_first")]
        )


def _lists(n: float) -> str:
    return words.people(n) if float(n).is_integer() else words.decimals(n, 1)
