"""What README and docs say is so: commands print what stands there, Python examples run, flags and links exist."""

from __future__ import annotations

import doctest
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("**/*.md"),
        *(ROOT / "examples").glob("**/*.md"),
        *ROOT.glob("[a-z]*/README.md"),
    ]
)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON = re.compile(r"^```python\n(>>> .*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)(?:#[^)]*)?\)")
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")
FOLLOWED_ELSEWHERE = {ROOT / "examples" / "resume_gate" / "README.md"}  # in one shell, by test_gate_example.py
OF_OTHER_TOOLS = {"--group", "--wheel", "--no-isolation", "--constraint"}


def name(page):
    return page.relative_to(ROOT).as_posix()


def commands(text):
    """Yield each ``$ command`` of the console blocks with the output that stands below it."""
    for block in CONSOLE.findall(text):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command = re.match(r"(?:.*\\\n)*.*\n", part).group()  # lines that end in \\ go on
            yield command, part.removeprefix(command)


def as_pattern(output):
    """What must be printed: the text as it stands, but a line of ``…`` is any number of lines."""
    return "".join("(?:.*\n)*" if line.strip() == "…" else re.escape(line) + "\n" for line in output.splitlines())


@pytest.fixture
def somewhere(tmp_path, monkeypatch):
    """A folder with the examples beside it, as for somebody who follows the page in a checkout."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("COLUMNS", "120")
    return tmp_path


@pytest.mark.parametrize(
    "page", [p for p in PAGES if p not in FOLLOWED_ELSEWHERE and any(commands(p.read_text("utf-8")))], ids=name
)
def test_commands_print_what_the_page_says(page, somewhere):
    for command, output in commands(page.read_text("utf-8")):
        run = subprocess.run(command, shell=True, cwd=somewhere, capture_output=True, text=True, check=False)  # noqa: S602 -- as a reader would
        printed = (run.stdout + run.stderr).replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")
        assert re.fullmatch(as_pattern(output), printed), f"$ {command}\n{printed}"


@pytest.mark.parametrize("page", [p for p in PAGES if PYTHON.search(p.read_text("utf-8"))], ids=name)
def test_python_examples_run(page, somewhere):
    assert somewhere == Path.cwd()
    examples = "\n".join(PYTHON.findall(page.read_text("utf-8")))
    test = doctest.DocTestParser().get_doctest(examples, {}, name(page), name(page), 0)
    result = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE).run(test)
    assert result.attempted
    assert not result.failed


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_inside_the_repository_lead_somewhere(page):
    missing = [link for link in LINK.findall(page.read_text("utf-8")) if not (page.parent / link).exists()]
    assert not missing


def test_the_index_leads_to_every_page():
    index = (ROOT / "docs" / "index.md").read_text("utf-8")
    pages = {
        path.relative_to(ROOT / "docs").as_posix()
        for path in (ROOT / "docs").rglob("*")
        if path.suffix in (".md", ".json")
    }
    assert pages - {"index.md"} <= set(LINK.findall(index))


def test_every_flag_that_a_page_names_exists():
    bin_ = Path(sys.executable).parent
    listed = subprocess.run([bin_ / "fairwitness", "--help"], capture_output=True, text=True, check=True).stdout
    helps = [
        [bin_ / "fairwitness", each, "--help"]
        for each in re.findall(r"^  ([a-z]+)  ", listed.partition("Commands:")[2], re.MULTILINE)
    ]
    assert len(helps) > 5
    known = set()
    for command in (*helps, [sys.executable, "-m", "pytest", "--help"]):
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        known |= set(FLAG.findall(run.stdout))
    named = {
        flag: name(page)
        for page in PAGES
        if page.parent.name != "benchmarks"
        for flag in FLAG.findall(page.read_text("utf-8"))
    }
    assert not {flag: page for flag, page in named.items() if flag not in known | OF_OTHER_TOOLS}
