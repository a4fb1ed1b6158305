"""A scoring server on this machine that does what a test tells it to, and counts what it has scored."""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class ScoringServer(ThreadingHTTPServer):
    """Scores a row by `score`, unless `script` has something else for the next request to meet with.

    ``scored`` counts, for each row's ``id``, how often its score was sent; ``requests`` holds what was asked.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.score = lambda row: row["points"] / 10
        self.script = []
        self.requests = []
        self.scored = Counter()
        self.faults = []
        self.closing = threading.Event()
        self.one_at_a_time = threading.Lock()

    @property
    def address(self):
        return f"127.0.0.1:{self.server_port}"

    @property
    def url(self):
        return f"http://{self.address}/score"

    def handle_error(self, *_):
        if not isinstance(sys.exception(), ConnectionError):  # a client that was tired of waiting
            self.faults.append(sys.exception())


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        rows = json.loads(body)["instances"]
        with self.server.one_at_a_time:
            self.server.requests.append((self.path, dict(self.headers), rows))
            do = self.server.script.pop(0) if self.server.script else score
        do(self, rows)

    def send(self, body, status=200, **headers):
        self.send_response(status)
        headers = {"Content-Type": "application/json", "Content-Length": len(body)} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        for name, value in headers.items():
            self.send_header(name, str(value))
        self.end_headers()
        self.wfile.write(body)


def score(handler, rows):
    """What an endpoint is there for."""
    handler.send(json.dumps({"predictions": [handler.server.score(row) for row in rows]}).encode())
    handler.server.scored.update(row.get("id") for row in rows)


@pytest.fixture
def scoring_server():
    server = ScoringServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.closing.set()
    server.shutdown()
    server.server_close()
    thread.join(5)
    assert not server.faults
