"""A tool's call counts for whoever made it."""

import asyncio

import pytest

from pipeline.ui.guard import Receive, Scope, Send
from pipeline.ui.mcp_tools import ForwardedCaller


def forwarded(path: str, peer: str, *headers: tuple[bytes, bytes]) -> list[bytes]:
    seen: list[bytes] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.extend(value for name, value in scope["headers"] if name == b"x-forwarded-for")

    scope = {"type": "http", "path": path, "client": (peer, 1), "headers": list(headers)}
    asyncio.run(ForwardedCaller(app)(scope, None, None))  # type: ignore[arg-type]
    return seen


@pytest.mark.parametrize(
    ("peer", "written", "counted"),
    [
        ("8.8.8.8", b"9.9.9.9", b"8.8.8.8"),  # nobody stands between, so what the caller wrote is his own word
        ("10.0.0.1", b"7.7.7.7, 9.9.9.9", b"9.9.9.9"),  # a proxy appended what it saw
        ("127.0.0.1", b"", b"127.0.0.1"),
    ],
)
def test_the_address_is_the_one_that_a_request_comes_from(peer: str, written: bytes, counted: bytes) -> None:
    assert forwarded("/gradio_api/mcp/", peer, (b"x-forwarded-for", written)) == [counted]
    assert forwarded("/gradio_api/upload", peer, (b"x-forwarded-for", written)) == [written]
