"""Count two sites apart, where the data lie, and audit them together: only counts travel."""

import pandas as pd

import fairwitness as fw

applicants = pd.read_csv("examples/applicants.csv", dtype=str, keep_default_na=False)

tallies = []
for site, rows in applicants.groupby("site"):
    decisions = fw.load(
        rows,
        protected=["sex"],
        decision="outcome",
        favorable=["interview"],
        unfavorable=["rejected"],
        set_aside={"withdrawn": "withdrew"},
    )
    tallies.append(fw.tally(decisions))
    print(site, tallies[-1].decisions)

both = fw.merge(*tallies)
print("both", both.decisions)
for finding in fw.run_audit(both).findings:
    print(finding.headline)
