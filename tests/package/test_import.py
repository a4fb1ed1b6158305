"""What `import fairwitness` costs, and what the folders at the root of a checkout do not get in the way of."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
HEAVY = {
    "pandas",
    "scipy",
    "numpy",
    "matplotlib",
    "jinja2",
    "fairlearn",
    "aif360",
    "sklearn",
    "duckdb",
    "polars",
    "pyarrow",
    "narwhals",
    "pydantic",
    "typer",
    "rich",
}


def python(*arguments, **options):
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False, **options)


def test_import_is_silent_and_brings_nothing_heavy(tmp_path):
    run = python(
        "-W",
        "error",
        "-c",
        "import sys, fairwitness; print(*sorted({m.partition('.')[0] for m in sys.modules}))",
        cwd=tmp_path,
    )
    assert (run.stderr, run.returncode) == ("", 0)
    assert set(run.stdout.split()) & HEAVY == set()


def test_every_public_name_is_there(tmp_path):
    code = "import fairwitness as fw; [getattr(fw, name) for name in fw.__all__]; print(sorted(fw.__all__) == dir(fw))"
    run = python("-W", "error", "-c", code, cwd=tmp_path)
    assert (run.stdout, run.stderr) == ("True\n", "")


def test_every_public_name_is_promised_to_stay():
    import fairwitness as fw

    said = set(re.findall(r"`fw\.(\w+)`", (ROOT / "docs" / "index.md").read_text(encoding="utf-8")))
    assert said == set(fw.__all__) - {"__version__"}


def test_a_name_that_is_not_there_is_an_attribute_error(tmp_path):
    run = python("-c", "import fairwitness; fairwitness.audits", cwd=tmp_path)
    assert run.stderr.endswith("AttributeError: module 'fairwitness' has no attribute 'audits'\n")


def test_no_folder_of_the_repository_is_importable_from_elsewhere(tmp_path):
    names = ("audit", "metrics", "datasets", "report_templates", "tests", "hatch_build")
    code = f"import importlib.util as u; print(*(s.origin or [*s.submodule_search_locations] for n in {names} if (s := u.find_spec(n))))"
    run = python("-c", code, cwd=tmp_path)
    assert run.returncode == 0
    assert not [name for name in names if str(ROOT / name) in run.stdout]


def test_datasets_met_at_the_root_of_a_checkout_says_what_it_is():
    as_by_default = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    run = python("-c", "import datasets", cwd=ROOT, env=as_by_default)
    assert "this is the source folder of fairwitness.datasets" in run.stderr
    assert run.returncode == 1
