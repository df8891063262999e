"""A web server on this machine in place of the public ones, for the code that fetches documents by address.

``WebStand`` answers over real connections. ``StandTransport`` leads requests for public network addresses to it, and
remembers them, so that the addresses are looked up, checked and asked for as they are outside.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

from pipeline.intake.web.public_hosts import system_addresses

PUBLIC = "93.184.215.14"

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class WebStand:
    """``answers`` by path; ``asked`` are the requests that were made, as (network address, Host, path), ``certified``
    the names for which a certificate would have been asked, and ``headers`` those that arrived.
    """

    port: int
    answers: dict[str, Answer] = field(default_factory=dict)
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    certified: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    def transport(self) -> "StandTransport":
        return StandTransport(self)


class StandTransport(httpx.AsyncHTTPTransport):
    """Connects to the stand, whatever address is asked for."""

    def __init__(self, stand: WebStand) -> None:
        super().__init__(trust_env=False, verify=False)
        self._stand = stand

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self._stand.asked.append((request.url.host, request.headers["Host"], request.url.path))
        self._stand.certified.append(request.extensions["sni_hostname"])
        there = request.url.copy_with(scheme="http", host="127.0.0.1", port=self._stand.port)
        return await super().handle_async_request(
            httpx.Request(request.method, there, headers=request.headers, extensions=request.extensions)
        )


@contextmanager
def web_stand() -> Iterator[WebStand]:
    """A running server."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            stand.headers.append({name.lower(): value for name, value in self.headers.items()})
            with suppress(BrokenPipeError, ConnectionResetError):  # whoever asked has had enough
                stand.answers.get(self.path.partition("?")[0], status(404))(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand = WebStand(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def stand_addresses(host: str) -> tuple[str, ...]:
    """Names that end with ``.example`` are public, but for one; others are what this machine knows of them."""
    if host == "inside.example":
        return ("192.168.0.9",)
    return (PUBLIC,) if host.endswith(".example") else system_addresses(host)


def body(data: bytes, headers: Mapping[str, str] | None = None) -> Answer:
    """Answers with these bytes and their length, and further headers; None takes the length away."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        for name, value in ({"Content-Length": str(len(data))} | dict(headers or {})).items():
            if value:
                handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def status(code: int, location: str = "") -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        if location:
            handler.send_header("Location", location)
        handler.send_header("Set-Cookie", "crumb=1")
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def drip(beginning: bytes, seconds: float = 0.05, in_headers: bool = False) -> Answer:
    """Never ends: a byte every ``seconds``, after the ``beginning``."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: " if in_headers else b"HTTP/1.1 200 OK\r\n\r\n" + beginning)
        while True:
            handler.wfile.write(b"x")
            time.sleep(seconds)

    return answer
