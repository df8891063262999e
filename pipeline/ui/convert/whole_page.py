"""The page that converts, as those of its parts see it that have listeners of their own."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pipeline.ui.convert.page_drawing import Updates
from pipeline.ui.convert.page_state import PageState

Values = dict[Any, Any]
"""The values of a listener's inputs, by component: gradio hands a set of inputs over as a dictionary."""


@dataclass(frozen=True, slots=True)
class WholePage:
    """``on`` ties a listener that may change every part, ``follow`` ticks until the state's runs have ended,
    ``focused`` keeps the keyboard on the page, ``linked`` draws a state with its link, which ``readdress`` writes into
    the address bar, and ``estimated`` shows after a listener what Convert would take.
    """

    on: Callable[..., Any]
    follow: Callable[[Any], Any]
    focused: Callable[[Any], Any]
    readdress: Callable[[Any], None]
    linked: Callable[[PageState], Updates]
    estimated: Callable[[Any], None]
