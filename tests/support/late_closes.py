"""Streams of answers that close late, as they do behind a proxy or beside a busy processor."""

import asyncio

from pipeline.ui.guard import Message, Receive, Scope, Send
from pipeline.ui.response_headers import ResponseHeaders

LATE_SECONDS = 0.1

_at_once = ResponseHeaders.__call__


async def _late(self: ResponseHeaders, scope: Scope, receive: Receive, send: Send) -> None:
    async def late(message: Message) -> None:
        if b"close_stream" in message.get("body", b""):
            await asyncio.sleep(LATE_SECONDS)
        await send(message)

    await _at_once(self, scope, receive, late)


def close_late() -> None:
    """Let every stream of this process close LATE_SECONDS after Folio has sent its close."""
    ResponseHeaders.__call__ = _late  # type: ignore[method-assign]
