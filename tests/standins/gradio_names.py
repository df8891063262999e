"""What ZeroGPU's client looks up in gradio, for a machine that has the client and no gradio.

    install_names()      # before spaces is imported
    import spaces

The client tells of refusals by ``gradio.Error``, reads the visitor's request and its progress from ``LocalContext``,
and packs the weights when ``Blocks.launch`` is called (``spaces.zero.startup``). Nothing here serves a page.
"""

import sys
from contextvars import ContextVar
from types import ModuleType
from typing import Any

VERSION = "6.31.0"  # of requirements.txt


class Error(Exception):
    """As gradio's, as far as the client and Folio read it."""

    def __init__(
        self,
        message: str = "",
        duration: float | None = None,
        visible: bool = True,
        title: str = "Error",
        print_exception: bool = True,
    ) -> None:
        super().__init__(message)
        self.message, self.title, self.print_exception = message, title, print_exception


class Request:
    """A visitor's request; there is none here."""


class Blocks:
    """A page; there is none here."""

    def launch(self) -> None:
        """Nothing is served."""


class Queue:
    """The client replaces these two in its workers."""

    def set_progress(self, *_: object) -> None: ...

    def log_message(self, *_: object) -> None: ...


class TrackedIterable:
    """The client makes it picklable."""


class Progress:
    """The progress of an event; there is none here."""


class Context:
    """No page is served."""

    root_block = None


class LocalContext:
    """What belongs to one event."""

    blocks: ContextVar[Any] = ContextVar("blocks", default=None)
    request: ContextVar[Any] = ContextVar("request", default=None)
    event_id: ContextVar[str | None] = ContextVar("event_id", default=None)
    in_event_listener: ContextVar[bool] = ContextVar("in_event_listener", default=False)
    progress: ContextVar[Any] = ContextVar("progress", default=None)


def notice(message: str, title: str = "", **_: object) -> None:
    """Where gradio shows a note in the browser."""
    print(f"{title}: {message}", file=sys.stderr)


PARTS: dict[str, dict[str, object]] = {
    "gradio": {
        "__version__": VERSION,
        "Error": Error,
        "Request": Request,
        "Blocks": Blocks,
        "Progress": Progress,
        "Info": notice,
        "Warning": notice,
        "Success": notice,
    },
    "gradio.context": {"Context": Context, "LocalContext": LocalContext},
    "gradio.helpers": {"Progress": Progress, "TrackedIterable": TrackedIterable},
    "gradio.queueing": {"Queue": Queue},
}


def install_names() -> None:
    """Let these be gradio in this process. Call it before anything imports gradio."""
    for name, values in PARTS.items():
        module = ModuleType(name)
        vars(module).update(values)
        module.__path__ = []
        sys.modules[name] = module
        parent, _, last = name.rpartition(".")
        if parent:
            setattr(sys.modules[parent], last, module)
