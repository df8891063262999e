"""The event loop that gradio opens for a page which is built and never served."""

import asyncio
import gc


def drop_event_loop() -> None:
    """Let go of the thread's event loop, which was never run, and of every page that has no name any more.

    Python warns of a loop that is not closed when it is collected, so the test that built the page ignores that
    warning, and no later test meets it.
    """
    asyncio.set_event_loop(None)
    gc.collect()
