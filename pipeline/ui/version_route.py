"""``GET /version``: which build serves, for whoever deployed it. It needs no sign-in and tells nothing else."""

import json

from pipeline.deployed_build import VERSION_PATH, DeployedBuild
from pipeline.ui.guard import App, Receive, Scope, Send


class VersionRoute:
    """ASGI middleware that answers the one path and passes everything else on."""

    def __init__(self, app: App, build: DeployedBuild, role: str) -> None:
        facts = {"build": build.build, "deployment": build.deployment, "role": role}
        self._app, self._body = app, json.dumps(facts).encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != VERSION_PATH or scope["method"] not in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": self._body if scope["method"] == "GET" else b""})
