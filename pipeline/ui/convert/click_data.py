"""What a click in the page's HTML reports. It comes from the browser, so anything may stand in it."""

from typing import Any

import gradio as gr


def picked(event: gr.EventData, action: str = "pick") -> int:
    """The position that a click reported; -1, which is nowhere, for anything but a whole number."""
    position = reported(event).get(action)
    return position if isinstance(position, int) else -1


def text_of(event: gr.EventData, name: str) -> str:
    """A text that a click reported, empty for anything else."""
    text = reported(event).get(name)
    return text if isinstance(text, str) else ""


def reported(event: gr.EventData) -> dict[str, Any]:
    """Everything that a click reported."""
    return event._data if isinstance(event._data, dict) else {}
