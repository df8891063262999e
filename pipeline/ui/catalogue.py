"""The words of the page that converts, by key, in the language of whoever looks at it.

Each language is one folder in ``catalogues/``; ``en`` is the one that the others follow. The language in force is
that of the call that is being answered: a listener of the page begins with the visitor's (``speaking``), as does the
page's own description, and everything else, such as the API and the dashboard, is English. Sentences of errors are
English too.
"""

import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

CATALOGUES = Path(__file__).parent / "catalogues"
ENGLISH = "en"
LANGUAGES = tuple(sorted(path.name for path in CATALOGUES.iterdir() if path.is_dir()))
_language: ContextVar[str] = ContextVar("language", default=ENGLISH)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """The words inside the block are of that language, one of ``LANGUAGES``."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language() -> str:
    """The language in force."""
    return _language.get()


def wanted(accepted: str) -> str:
    """The first language of an Accept-Language header (RFC 9110, section 12.5.4) that there is, by weight; else
    English.
    """
    weighed = [_weighed(part, place) for place, part in enumerate(accepted[:1000].split(","))]
    for weight, _, tag in sorted(weighed):
        if weight < 0 and (base := tag.partition("-")[0]) in LANGUAGES:
            return base
    return ENGLISH


def _weighed(part: str, place: int) -> tuple[float, int, str]:
    """A key that sorts the best first: the negative weight, 0 for what is not wanted, and the place; and the tag."""
    tag, _, parameter = part.strip().lower().partition(";")
    weight = parameter.strip().removeprefix("q=")
    try:
        return -float(weight) if weight else -1.0, place, tag.strip()
    except ValueError:
        return 0.0, place, tag.strip()


def text(key: str, /, **values: object) -> str:
    """The words of ``key`` with ``values`` in their places. Raises KeyError for a key that there is not."""
    words = catalogue(language())[key]
    return str(words).format(**values) if values else str(words)


def counted(key: str, n: int, /, **values: object) -> str:
    """The words of ``key`` for so many; ``{n}`` in them is the number."""
    form = "one" if n == 1 else "other"
    return text(f"{key}.{form}", n=number(n), **values)


def number(value: float, places: int = 0) -> str:
    """``12,345`` or, with decimal places, ``12.3``, as the language writes it."""
    return f"{value:,.{places}f}".translate({ord(","): text("thousands"), ord("."): text("decimal")})


def month(index: int) -> str:
    """The short name of a month, from 1."""
    return str(catalogue(language())["months"][index - 1])


class Names(Mapping[Any, str]):
    """The names of values that have one each, as the language in force has them."""

    def __init__(self, section: str, values: Mapping[Any, str]) -> None:
        """``values`` are keys of the ``section`` by what they name."""
        self._section, self._values = section, dict(values)

    def __getitem__(self, value: Any) -> str:
        return text(f"{self._section}.{self._values[value]}")

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@cache
def catalogue(language: str) -> dict[str, Any]:
    """The words of a language by key, the tables of its files joined by dots."""
    files = sorted((CATALOGUES / language).glob("*.toml"))
    return {key: word for file in files for key, word in _flat(tomllib.loads(file.read_text(encoding="utf-8")))}


def _flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield prefix + name, value
