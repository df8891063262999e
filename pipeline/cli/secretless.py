"""Lines for the terminal in which no secret stands."""

from collections.abc import Callable, Iterable

from pipeline.store.scrub import without_tokens

SHORTEST_SECRET = 6
"""Characters. A shorter value would be replaced in ordinary words too."""


class SecretlessPrinter:
    """Hands lines on with the secrets' values and everything that looks like a token replaced."""

    def __init__(self, output: Callable[[str], None], secrets: Iterable[str]) -> None:
        self._output = output
        self._secrets = sorted({value for value in secrets if len(value) >= SHORTEST_SECRET}, key=len, reverse=True)

    def __call__(self, line: str) -> None:
        for value in self._secrets:
            line = line.replace(value, "[secret]")
        self._output(without_tokens(line))
