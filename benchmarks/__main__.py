"""Run the benchmarks: ``python benchmarks [NAME] [--rows N …]``, where a name is that of a file here."""

from __future__ import annotations

import argparse
from importlib import import_module

# Each has a main() that writes a page of docs/.
OTHERS = (
    "errors_of_tests",
    "clustered_tests",
    "family_error",
    "drift_false_alarms",
    "noninferiority_size",
    "alternatives_winners_curse",
    "alternatives_chosen_again",
    "counterfactual_coverage",
    "release_gate",
    "plugin_cost",
    "model_scoring",
    "requisition_sweep",
)


def main() -> None:
    """Run what is asked; by default everything."""
    asked = argparse.ArgumentParser(prog="python benchmarks", description="Measure, print, and write docs/.")
    asked.add_argument("what", nargs="?", choices=("all", "speed", *OTHERS), default="all")
    asked.add_argument("--rows", type=int, nargs="+", help="only these sizes, and docs/benchmarks.md stays as it is")
    given = asked.parse_args()
    if given.what in ("all", "speed"):  # first: a process inherits its parent's peak memory, and this has none yet
        import speed

        speed.main(tuple(sorted(given.rows)) if given.rows else speed.SIZES)
    for name in OTHERS:
        if given.what in ("all", name) and not given.rows:
            import_module(name).main()


if __name__ == "__main__":
    main()
