"""Queue and launch, with the settings that keep a public page safe."""

import gradio as gr

from pipeline.settings import Settings
from pipeline.ui import markup
from pipeline.ui.theme import STYLE, build_theme


def serve(page: gr.Blocks, settings: Settings, block: bool = True) -> str:
    page.queue(max_size=settings.queue_size + 50, default_concurrency_limit=4, api_open=False)
    _, url, _ = page.launch(
        theme=build_theme(),
        css_paths=STYLE,
        js=markup.LOAD_JS,
        run_history=False,
        enable_monitoring=False,
        mcp_server=False,
        show_error=False,
        max_file_size=f"{settings.max_file_mb}mb",
        footer_links=["api"],
        prevent_thread_lock=not block,
        quiet=True,
    )
    return url
