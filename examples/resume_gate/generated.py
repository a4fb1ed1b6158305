"""Generated résumés, as many as a question needs: nobody sent them, and no employer answered them.

Job and résumé are drawn together from the held-out rows. Race is drawn by a coin, and the first name from the
experiment's nine of that race and sex, as the experiment drew them: whatever the features say, they say it of both
races alike. The sex is that of the row, because the experiment answered some jobs with women's names only.
"""

import numpy as np
import pandas as pd


def generated(held_out: pd.DataFrame, n: int, seed: int) -> pd.DataFrame:
    """Return ``n`` generated résumés, the same ones for the same seed; whom an employer would call back is unknown."""
    random = np.random.default_rng(seed)
    rows = held_out.drop(columns="received_callback").iloc[random.integers(len(held_out), size=n)]
    rows = rows.reset_index(drop=True).assign(race=random.choice(["black", "white"], size=n))
    names = held_out.groupby(["race", "gender"])["firstname"].unique()
    for group, members in rows.groupby(["race", "gender"]).groups.items():
        rows.loc[members, "firstname"] = random.choice(names[group], size=len(members))
    return rows
