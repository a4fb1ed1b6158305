"""Real data on which the audits of the demo, the documentation and the tests run."""

if __name__ == "datasets":  # this folder, met at the root of a checkout in place of another package of that name
    raise ImportError("this is the source folder of fairwitness.datasets: run from another folder, or with python -P")
