"""Answers reach a caller whose stream closes late, as it does behind a proxy or beside a busy processor."""

import asyncio
import time

import pytest

from pipeline.ui import lasting_streams
from pipeline.ui.guard import Message, Receive, Scope, Send
from pipeline.ui.lasting_streams import (
    DATA_PATH,
    JOIN_PATH,
    LINGER_SECONDS,
    LOOK_SECONDS,
    TRAVEL_SECONDS,
    LastingStreams,
)

CLOSE = b'data: {"msg":"close_stream","event_id":null}\n\n'
QUOTED = b'data: {"msg":"process_completed","output":"close_stream"}\n\n'


class Queue:
    """As gradio's: a stream gives what is to be told, and closes once no call is awaited."""

    def __init__(self) -> None:
        self.awaited: dict[str, set[str]] = {"mine": set()}
        self.told: list[bytes] = []
        self.ends_broken = False

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == DATA_PATH:
            for body in [*self.told, *([] if self.ends_broken else [CLOSE])]:
                await send({"type": "http.response.body", "body": body, "more_body": True})
            self.told.clear()
            self.awaited["mine"] = set()
        await send({"type": "http.response.body", "body": b""})


def ask(streams: LastingStreams, path: str, session: str = "mine") -> tuple["asyncio.Task[None]", list[Message]]:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b'{"data": [], "session_hash": "%s"}' % session.encode()}

    async def send(message: Message) -> None:
        sent.append({**message, "at": time.monotonic()})

    scope = {"type": "http", "path": path, "query_string": f"session_hash={session}".encode()}
    return asyncio.ensure_future(streams(scope, receive, send)), sent


def test_a_call_after_the_answer_goes_on_in_the_same_stream() -> None:
    async def called() -> list[Message]:
        queue = Queue()
        queue.told = [QUOTED]
        done, sent = ask(LastingStreams(queue, queue.awaited), DATA_PATH)
        await asyncio.sleep(LINGER_SECONDS / 2)
        queue.told, queue.awaited["mine"] = [b"data: next"], {"next"}
        await done
        return sent

    sent = asyncio.run(called())
    assert [message.get("body") for message in sent] == [None, QUOTED, b"data: next", CLOSE, b""]
    assert sent[3]["at"] - sent[2]["at"] >= LINGER_SECONDS


def test_a_call_while_the_close_travels_is_accepted_after_it() -> None:
    async def called() -> tuple[float, float]:
        queue = Queue()
        streams = LastingStreams(queue, queue.awaited)
        done, sent = ask(streams, DATA_PATH)
        while not any(message.get("body") == CLOSE for message in sent):
            await asyncio.sleep(0.001)
        queue.awaited["mine"] = {"next"}
        joined, accepted = ask(streams, JOIN_PATH)
        await asyncio.gather(done, joined)
        return sent[-1]["at"], accepted[0]["at"]

    closed, accepted = asyncio.run(called())
    assert accepted - closed >= TRAVEL_SECONDS - LOOK_SECONDS


def test_a_call_of_another_session_does_not_wait_for_that_close() -> None:
    async def called() -> bool:
        queue = Queue()
        streams = LastingStreams(queue, queue.awaited)
        closing, sent = ask(streams, DATA_PATH)
        while not any(message.get("body") == CLOSE for message in sent):
            await asyncio.sleep(0.001)
        queue.awaited |= {"mine": {"next"}, "yours": {"next"}}
        await ask(streams, JOIN_PATH, "yours")[0]
        return closing.done()

    assert not asyncio.run(called())


def test_a_stream_that_breaks_off_ends_without_lingering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lasting_streams, "LINGER_SECONDS", 3600.0)

    async def called() -> list[Message]:
        queue = Queue()
        queue.told, queue.ends_broken = [b"data: half"], True
        done, sent = ask(LastingStreams(queue, queue.awaited), DATA_PATH)
        await asyncio.wait_for(done, 60)
        return sent

    assert [message.get("body") for message in asyncio.run(called())] == [None, b"data: half", b""]


def test_a_call_beside_other_streams_is_accepted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lasting_streams, "TRAVEL_SECONDS", 3600.0)

    async def called() -> list[Message]:
        queue = Queue()
        streams = LastingStreams(queue, queue.awaited)
        queue.awaited["mine"] = {"long"}
        queue.ends_broken = True
        await ask(streams, DATA_PATH)[0]
        joined, accepted = ask(streams, JOIN_PATH)
        await asyncio.wait_for(joined, 60)
        return accepted

    assert [message["type"] for message in asyncio.run(called())] == ["http.response.start", "http.response.body"]
