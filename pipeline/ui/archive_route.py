"""``GET /archive.zip?run=ID&run=ID``: the files of several runs as one ZIP, for whoever has their links."""

import json
from collections.abc import Sequence

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import StreamingResponse

from pipeline.errors import FolioError, NoFiles, RunNotFound, TooManyFiles
from pipeline.runs.state import RunView
from pipeline.ui.guard import App, Receive, Scope, Send, refuse
from pipeline.ui.ports import Runs
from pipeline.ui.run_archive import archive_pieces

ARCHIVE_PATH = "/archive.zip"
NOT_FOUND, UNPROCESSABLE, NOT_SIGNED_IN = 404, 422, 401


class ArchiveRoute:
    """ASGI middleware that answers the one path and passes everything else on."""

    def __init__(self, app: App, runs: Runs, most: int) -> None:
        """``most`` is how many runs are taken at once."""
        self._app, self._runs, self._most = app, runs, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != ARCHIVE_PATH or scope["method"] != "GET":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        if not _signed_in(request):
            await refuse(send, NOT_SIGNED_IN, b'{"detail":"Not authenticated"}')
            return
        try:
            views = await run_in_threadpool(self._views, request.query_params.getlist("run"))
        except FolioError as error:
            detail = json.dumps({"detail": f"{error.message} ({error.code})"}).encode()
            await refuse(send, NOT_FOUND if isinstance(error, RunNotFound) else UNPROCESSABLE, detail)
            return
        headers = {"content-disposition": 'attachment; filename="folio.zip"', "cache-control": "no-store"}
        answer = StreamingResponse(archive_pieces(views), media_type="application/zip", headers=headers)
        await answer(scope, receive, send)

    def _views(self, run_ids: Sequence[str]) -> list[RunView]:
        """The runs that have files. Raises RunNotFound, NoFiles, and TooManyFiles."""
        wanted = list(dict.fromkeys(run_ids))
        if len(wanted) > self._most:
            raise TooManyFiles(self._most)
        views = [view for view in map(self._runs.view, wanted) if view.exports]
        if not views:
            raise NoFiles
        return views


def _signed_in(request: Request) -> bool:
    """Whether gradio would let this caller in: everybody, or whoever has the cookie of a signed-in name."""
    app = request.app
    if app.auth is None:
        return True
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    return any(app.tokens.get(request.cookies.get(name)) is not None for name in names)
