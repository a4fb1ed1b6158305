"""The same screener on generated résumés: enough of them for an answer, and for a comparison with the last release."""

import pytest
from generated import generated
from screener import past_and_held_out, screened

pytestmark = pytest.mark.fairness(
    title="The screener on generated résumés",
    limits=["What employers would do, or who applies: these résumés are generated, and nobody sent them."],
)


@pytest.fixture
def audit(fairness):
    past, held_out = past_and_held_out()
    resumes = generated(held_out, n=40_000, seed=0)
    return fairness.audit(screened(resumes, past), name="generated", decision="advanced", protected=["race"])


def test_line(audit):
    audit.check("impact_ratio", at_least=0.80)


def test_last_release(audit):
    audit.check_no_worse_than_baseline("impact_ratio", margin=0.10)
