"""How an endpoint joins the page: behind a button that nobody sees, under a name that programs call."""

from collections.abc import Callable
from typing import Any

import gradio as gr
from gradio.components import Component

from pipeline.ui.api.parameters import Parameter, checker, component


def add_endpoint(
    name: str,
    action: Callable[..., Any],
    taken: tuple[Parameter, ...],
    outputs: Any,
    description: str,
    inputs: list[Component] | None = None,
    **limits: Any,
) -> None:
    """Add the endpoint to the page under construction. ``inputs`` are the components of the parameters where other
    endpoints share them; ``limits`` are gradio's on its calls, without which there is none.
    """
    gr.Button(visible=False).click(
        action,
        [component(parameter) for parameter in taken] if inputs is None else inputs,
        outputs,
        api_name=name,
        api_description=" ".join(description.split()),
        validator=checker(taken),
        **{"concurrency_limit": None, **limits},
    )
