"""Calls of endpoints that do not fit them are answered with a coded 4xx.

gradio turns most of them into an exception, so into a 500, and some into a 400 without a code.
"""

import json
import re

from gradio.route_utils import FnIndexInferError

from pipeline.errors import BodyMalformed, EndpointUnknown, RequestError
from pipeline.ui.guard import App, Message, Receive, Scope, Send, refuse

CALLS = re.compile(r"/gradio_api/(?:call/|queue/join)")
MISFITS = (TypeError, ValueError, AssertionError)
UNKNOWN = (KeyError, FnIndexInferError)  # gradio's errors for an endpoint that there is not
CODED = re.compile(r"\([a-z_]+\)$")
NOT_FOUND, BAD_REQUEST, UNPROCESSABLE = 404, 400, 422


class CallGuard:
    """ASGI middleware around the routes that take calls."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "POST" or not CALLS.search(str(scope["path"])):
            await self._app(scope, receive, send)
            return
        answer = _CodedAnswer(send)
        try:
            await self._app(scope, receive, answer.send)
        except UNKNOWN:
            if answer.started:
                raise
            await _refuse_with(send, _coded(EndpointUnknown()), NOT_FOUND)
        except MISFITS:
            if answer.started:
                raise
            await _refuse_with(send, _coded(BodyMalformed()), UNPROCESSABLE)


class _CodedAnswer:
    """Passes an answer on, but a 400 only once it has a code."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self.started = self._refused = False
        self._body = b""

    async def send(self, message: Message) -> None:
        self.started = True
        if message["type"] == "http.response.start" and message["status"] == BAD_REQUEST:
            self._refused = True
        if not self._refused:
            await self._send(message)
        elif message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if not message.get("more_body", False):
                await _refuse_with(self._send, _sentence(self._body), UNPROCESSABLE)


def _sentence(body: bytes) -> str:
    """The sentence of a refusal that has a code, which gradio quotes; else that the call does not fit."""
    try:
        detail = str(json.loads(body)["detail"]).strip("'\"")
    except (ValueError, KeyError, TypeError):
        detail = ""
    return detail if CODED.search(detail) else _coded(BodyMalformed())


def _coded(error: RequestError) -> str:
    return f"{error.message} ({error.code})"


async def _refuse_with(send: Send, sentence: str, status: int) -> None:
    """In the form in which gradio refuses a value, which its client shows as that sentence."""
    detail = [{"__type__": "validate", "is_valid": False, "message": sentence}]
    await refuse(send, status, json.dumps({"detail": detail}).encode())
