"""Our whole audit from Parquet, with 1,000 draws: every figure, interval, test and finding of three tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import fairwitness_tally
from fairwitness_tally import load

import fairwitness as fw

if TYPE_CHECKING:
    from fairwitness.audit.result import AuditResult

DRAWS = 1000

__all__ = ["DRAWS", "answer", "load", "work"]


def work(path: str) -> AuditResult:
    """Audit."""
    return fw.run_audit(fairwitness_tally.work(path), resamples=DRAWS)


def answer(result: AuditResult) -> dict[str, float]:
    """Return the ratios."""
    return {" × ".join(t.by): t.disparities["demographic_parity_ratio"].estimate.value or 0 for t in result.tables}
