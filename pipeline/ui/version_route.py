"""``GET /version``: which build serves, for whoever deployed it. It needs no sign-in and tells nothing else."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pipeline.deployed_build import VERSION_PATH, DeployedBuild

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


class VersionRoute:
    """ASGI middleware that answers the one path and passes everything else on."""

    def __init__(self, app: App, build: DeployedBuild, role: str) -> None:
        facts = {"build": build.build, "deployment": build.deployment, "role": role}
        self._app, self._body = app, json.dumps(facts).encode()

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        if scope["type"] != "http" or scope["path"] != VERSION_PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body if scope["method"] == "GET" else b""})
