"""Audit a field experiment row by row, in Python.  Needs: pip install 'fairwitness[data]'."""

import fairwitness as fw
from fairwitness.datasets.bundled import resume_rows

decisions = fw.load(resume_rows(), decision="received_callback", protected=["race", "gender"])
result = fw.run_audit(decisions, title="Callbacks to 4,870 résumés", period="July 2001 to May 2002")

for finding in result.findings:
    print(finding.headline)
    print("   ", finding.because)

print(result.table("race")[["n", "selected", "selection_rate", "impact_ratio", "p"]])
print("Report:", result.write("resumes-report") / "report.html")
