"""Queue and launch, with the settings that keep a public page safe."""

import os

import gradio as gr
from starlette.middleware import Middleware

from pipeline.deployed_build import build_here
from pipeline.settings import Settings
from pipeline.ui.archive_route import ArchiveRoute
from pipeline.ui.browser_scripts import script
from pipeline.ui.call_guard import CallGuard
from pipeline.ui.catalogue import LANGUAGES, speaking, text
from pipeline.ui.convert.page_state import files_at_once
from pipeline.ui.convert.repair_parts import REPAIR_STYLE
from pipeline.ui.dashboard.dashboard_parts import STYLE as DASHBOARD_STYLE
from pipeline.ui.guard import RequestGuard, refuse_addresses
from pipeline.ui.lasting_streams import LastingStreams
from pipeline.ui.mcp_tools import ForwardedCaller, settle_tools
from pipeline.ui.ports import Runs
from pipeline.ui.response_headers import PageCompression, ResponseHeaders
from pipeline.ui.signin import password_check
from pipeline.ui.spoken_page import SpokenRequests
from pipeline.ui.templating import render
from pipeline.ui.theme import STATIC, STYLE, build_theme
from pipeline.ui.version_route import VersionRoute

MEGABYTE = 1_000_000
MEBIBYTE = 1 << 20  # what gradio calls MB where it tells a browser of its limit
MULTIPART_BYTES = MEGABYTE  # headers and boundaries around the files of one upload
SESSIONS = 500
"""Sessions that gradio remembers, one for each tab and each plain HTTP call of the API; a third of a megabyte each, and
never forgotten by age. The least recently used goes first: its tab starts empty again, and finds its run by the link in
its address bar.
"""
QUEUE_LOOK_SECONDS = 0.02
"""How long gradio's queue sleeps between looks for a call that waits, and for progress to pass on. Its own 1 and 10 ms
cost 8 % of a core as long as the server lives, visited or not (over 10 s); these cost 2 %, and a call waits 10 ms more.
"""
SPARE_THREADS = 24  # for page turns and status calls, beside one thread per watched run


def head() -> str:
    """What stands in the page's head: the words of the style sheet in every language among it."""
    rows = []
    for language in LANGUAGES:
        with speaking(language):
            rows.append({"language": language, "drop": text("form.drop"), "choose": text("form.choose")})
    return render("head", drop_words=rows)


def serve(page: gr.Blocks, settings: Settings, block: bool = True, runs: Runs | None = None) -> str:
    """Serve the page, from GRADIO_SERVER_NAME and GRADIO_SERVER_PORT where they are set; returns its address.

    The files of several of ``runs`` are answered as one ZIP. The runs queue by themselves and refuse at once when they
    are full, so gradio's own queue only has to hold the watchers and short calls. Nothing of the data directory is
    servable: gradio's cache is, and finished files are copied there.
    """
    refuse_addresses()
    watched = settings.concurrency + settings.queue_size
    page.queue(max_size=watched + SPARE_THREADS, default_concurrency_limit=SPARE_THREADS, api_open=False)
    page._queue.sleep_when_free = page._queue.progress_update_sleep_when_free = QUEUE_LOOK_SECONDS
    limits = Middleware(
        RequestGuard, upload_bytes=files_at_once(settings) * settings.max_file_mb * MEBIBYTE + MULTIPART_BYTES
    )
    version = Middleware(VersionRoute, build=build_here(os.environ), role=settings.space_role)
    answers = [Middleware(ResponseHeaders), Middleware(SpokenRequests), Middleware(PageCompression), limits, version]
    answers += [Middleware(ArchiveRoute, runs=runs, most=files_at_once(settings))] if runs is not None else []
    streams = Middleware(LastingStreams, awaited=page._queue.pending_event_ids_session)
    calls = [Middleware(CallGuard), Middleware(ForwardedCaller), streams]
    check = password_check(settings)
    _, url, _ = page.launch(
        auth=check,  # type: ignore[arg-type]  # it awaits a coroutine function
        theme=build_theme(),
        css_paths=[STYLE, REPAIR_STYLE, DASHBOARD_STYLE],
        js=script("theme_at_load"),
        head=head(),
        favicon_path=STATIC / "favicon.svg",
        footer_links=["api"],
        app_kwargs={"middleware": [*answers, *calls]},
        blocked_paths=[str(settings.data_dir)],
        max_file_size=settings.max_file_mb * MEBIBYTE,  # so its sentence names our number; intake refuses the rest
        max_threads=watched + SPARE_THREADS,
        state_session_capacity=SESSIONS,
        run_history=False,
        enable_monitoring=False,
        mcp_server=check is None,  # its tools could not sign in
        show_error=False,
        ssr_mode=False,
        prevent_thread_lock=True,
        quiet=True,
    )
    settle_tools(page)
    if block:
        page.block_thread()
    return str(url)
