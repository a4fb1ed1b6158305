"""The funnel: each stage as a component by itself, beside the bottom line that the stages multiply to.

References
----------
29 CFR 1607.4(C): where the total selection process shows no adverse impact, its components need not be looked at; where
it does, they are.  Connecticut v. Teal, 457 U.S. 440 (1982): an equal bottom line is no defence to a component that is
not.  Neither view replaces the other, so both are given.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from fairwitness.audit.analyses.funnel_caveats import caveats, missing
from fairwitness.audit.analyses.funnel_figures import (
    component_ratios,
    logarithm,
    passage,
    rates_so_far,
    ratios_so_far,
    stage_rates,
    stage_ratios,
)
from fairwitness.audit.analyses.funnel_tests import component_tests
from fairwitness.audit.counting.stages import check_monotone, last_step, stage_tallies
from fairwitness.audit.judging.group_counts import count_groups
from fairwitness.audit.tally import SET_ASIDE
from fairwitness.metrics.four_fifths import four_fifths

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fairwitness.audit.analyses.funnel_figures import Passage, Table
    from fairwitness.audit.counting.stages import OutOfOrder
    from fairwitness.audit.judging.group_counts import Group
    from fairwitness.audit.judging.group_table import GroupRow, GroupTable
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.tally import Tally
    from fairwitness.metrics.estimate import Estimate

    Steps = tuple[tuple[str, Tally], ...]

WEIGHTED = "The decisions are weighted, and a funnel is of counts: count the source without weights."


@dataclass(frozen=True, slots=True)
class Funnel:
    """The funnel of every attribute: a study, for the report and audit.json.

    Attributes
    ----------
    steps : tuple of str
        The stages in their order, and the decision where it is a step of its own after them.
    decision : str or None
        That last step.
    out_of_order : tuple of OutOfOrder
    attributes : tuple of dict
        One for each protected attribute, as JSON has it.
    because : str or None
        Why there is none.
    """

    section: ClassVar[str] = "funnel"

    steps: tuple[str, ...]
    decision: str | None
    out_of_order: tuple[OutOfOrder, ...]
    attributes: tuple[dict[str, Any], ...]
    because: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the section of audit.json."""
        return {
            "steps": list(self.steps),
            "decision": self.decision,
            "out_of_order": {
                "n": sum(f.n for f in self.out_of_order),
                "patterns": [
                    {"through": list(f.passed), "not_through": list(f.not_passed), "n": f.n} for f in self.out_of_order
                ],
            },
            "attributes": list(self.attributes),
            "because": self.because,
        }


def analyse(tally: Tally, tables: tuple[GroupTable, ...], plan: AuditPlan) -> Funnel | None:
    """Take the funnel apart by every protected attribute; None where the tally has no stages.

    Parameters
    ----------
    tally : Tally
    tables : tuple of GroupTable
        Those of the audit; the bottom line's say which groups are compared, and with what.
    plan : AuditPlan

    Raises
    ------
    FairwitnessError
        More people passed a later stage without an earlier one than with it.
    """
    if not any(a.role == "stage" for a in tally.axes):
        return None
    decided = last_step(tally)
    steps = (*stage_tallies(tally), *((decided,) if decided else ()))
    names, decision = tuple(name for name, _ in steps), decided[0] if decided else None
    skipped = check_monotone(tally)
    if tally.weighted:
        return Funnel(names, decision, skipped, (), WEIGHTED)
    bottom = [t for t in tables if len(t.by) == 1 and t.stage is None and t.measure == "selection_rate"]
    return Funnel(names, decision, skipped, tuple(_of_attribute(t, steps, tally, plan) for t in bottom))


def _of_attribute(table: GroupTable, steps: Steps, tally: Tally, plan: AuditPlan) -> dict[str, Any]:
    counted = [_entered(step, table.by, plan) for _, step in steps]
    p = passage(table.counts, table.reference, counted, plan.level, plan.min_n)
    figures = {"rate": stage_rates(p), "ratio": stage_ratios(p), "cumulative_rate": rates_so_far(p)}
    figures["cumulative_ratio"] = ratios_so_far(p)
    tests = component_tests(p, by_outcome=table.reference.chosen_from_outcomes)
    highest, components = component_ratios(p)
    names = [name for name, _ in steps]
    made = []
    for i, (name, step) in enumerate(steps):
        groups = [_group(p, i, g, figures, tests.of[i].get(g)) for g in range(len(p.groups))]
        aside = _set_aside(step, table.by[0])
        for g, group in enumerate(groups):
            group["set_aside"] = sum(a["n"] for a in aside if a["group"] == group["group"])
            group.update(_component(p, i, g, highest[i], components[i]))
        made.append(
            {
                "stage": name,
                "highest": [list(p.groups[g]) for g in highest[i]],
                "set_aside": aside,
                "missing": list(missing(i, names, groups, first=p.entered[0].tolist())),
                "groups": groups,
            }
        )
    lines = [_bottom_line(row, total) for row, total in zip(table.rows, figures["cumulative_ratio"][-1], strict=True)]
    return {
        "attribute": table.by[0],
        "reference": {
            "rule": table.reference.rule,
            "groups": [list(g) for g in table.reference.groups],
            "used": None if p.reference is None else list(p.groups[p.reference]),
        },
        "family": {"name": f"{table.by[0]} · {' · '.join(names)}", "m": tests.m},
        "steps": made,
        "bottom_line": lines,
        "caveats": list(caveats(names, made, lines, tally, table.reference)),
    }


def _entered(step: Tally, by: tuple[str, ...], plan: AuditPlan) -> dict[Group, tuple[int, int]]:
    """Return passed and entered by group; whom the step excludes is the bottom line's business."""
    counts = count_groups(step, by, exclude_under=type(plan.exclude_under)(0), min_n=0)
    return {g.group: (g.selected, g.n) for g in counts.groups}


def _set_aside(step: Tally, attribute: str) -> list[dict[str, Any]]:
    """Return who came so far and was not decided upon, by group and reason; a group of None is not disclosed."""
    margin = step.margin(attribute, step.axes[-1].name)
    return [
        {"group": None if key[0] is None else [str(key[0])], "reason": key[1].removeprefix(SET_ASIDE), "n": count.n}
        for key, count in margin.cells.items()
        if isinstance(key[1], str) and key[1].startswith(SET_ASIDE) and count.n
    ]


def _group(p: Passage, step: int, g: int, figures: Mapping[str, Table], test: Any) -> dict[str, Any]:
    """Return a group's figures at a step."""
    return {
        "group": list(p.groups[g]),
        "entered": int(p.entered[step, g]),
        "selected": int(p.passed[step, g]),
        **{name: of[step][g].to_json() for name, of in figures.items()},
        "log_ratio": logarithm(figures["ratio"][step][g]).to_json(),
        "test": test,
    }


def _component(p: Passage, step: int, g: int, highest: Sequence[int], ratios: Mapping[int, Estimate]) -> dict[str, Any]:
    """Return a group's ratio to the highest rate of a step, and on which side of four fifths it lies."""
    if g not in ratios:
        return {"to_highest": None, "four_fifths": "not_evaluable"}
    x, n = p.passed[step].tolist(), p.entered[step].tolist()
    return {
        "to_highest": ratios[g].to_json(),
        "four_fifths": four_fifths(x[g], n[g], x[highest[0]], n[highest[0]]),
    }


def _bottom_line(row: GroupRow, product: Estimate) -> dict[str, Any]:
    """Return a group's bottom line, and whether it is what the steps multiply to."""
    ratio = row.estimates["impact_ratio"]
    tests = row.comparison.tests if row.comparison else None
    agrees = None
    if ratio.value is not None and product.value is not None:
        agrees = abs(product.value - ratio.value) <= 1e-9 * max(1.0, ratio.value)
    return {
        "group": list(row.group),
        "n": row.count.n,
        "selected": row.count.selected,
        "is_reference": row.is_reference,
        "impact_ratio": ratio.to_json(),
        "log_ratio": logarithm(product).to_json(),
        "agrees": agrees,
        "four_fifths": row.four_fifths,
        "test": None
        if tests is None or tests.default is None
        else {
            "statistic": tests.others[tests.default].get("statistic"),
            "p": tests.p,
            "p_adjusted": tests.p_adjusted,
            "method": tests.default,
        },
    }
