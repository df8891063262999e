"""Settings of listeners that show no progress and are no endpoint."""

from typing import Any

from gradio.components import Component


def quiet(part: Component) -> dict[str, Any]:
    """The settings, with ``part`` named for the progress that is not shown.

    Without it, gradio's page would tell each output of every step, and look each up among all parts: half a second of
    the visitor's processor for a click.
    """
    return {"show_progress": "hidden", "show_progress_on": part, "api_visibility": "private"}
