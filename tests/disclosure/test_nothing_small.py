"""Over random tallies: nothing small is shown, nothing small can be computed, and what is shown is true."""

from __future__ import annotations

import json
from itertools import combinations, product

import numpy as np
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from fairwitness.audit.disclosure import MERGED, SMALL, coarsened, hidden_groups, publishable_tables
from fairwitness.audit.judging.group_counts import OUTCOMES, count_groups
from fairwitness.audit.plan import AuditPlan
from fairwitness.audit.run import run_audit
from fairwitness.audit.tally import Axis, Source, Tally

# The same examples in every run, and no deadline: the first call of a test imports scipy.
settings.register_profile("disclosure", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("disclosure")

ATTRIBUTES = {"race": ("A", "B", "C", None), "sex": ("F", "M", None), "age": ("<40", "40+", None)}
DECISIONS = ("selected", "not_selected")
PLAN = AuditPlan(resamples=200)


@st.composite
def tallies(draw, *, labelled=False, clean=False):
    """Draw a tally whose cells are mostly large, so that there is something to show; ``clean``: all of them."""
    names = tuple(ATTRIBUTES)[: draw(st.integers(1, 3))]
    levels = [[v for v in ATTRIBUTES[n] if v is not None or (draw(st.booleans()) and not clean)] for n in names]
    kinds = [(d,) for d in DECISIONS]
    if labelled:
        known = ("positive", "negative", None) if draw(st.booleans()) else ("positive", "negative")
        kinds = [(d, outcome) for d in DECISIONS for outcome in known]
    if not clean and draw(st.booleans()):
        kinds.append(("set_aside:withdrawn", *([None] if labelled else [])))
    large = st.integers(SMALL, 40)
    share_of_small = 0 if clean else draw(st.sampled_from([0, 1, 3, 9]))
    cells = {}
    for key in product(*levels, kinds):
        small = draw(st.integers(0, 19)) < share_of_small
        cells[(*key[:-1], *key[-1])] = draw(st.integers(0, SMALL - 1) if small else large)
    cells = {key: n for key, n in cells.items() if n}
    assume(cells)
    axes = [*(Axis(name, "protected") for name in names), Axis("hired", "decision")]
    axes += [Axis("good", "label")] if labelled else []
    return Tally.of(axes, cells, sources=(Source("people.csv", "0" * 64, sum(cells.values())),))


EITHER = st.one_of(tallies(), tallies(labelled=True))


def counts_in(value, name=""):
    """Yield every count of people in the content of audit.json or tally.json."""
    counted = {
        "n",
        "selected",
        "rejected",
        "total",
        "decisions",
        "counted",
        "rows",
        "known",
        "reference_n",
        "reference_selected",
    }
    counted |= {"unknown", "unknown_selected", *OUTCOMES.values()}
    if isinstance(value, dict):
        for key, item in value.items():
            if key == "small_cells":
                assert item["n"] == 0
            elif key in counted and isinstance(item, int):
                yield (name if name == "unknown" else key), item
            else:
                yield from counts_in(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from counts_in(item, name)


@settings(max_examples=12)  # each renders a report
@given(EITHER)
def test_every_count_in_the_files_of_a_coarsened_audit_is_large(tally):
    left = coarsened(tally, PLAN)
    assume(left)
    files = run_audit(*left).files()
    for name in ("audit.json", "tally.json"):
        for key, n in counts_in(json.loads(files[name])):
            # that nobody's group, or nobody's outcome, is unknown is no small group of people
            assert n >= SMALL or (n == 0 and key in ("unknown", "unknown_selected")), (name, key, n)


@given(EITHER)
def test_every_count_in_publishable_tables_is_large(tally):
    for table in publishable_tables(tally, PLAN).tables:
        assert table.groups
        for group in table.groups:
            numbers = [group.selected, group.not_selected, *group.outcomes.values()]
            assert min(numbers) >= SMALL
            rest = [group.selected - group.outcomes.get("true_positive", 0) - group.outcomes.get("false_positive", 0)]
            rest += [
                group.not_selected - group.outcomes.get("true_negative", 0) - group.outcomes.get("false_negative", 0)
            ]
            assert all(n == 0 or n >= SMALL for n in rest)


@given(EITHER)
def test_shown_groups_have_their_own_counts_and_everybody_counted_is_somewhere(tally):
    whole = sum(c.n for key, c in tally.cells.items() if not any(str(part).startswith("set_aside:") for part in key))
    for table in everything_written(tally):
        assert table.known + table.unknown == whole
        if any(MERGED in group.group for group in table.groups):
            groups = [g for g in table.groups if MERGED not in g.group]
        else:
            groups = table.groups
        own = {g.group: g for g in count_groups(tally, table.by, exclude_under=0, min_n=0).groups}
        for group in groups:
            assert (group.selected, group.n) == (own[group.group].selected, own[group.group].n)
            assert not group.outcomes or group.outcomes == own[group.group].outcomes


@given(EITHER)
def test_what_is_printed_and_what_is_written_hide_the_same_groups(tally):
    hidden, strict = hidden_groups(tally, PLAN), hidden_groups(tally, PLAN, outcomes=True)
    for table in publishable_tables(tally, PLAN).tables:
        shown = {g.group for g in table.groups if MERGED not in g.group}
        printed = {g.group for g in count_groups(tally, table.by, exclude_under=0, min_n=0).groups} - hidden[table.by]
        assert printed == (shown if len(table.by) == 1 or len(shown) == len(table.groups) else set())
    assert all(hidden[by] <= strict[by] for by in hidden)


@given(EITHER)
def test_coarsening_what_is_coarse_changes_nothing(tally):
    left = coarsened(tally, PLAN)
    assume(left)
    again = coarsened(*left)
    assert again.tally.to_json() == left.tally.to_json()
    assert again.plan == left.plan


@given(st.one_of(tallies(clean=True), tallies(clean=True, labelled=True)))
def test_a_tally_without_small_cells_keeps_its_figures(tally):
    left = coarsened(tally, PLAN)
    assert left.plan == PLAN
    assert left.tally.to_json() == tally.to_json()


def everything_written(tally):
    """Return the tables of a baseline and of a report folder."""
    left = coarsened(tally, PLAN)
    made = list(publishable_tables(tally, PLAN).tables)
    if left:
        names = left.tally.attributes
        sizes = (1,) if left.tally.axis("table") else range(1, len(names) + 1)
        combined = [by for k in sizes for by in combinations(names, k)]
        made += [count_groups(left.tally, by, exclude_under=0, min_n=0) for by in combined]
    return made


class Adversary:
    """Somebody who has read everything that is shown, and solves for what is not."""

    def __init__(self, tally):
        self.names = tally.attributes
        self.axes = [sorted({key[i] for key in tally.cells}, key=str) for i in range(len(self.names))]
        self.labelled = tally.axis("label") is not None
        labels = ("positive", "negative", None) if self.labelled else (None,)
        if self.labelled and all(key[-1] for key in tally.cells):
            labels = labels[:2]
        self.cells = list(product(*self.axes, DECISIONS, labels))
        self.equations = {}

    def learns(self, by, members, n, decision, label="any"):
        """Learn a count: of everybody whose labels in the attributes are among the members."""
        at = [self.names.index(name) for name in by]
        row = [
            tuple(cell[i] for i in at) in members and cell[-2] == decision and label in ("any", cell[-1])
            for cell in self.cells
        ]
        self.equations[tuple(row)] = n

    def range_of(self, member):
        """Return between which numbers the sum of some cells must lie."""
        c = np.array([float(member(cell)) for cell in self.cells])
        a, b = np.array(list(self.equations), float), np.array(list(self.equations.values()), float)
        ends = [linprog(sign * c, A_eq=a, b_eq=b, bounds=(0, None), method="highs") for sign in (1, -1)]
        assert all(end.status == 0 for end in ends)
        return ends[0].fun, -ends[1].fun


def adversary_of(tally):
    """Return what anybody knows who reads the terminal, the report folder and the baseline of one audit."""
    someone = Adversary(tally)
    hidden, strict = hidden_groups(tally, PLAN), hidden_groups(tally, PLAN, outcomes=True)

    def members(table, group):
        """Return the combinations of labels that a shown group stands for."""
        each = []
        for name, label in zip(table.by, group, strict=True):
            single = hidden[name,]
            levels = someone.axes[someone.names.index(name)]
            own = [v for v in levels if (v,) in single]
            undisclosed = [None] if None in levels and merges_undisclosed(tally, name) else []
            each.append(own + undisclosed if label == MERGED else [label])
        return set(product(*each))

    def learn(table, groups, *, outcomes):
        for g in groups:
            who = members(table, g.group)
            someone.learns(table.by, who, g.selected, "selected")
            someone.learns(table.by, who, g.not_selected, "not_selected")
            for (decision, label), kind in OUTCOMES.items():
                if outcomes and g.outcomes:
                    someone.learns(table.by, who, g.outcomes[kind], decision, label)

    for table in everything_written(tally):
        learn(table, table.groups, outcomes=True)
    for by in hidden:
        table = count_groups(tally, by, exclude_under=0, min_n=0)
        learn(table, [g for g in table.groups if g.group not in hidden[by]], outcomes=False)
        learn(table, [g for g in table.groups if g.group not in strict[by]], outcomes=True)
    for decision in DECISIONS:  # totals are taken for known
        everybody = set(product(*someone.axes))
        n = sum(c.n for key, c in tally.cells.items() if key[len(someone.names)] == decision)
        someone.learns(someone.names, everybody, n, decision)
    return someone


def merges_undisclosed(tally, name):
    return any("not disclosed" in w and repr(name) in w for w in publishable_tables(tally, PLAN).warnings)


# All tables of two are large; with all three of them, what is in none of them would be known.
CIRCLE = Tally.of(
    [*(Axis(name, "protected") for name in ATTRIBUTES), Axis("hired", "decision")],
    {
        (*group, decision): 20
        for group in product("AB", "FM", ("<40", "40+"))
        for decision in DECISIONS
        if (*group, decision) not in {("A", "F", "<40", "selected"), ("B", "M", "40+", "selected")}
    },
)


@example(CIRCLE)
@settings(max_examples=40)
@given(st.one_of(tallies(), tallies(), tallies(labelled=True)))
def test_nobody_can_compute_a_small_count(tally):
    """A count under ten of any group, and of any combination, could be any of at least eleven numbers."""
    someone = adversary_of(tally)
    k = len(someone.names)
    kinds = product(DECISIONS, ("any", "positive", "negative") if someone.labelled else ("any",))
    combined = [at for width in range(1, k + 1) for at in combinations(range(k), width)]
    groups = [(at, group) for at in combined for group in product(*(someone.axes[i] for i in at))]
    cells = {key if someone.labelled else (*key, None): c.n for key, c in tally.cells.items()}
    for (at, group), (decision, label) in product(groups, kinds):

        def in_group(cell, at=at, group=group):
            return tuple(cell[i] for i in at) == group

        def member(cell, at=at, group=group, decision=decision, label=label):
            return in_group(cell, at, group) and cell[-2] == decision and label in ("any", cell[-1])

        true = sum(n for cell, n in cells.items() if member(cell))
        if true < SMALL and any(in_group(cell) for cell in cells):
            low, high = someone.range_of(member)
            assert low - 1e-6 <= true <= high + 1e-6
            assert high - low >= SMALL - 1e-6, (at, group, decision, label, true, low, high)
