"""What a user installs: the wheel and the source distribution hold what they should and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path, PurePosixPath

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("audit", "metrics", "datasets", "report_templates")
ELSEWHERE = {"audit/_fairwitness.py": "fairwitness/__init__.py", "audit/py.typed": "fairwitness/py.typed"}
BELONGS = {
    ".py",
    ".typed",
    ".toml",
    ".gz",
    ".html",
    ".css",
    ".js",
    ".svg",
    ".j2",
    ".po",
    ".mo",
    ".json",
    ".yml",
    ".yaml",
    ".txt",
}


def build(out, *arguments, source=ROOT):
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", out, *arguments, source]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def contents(wheel):
    with zipfile.ZipFile(wheel) as archive:
        return {i.filename for i in archive.infolist() if not i.is_dir()}


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The wheel from the checkout, the source distribution, and the wheel built from that."""
    out = tmp_path_factory.mktemp("dist")
    build(out / "direct", "--wheel")
    build(out / "sdist", "--sdist")
    (sdist,) = (out / "sdist").iterdir()
    with tarfile.open(sdist) as archive:
        archive.extractall(out / "source", filter="data")
    (source,) = (out / "source").iterdir()
    build(out / "again", "--wheel", source=source)
    (direct,), (again,) = (out / "direct").iterdir(), (out / "again").iterdir()
    return direct, source, again


def test_the_wheel_holds_the_package_and_nothing_else(built):
    inside = {name for name in contents(built[0]) if ".dist-info/" not in name}
    in_tree = {
        path.relative_to(ROOT).as_posix()
        for folder in FOLDERS
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "README.md"
    }
    assert inside == {ELSEWHERE.get(name, f"fairwitness/{name}") for name in in_tree}
    assert {PurePosixPath(name).suffix for name in inside} <= BELONGS
    assert {
        "fairwitness/__init__.py",
        "fairwitness/py.typed",
        "fairwitness/datasets/data/ucb_admissions.csv.gz",
    } <= inside


def test_the_wheel_from_the_source_distribution_is_the_same(built):
    assert contents(built[0]) == contents(built[2])


def test_the_source_distribution_has_what_building_and_testing_needs(built):
    top = {path.name for path in built[1].iterdir()}
    assert {
        *FOLDERS,
        "tests",
        "pyproject.toml",
        "hatch_build.py",
        "constraints.txt",
        "Makefile",
        "LICENSE",
        "README.md",
    } <= top
    assert not top & {"build", ".venv", ".git", ".ci"}


def test_the_metadata_name_the_licence_the_command_and_the_python(built):
    with zipfile.ZipFile(built[0]) as wheel:
        info = next(name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" in name)
        metadata = wheel.read(f"{info}/METADATA").decode()
        commands = wheel.read(f"{info}/entry_points.txt").decode()
    assert "\nLicense-Expression: MIT\n" in metadata
    assert "\nRequires-Python: >=3.11\n" in metadata
    assert "fairwitness = fairwitness.audit.cli:main" in commands


def test_the_installed_wheel_runs_the_demo_without_a_checkout(built, tmp_path):
    place = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", "--target", place, built[0]]
    subprocess.run(pip, capture_output=True, check=True)
    code = "import fairwitness; print(fairwitness.__file__); from fairwitness.audit.cli import main; main()"
    command = [sys.executable, "-W", "error", "-c", code, "demo", "--out", tmp_path / "report"]
    run = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(place)}, capture_output=True, text=True, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    assert run.stdout.startswith(f"{place / 'fairwitness' / '__init__.py'}\n")
    assert (tmp_path / "report" / "report.html").is_file()
