"""Ask a screening model itself: whom it selects, what a name changes, what tells the race, what would do as well.

Needs: pip install 'fairwitness[data]'.  The screener is trained on 2,922 résumés of a field experiment, with race, sex
and first name in them, and asked about the other 1,948.
"""

from sklearn.model_selection import train_test_split

import fairwitness as fw
from fairwitness.audit.alternatives.plain_screener import plain_screener
from fairwitness.datasets.bundled import resume_rows

SIGNALS = ["race", "gender", "firstname"]

rows = resume_rows().assign(job_req_min_experience=lambda r: r["job_req_min_experience"].astype(str))
called = rows["received_callback"]
learn, held_out = train_test_split(rows, test_size=0.4, random_state=0, stratify=called)
columns = [column for column in rows if column not in ("received_callback", "job_ad_id")]
pipeline = plain_screener().fit(learn[columns], learn["received_callback"])

# 1. Whom it selects, and whether it reads the race
screener = fw.load_model(pipeline, top=called.mean(), name="screener")
audit = fw.audit_model(held_out, screener, protected="race", jurisdiction="us")
print(audit.findings[0].headline)
print(audit.to_dict()["model"]["reads_protected"][0]["because"])

# 2. The same résumés under names of the experiment, race and sex going along
swap = {
    "kind": "names",
    "column": "firstname",
    "names": "experiment",
    "groups": ["black female", "white female"],
    "also": {
        "race": {"black female": "black", "white female": "white"},
        "gender": {"black female": "f", "white female": "f"},
    },
}
swapped = fw.counterfactual(held_out[columns], screener, swap=swap)
print(swapped.compared[0].because)

# 3. Which inputs tell the race, and how much of the gap goes through each
telling = fw.proxies(held_out, protected="race", model=screener)

# 4. What would select as well, blind to the race
found = fw.search_alternatives(
    plain_screener(),
    rows,
    label="received_callback",
    protected="race",
    jurisdiction="us",
    withheld=["firstname", "job_ad_id"],
    families=["drop", "cutoff"],
)
print(found.note)

report = fw.run_audit(audit.tally, audit.plan, studies=(*audit.studies, swapped, telling, found))
print(f"Report: {report.write('screener-report', replace=True) / 'report.html'}")
