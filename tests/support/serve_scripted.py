"""Serves the page over scripted runs, as ``app.py`` serves it over real ones: ``python -m
tests.support.serve_scripted``. Hosts whose names end with ``.example`` lead to a server beside it, with a few PDFs.
Streams of answers close late, so that every test of the page shows that no call is lost by that.
"""

import os
import time
from http.server import BaseHTTPRequestHandler

from pipeline.intake.web.web_fetch import WebFetch
from pipeline.settings import read_settings
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve
from tests.support.late_closes import close_late
from tests.support.scripted_runs import ScriptedRuns
from tests.support.web_stand import body, stand_addresses, status, web_stand

SLOW_SECONDS = 1.5


def slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(SLOW_SECONDS)
    body(b"%PDF-1.7 slow")(handler)


ANSWERS = {
    "/quick.pdf": body(b"%PDF-1.7 quick"),
    "/download": body(b"%PDF-1.7 locked", {"Content-Disposition": "attachment; filename=locked.pdf"}),
    "/slow.pdf": slow,
    "/page": body(b"<!doctype html><title>Sign in</title>"),
    "/inside": status(302, "http://localhost/secret.pdf"),
}

if __name__ == "__main__":
    close_late()
    settings = read_settings({"MAX_PAGES": "1000", **os.environ})  # "long" has as many
    with web_stand() as stand:
        stand.answers |= ANSWERS
        runs = ScriptedRuns(
            settings.data_dir,
            page_seconds=float(os.environ.get("PAGE_SECONDS", "0.1")),
            places=settings.queue_size,
            web=WebFetch(settings.max_file_mb, resolve=stand_addresses, transport=stand.transport),
        )
        serve(build(runs, settings), settings, runs=runs)
