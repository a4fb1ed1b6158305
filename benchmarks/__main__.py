"""Run the benchmarks: ``python benchmarks [family_error | speed] [--rows N …]``."""

from __future__ import annotations

import argparse


def main() -> None:
    """Run what is asked; by default everything."""
    asked = argparse.ArgumentParser(prog="python benchmarks", description="Measure, print, and write docs/.")
    asked.add_argument("what", nargs="?", choices=("all", "family_error", "speed"), default="all")
    asked.add_argument("--rows", type=int, nargs="+", help="only these sizes, and docs/benchmarks.md stays as it is")
    given = asked.parse_args()
    if given.what != "family_error":  # first: a process inherits its parent's peak memory, and this one has none yet
        import speed

        speed.main(tuple(sorted(given.rows)) if given.rows else speed.SIZES)
    if given.what != "speed" and not given.rows:
        import family_error

        family_error.main()


if __name__ == "__main__":
    main()
