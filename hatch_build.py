"""Build hook: the top-level folders of this repository are one package, ``fairwitness``.

The table ``tool.hatch.build.targets.wheel.sources`` in pyproject.toml renames the folders in a wheel.
An editable install gets links with the same names in ``build/dev/fairwitness``: a new file needs no
reinstall, and type checkers and editors see the names that Python sees.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TOP_FILES = {"audit/_fairwitness.py": "fairwitness/__init__.py", "audit/py.typed": "fairwitness/py.typed"}


class OnePackage(BuildHookInterface[Any]):
    """Give the package its own ``__init__.py``, and link the folders for an editable install."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Run before the wheel is written; ``version`` is "standard" or "editable"."""
        if version == "standard":
            build_data["force_include"].update(TOP_FILES)
            return
        for source, name in {**self.build_config.sources, **TOP_FILES}.items():
            target = Path(self.root, source)
            link = Path(self.root, "build", "dev", name)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)
            link.symlink_to(os.path.relpath(target, link.parent), target_is_directory=target.is_dir())
