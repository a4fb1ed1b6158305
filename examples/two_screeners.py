"""Train two screeners on the same résumés, one that sees name, race and sex and one that does not, and audit both.

Needs: pip install 'fairwitness[data]'.  The data reward no skill much (area under the curve about 0.65), which is
the truth about them; what changes between the two screeners is the distance between the groups.
"""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

import fairwitness as fw
from fairwitness.datasets.bundled import resume_rows

SIGNALS = ["race", "gender", "firstname"]


def screened(rows: pd.DataFrame, hidden: list[str]) -> pd.DataFrame:
    """Return the rows the screener never saw, with its decision: the best-scored tenth or so is selected."""
    features = rows.drop(columns=["received_callback", "job_ad_id", *hidden])
    learn, judge, called, _ = train_test_split(
        features, rows["received_callback"], test_size=0.4, random_state=0, stratify=rows["received_callback"]
    )
    numbers = list(features.select_dtypes("number"))
    words = [column for column in features if column not in numbers]
    known_words = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), known_words), words),
    )
    model = make_pipeline(columns, LogisticRegression(max_iter=2000)).fit(learn, called)
    score = model.predict_proba(judge)[:, 1]
    return rows.loc[judge.index].assign(selected=score >= np.quantile(score, 1 - called.mean()))


rows = resume_rows().assign(job_req_min_experience=lambda r: r["job_req_min_experience"].astype(str))
for title, hidden in (("without name, race and sex", SIGNALS), ("with name, race and sex", [])):
    decisions = fw.load(screened(rows, hidden), decision="selected", protected=["race"])
    for finding in fw.run_audit(decisions).findings:
        print(f"{title}: {finding.verdict}, ratio {finding.estimate:.3f}. {finding.headline}")
