"""Headers of every answer, robots, and which answers are compressed."""

import asyncio
import gzip
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.ui.guard import App, Message, Receive, Scope, Send
from pipeline.ui.response_headers import HEADERS, PageCompression, ResponseHeaders

TEXT = b"<p>Folio</p>" * 1000


async def inner(scope: Scope, receive: Receive, send: Send) -> None:
    kind = b"text/event-stream" if "data" in scope["path"] else b"text/html"
    headers = [(b"content-type", kind), (b"referrer-policy", b"no-referrer")][: 2 if "own" in scope["path"] else 1]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": TEXT})


def get(make: Callable[[App], App], path: str, query: bytes = b"") -> tuple[dict[str, str], bytes]:
    """The headers and the body of an answer to a browser."""
    told: list[Message] = []
    scope: dict[str, Any] = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query,
        "headers": [(b"accept-encoding", b"gzip")],
    }

    async def receive() -> Message:
        return {"type": "http.request", "body": b""}

    async def send(message: Message) -> None:
        told.append(message)

    asyncio.run(make(inner)(scope, receive, send))  # type: ignore[arg-type]
    headers = {name.decode(): value.decode() for name, value in told[0]["headers"]}
    return headers, b"".join(message.get("body", b"") for message in told[1:])


@pytest.mark.parametrize("path", ["/", "/gradio_api/file=x", "/robots.txt"])
def test_every_answer_has_the_headers(path: str) -> None:
    headers, _ = get(ResponseHeaders, path)
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert "x-robots-tag" not in headers


def test_the_hub_may_frame_the_page_and_nothing_comes_from_elsewhere() -> None:
    policy = dict(part.split(" ", 1) for part in HEADERS["content-security-policy"].split("; "))
    assert policy["frame-ancestors"].split()[:2] == ["'self'", "https://huggingface.co"]
    assert (policy["default-src"], policy["object-src"], policy["base-uri"]) == ("'self'", "'none'", "'self'")


def test_an_answer_that_has_a_header_keeps_it() -> None:
    assert get(ResponseHeaders, "/own")[0]["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("query", [b"run=abc", b"__theme=dark&run=abc"])
def test_addresses_of_runs_stay_out_of_search_engines(query: bytes) -> None:
    assert get(ResponseHeaders, "/", query)[0]["x-robots-tag"] == "noindex, nofollow"
    robots = get(ResponseHeaders, "/robots.txt")[1].decode()
    assert "Disallow: /*?run=\n" in robots
    assert "Allow: /\n" in robots


def test_the_start_page_is_compressed_and_streams_are_not() -> None:
    headers, body = get(PageCompression, "/")
    assert headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == TEXT
    assert len(body) < len(TEXT) / 10
    for path in ("/gradio_api/queue/data", "/gradio_api/call/convert", "/gradio_api/file=x"):
        headers, body = get(PageCompression, path)
        assert "content-encoding" not in headers
        assert body == TEXT
