"""An audit in a run of MLflow: its report folder as artefacts, its figures as metrics, its digests as parameters."""

from __future__ import annotations

import json
import time
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted
from fairwitness.audit.evidence.manifest import MANIFEST
from fairwitness.audit.mlflow_metrics import LONGEST_PART, metrics_and_tags, safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fairwitness.audit.result import AuditResult

AT_ONCE = 500  # metrics in one request; MLflow takes 1,000, and 1 MB
WITHHELD = "Every figure rests on groups too small to be shown where CI is set."


def log_to_mlflow(
    result: AuditResult, *, run_id: str | None = None, artifact_path: str = "fairwitness", prefix: str = "fairwitness"
) -> str:
    """Log an audit to a run of MLflow, and return the run's id.

    ======================================== =============================================================
    artefacts under ``artifact_path``        the report folder, whole; ``fairwitness verify`` accepts it
    ``{prefix}/TABLE/FIGURE/GROUP``          metrics: each group's rate and impact ratio, and whatever else the
                                             policies look at, with ``_low`` and ``_high`` for the interval's ends
    ``{prefix}/findings/verdict/VERDICT``    metrics: how many findings are ``beyond``, ``within``,
                                             ``inconclusive`` and ``not_evaluable``, and how many ask for ``attention``
    ``{prefix}/…`` among the parameters      ``plan_sha256``, ``tally_sha256``, ``manifest_sha256``, ``version``,
                                             ``jurisdiction``
    ``{prefix}/undefined`` among the tags    which figures are absent because they are undefined, and why
    ======================================== =============================================================

    Labels are written as MLflow can take them: ``25–39`` as ``25-39``, ``40+`` as ``40 or more``, other characters
    than letters, digits, ``_``, ``-``, ``.`` and blanks as ``_``.  Names that would then be the same, or the same but
    for case and accents, get a digest behind them, each its own.  No figure is logged that is undefined, nor an end of
    an interval that is unbounded.

    Where ``CI`` is set, the report and every figure are those of the audit with small groups merged, as artefacts of
    a CI job are (`fairwitness.audit.disclosure`); where nothing would be left, a tag ``{prefix}/withheld`` says so.

    Parameters
    ----------
    result : AuditResult
    run_id : str, optional
        A run that exists, ended or not.  Otherwise the active run; where there is none, one is started and ended.
    artifact_path : str
        Folder among the run's artefacts.  It must be empty.
    prefix : str
        What the names begin with: at most 60 letters, digits, ``_``, ``-``, ``.``, blanks and ``/``.  Give each audit
        of one run a prefix and an artifact path of its own.

    Returns
    -------
    str
        The run's id.

    Raises
    ------
    FairwitnessError
        MLflow is not installed; the run holds an audit under this prefix or files under this path; or MLflow refused
        something.  In the first cases nothing was logged.  MLflow takes nothing back, so in the last the run keeps
        what it took before; the parameters come last, so a run that has them has everything.  A run that this
        function started is then marked as failed.

    Notes
    -----
    MLflow itself counts how it is used and sends that to its makers, unless the environment variable
    ``MLFLOW_DISABLE_TELEMETRY`` or ``DO_NOT_TRACK`` is ``true``; fairwitness sends nothing but to your store.

    References
    ----------
    MLflow, ``MlflowClient.log_batch``: what names may hold and how long they may be.
    https://mlflow.org/docs/latest/python_api/mlflow.client.html
    """
    mlflow = _mlflow()
    _check_prefix(prefix)
    shown = _shown(result)
    with TemporaryDirectory(prefix="fairwitness-") as place:
        folder = shown.write(Path(place, "report")) if shown else None
        metrics, tags = metrics_and_tags(shown, prefix) if shown else ({}, {f"{prefix}/withheld": WITHHELD})
        params = _params(result, folder, prefix)
        with _refusals(mlflow, prefix), _run(mlflow, run_id) as chosen:
            client = mlflow.MlflowClient()
            _check_free(client, chosen, artifact_path, prefix)
            if folder:
                client.log_artifacts(chosen, str(folder), artifact_path)
            _log(client, chosen, metrics, params, tags)
    return chosen


def _mlflow() -> Any:
    try:
        import mlflow
    except ModuleNotFoundError as error:
        if error.name != "mlflow":
            raise
        raise FairwitnessError(
            "MLflow is not installed, so the audit was not logged. Do: pip install 'fairwitness[mlflow]'"
        ) from None
    return mlflow


def _check_prefix(prefix: str) -> None:
    if len(prefix) > LONGEST_PART or any(part != safe(part) for part in prefix.split("/")):
        raise FairwitnessError(
            f"prefix: {quoted(prefix)} cannot begin a name in MLflow. Give at most {LONGEST_PART} letters, digits, "
            "'_', '-', '.', blanks and '/', such as 'fairwitness/second stage'."
        )


def _shown(result: AuditResult) -> AuditResult | None:
    """Return the audit as it may be shown where this runs: in CI with small groups merged, None if nothing is left."""
    from fairwitness.audit.disclosure import in_public
    from fairwitness.audit.public_view import public_view

    return public_view(result) if in_public() else result


def _params(result: AuditResult, folder: Path | None, prefix: str) -> dict[str, str]:
    """Return what tells which audit it was, as the folder's own files state it."""
    from importlib.metadata import version

    said = {"version": version("fairwitness"), "jurisdiction": result.plan.jurisdiction or "none"}
    plan = result.plan.digest
    if folder:  # of what is shown: the digest of a few small counts would give them away
        manifest = json.loads((folder / MANIFEST).read_bytes())
        said |= {"manifest_sha256": manifest["digest"], "tally_sha256": manifest["tally_sha256"]}
        plan = manifest["plan_sha256"]
    return {f"{prefix}/{name}": value for name, value in (said | {"plan_sha256": plan}).items()}


# -- to MLflow -------------------------------------------------------------------------------------------------


@contextmanager
def _run(mlflow: Any, run_id: str | None) -> Iterator[str]:
    """Yield the id of the run that is meant; one that is started here ends here."""
    active = mlflow.active_run()
    if run_id is not None or active is not None:
        yield run_id or active.info.run_id
        return
    with mlflow.start_run() as started:
        yield started.info.run_id


@contextmanager
def _refusals(mlflow: Any, prefix: str) -> Iterator[None]:
    """Turn what MLflow says into one message, with what its run is left with."""
    try:
        yield
    except (mlflow.exceptions.MlflowException, OSError) as error:
        raise FairwitnessError(
            f"The audit was not logged, or not whole: {printable(error)}. What MLflow's run took before stays in it, "
            f"without the parameter {prefix}/plan_sha256, which comes last. Check the run and where MLflow keeps its "
            "runs, then log to a new run."
        ) from error


def _check_free(client: Any, run_id: str, artifact_path: str, prefix: str) -> None:
    """Refuse to write over another audit: MLflow takes nothing back, and two reports in one folder verify as none."""
    if f"{prefix}/plan_sha256" in client.get_run(run_id).data.params:
        raise FairwitnessError(
            f"MLflow's run {quoted(run_id)} holds an audit under the prefix {quoted(prefix)} already, and nothing was "
            "logged. Give another prefix and another artifact_path, or another run."
        )
    there = client.list_artifacts(run_id, artifact_path)
    if there:
        raise FairwitnessError(
            f"MLflow's run {quoted(run_id)} has artefacts in {quoted(artifact_path)} already "
            f"({listed((file.path for file in there), 3)}), and nothing was logged. Give another artifact_path."
        )


def _log(
    client: Any, run_id: str, metrics: Mapping[str, float], params: Mapping[str, str], tags: Mapping[str, str]
) -> None:
    from mlflow.entities import Metric, Param, RunTag

    now = int(1000 * time.time())
    made = [Metric(name, value, now, 0) for name, value in metrics.items()]
    for start in range(0, len(made), AT_ONCE):
        client.log_batch(run_id, metrics=made[start : start + AT_ONCE], synchronous=True)
    tagged = [RunTag(name, text) for name, text in tags.items()]
    # Synchronous: MLflow may be set to log in the background, where what fails would not be told.
    client.log_batch(run_id, tags=tagged, synchronous=True)
    client.log_batch(run_id, params=[Param(name, text) for name, text in params.items()], synchronous=True)
