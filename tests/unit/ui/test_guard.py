"""Request bodies end at their limit, declared or not, and nothing is fetched on a visitor's behalf."""

import asyncio
from collections.abc import Iterable
from pathlib import Path

import gradio as gr
import pytest
from gradio import processing_utils

from pipeline.ui.guard import JSON_BYTES, Message, Receive, RequestGuard, Scope, Send, refuse_addresses

UPLOAD_BYTES = 5 * JSON_BYTES


async def _echo_size(scope: Scope, receive: Receive, send: Send) -> None:
    """Reads the whole body and answers with its size."""
    size, more = 0, True
    while more:
        message = await receive()
        size += len(message["body"])
        more = message["more_body"]
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def ask(path: str, chunks: Iterable[bytes] = (b"",), declared: int | None = None) -> tuple[int, bytes]:
    """Status and body of the guarded app's answer."""
    waiting, sent = list(chunks), list[Message]()

    async def receive() -> Message:
        return {"type": "http.request", "body": waiting.pop(0), "more_body": bool(waiting)}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-length", str(declared).encode())] if declared is not None else []
    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(RequestGuard(_echo_size, UPLOAD_BYTES)(scope, receive, send))
    return sent[0]["status"], sent[1]["body"]


def test_bodies_within_their_limit_pass() -> None:
    assert ask("/gradio_api/queue/join", [b"x" * 600_000, b"x" * 400_000]) == (200, b"1000000")
    assert ask("/gradio_api/upload", [b"x" * JSON_BYTES] * 5) == (200, b"5000000")


def test_a_declared_body_over_the_limit_is_refused_unread() -> None:
    assert ask("/gradio_api/queue/join", [], declared=JSON_BYTES + 1)[0] == 413
    assert ask("/gradio_api/upload", [], declared=UPLOAD_BYTES + 1)[0] == 413


def test_an_undeclared_body_is_cut_off_at_the_limit() -> None:
    assert ask("/gradio_api/queue/join", [b"x" * JSON_BYTES, b"x", b"never read"])[0] == 413
    assert ask("/gradio_api/upload", [b"x" * JSON_BYTES] * 6)[0] == 413


@pytest.mark.parametrize("address", ["http://example.org/a", "https://example.org/a", "HTTPS://example.org/a"])
def test_the_file_route_fetches_no_address(address: str) -> None:
    assert ask(f"/gradio_api/file={address}")[0] == 403


def test_an_address_in_place_of_a_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(
        processing_utils, "async_ssrf_protected_download", processing_utils.async_ssrf_protected_download
    )
    refuse_addresses()
    file = gr.File()
    with pytest.raises(gr.Error, match="No address is taken in place of a file"):
        asyncio.run(file.async_move_resource_to_block_cache("https://example.org/a.pdf"))
