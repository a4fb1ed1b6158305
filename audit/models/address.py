"""An endpoint's address: where rows may be sent, and what of it may be shown."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fairwitness.audit.errors import FairwitnessError, listed, printable, quoted

if TYPE_CHECKING:
    from collections.abc import Collection

PORTS = {"http": 80, "https": 443}
LABEL = r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?"  # after IDNA
NAME = rf"{LABEL}(\.{LABEL})*"


@dataclass(frozen=True, slots=True)
class Address:
    """Where an endpoint is.

    Attributes
    ----------
    url : str
        What is asked: with its query, without user and password.
    shown : str
        What a record may hold: scheme, host, port and path.
    host : str
        In lower case, as DNS has it (``xn--bcher-kva.example``); an address of IPv6 without brackets.
    user, password : str
        Empty where the URL has none.
    """

    url: str = field(repr=False)
    shown: str
    host: str
    user: str = field(repr=False)
    password: str = field(repr=False)


def address_of(url: str, hosts: Collection[str] = ()) -> Address:
    """Read an endpoint's URL and refuse what rows must not be sent to.

    Parameters
    ----------
    url : str
        ``https://…``, or ``http://…`` on this machine.
    hosts : collection of str
        Hosts that rows may be sent to, as ``host`` (any port) or ``host:port``.  This machine (``localhost``,
        127.0.0.0/8, ::1) needs no listing.

    Raises
    ------
    FairwitnessError
        No URL of http or https; a host that is not listed; unencrypted to another machine.  The URL is not quoted:
        it may hold a secret.

    References
    ----------
    RFC 3986, Uniform Resource Identifier (URI): Generic Syntax, section 3.2.
    CWE-918, Server-Side Request Forgery (SSRF).

    Examples
    --------
    >>> address_of("https://api:key@Screening.Example./v1/score?token=t", ["screening.example"]).shown
    'https://screening.example/v1/score'
    >>> address_of("https://screening.example@elsewhere.example/score", ["screening.example"])
    Traceback (most recent call last):
    ...
    fairwitness.FairwitnessError: Rows would be sent to 'elsewhere.example', which is not among the allowed hosts \
('screening.example'). If they may be sent there, list it: hosts = ['elsewhere.example'] \
(--model-host elsewhere.example).
    """
    import httpx

    if not url.isprintable() or re.search(r"[\s\\]", url):
        raise FairwitnessError("The endpoint's URL has a blank, a backslash or a control character in it. Remove it.")
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        parsed = httpx.URL("")
    port = PORTS.get(parsed.scheme, 0) if parsed.port is None else parsed.port
    if parsed.scheme not in PORTS or not parsed.host or not 0 < port < 65_536:
        raise FairwitnessError("The endpoint's address is no URL of http or https. Give it as https://host/path.")
    host = _host(parsed.raw_host)
    if not _on_this_machine(host):
        _allowed(host, port, hosts)
        if parsed.scheme == "http":
            raise FairwitnessError(
                f"Rows about people would be sent unencrypted to {quoted(host)}. Use https, or a tunnel that begins on "
                "this machine (http://localhost:…)."
            )
    bare = parsed.copy_with(host=host, userinfo=b"", fragment=None)
    shown = printable(str(bare.copy_with(query=None)))
    return Address(str(bare), shown, host, parsed.username, parsed.password)


def _allowed(host: str, port: int, hosts: Collection[str]) -> None:
    known = [_listed_host(entry) for entry in hosts]
    if (host, None) in known or (host, port) in known:
        return
    allowed = f"which is not among the allowed hosts ({listed(hosts)})" if hosts else "and no host is allowed yet"
    raise FairwitnessError(
        f"Rows would be sent to {quoted(host)}, {allowed}. If they may be sent there, list it: hosts = ['{host}'] "
        f"(--model-host {host})."
    )


def _listed_host(entry: str) -> tuple[str, int | None]:
    """Return the host and the port, or None for any, of an entry of the list."""
    import httpx

    address = entry.removeprefix("[").removesuffix("]")
    if ":" in address and _ip(address):
        return _canonical(address), None
    try:
        parsed = httpx.URL(f"any://{entry}")  # of a scheme with a port of its own, httpx would forget that port
        host = _host(parsed.raw_host)
    except (httpx.InvalidURL, FairwitnessError):
        parsed, host = None, ""
    if parsed is None or re.search(r"[/?#@\s\\]", entry):
        raise FairwitnessError(
            "hosts: one of them is no host. Write a name or an address alone, or with a port: 'scoring.example:8443'."
        )
    return host, parsed.port


def _host(raw: bytes) -> str:
    host = _canonical(raw.decode("ascii"))
    if not (_ip(host) or re.fullmatch(NAME, host)):
        raise FairwitnessError("The endpoint's host is no name and no address of the internet. Correct the URL.")
    return host


def _canonical(host: str) -> str:
    ip = _ip(host)
    return ip.compressed if ip else host.lower().removesuffix(".")


def _ip(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _on_this_machine(host: str) -> bool:
    ip = _ip(host)
    return ip.is_loopback if ip else host == "localhost"
