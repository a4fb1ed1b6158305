"""A model behind an address: rows are posted as JSON, a batch at a time."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from fairwitness.audit.errors import FairwitnessError, printable
from fairwitness.audit.models.address import Address, address_of
from fairwitness.audit.models.batches import in_batches
from fairwitness.audit.models.cache import Cache, model_key
from fairwitness.audit.models.headers import from_environment, headers_of
from fairwitness.audit.models.model import Model
from fairwitness.audit.models.post import Fault, Reply, posted
from fairwitness.audit.models.predictions_json import answers_of, predictions_of, strict_json
from fairwitness.audit.models.rows_json import json_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from os import PathLike

    import pandas as pd

    from fairwitness.audit.models.model import Answers

BATCH = 100  # rows in one request
BYTES = 65_536  # of an answer, at most, and as many for each row as follow
BYTES_A_ROW = 4_096
FIRST_WAIT = 0.5  # seconds before the second attempt, doubled before each further one
LONGEST_WAIT = 60.0  # seconds; an endpoint that asks for more is not waited for
LONGEST = 3_600  # seconds for one request
MOST_RETRIES = 100


def endpoint_model(
    url: str,
    *,
    hosts: Collection[str] = (),
    headers: Mapping[str, str] | None = None,
    batch: int | None = None,
    timeout: float = 30.0,
    retries: int = 3,
    cache: str | PathLike[str] | None = None,
    version: str | None = None,
    name: str | None = None,
    features: Sequence[str] | None = None,
) -> Model:
    """Return a model that is asked over HTTP.

    It is sent ``POST {"instances": [{column: value, …}, …]}`` and answers ``{"predictions": […]}``, one for each row
    in their order: a number is a score, a boolean or a text a decision, ``{"score": …, "decision": …}`` both.

    Parameters
    ----------
    url : str
        ``https://…``; ``http://…`` on this machine only.  A user and password in it are sent as Basic authentication;
        of the rest, the query is not recorded.
    hosts : collection of str
        Hosts that rows may be sent to; see `address_of`.
    headers : mapping of str to str, optional
        Values are text, or ``env:NAME`` for a variable of the environment; only the names are recorded.
    batch : int, optional
        Rows in one request; 100 by default.
    timeout : float
        Seconds for one request and its answer, above 0.
    retries : int
        How often a request is repeated that was not answered, or with 429, 502, 503 or 504.
    cache : path, optional
        A file of answers; see `cached`.  Needs a version.
    version : str, optional
        Which model answers there.  What has another version is another model.
    name : str, optional
        In the record; by default the address without query, user and password.
    features : sequence of str, optional
        The columns that are sent; by default all that the model is given.

    Raises
    ------
    FairwitnessError
        An address that rows are not sent to; when asked: no answer, or none as above, after how many rows, and how
        to go on.

    References
    ----------
    RFC 9110, HTTP Semantics, sections 9.2.2 (repeating a request), 10.2.3 (Retry-After) and 15.
    RFC 7617, The 'Basic' HTTP Authentication Scheme.

    Examples
    --------
    >>> endpoint_model("http://localhost:8080/score", timeout=5).to_json()["facts"]
    {'host': 'localhost', 'version': None, 'batch': 100, 'timeout': 5, 'retries': 3, 'headers': []}
    """
    _needs_httpx()
    _in_range(timeout, retries)
    address = address_of(url, hosts)
    shown = printable(name) if name else address.shown
    batch = BATCH if batch is None else batch
    endpoint = _Endpoint(shown, address.url, _headers(address, headers), timeout, retries)
    kept = Cache(Path(cache), _key(address, headers, version)) if cache else None
    return Model(
        name=shown,
        kind="endpoint",
        ask=in_batches(lambda rows, _: endpoint.ask(rows), batch=batch, who=shown, cache=kept),
        inputs=tuple(features) if features is not None else None,
        facts={
            "host": address.host,
            "version": version,
            "batch": batch,
            "timeout": timeout,
            "retries": retries,
            "headers": sorted(headers or ()),
        },
    )


class _Endpoint(NamedTuple):
    """Where and how a question is put."""

    shown: str
    url: str
    headers: Mapping[str, str]
    timeout: float
    retries: int

    def ask(self, rows: pd.DataFrame) -> Answers:
        body = json.dumps({"instances": list(json_rows(rows))}, allow_nan=False).encode("ascii")
        reply = self._reply(body, most=BYTES + BYTES_A_ROW * len(rows))
        return answers_of(predictions_of(_predictions(reply, len(rows), self.shown), self.shown), self.shown)

    def _reply(self, body: bytes, most: int) -> Reply:
        """Ask until there is an answer, or no hope of one."""
        fault, attempt = Fault(""), 0
        for attempt in range(self.retries + 1):
            made = posted(self.url, self.headers, body, timeout=self.timeout, most=most)
            if isinstance(made, Reply):
                return made
            fault = made
            if not fault.again or fault.wait > LONGEST_WAIT or attempt == self.retries:
                break
            time.sleep(max(fault.wait, min(FIRST_WAIT * 2**attempt, LONGEST_WAIT)))
        times = f", {attempt + 1} times" if attempt else ""
        later = f" and asks to wait {fault.wait:,.0f} seconds" if fault.wait > LONGEST_WAIT else ""
        raise FairwitnessError(f"{self.shown}: {fault.what}{later}{times}. {fault.advice}")


def _predictions(reply: Reply, n: int, who: str) -> list[Any]:
    try:
        said, fault = strict_json(reply.body), None
    except ValueError as error:
        said, fault = None, str(error)
    if fault is not None:
        page = ", but a page for a browser, such as one to log in" if reply.content_type == "text/html" else ""
        raise FairwitnessError(f'{who}: its answer {fault}{page}. Answer {{"predictions": […]}}.')
    if not isinstance(said, dict) or not isinstance(said.get("predictions"), list):
        raise FairwitnessError(f'{who}: its answer has no list of predictions. Answer {{"predictions": […]}}.')
    predictions: list[Any] = said["predictions"]
    if len(predictions) != n:
        raise FairwitnessError(
            f"{who}: {len(predictions):,} predictions for {n:,} rows. Answer each row once, in order."
        )
    return predictions


def _headers(address: Address, headers: Mapping[str, str] | None) -> dict[str, str]:
    made = headers_of(headers)
    if not (address.user or address.password):
        return made
    if "authorization" in {name.casefold() for name in made}:
        raise FairwitnessError("The URL has a user or a password, and headers an Authorization. Give one of the two.")
    token = b64encode(f"{address.user}:{address.password}".encode()).decode("ascii")
    return {**made, "Authorization": f"Basic {token}"}


def _key(address: Address, headers: Mapping[str, str] | None, version: str | None) -> str:
    """Return what answers are kept under: all that may choose the model, and nothing that only says who asks."""
    stated = sorted([name.casefold(), value] for name, value in (headers or {}).items() if not from_environment(value))
    return model_key("endpoint", address.shown, version=version, sent=json.dumps([address.url, stated]))


def _needs_httpx() -> None:
    try:
        import httpx  # noqa: F401 -- whether it is there
    except ImportError:
        raise FairwitnessError("A model behind an address needs httpx: pip install 'fairwitness[http]'.") from None


def _in_range(timeout: float, retries: int) -> None:
    if not 0 < timeout <= LONGEST:
        raise FairwitnessError(f"timeout: {timeout} seconds. Give a number above 0, at most {LONGEST:,}.")
    if not 0 <= retries <= MOST_RETRIES:
        raise FairwitnessError(f"retries: {retries}. Give a number from 0 to {MOST_RETRIES}.")
