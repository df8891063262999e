"""A listener of the page answers in the language that the visitor's browser asks for."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from gradio.context import LocalContext

from pipeline.ui.catalogue import speaking, wanted

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def in_visitors_language(listener: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """``listener``, with its words in the language of the request that it answers. gradio reads the parameters and
    types that it fills in from the listener itself.
    """

    @wraps(listener)
    def localised(*args: Given.args, **kwargs: Given.kwargs) -> Answer:
        request = LocalContext.request.get(None)
        headers = request.headers if request is not None else {}
        with speaking(wanted(headers.get("accept-language", ""))):
            return listener(*args, **kwargs)

    return localised
