"""A model behind an address: what is sent and read, what goes wrong, and that a second attempt asks only the rest."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import logging
import signal
import ssl
import subprocess
import sys
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from email.utils import format_datetime

import numpy as np
import pandas as pd
import pytest

import fairwitness as fw
from fairwitness.audit.models import endpoint
from fairwitness.audit.models.address import address_of
from fairwitness.audit.models.endpoint import endpoint_model

CANARY = "Ann Ominous"  # stands in every row: no message may have it
SECRETS = ("pa55word", "t0ken", "k3y")


@pytest.fixture(autouse=True)
def _no_long_waits(monkeypatch):
    monkeypatch.setattr(endpoint, "FIRST_WAIT", 0.01)


def people(n, start=0):
    return pd.DataFrame({"id": range(start, start + n), "points": range(start, start + n), "name": CANARY})


def chain(error):
    """Return an exception and all that it was raised from or during, as text."""
    shown = "".join(traceback.format_exception(error))
    while error is not None:
        shown += f"{error!r} {vars(error)}"
        error = error.__cause__ or error.__context__
    return shown


# -- what a server may do besides scoring; each is met by one request ------------------------------------------


def status(code, **headers):
    return lambda handler, _: handler.send(json.dumps({"detail": f"{CANARY} {code}"}).encode(), code, **headers)


def raw(body, **headers):
    return lambda handler, _: handler.send(body, **headers)


def says(*predictions):
    """Say these of the first rows, and 0.5 of the others."""

    def say(handler, rows):
        said = [*predictions, *[0.5] * (len(rows) - len(predictions))]
        handler.send(json.dumps({"predictions": said}).encode())

    return say


def hangs(handler, _):
    handler.server.closing.wait(5)


def drips(handler, _):
    handler.send(b"", Content_Length=1000)
    while not handler.server.closing.wait(0.05):
        handler.wfile.write(b" ")


def drips_headers(handler, _):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    while not handler.server.closing.wait(0.05):
        handler.wfile.write(b"X-Drip: 1\r\n")


def dies_midway(handler, _):
    handler.send(b'{"predictions": [0.5, ', Content_Length=5000)
    handler.close_connection = True


def hangs_up(handler, _):
    handler.close_connection = True


def counts(change):
    return lambda handler, rows: handler.send(json.dumps({"predictions": [0.5] * (len(rows) + change)}).encode())


FAILURES = {
    "it answers with a fault of its own": (status(500), "it answered HTTP 500"),
    "it does not know who asks": (status(401), "env:NAME"),
    "it does not let us in": (status(403), "env:NAME"),
    "it knows no such path": (status(404), "it answered HTTP 404"),
    "it finds the request too large": (status(413), "batch = a number"),
    "it stays busy": (status(503), "it is busy (HTTP 503)"),
    "it asks for a long wait": (status(429, Retry_After=3600), "it is busy (HTTP 429) and asks to wait 3,600 seconds"),
    "it redirects to another host": (status(307, Location="https://elsewhere.example/k3y"), "'elsewhere.example'"),
    "it redirects to another path": (status(308, Location="/other"), "it redirects elsewhere"),
    "it redirects to nowhere": (status(301), "it redirects elsewhere"),
    "it redirects to nonsense": (status(302, Location="http://x:y/k3y"), "it redirects elsewhere"),
    "it hangs": (hangs, "no whole answer within 1 seconds"),
    "it sends a byte now and then": (drips, "no whole answer within 1 seconds"),
    "it sends a header now and then": (drips_headers, "no whole answer within 1 seconds"),
    "it dies while it answers": (dies_midway, "it broke the connection off"),
    "it hangs up": (hangs_up, "it broke the connection off"),
    "it shows a page to log in": (
        raw(b"<html>Ann Ominous", Content_Type="text/html; charset=utf-8"),
        "a page for a browser",
    ),
    "it says nothing": (raw(b""), "not JSON from line 1, character 1"),
    "it sends half an answer as a whole": (raw(b'{"predictions": [0.5, 0.'), "is not JSON"),
    "it sends bytes that are no text": (raw(b'{"predictions": ["\xff"]}'), "is not UTF-8"),
    "it sends NaN": (raw(b'{"predictions": [NaN, 0.5]}'), "NaN or Infinity"),
    "it sends -Infinity": (raw(b'{"predictions": [-Infinity, 0.5]}'), "NaN or Infinity"),
    "it says predictions twice": (raw(b'{"predictions": [1], "predictions": [2]}'), "a key twice"),
    "it nests without end": (raw(b"[" * 20_000), "not JSON"),
    "it sends a number without end": (raw(b'{"predictions": [' + b"1" * 5_000 + b"]}"), "not JSON"),
    "it sends a bare list": (raw(b"[0.5]"), "has no list of predictions"),
    "it sends an object of predictions": (raw(b'{"predictions": {"0": 0.5}}'), "has no list of predictions"),
    "it sends more than anybody needs": (raw(b" " * 500_000), "larger than 475,136 bytes"),
    "it sends a packed answer": (raw(b"\x1f\x8b", Content_Encoding="gzip"), "compressed"),
    "it leaves a row out": (counts(-1), "99 predictions for 100 rows"),
    "it adds a row": (counts(1), "101 predictions for 100 rows"),
    "it leaves a prediction open": (says(0.5, None), "prediction 2 of 100 is null"),
    "it mixes scores and decisions": (
        says(0.5, True),
        "prediction 2 of 100 gives a boolean decision, and the first a score",
    ),
    "it mixes kinds of decisions": (
        says({"decision": "x", "score": 1}),
        "prediction 2 of 100 gives a score, and the first",
    ),
    "it answers with lists": (says([0.1, 0.9]), "prediction 1 of 100 is a list"),
    "it answers with objects of its own": (says({CANARY: 0.9}), "prediction 1 of 100 is an object with other keys"),
    "it answers with a nested score": (says({"score": {"score": 1}}), "prediction 1 of 100: its score is no number"),
    "it answers with a score that is a text": (says({"score": CANARY}), "prediction 1 of 100: its score is no number"),
    "it answers with a fractional decision": (
        says({"decision": 0.5}),
        "its decision is no boolean, whole number or text",
    ),
    "it answers with a null decision": (says({"decision": None}), "its decision is null"),
    "it answers with half a character": (
        says(*["\ud800"] * 100),
        "texts with half a character (a lone surrogate, as JSON writes \\ud800)",
    ),
    "it overflows": (
        raw(b'{"predictions": [' + b", ".join([b"1e999"] * 100) + b"]}"),
        "prediction 1 of 100 is too large",
    ),
}


@pytest.mark.parametrize(("fault", "said"), FAILURES.values(), ids=FAILURES.keys())
def test_what_goes_wrong_ends_in_one_clear_error_and_no_row_is_scored_twice(scoring_server, tmp_path, fault, said):
    server, rows, cache = scoring_server, people(250), tmp_path / "answers.db"
    url = f"http://user:pa55word@{server.address}/score?key=k3y"
    given = {
        "batch": 100,
        "timeout": 1 if fault in (hangs, drips, drips_headers) else 30,
        "retries": 0,
        "cache": cache,
        "version": "1",
        "headers": {"X-Token": "t0ken"},
    }

    server.script = [score_now, fault]
    with pytest.raises(fw.FairwitnessError) as caught:
        endpoint_model(url, **given).score(rows)
    message = str(caught.value)
    assert message.startswith(f"{server.url}: ")
    assert said in message
    assert message.endswith(
        "100 of the 250 rows were answered before and are kept in answers.db: ask again, and only the others are asked."
    )
    assert len(server.requests) == 2
    assert not [word for word in (CANARY, *SECRETS) if word in chain(caught.value)]

    assert endpoint_model(url, **given).score(rows).tolist() == [i / 10 for i in range(250)]
    assert server.scored == dict.fromkeys(range(250), 1)

    endpoint_model(url, **given).score(rows)  # a third time, everything is known
    assert server.scored == dict.fromkeys(range(250), 1)


def score_now(handler, rows):
    handler.send(json.dumps({"predictions": [row["points"] / 10 for row in rows]}).encode())
    handler.server.scored.update(row["id"] for row in rows)


def test_without_a_cache_it_says_that_nothing_is_kept(scoring_server):
    scoring_server.script = [score_now, status(500)]
    with pytest.raises(fw.FairwitnessError, match=r"10 of the 30 rows were answered before, and nothing is kept"):
        endpoint_model(scoring_server.url, batch=10).score(people(30))


# -- the protocol ----------------------------------------------------------------------------------------------


def test_what_is_sent(scoring_server):
    scoring_server.score = lambda _: 1.0
    rows = pd.DataFrame(
        {
            "text": ["Ünïcödé\n\u2028", None],
            "whole": [2**53 + 1, -1],
            "number": [0.1 + 0.2, np.nan],
            "flag": [True, False],
            "day": [dt.date(2024, 2, 29), None],
            "moment": pd.to_datetime(["2024-02-29T12:00:00", None]),
        }
    )
    endpoint_model(f"{scoring_server.url}?v=2", headers={"X-Tenant": "audit"}).score(rows)
    ((path, headers, sent),) = scoring_server.requests
    assert path == "/score?v=2"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Tenant"] == "audit"
    assert sent == [
        {
            "text": "Ünïcödé\n\u2028",
            "whole": 9007199254740993,
            "number": 0.30000000000000004,
            "flag": True,
            "day": "2024-02-29",
            "moment": "2024-02-29T12:00:00",
        },
        {"text": None, "whole": -1, "number": None, "flag": False, "day": None, "moment": None},
    ]


def test_only_the_named_columns_are_sent_a_batch_at_a_time(scoring_server):
    model = endpoint_model(scoring_server.url, batch=3, features=["points", "id"])
    assert model.score(people(7)).tolist() == [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6]
    assert [[row["id"] for row in rows] for _, _, rows in scoring_server.requests] == [[0, 1, 2], [3, 4, 5], [6]]
    assert {tuple(row) for _, _, rows in scoring_server.requests for row in rows} == {("points", "id")}


@pytest.mark.parametrize(
    ("score", "decisions", "scores"),
    [
        (lambda row: row["points"] > 0, [False, True], [0.0, 1.0]),
        (lambda row: ["reject", "advance"][row["points"]], ["reject", "advance"], None),
        (lambda row: row["points"], [0.0, 1.0], [0.0, 1.0]),  # zeros and ones are both
        (lambda row: {"score": 0.25 + row["points"], "decision": "x"}, ["x", "x"], [0.25, 1.25]),
        (lambda row: {"decision": row["points"]}, [0, 1], [0.0, 1.0]),
        (lambda row: {"score": row["points"] + 2}, None, [2.0, 3.0]),
    ],
)
def test_what_it_may_answer(scoring_server, score, decisions, scores):
    scoring_server.score = score
    model = endpoint_model(scoring_server.url)
    if decisions is not None:
        assert model.predict(people(2)) == decisions
    if scores is None:
        with pytest.raises(fw.FairwitnessError, match="gives no scores"):
            model.score(people(2))
    else:
        assert model.score(people(2)).tolist() == scores


def test_what_stands_beside_the_predictions_is_not_looked_at(scoring_server):
    scoring_server.script = [raw(b'{"predictions": [0.5], "model": {"version": 3}}', Content_Type="text/plain")]
    assert endpoint_model(scoring_server.url).score(people(1)).tolist() == [0.5]


def test_batches_that_answer_with_different_kinds_are_refused(scoring_server):
    scoring_server.script = [raw(b'{"predictions": [0.5]}'), raw(b'{"predictions": ["yes"]}')]
    with pytest.raises(fw.FairwitnessError, match="some rows have scores and others decisions"):
        endpoint_model(scoring_server.url, batch=1).answers(people(2))


# -- asking again ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [status(429), status(502), status(503), status(504), hangs, hangs_up, dies_midway])
def test_what_may_pass_is_asked_again(scoring_server, fault):
    scoring_server.script = [fault, fault]
    assert endpoint_model(scoring_server.url, timeout=0.3).score(people(2)).tolist() == [0.0, 0.1]
    assert len(scoring_server.requests) == 3
    assert scoring_server.scored == {0: 1, 1: 1}


@pytest.mark.parametrize("fault", [status(400), status(401), status(500), counts(1), raw(b"no")])
def test_what_will_not_pass_is_not_asked_again(scoring_server, fault):
    scoring_server.script = [fault]
    with pytest.raises(fw.FairwitnessError):
        endpoint_model(scoring_server.url).score(people(2))
    assert len(scoring_server.requests) == 1


def test_it_gives_up_after_the_retries(scoring_server):
    scoring_server.script = [status(503)] * 9
    with pytest.raises(fw.FairwitnessError, match=r"it is busy \(HTTP 503\), 3 times\. Ask again later\."):
        endpoint_model(scoring_server.url, retries=2).score(people(2))
    assert len(scoring_server.requests) == 3


@pytest.mark.parametrize(
    "stated",
    ["1", format_datetime(dt.datetime(2031, 1, 1, tzinfo=dt.UTC)), "-5", "soon", "9" * 30],
)
def test_it_waits_as_long_as_it_is_asked_to_within_a_bound(scoring_server, monkeypatch, stated):
    waits = []
    monkeypatch.setattr(endpoint.time, "sleep", waits.append)
    scoring_server.script = [status(429, Retry_After=stated)]
    if stated in ("1", "-5", "soon"):
        endpoint_model(scoring_server.url).score(people(2))
        assert waits == ([1.0] if stated == "1" else [0.01])  # the first wait, where none is stated
    else:
        with pytest.raises(fw.FairwitnessError, match=r"asks to wait [\d,]+ seconds"):
            endpoint_model(scoring_server.url).score(people(2))
        assert waits == []


def test_nobody_listens(scoring_server):
    scoring_server.server_close()
    with pytest.raises(
        fw.FairwitnessError, match=r"it cannot be reached, 2 times\. .*None of the 5 rows was answered\."
    ):
        endpoint_model(scoring_server.url, retries=1).score(people(5))
    with pytest.raises(fw.FairwitnessError, match="it cannot be reached"):
        endpoint_model("https://no-such-host.invalid/", hosts=["no-such-host.invalid"], retries=0).score(people(1))


WARMING = """
import sys, time

import pandas as pd
from fairwitness.audit.models.endpoint import endpoint_model

lost = [0]  # seconds by which the clock has jumped
clock = time.monotonic
time.monotonic = lambda: clock() + lost[0]

class Slow:
    def find_spec(self, name, *_):
        lost[0] += 60 * (name in ("httpx", "httpcore", "h11", "anyio", "certifi", "anyio._backends._asyncio"))

sys.meta_path.insert(0, Slow())
import ssl

load = ssl.SSLContext.load_verify_locations

def slowly(*given, **named):
    lost[0] += 60
    return load(*given, **named)

ssl.SSLContext.load_verify_locations = slowly
print(endpoint_model(sys.argv[1], timeout=30, retries=0).score(pd.DataFrame({"points": [7]}))[0], lost[0])
"""


def test_what_the_first_request_must_load_takes_none_of_its_time(scoring_server):
    """Each library of the request, and the authorities, take a minute here; the request has half a minute."""
    words = [sys.executable, "-c", WARMING, scoring_server.url]
    done = subprocess.run(words, capture_output=True, check=False, text=True, timeout=60)
    assert done.stderr == ""
    score, lost = done.stdout.split()
    assert score == "0.7"
    assert int(lost) >= 3 * 60  # there was something to load


def test_a_redirect_is_not_followed_even_to_an_allowed_host(scoring_server):
    scoring_server.script = [status(307, Location=f"http://localhost:{scoring_server.server_port}/other")]
    with pytest.raises(fw.FairwitnessError, match="it redirects to 'localhost', where nothing was sent"):
        endpoint_model(scoring_server.url, hosts=["localhost"]).score(people(2))
    assert len(scoring_server.requests) == 1


def test_the_environment_names_no_proxy(scoring_server, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert endpoint_model(scoring_server.url, retries=0).score(people(1)).tolist() == [0.0]


def test_it_is_asked_from_a_notebook_whose_loop_is_running(scoring_server):
    async def cell():
        return endpoint_model(scoring_server.url).score(people(2)).tolist()

    # In a thread of its own: a test of the browser may have left a running loop in this one.
    with ThreadPoolExecutor(1) as notebook:
        assert notebook.submit(asyncio.run, cell()).result() == [0.0, 0.1]


# -- where rows are sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "hosts", "said"),
    [
        ("https://scoring.example/", [], "sent to 'scoring.example', and no host is allowed yet"),
        ("https://scoring.example/", ["other.example"], "not among the allowed hosts ('other.example')"),
        ("https://scoring.example@evil.example/", ["scoring.example"], "sent to 'evil.example'"),
        ("https://scoring.example:443@evil.example/", ["scoring.example"], "sent to 'evil.example'"),
        ("https://scoring.example%40evil.example/", ["scoring.example"], "no name and no address"),
        ("https://evil.example/scoring.example", ["scoring.example"], "sent to 'evil.example'"),
        ("https://scoring.example.evil.example/", ["scoring.example"], "sent to 'scoring.example.evil.example'"),
        ("https://evilscoring.example/", ["scoring.example"], "sent to 'evilscoring.example'"),
        ("https://api.scoring.example/", ["scoring.example"], "sent to 'api.scoring.example'"),
        ("https://scoring.example:8443/", ["scoring.example:443"], "sent to 'scoring.example'"),
        ("https://evil.example\\@scoring.example/", ["scoring.example"], "a backslash"),
        ("https://scoring.example\t.evil.example/", ["scoring.example"], "a control character"),
        ("https://scoring.example\u202e/", ["scoring.example"], "a control character"),
        ("https://s\u0441oring.example/", ["scoring.example"], "sent to 'xn--soring-irf.example'"),  # a Cyrillic letter
        ("https://scoring%2eexample/", ["scoring.example"], "no name and no address"),
        ("https://scoring..example/", ["scoring.example"], "no name and no address"),
        ("https://2130706433/", [], "sent to '2130706433'"),  # 127.0.0.1, to some
        ("https://127.1/", [], "sent to '127.1'"),
        ("https://0.0.0.0/", [], "sent to '0.0.0.0'"),
        ("https://[::ffff:10.0.0.1]/", ["10.0.0.1"], "sent to '::ffff:a00:1'"),
        ("https://localhost.evil.example/", [], "sent to 'localhost.evil.example'"),
        ("https://169.254.169.254/latest/meta-data", ["scoring.example"], "sent to '169.254.169.254'"),
        ("http://scoring.example/", ["scoring.example"], "unencrypted"),
        ("http://192.168.0.7/", ["192.168.0.7"], "unencrypted"),
        ("ftp://localhost/", [], "no URL of http or https"),
        ("file:///etc/passwd", [], "no URL of http or https"),
        ("https:///score", ["scoring.example"], "no URL of http or https"),
        ("http://localhost:0/", [], "no URL of http or https"),
        ("http://localhost:99999/", [], "no URL of http or https"),
        ("http://localhost:k3y/", [], "no URL of http or https"),
        ("https://scoring.example/", ["https://scoring.example"], "one of them is no host"),
        ("https://scoring.example/", ["*"], "one of them is no host"),
        ("https://scoring.example/", ["*.example"], "one of them is no host"),
        ("https://scoring.example/", ["scoring.example/v1"], "one of them is no host"),
        ("https://scoring.example/", ["me@scoring.example"], "one of them is no host"),
        ("https://scoring.example/", [""], "one of them is no host"),
    ],
)
def test_where_rows_are_not_sent(url, hosts, said):
    with pytest.raises(fw.FairwitnessError) as caught:
        endpoint_model(url, hosts=hosts)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("url", "hosts", "name"),
    [
        ("https://scoring.example/v1?a=b#c", ["scoring.example"], "https://scoring.example/v1"),
        ("HTTPS://Scoring.EXAMPLE:443/", ["SCORING.example."], "https://scoring.example/"),
        ("https://scoring.example./", ["scoring.example"], "https://scoring.example/"),
        ("https://scoring.example:8443/", ["scoring.example"], "https://scoring.example:8443/"),
        ("https://scoring.example:8443/", ["scoring.example:8443"], "https://scoring.example:8443/"),
        ("https://scoring.example/", ["scoring.example:443"], "https://scoring.example/"),
        ("https://bücher.example/", ["bücher.example"], "https://xn--bcher-kva.example/"),
        ("https://xn--bcher-kva.example/", ["BÜCHER.example"], "https://xn--bcher-kva.example/"),
        ("https://[2001:DB8:0::1]/", ["2001:db8::1"], "https://[2001:db8::1]/"),
        ("https://[2001:db8::1]:8443/", ["[2001:db8::1]:8443"], "https://[2001:db8::1]:8443/"),
        ("http://localhost:8080/x", [], "http://localhost:8080/x"),
        ("http://LOCALHOST/x", [], "http://localhost/x"),
        ("http://127.8.9.1/x", [], "http://127.8.9.1/x"),
        ("http://[::1]:8080/x", [], "http://[::1]:8080/x"),
        ("https://user:pa55word@scoring.example/", ["scoring.example"], "https://scoring.example/"),
    ],
)
def test_where_rows_may_be_sent(url, hosts, name):
    assert endpoint_model(url, hosts=hosts).name == name


def test_the_host_that_was_checked_is_the_host_that_is_asked(scoring_server):
    url = f"http://elsewhere.example:80@{scoring_server.address}/score"  # elsewhere.example is a user here
    assert address_of(url).host == "127.0.0.1"
    endpoint_model(url).score(people(1))
    assert scoring_server.requests[0][1]["Host"] == scoring_server.address


# -- TLS -------------------------------------------------------------------------------------------------------


def certificate(folder):
    """Make a certificate for localhost that nobody has signed but itself."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(key.private_bytes(*plain))
    return folder / "cert.pem", folder / "key.pem"


def test_a_certificate_that_nobody_vouches_for_is_refused(scoring_server, tmp_path, monkeypatch):
    from fairwitness.audit.models import post

    pem, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, key)
    scoring_server.socket = context.wrap_socket(scoring_server.socket, server_side=True)
    url = f"https://localhost:{scoring_server.server_port}/score"
    with pytest.raises(fw.FairwitnessError, match="its certificate could not be verified"):
        endpoint_model(url).score(people(1))
    assert scoring_server.requests == []

    monkeypatch.setenv("SSL_CERT_FILE", str(pem))  # now somebody does
    monkeypatch.setattr(post, "_authorities", post._authorities.__wrapped__)
    assert endpoint_model(url).score(people(1)).tolist() == [0.0]
    with pytest.raises(fw.FairwitnessError, match="its certificate could not be verified"):  # not for this name
        endpoint_model(f"https://127.0.0.1:{scoring_server.server_port}/score").score(people(1))


def test_a_server_that_speaks_no_tls(scoring_server):
    with pytest.raises(fw.FairwitnessError, match="it speaks no TLS"):
        endpoint_model(f"https://{scoring_server.address}/score").score(people(1))


# -- secrets ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [None, status(500), status(401), hangs, hangs_up, raw(b"no"), counts(1)])
def test_secrets_reach_the_server_and_nobody_else(scoring_server, tmp_path, monkeypatch, caplog, fault):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("SCREENING_TOKEN", "Bearer t0ken\n")
    cache = tmp_path / "answers.db"
    model = endpoint_model(
        f"http://user:pa55word@{scoring_server.address}/score?key=k3y#k3y",
        headers={"X-Screening": "env:SCREENING_TOKEN"},
        timeout=0.3,
        retries=0,
        cache=cache,
        version="1",
    )
    scoring_server.script = [fault] if fault else []
    said = ""
    try:
        model.score(people(2))
    except fw.FairwitnessError as error:
        said = chain(error)
    assert bool(said) == bool(fault)
    ((path, headers, _),) = scoring_server.requests
    assert path == "/score?key=k3y"
    assert headers["Authorization"] == "Basic dXNlcjpwYTU1d29yZA=="  # base64 of user:pa55word
    assert headers["X-Screening"] == "Bearer t0ken"

    kept = cache.read_bytes().decode("latin-1")
    shown = repr(model) + json.dumps(model.to_json()) + said + caplog.text + kept
    assert not [secret for secret in (*SECRETS, "dXNlcjpwYTU1d29yZA==", CANARY) if secret in shown]
    assert model.to_json()["facts"]["headers"] == ["X-Screening"]


@pytest.mark.parametrize(
    ("headers", "said"),
    [
        ({"Authorization": "env:t0ken"}, "from an environment variable that is not set"),
        ({"Bearer t0ken": ""}, "a name has a blank"),
        ({"Authorization: t0ken": ""}, "a name has a blank, a colon"),
        ({"X-Token": "t0ken\r\nX-Other: 1"}, "has a line end"),
        ({"X-Token": "t0ken é"}, "beyond ASCII"),
        ({"Host": "elsewhere.example"}, "'Host' is set by the request itself"),
        ({"content-length": "1"}, "'content-length' is set by the request itself"),
        ({"X-Token": "t0ken", "x-token": "t0ken"}, "are one header"),
        ({"X-Token": "env:TWO_LINES"}, "has a line end"),
    ],
)
def test_headers_that_are_refused(monkeypatch, headers, said):
    monkeypatch.setenv("TWO_LINES", "a\nt0ken")
    with pytest.raises(fw.FairwitnessError) as caught:
        endpoint_model("http://localhost/", headers=headers)
    assert said in str(caught.value)
    assert "t0ken" not in chain(caught.value).replace("'env:t0ken'", "")


def test_two_ways_to_say_who_asks():
    with pytest.raises(fw.FairwitnessError, match="Give one of the two"):
        endpoint_model("http://user:pa55word@localhost/", headers={"authorization": "t0ken"})


# -- the cache, as an endpoint uses it -------------------------------------------------------------------------


def test_what_may_choose_the_model_divides_the_answers_and_what_says_who_asks_does_not(
    scoring_server, tmp_path, monkeypatch
):
    cache = tmp_path / "answers.db"

    def asked(url=scoring_server.url, **given):
        before = len(scoring_server.requests)
        endpoint_model(url, **({"cache": cache, "version": "1"} | given)).score(people(3))
        return len(scoring_server.requests) - before

    monkeypatch.setenv("TOKEN", "a")
    assert asked() == 1
    assert asked() == 0
    assert asked(scoring_server.url.replace("//", "//user:pa55word@")) == 0
    assert asked(headers={"Authorization": "env:TOKEN"}) == 0
    assert asked(batch=2, timeout=9, retries=1, name="screener") == 0
    assert asked(version="2") == 1
    assert asked(f"{scoring_server.url}?model=b") == 1
    assert asked(headers={"X-Model": "b"}) == 1
    assert asked(features=["id", "points"]) == 1


def test_a_cache_needs_a_version(tmp_path):
    with pytest.raises(fw.FairwitnessError, match="version = '1'"):
        endpoint_model("http://localhost/", cache=tmp_path / "answers.db")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"timeout": 0}, "timeout: 0 seconds"),
        ({"timeout": float("nan")}, "timeout: nan seconds"),
        ({"timeout": 1e9}, "timeout"),
        ({"retries": -1}, "retries: -1"),
        ({"batch": 0}, "batch: 0 rows"),
    ],
)
def test_numbers_out_of_range(given, said):
    with pytest.raises(fw.FairwitnessError, match=said):
        endpoint_model("http://localhost/", **given)


def test_an_interrupt_ends_it_at_once_and_what_was_answered_is_kept(scoring_server, tmp_path):
    scoring_server.script = [score_now, hangs]
    program = f"""
import pandas as pd
from fairwitness.audit.models.endpoint import endpoint_model
rows = pd.DataFrame({{"id": range(4), "points": range(4)}})
model = endpoint_model({scoring_server.url!r}, batch=2, timeout=30, cache={str(tmp_path / "a.db")!r}, version="1")
print(model.score(rows).tolist())
"""
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        until = time.monotonic() + 20
        while len(scoring_server.requests) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        began = time.monotonic()
        _, said = process.communicate(timeout=20)
        assert time.monotonic() - began < 3
    assert b"KeyboardInterrupt" in said

    again = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert again.stdout == "[0.0, 0.1, 0.2, 0.3]\n"
    assert scoring_server.scored == dict.fromkeys(range(4), 1)
