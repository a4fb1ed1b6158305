"""The audit plan: what is asked of the data, fixed before they are read.

A plan is read from TOML (``audit.toml``), from the command line's flags or from keyword arguments; all
three name the same fields.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    field_serializer,
    field_validator,
    model_validator,
)

from fairwitness.audit.errors import FairwitnessError, did_you_mean, listed, printable
from fairwitness.audit.loaders.labels import label_text

Rule = Literal["screen_and_test", "clear", "assured", "point"]
# Left out of a plan as written unless set: plans and their digests stay what they were before these came.
LATER = frozenset(
    {"model", "swap", "decides", "top_k", "search_subgroups"}
    | {"weight", "stratum", "period", "controls", "stages", "cluster"}
)
Share = Annotated[Decimal, Field(ge=0, lt=1)]


def _texts(value: object) -> object:
    """Let one name or value stand for a list of one; true is "true" and 1 is "1", as in the data."""
    if isinstance(value, list | tuple):
        return tuple(label_text(v) if isinstance(v, bool | int | float) else v for v in value)
    return (label_text(value) or "",) if isinstance(value, str | bool | int | float) else value


Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class PolicyPlan(BaseModel):
    """A threshold of one's own: ``[[policy]]`` in the plan.

    Attributes
    ----------
    metric : str
        A metric of the table that compares groups (``fairwitness metrics`` lists them).
    at_least, at_most : str or number
        The line, exactly one of them; a decimal or a fraction such as ``"4/5"``, compared exactly.
        For a difference, ``at_most`` bounds its size, whatever its sign.
    source : str
        Where the line comes from: a rule, a contract, a decision with its date.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    metric: str
    at_least: str | float | int | None = None
    at_most: str | float | int | None = None
    rule: Rule = "screen_and_test"
    source: str

    @model_validator(mode="after")
    def _one_line(self) -> Self:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give exactly one of at_least and at_most")
        line = self.at_least if self.at_least is not None else self.at_most
        try:
            threshold = Fraction(str(line))
        except (ValueError, ZeroDivisionError):
            raise ValueError("the threshold must be a number or a fraction such as '4/5'") from None
        if threshold < 0:
            raise ValueError("the threshold must not be negative: it bounds a ratio or the size of a difference")
        return self


class GatePlan(BaseModel):
    """When a gate in continuous integration fails: ``[gate]`` in the plan.

    Attributes
    ----------
    evidence : {"screen_and_test", "clear", "assured", "point"}
        The rule by which evidence is held against a line.  Under ``assured`` whatever is inconclusive or could not
        be evaluated fails.
    inconclusive : {"show", "fail", "skip"}
        What an inconclusive verdict does to a test; ``fail`` also counts what could not be evaluated.
    attention : {"show", "fail"}
        What a difference that the data show, although it is not beyond the line, does to a test.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    evidence: Rule = "screen_and_test"
    inconclusive: Literal["show", "fail", "skip"] = "show"
    attention: Literal["show", "fail"] = "show"


class DataPlan(BaseModel):
    """Which column is what: ``[data]`` in the plan, the arguments of ``fw.load`` in Python."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str | None = None
    protected: Texts = ()
    decision: str | None = None
    favorable: Texts = ()
    unfavorable: Texts = ()
    set_aside: dict[str, str] = Field(default_factory=dict)
    score: str | None = None
    score_order: Literal["high", "low"] = "high"
    score_edges: tuple[float, ...] | None = None
    label: str | None = None
    label_positive: Texts = ()
    count: str | None = None
    applicants: str | None = None
    selected: str | None = None
    group_by: str | None = None
    weight: str | None = None
    stratum: str | None = None
    period: str | None = None
    controls: Texts = ()
    stages: Texts = ()
    cluster: str | None = None
    measure: Literal["selection_rate", "scoring_rate"] | None = None
    bins: dict[str, tuple[float, ...]] = Field(default_factory=dict)
    unit: Texts = ()
    duplicates: Literal["refuse", "first", "last", "any_favorable", "keep"] = "refuse"
    unknown: Texts = ()
    engine: Literal["auto", "pandas", "polars", "pyarrow", "duckdb"] = "auto"
    sheet: str | None = None
    delimiter: str | None = None
    encoding: str | None = None
    decimal: Literal[".", ","] | None = None
    verify_pages: bool = False


class ModelPlan(BaseModel):
    """The model under audit: ``[model]`` in the plan, the arguments of ``fw.load_model`` in Python.

    Attributes
    ----------
    source : str
        A file, ``module:function``, ``https://…`` or ``command:program arguments``.
    features : list of str
        The columns that it sees, in this order.
    at_least, top : number
        Selected is who scores at least this; or the share with the highest scores.  At most one of them.
    positive : str
        The class that means selected.
    prediction : str
        The column of a file of predictions.
    trust : str
        SHA-256 of a pickle that may be loaded, in a child process.
    hosts : list of str
        Hosts that may be asked.
    headers : list of str
        ``NAME=env:VARIABLE``: a plan holds no secret.
    cache : str
        A file that keeps answers, so that nothing is asked twice.
    version : str
        Which version of a model answers that cannot be read: part of the key under which answers are kept.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    features: Texts = ()
    at_least: float | None = None
    top: float | None = Field(default=None, gt=0, lt=1)
    positive: str | None = None
    prediction: str | None = None
    trust: str | None = Field(default=None, pattern="^[0-9a-fA-F]{64}$")
    hosts: Texts = ()
    headers: Texts = ()
    batch: int | None = Field(default=None, ge=1)
    timeout: float = Field(default=30.0, gt=0)
    retries: int = Field(default=3, ge=0, le=100)
    cache: str | None = None
    version: str | None = None

    @field_validator("headers")
    @classmethod
    def _from_the_environment(cls, headers: tuple[str, ...]) -> tuple[str, ...]:
        if not all(re.fullmatch(r"[^=\s]+=env:\w+", header) for header in headers):
            raise ValueError("write each header as NAME=env:VARIABLE, so that no secret is recorded")
        return headers

    @field_validator("source")
    @classmethod
    def _without_password(cls, source: str) -> str:
        if re.match(r"(?i)https?://[^/?#]*@", source):
            raise ValueError("leave user and password out of the address, and give them as a header")
        return source

    @field_serializer("source", when_used="json")
    def _without_query(self, source: str) -> str:
        return without_query(source)


def without_query(text: str) -> str:
    """Return an address as a record may hold it: a query may be a key.

    Examples
    --------
    >>> without_query("https://host/score?key=secret"), without_query("--model=https://host/?key=secret")
    ('https://host/score?…', '--model=https://host/?…')
    """
    return re.sub(r"(?i)(https?://[^?]*\?).*", r"\1…", text, flags=re.DOTALL)


class AuditPlan(BaseModel):
    """What is asked: comparisons, reference, level, policies; and what the report says of the system.

    Attributes
    ----------
    intersect : "all", "none" or lists of attribute names
        ``all``: every pair of protected attributes besides every single one.
    reference : str
        ``highest``, ``largest``, ``overall``, ``rest``, or a group's name.
    exclude_under : decimal, 0 to 1
        Categories with a smaller share of the known are left out of ratios, and still listed.
    min_n : int
        Groups with fewer decisions are ``below_min_n``.
    level : float, above 0.5 and below 1
        Confidence level; ``1 - level`` is the significance level of the tests.
    resamples : int
        Draws of every resampling.
    label_scope : "all", "selected" or None
        Whose true outcome is known: everybody's, or only that of the selected.
    decides : {"pooled", "stratified"}
        Which comparison of groups a line is held against: of all decisions together, or within strata.
    top_k : int, optional
        Places at the top of each ranked pool; by default as many as were selected in it.
    search_subgroups : bool
        Whether subgroups are searched for the largest departure.
    swap : list of tables
        What a counterfactual study writes anew: ``[[swap]]`` in the plan.

    Examples
    --------
    >>> AuditPlan(reference="largest").reference
    'largest'
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    title: str | None = None
    system: str | None = None
    decision_audited: str | None = None
    period: str | None = None
    auditor: str | None = None
    limits: tuple[str, ...] = ()

    jurisdiction: Literal["us", "us-nyc", "eu", "uk", "cn", "sg"] | None = None
    policy: tuple[PolicyPlan, ...] = ()
    intersect: Literal["all", "none"] | tuple[tuple[str, ...], ...] = "all"
    reference: str = "highest"
    exclude_under: Share = Decimal(0)
    min_n: int = Field(default=0, ge=0)
    level: float = Field(default=0.95, gt=0.5, lt=1)
    seed: int = Field(default=0, ge=0)
    resamples: int = Field(default=2000, ge=200, le=1_000_000)
    label_scope: Literal["all", "selected"] | None = None
    decides: Literal["pooled", "stratified"] = "pooled"
    top_k: int | None = Field(default=None, ge=1)
    search_subgroups: bool = False

    gate: GatePlan = GatePlan()
    data: DataPlan | None = None
    model: ModelPlan | None = None
    swap: tuple[dict[str, Any], ...] = ()

    @field_validator("exclude_under", mode="before")
    @classmethod
    def _exactly_as_written(cls, value: object) -> object:
        return Decimal(str(value)) if isinstance(value, float) else value

    def to_json(self) -> dict[str, Any]:
        """Return the fields as JSON has them; ``exclude_under`` stays a string, exactly as written.

        What a plan without it need not say (`LATER`) is there only if it says something.
        """
        made = self.model_dump(mode="json")
        if made["data"]:
            made["data"] = {name: value for name, value in made["data"].items() if value or name not in LATER}
        return {
            name: value for name, value in made.items() if name not in LATER or value not in (None, [], False, "pooled")
        }

    @property
    def digest(self) -> str:
        """SHA-256 of the plan in canonical form."""
        content = json.dumps(self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(content.encode()).hexdigest()

    def changed(self) -> list[dict[str, Any]]:
        """Return every choice of the audit that differs from the default, for the report's first page."""
        about = {"title", "system", "decision_audited", "period", "auditor", "limits"}
        told_elsewhere = about | {"gate", "data", "model", "swap"}
        plain = AuditPlan().model_dump(mode="json")
        return [
            {"field": name, "default": plain[name], "value": value}
            for name, value in self.to_json().items()
            if name not in told_elsewhere and value != plain[name]
        ]


def make_plan(fields: dict[str, Any], where: str = "plan") -> AuditPlan:
    """Check fields and return the plan.

    Raises
    ------
    FairwitnessError
        An unknown field (with a suggestion), or a value that does not fit; all faults in one message.
    """
    try:
        return AuditPlan.model_validate(fields)
    except ValidationError as error:
        raise FairwitnessError(f"{printable(where)}: " + " ".join(_fault(e) for e in error.errors())) from None


def read_plan(path: str | Path) -> AuditPlan:
    """Read a plan from a TOML file.

    Raises
    ------
    FairwitnessError
        No such file, no TOML, or a field that does not fit.
    """
    path = Path(path)
    try:
        fields = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise FairwitnessError(
            f"{printable(path)}: cannot be read ({error.strerror}). Give the path of an audit plan."
        ) from None
    except UnicodeDecodeError:
        raise FairwitnessError(f"{printable(path)}: not UTF-8 text. Save the plan as UTF-8.") from None
    except tomllib.TOMLDecodeError as error:
        raise FairwitnessError(
            f"{printable(path)}: no valid TOML: {error}. Mend the line, or write a new plan with init."
        ) from None
    return make_plan(fields, where=path.name)


def _fault(error: Any) -> str:
    """Return one fault of a plan: the field, what was found, what to do."""
    *parents, name = [str(part) for part in error["loc"]] or ["plan"]
    field = printable(".".join([*parents, name]))
    if error["type"] == "extra_forbidden":
        parts: dict[str, type[BaseModel]] = {
            "data": DataPlan,
            "policy": PolicyPlan,
            "gate": GatePlan,
            "model": ModelPlan,
        }
        known = list(parts.get(parents[0] if parents else "", AuditPlan).model_fields)
        return f"unknown field {field!r}.{did_you_mean(name, known) or f' Known: {listed(known, 40)}.'}"
    if error["type"] == "missing":
        return f"field {field!r} is missing: add it."
    if parents == ["model"] and name in ("source", "headers"):  # what was found may hold a secret
        return f"field {field!r}: {error['msg'].removeprefix('Value error, ')}."
    found = printable(repr(error.get("input")))[:80]
    if error["type"] == "literal_error":
        return f"field {field!r}: found {found}. Give {error['ctx']['expected']}."
    return f"field {field!r}: {error['msg'].removeprefix('Value error, ')}; found {found}. Correct it."
