"""What gradio would let anybody do and a public Space should not: endless request bodies, and downloads on its
behalf.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import gradio as gr
from gradio import processing_utils
from gradio.utils import get_upload_folder

from pipeline.errors import AddressRefused

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

JSON_BYTES = 1_000_000  # of any request that is not an upload


class _TooLarge(Exception):
    """The body went over its limit while it was being read."""


class RequestGuard:
    """ASGI middleware: bodies end at a limit, and no address is fetched through the file route.

    gradio limits each file of an upload but neither their number nor any JSON body, and serves ``/file=https://…`` by
    fetching it.
    """

    def __init__(self, app: App, upload_bytes: int) -> None:
        self._app, self._upload_bytes = app, upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = str(scope["path"])
        if "/file=http:" in path.lower() or "/file=https:" in path.lower():
            await refuse(send, 403, b'{"detail":"Addresses are not fetched."}')
            return
        await self._limited(scope, receive, send, self._upload_bytes if path.endswith("/upload") else JSON_BYTES)

    async def _limited(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        started, received = False, 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise _TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            if _declared_bytes(scope) > limit:
                raise _TooLarge
            await self._app(scope, counted, watched)
        except _TooLarge:
            if not started:
                await refuse(send, 413, b'{"detail":"The request is too large."}')


def _declared_bytes(scope: Scope) -> int:
    value = dict(scope["headers"]).get(b"content-length", b"0")
    return int(value) if value.isdigit() else 0


async def refuse(send: Send, status: int, body: bytes) -> None:
    """Answer with this JSON."""
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", b"application/json")]})
    await send({"type": "http.response.body", "body": body})


async def _refuse_address(url: str, cache_dir: str) -> str:
    if (uploaded := _uploaded(url)) is not None:
        return str(uploaded)
    raise gr.Error(f"{AddressRefused.sentence} ({AddressRefused.code})", print_exception=False)


def _uploaded(url: str) -> Path | None:
    """The file in gradio's cache that ``url`` names by this server's file route, as clients name what they uploaded;
    None for any other address. Whoever names it knows its folder, which cannot be guessed.
    """
    named = unquote(urlsplit(url).path).partition("/file=")[2]
    path = Path(named).resolve() if named else None
    inside = path is not None and path.is_file() and Path(get_upload_folder()).resolve() in path.parents
    return path if inside else None


def refuse_addresses() -> None:
    """Make every component refuse an address in place of a file.

    gradio downloads any address it is handed, of any size, into memory, for components that take no file too; it has no
    setting against that, so its downloader is replaced.
    """
    processing_utils.async_ssrf_protected_download = _refuse_address
