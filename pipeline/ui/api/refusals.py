"""How an error leaves an endpoint: one sentence and a stable code, whatever went wrong."""

import html
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import TypeVar

import gradio as gr

from pipeline.errors import FolioError, OptionUnknown
from pipeline.ui.convert.actions import error_facts

Choice = TypeVar("Choice", bound=StrEnum)


class RunFailed(FolioError):
    """The run ended without a result; carries the run's own code and sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.run_code = code


@contextmanager
def refusing() -> Iterator[None]:
    """Every error inside the block leaves it as ``gr.Error``, with a sentence of the error tree and its code."""
    try:
        yield
    except gr.Error:
        raise
    except Exception as error:
        raise _refusal(error) from None


def sentence_and_code(error: Exception) -> str:
    """What programs are told of ``error``: its sentence, escaped since browsers show it as HTML, and its code."""
    facts = error_facts(error)
    code = error.run_code if isinstance(error, RunFailed) else facts.code
    return f"{html.escape(facts.message, quote=False)} ({code})"


def _refusal(error: Exception) -> gr.Error:
    return gr.Error(sentence_and_code(error), print_exception=False)


def one_of(choices: type[Choice], option: str, value: object) -> Choice:
    """The choice of that name. Raises OptionUnknown, which names the ``option``."""
    try:
        return choices(str(value))
    except ValueError:
        raise OptionUnknown(option, tuple(choice.value for choice in choices)) from None
