"""The flags that say which model is asked, and how; and the model that they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from fairwitness.audit.commands.role_flags import Many
from fairwitness.audit.errors import FairwitnessError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fairwitness.audit.models.model import Model
    from fairwitness.audit.plan import AuditPlan


def model_asked(
    model_source: Annotated[
        str | None,
        typer.Option(
            "--model",
            help="A file of predictions, .onnx or .skops, module:function, https://…, or command:program arguments.",
        ),
    ] = None,
    model_features: Annotated[
        Many, typer.Option("--feature", help="A column that the model sees, in its order; repeatable.")
    ] = None,
    model_at_least: Annotated[
        float | None, typer.Option("--select-at-least", help="Selected is who scores at least this.")
    ] = None,
    model_top: Annotated[
        float | None, typer.Option("--select-top", help="Selected is this share with the highest scores, e.g. 0.08.")
    ] = None,
    model_positive: Annotated[str | None, typer.Option("--positive", help="The class that means selected.")] = None,
    model_prediction: Annotated[
        str | None, typer.Option("--prediction", help="The column of a file of predictions.")
    ] = None,
    model_trust: Annotated[
        str | None, typer.Option("--trust-model", help="SHA-256 of a pickle to load nonetheless, in a child process.")
    ] = None,
    model_hosts: Annotated[Many, typer.Option("--model-host", help="A host that may be asked; repeatable.")] = None,
    model_headers: Annotated[
        Many, typer.Option("--model-header", help="NAME=env:VARIABLE, whose value is sent; repeatable.")
    ] = None,
    model_batch: Annotated[int | None, typer.Option("--model-batch", help="Rows a call.")] = None,
    model_timeout: Annotated[
        float | None, typer.Option("--model-timeout", help="Seconds that a call may take.")
    ] = None,
    model_retries: Annotated[int | None, typer.Option("--model-retries", help="How often a call is repeated.")] = None,
    model_cache: Annotated[
        str | None,
        typer.Option("--model-cache", help="A file that keeps answers, to go on after a run that broke off."),
    ] = None,
    model_version: Annotated[
        str | None,
        typer.Option("--model-version", help="Which version of the model answers, where that cannot be read."),
    ] = None,
) -> None:
    """Declare which model is asked, and how."""


def model_of(plan: AuditPlan, unit: Sequence[str] | None = None) -> Model:
    """Return the model that a plan names.

    Parameters
    ----------
    plan : AuditPlan
    unit : sequence of str, optional
        The columns by which predictions are joined; by default the plan's.

    Raises
    ------
    FairwitnessError
        It names none, or one that cannot be asked.
    """
    from fairwitness.audit.models.load import load_model

    asked = plan.model
    if asked is None:
        raise FairwitnessError("No model: give --model, or name it in the plan ([model] source = ...).")
    return load_model(
        asked.source,
        features=asked.features or None,
        at_least=asked.at_least,
        top=asked.top,
        positive=asked.positive,
        prediction=asked.prediction,
        unit=unit or (plan.data.unit if plan.data else ()),
        trust=asked.trust,
        hosts=asked.hosts,
        headers=dict(header.split("=", 1) for header in asked.headers),
        batch=asked.batch,
        timeout=asked.timeout,
        retries=asked.retries,
        cache=asked.cache,
        version=asked.version,
    )
