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
    from fairwitness.audit.alternatives.search import search_alternatives
    from fairwitness.audit.bridges.aif360_dataset import from_aif360, to_aif360
    from fairwitness.audit.bridges.metric_frame import from_metric_frame, to_metric_frame
    from fairwitness.audit.bridges.user_metrics import metric_by_group
    from fairwitness.audit.comparing.release import compare
    from fairwitness.audit.counterfactual.run import counterfactual
    from fairwitness.audit.counting.count import tally
    from fairwitness.audit.counting.roles import load
    from fairwitness.audit.errors import FairwitnessError, ThresholdExceeded
    from fairwitness.audit.gating.check import check
    from fairwitness.audit.gating.no_worse import check_no_worse
    from fairwitness.audit.judging.finding import Finding
    from fairwitness.audit.merging import merge
    from fairwitness.audit.mlflow_run import log_to_mlflow
    from fairwitness.audit.model_audit import audit_model
    from fairwitness.audit.models.load import load_model
    from fairwitness.audit.models.model import Model
    from fairwitness.audit.plan import AuditPlan
    from fairwitness.audit.proxies.run import proxies
    from fairwitness.audit.result import AuditResult
    from fairwitness.audit.rows.consistency import consistency
    from fairwitness.audit.rows.membership import membership
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
    "Model": "fairwitness.audit.models.model",
    "Tally": "fairwitness.audit.tally",
    "ThresholdExceeded": "fairwitness.audit.errors",
    "audit_model": "fairwitness.audit.model_audit",
    "check": "fairwitness.audit.gating.check",
    "check_no_worse": "fairwitness.audit.gating.no_worse",
    "compare": "fairwitness.audit.comparing.release",
    "consistency": "fairwitness.audit.rows.consistency",
    "counterfactual": "fairwitness.audit.counterfactual.run",
    "from_aif360": "fairwitness.audit.bridges.aif360_dataset",
    "from_metric_frame": "fairwitness.audit.bridges.metric_frame",
    "load": "fairwitness.audit.counting.roles",
    "load_model": "fairwitness.audit.models.load",
    "log_to_mlflow": "fairwitness.audit.mlflow_run",
    "membership": "fairwitness.audit.rows.membership",
    "merge": "fairwitness.audit.merging",
    "metric_by_group": "fairwitness.audit.bridges.user_metrics",
    "proxies": "fairwitness.audit.proxies.run",
    "run_audit": "fairwitness.audit.run",
    "search_alternatives": "fairwitness.audit.alternatives.search",
    "tally": "fairwitness.audit.counting.count",
    "to_aif360": "fairwitness.audit.bridges.aif360_dataset",
    "to_metric_frame": "fairwitness.audit.bridges.metric_frame",
}

__all__ = [
    "AuditPlan",
    "AuditResult",
    "FairwitnessError",
    "Finding",
    "Model",
    "Tally",
    "ThresholdExceeded",
    "__version__",
    "audit_model",
    "check",
    "check_no_worse",
    "compare",
    "consistency",
    "counterfactual",
    "from_aif360",
    "from_metric_frame",
    "load",
    "load_model",
    "log_to_mlflow",
    "membership",
    "merge",
    "metric_by_group",
    "proxies",
    "run_audit",
    "search_alternatives",
    "tally",
    "to_aif360",
    "to_metric_frame",
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
