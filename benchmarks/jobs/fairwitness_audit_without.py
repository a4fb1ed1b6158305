"""Our whole audit from Parquet, without bootstrap intervals.

An audit leaves these out, and nothing else, where rows repeat a unit and are kept.  So the tally is told that one does.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import fairwitness_tally
from fairwitness_audit import DRAWS, answer
from fairwitness_tally import load

import fairwitness as fw

if TYPE_CHECKING:
    from fairwitness.audit.result import AuditResult

__all__ = ["answer", "load", "work"]


def work(path: str) -> AuditResult:
    """Audit."""
    return fw.run_audit(replace(fairwitness_tally.work(path), repeats=1), resamples=DRAWS)
