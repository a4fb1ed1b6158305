"""The versions we declare, the lowest ones tested and the newest ones tested agree with one another."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def declared():
    extras = PROJECT["project"]["optional-dependencies"].values()
    return [
        Requirement(line)
        for line in (
            *PROJECT["project"]["dependencies"],
            *(line for extra in extras for line in extra),
            *PROJECT["build-system"]["requires"],
        )
    ]


def pinned(file):
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text(encoding="utf-8").splitlines())
    pins = [Requirement(line) for line in lines if line]
    assert all([s.operator for s in pin.specifier] == ["=="] for pin in pins)
    return {canonicalize_name(pin.name): Version(next(iter(pin.specifier)).version) for pin in pins}


@pytest.mark.parametrize("requirement", declared(), ids=lambda r: r.name)
def test_each_lower_bound_is_the_version_of_the_lowest_check(requirement):
    assert [s.operator for s in requirement.specifier] == [">="]
    bound = Version(next(iter(requirement.specifier)).version)
    name = canonicalize_name(requirement.name)
    assert pinned("constraints-lowest.txt")[name] == bound
    assert pinned("constraints.txt")[name] >= bound


def test_the_test_group_asks_for_no_other_bounds():
    bounds = {canonicalize_name(r.name): r.specifier for r in declared()}
    for group in PROJECT["dependency-groups"].values():
        for line in group:
            if isinstance(line, str) and (requirement := Requirement(line)).specifier:
                assert requirement.specifier == bounds[canonicalize_name(requirement.name)]
