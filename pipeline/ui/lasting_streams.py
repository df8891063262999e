"""Streams of answers that do not end while a call is on its way.

A browser and gradio's clients get the answers to all their calls through one stream, which gradio's server closes as
soon as no call is without an answer. Where the next call's acceptance reaches the caller before that close does, the
caller believes that its stream is still open. Then nobody fetches the answer, and a click does nothing, without an
error. So a stream lingers, since calls follow an answer within a round trip (what the end of a listener sets off, or a
program's next line), and what is called while a close travels is accepted once that has arrived.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Set
from urllib.parse import parse_qs

from pipeline.ui.guard import App, Message, Receive, Scope, Send

DATA_PATH, JOIN_PATH = "/gradio_api/queue/data", "/gradio_api/queue/join"
LINGER_SECONDS = 0.5
TRAVEL_SECONDS = 0.2  # by how much two answers may come in another order than they were sent in
LOOK_SECONDS = 0.02
EVENT, CLOSE = b"data: ", "close_stream"
_SESSION = re.compile(rb'"session_hash"\s*:\s*"([^"]*)"')


class LastingStreams:
    """ASGI middleware around gradio's queue. ``awaited`` are the ids of its calls without an answer, by session."""

    def __init__(self, app: App, awaited: Mapping[str, Set[str]]) -> None:
        self._app, self._awaited = app, awaited
        self._just_closed: set[str] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] if scope["type"] == "http" else ""
        if path == DATA_PATH:
            await self._stream(scope, receive, send)
        elif path == JOIN_PATH:
            await self._join(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _stream(self, scope: Scope, receive: Receive, send: Send) -> None:
        session = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [""])[0]
        stream = _Stream(send)
        await self._app(scope, receive, stream.pass_on)
        while stream.closing and await self._called(session):
            stream.closing.clear()
            await self._app(scope, receive, stream.pass_on)
        if not stream.closing:
            return
        self._just_closed.add(session)
        try:
            for message in stream.closing:
                await send(message)
            await asyncio.sleep(TRAVEL_SECONDS)
        finally:
            self._just_closed.discard(session)

    async def _called(self, session: str) -> bool:
        """Whether a call of ``session`` comes within LINGER_SECONDS."""
        for _ in range(round(LINGER_SECONDS / LOOK_SECONDS)):
            if self._awaited.get(session):
                break
            await asyncio.sleep(LOOK_SECONDS)
        return bool(self._awaited.get(session))

    async def _join(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A call, accepted once no close is on its way to the stream of its session. Others do not wait for it."""
        body = bytearray()

        async def read() -> Message:
            message = await receive()
            body.extend(message.get("body", b""))
            return message

        async def accepted(message: Message) -> None:
            sessions = {name.decode("utf-8", "replace") for name in _SESSION.findall(body)} if self._just_closed else ()
            while any(session in self._just_closed and self._awaited.get(session) for session in sessions):
                await asyncio.sleep(LOOK_SECONDS)
            await send(message)

        await self._app(scope, read, accepted)


class _Stream:
    """One answer to the browser, made of as many of gradio's streams as it takes.

    ``closing`` is what gradio sent from the close on; empty where the stream ended otherwise.
    """

    def __init__(self, send: Send) -> None:
        self._send, self._started = send, False
        self.closing: list[Message] = []

    async def pass_on(self, message: Message) -> None:
        if self.closing or _closes(message):
            self.closing.append(message)
        elif message["type"] != "http.response.start" or not self._started:
            self._started = True
            await self._send(message)


def _closes(message: Message) -> bool:
    body: bytes = message.get("body", b"")
    if not body.startswith(EVENT) or CLOSE.encode() not in body:
        return False
    return bool(json.loads(body.removeprefix(EVENT))["msg"] == CLOSE)
