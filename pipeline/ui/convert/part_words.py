"""The words on the page's parts that never change with a document: built in English, and known by part, so that the
page can be described in another language (``spoken_page``).
"""

from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Any, TypeVar

from pipeline.ui.catalogue import text
from pipeline.ui.words import LANE_NAMES, LANGUAGE_NAMES

Part = TypeVar("Part")
Choices = list[tuple[str, str]]
"""Choices of a component: their names and values."""
Words = Mapping[str, "str | Callable[[], Any]"]
"""Of each property of a part the key of its words, or a function that makes them."""


class PartWords:
    """Every part that was built with words, and those words."""

    def __init__(self) -> None:
        self._parts: list[tuple[Any, Words]] = []

    def part(self, kind: Callable[..., Part], words: Words, **settings: Any) -> Part:
        """A part of this kind with its words in the language in force."""
        made = kind(**_properties(words), **settings)
        self._parts.append((made, words))
        return made

    def properties(self) -> dict[int, dict[str, Any]]:
        """The properties that hold words, in the language in force, by gradio's number of the part."""
        return {part._id: _properties(words) for part, words in self._parts}


def _properties(words: Words) -> dict[str, Any]:
    return {name: text(source) if isinstance(source, str) else source() for name, source in words.items()}


def named_choices(prefix: str, values: Iterable[StrEnum]) -> Callable[[], Choices]:
    """A function that makes the choices of a radio button, named by the catalogue."""
    return lambda: [(text(f"{prefix}_{value.value}"), value.value) for value in values]


def language_choices() -> Choices:
    """Languages of scans."""
    return [(name, code) for code, name in LANGUAGE_NAMES.items()]


def lane_choices() -> Choices:
    """Where the models may run."""
    return [(name, lane.value) for lane, name in LANE_NAMES.items()]
