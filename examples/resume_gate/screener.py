"""The screener: it learns from past callbacks which résumés to advance, and advances the best-scored ones."""

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from fairwitness.datasets.bundled import resume_rows

FEATURES = [
    "job_city",
    "job_industry",
    "job_type",
    "job_ownership",
    "job_fed_contractor",
    "job_equal_opp_employer",
    "job_req_any",
    "job_req_communication",
    "job_req_education",
    "job_req_min_experience",
    "job_req_computer",
    "job_req_organization",
    "job_req_school",
    "years_college",
    "college_degree",
    "honors",
    "worked_during_school",
    "years_experience",
    "computer_skills",
    "special_skills",
    "volunteer",
    "military",
    "employment_holes",
    "has_email_address",
    "resume_quality",
]


def past_and_held_out() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return 2,922 résumés to learn from, and 1,948 that the screener never sees before it is judged by them."""
    rows = resume_rows()
    rows["job_req_min_experience"] = rows["job_req_min_experience"].astype(str)
    past, held_out = train_test_split(rows, test_size=0.4, random_state=0, stratify=rows["received_callback"])
    return past, held_out


def trained(past: pd.DataFrame) -> Pipeline:
    """Return a model of who was called back."""
    numbers = list(past[FEATURES].select_dtypes("number"))
    words = [name for name in FEATURES if name not in numbers]
    known_words = OneHotEncoder(handle_unknown="ignore", min_frequency=20)
    columns = make_column_transformer(
        (make_pipeline(SimpleImputer(), StandardScaler()), numbers),
        (make_pipeline(SimpleImputer(strategy="most_frequent"), known_words), words),
    )
    return make_pipeline(columns, LogisticRegression(max_iter=2000)).fit(past[FEATURES], past["received_callback"])


def screened(applicants: pd.DataFrame, past: pd.DataFrame) -> pd.DataFrame:
    """Return the applicants with a column ``advanced``: the best-scored, as large a share as was called back before."""
    score = trained(past).predict_proba(applicants[FEATURES])[:, 1]
    return applicants.assign(advanced=score >= np.quantile(score, 1 - past["received_callback"].mean()))
