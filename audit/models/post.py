"""One request to an endpoint, with an end to its time and to the size of its answer."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from fairwitness.audit.errors import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx

BUSY = (429, 502, 503, 504)  # answers after which the same question may be put again
LONGER = "Give it longer (timeout, --model-timeout), or ask fewer rows in one request (batch, --model-batch)."
WHO_ASKS = "Say who asks: headers = {'Authorization': 'env:NAME'} (--model-header Authorization=env:NAME)."
ADVICE = {401: WHO_ASKS, 403: WHO_ASKS, 413: "Ask fewer rows in one request: batch = a number (--model-batch)."}
OURS = {"Content-Type": "application/json", "Accept-Encoding": "identity", "User-Agent": "fairwitness"}


class Reply(NamedTuple):
    """The answer, and what the endpoint says that it is."""

    body: bytes
    content_type: str


class Fault(NamedTuple):
    """Why there is no answer, in words that hold neither address nor answer, and what to do."""

    what: str
    advice: str = ""
    again: bool = False  # worth another attempt
    wait: float = 0.0  # seconds that the endpoint asks for, before it


def posted(url: str, headers: Mapping[str, str], body: bytes, *, timeout: float, most: int) -> Reply | Fault:
    """Post JSON once.

    Parameters
    ----------
    url : str
    headers : mapping of str to str
        Besides those of every request.
    body : bytes
    timeout : float
        Seconds for all of it: name, connection, request and answer.
    most : int
        Bytes of the answer.

    Notes
    -----
    The transport of httpx is asked, not its client: one request is one request.  No redirect is followed; no proxy,
    no ``.netrc`` and no certificate setting of the environment is read by httpx, no address is logged, no cookie kept.
    Certificates are checked against the authorities of the system (to which OpenSSL counts ``SSL_CERT_FILE``) and
    those of certifi.

    The time is that of a clock beside the request, not of each read: a server that sends a byte now and then is cut
    off as one that hangs.  So the request runs in an event loop, in a thread of its own, since a notebook's thread
    has a loop already.  What the first request needs once, libraries and certificates, is loaded before the clock
    starts.  The system's look-up of a name cannot be broken off: it counts, but is waited for.

    No exception of httpx leaves this function: they hold the request, and with it secrets and rows.
    """
    import httpx
    from anyio.from_thread import start_blocking_portal

    sent = httpx.Headers(OURS)
    sent.update(headers)
    request = httpx.Request("POST", url, headers=sent, content=body)
    transport = httpx.AsyncHTTPTransport(verify=_authorities(), trust_env=False)
    try:
        with start_blocking_portal() as portal:
            return portal.call(_exchanged, transport, request, timeout, most)
    except (TimeoutError, httpx.TimeoutException):
        return Fault(f"no whole answer within {timeout:g} seconds", LONGER, again=True)
    except httpx.ConnectError as error:
        if _of_tls(error):
            return Fault("its certificate could not be verified, or it speaks no TLS", "Ask who runs it.")
        return Fault("it cannot be reached", "Is the address right, and is it running?", again=True)
    except httpx.TransportError:
        return Fault("it broke the connection off", "Ask who runs it.", again=True)


async def _exchanged(
    transport: httpx.AsyncHTTPTransport, request: httpx.Request, seconds: float, most: int
) -> Reply | Fault:
    import anyio

    with anyio.fail_after(seconds):
        async with transport:
            response = await transport.handle_async_request(request)
            try:
                return _refusal(response) or await _read(response, most)
            finally:
                await response.aclose()


async def _read(response: httpx.Response, most: int) -> Reply | Fault:
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > most:
            return Fault(f"its answer is larger than {most:,} bytes", "Answer one prediction a row, and no more.")
    return Reply(bytes(body), response.headers.get("content-type", "").partition(";")[0].strip().lower())


def _refusal(response: httpx.Response) -> Fault | None:
    """Return why an answer is none, going by its status and headers."""
    import httpx

    status = response.status_code
    if response.is_success:
        # Nobody asked for a packed answer, and a few bytes of one may unpack to more than there is room for.
        packed = response.headers.get("content-encoding", "identity").lower() != "identity"
        return Fault("its answer is compressed, which it was asked not to do", "Ask who runs it.") if packed else None
    if response.is_redirect:
        try:
            host = httpx.URL(response.headers.get("location", "")).host
        except httpx.InvalidURL:
            host = ""
        to = f"to {quoted(host)}" if host else "elsewhere"
        return Fault(f"it redirects {to}, where nothing was sent", "Give the address that answers itself.")
    if status in BUSY:
        return Fault(f"it is busy (HTTP {status})", "Ask again later.", again=True, wait=_retry_after(response))
    return Fault(f"it answered HTTP {status}", ADVICE.get(status, "Ask who runs it."))


def _retry_after(response: httpx.Response) -> float:
    """Return the seconds that an endpoint asks to wait, stated as such or as a date; 0 where it does not say."""
    stated = response.headers.get("retry-after", "0").strip()
    if stated.isascii() and stated.isdigit():
        return float(stated)
    try:
        when = parsedate_to_datetime(stated)
    except ValueError:
        return 0.0
    return max((when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds(), 0.0)


@cache
def _authorities() -> ssl.SSLContext:
    import certifi

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _of_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None
