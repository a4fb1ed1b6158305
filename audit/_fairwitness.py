"""Audit automated decisions for disparities between groups.

Installed as ``fairwitness/__init__.py``.

Examples
--------
>>> import fairwitness as fw
>>> fw.Tally.__name__
'Tally'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fairwitness.audit.comparing.release import compare
    from fairwitness.audit.counting.count import tally
    from fairwitness.audit.counting.roles import load
    from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded
    from fairwitness.audit.gating.check import check
    from fairwitness.audit.gating.no_worse import check_no_worse
    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.merging import merge
    from fairwitness.audit.mlflow_run import log_to_mlflow
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.run import run_audit
    from fairwitness.audit.tally import Tally

    __version__: str

# Where each public name lives.  They are imported when first asked for, so that
# `import fairwitness` costs next to nothing.
_HOME = {
    "AuditPlan": "fairwitness.audit.plan",
    "AuditResult": "fairwitness.audit.result",
    "FairwitnessError": "fairwitness.audit.errors",
    "Finding": "fairwitness.audit.judging.finding",
    "Tally": "fairwitness.audit.tally",
    "ThresholdExceeded": "fairwitness.audit.errors",
    "check": "fairwitness.audit.gating.check",
    "check_no_worse": "fairwitness.audit.gating.no_worse",
    "compare": "fairwitness.audit.comparing.release",
    "load": "fairwitness.audit.counting.roles",
    "log_to_mlflow": "fairwitness.audit.mlflow_run",
    "merge": "fairwitness.audit.merging",
    "run_audit": "fairwitness.audit.run",
    "tally": "fairwitness.audit.counting.count",
}

__all__ = [
    "AuditPlan",
    "AuditResult",
    "FairwitnessError",
    "Finding",
    "Tally",
    "ThresholdExceeded",
    "__version__",
    "check",
    "check_no_worse",
    "compare",
    "load",
    "log_to_mlflow",
    "merge",
    "run_audit",
    "tally",
]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    if name == "__version__":
        from importlib.metadata import version

        return version("fairwitness")
    raise AttributeError(f"module 'fairwitness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
