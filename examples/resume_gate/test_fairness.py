"""The gate: run on every pull request, on résumés that the screener has not seen."""

import pytest
from screener import past_and_held_out, screened


@pytest.mark.fairness
def test_held_out_resumes(fairness):
    past, held_out = past_and_held_out()
    audit = fairness.audit(screened(held_out, past), decision="advanced", protected=["race"])
    audit.check("impact_ratio", at_least=0.80)
