"""What every answer says to browsers and robots, and which answers are compressed.

gradio's page works by scripts that stand in its HTML and by functions made of text, so the policy has to allow both;
it still keeps the page from loading anything from elsewhere, but for what the Hub's frame around a Space shows.
"""

from starlette.datastructures import MutableHeaders
from starlette.middleware.gzip import GZipMiddleware

from pipeline.ui.guard import App, Message, Receive, Scope, Send

HUB = "https://huggingface.co https://*.huggingface.co"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        f"img-src 'self' data: blob: {HUB}",
        "font-src 'self' data:",
        f"connect-src 'self' {HUB}",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        f"frame-ancestors 'self' {HUB}",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",  # a run's address is its secret
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
ROBOTS_PATH = "/robots.txt"
ROBOTS = (
    b"User-agent: *\nDisallow: /*?run=\nDisallow: /*&run=\nDisallow: /archive.zip\nDisallow: /gradio_api/\nAllow: /\n"
)
NOT_LISTED = "noindex, nofollow"
PAGES = ("", "/", "/config", "/gradio_api/info")
LEAST_BYTES, LEVEL = 1000, 6


class ResponseHeaders:
    """ASGI middleware: adds ``HEADERS`` to every answer that does not have them, keeps addresses of runs out of search
    engines, and answers ``/robots.txt``.
    """

    def __init__(self, app: App) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        query = scope["query_string"]
        listed = not (query.startswith(b"run=") or b"&run=" in query)

        async def completed(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                if not listed:
                    headers["x-robots-tag"] = NOT_LISTED
            await send(message)

        if scope["path"] == ROBOTS_PATH:
            await _plain(completed, ROBOTS)
        else:
            await self._app(scope, receive, completed)


class PageCompression:
    """ASGI middleware: compresses the start page and the descriptions that it loads, which gradio sends as they are.

    gradio compresses its own scripts and styles. Files, streams of events and answers of endpoints stay as they are:
    compressing holds the event loop.
    """

    def __init__(self, app: App) -> None:
        self._app, self._compressed = app, GZipMiddleware(app, LEAST_BYTES, LEVEL)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PAGES:
            await self._compressed(scope, receive, send)
        else:
            await self._app(scope, receive, send)


async def _plain(send: Send, body: bytes) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
