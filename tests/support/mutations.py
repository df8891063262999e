"""PDF files with something wrong in them that nobody thought of: a sound file, changed at random places, the same for
the same seed.
"""

import random
import re
from collections.abc import Callable, Sequence
from pathlib import Path

NUMBER = re.compile(rb"(?<![\w.#])-?\d+(?![\w.])")
NAME = re.compile(rb"/[A-Za-z]\w*")
NUMBERS = (
    b"0",
    b"-1",
    b"1",
    b"65536",
    b"2147483648",
    b"-2147483649",
    b"99999999999999999999",
    b"1e9",
    b"null",
    b"true",
)
Mutation = Callable[[random.Random, bytearray, bytes], None]


def mutated(seed: int, sources: Sequence[Path]) -> bytes:
    """One of ``sources`` with one to four mutations."""
    dice = random.Random(seed)
    content, other = (dice.choice(sources).read_bytes() for _ in range(2))
    changed = bytearray(content)
    for _ in range(dice.randint(1, 4)):
        dice.choice(MUTATIONS)(dice, changed, other)
    return bytes(changed)


def flip_bytes(dice: random.Random, content: bytearray, other: bytes) -> None:
    for _ in range(dice.randint(1, 40)):
        if content:
            content[dice.randrange(len(content))] = dice.randrange(256)


def drop_a_stretch(dice: random.Random, content: bytearray, other: bytes) -> None:
    start = dice.randrange(len(content) + 1)
    del content[start : start + dice.randint(1, 4000)]


def repeat_a_stretch(dice: random.Random, content: bytearray, other: bytes) -> None:
    start = dice.randrange(len(content) + 1)
    content[start:start] = content[start : start + dice.randint(1, 4000)]


def cut_the_end(dice: random.Random, content: bytearray, other: bytes) -> None:
    del content[dice.randrange(len(content) // 2, len(content) + 1) :]


def graft(dice: random.Random, content: bytearray, other: bytes) -> None:
    """A stretch of another document in place of a stretch of this one."""
    start, source, size = dice.randrange(len(content) + 1), dice.randrange(len(other) + 1), dice.randint(1, 4000)
    content[start : start + size] = other[source : source + size]


def change_numbers(dice: random.Random, content: bytearray, other: bytes) -> None:
    """Sizes, references, offsets and coordinates that make no sense."""
    _replace_some(dice, content, NUMBER, lambda: dice.choice(NUMBERS))


def swap_names(dice: random.Random, content: bytearray, other: bytes) -> None:
    """Keys and types of dictionaries in each other's place."""
    names = NAME.findall(bytes(content)) or [b"/Type"]
    _replace_some(dice, content, NAME, lambda: dice.choice(names))


def _replace_some(
    dice: random.Random, content: bytearray, pattern: re.Pattern[bytes], replacement: Callable[[], bytes]
) -> None:
    places = [match.span() for match in pattern.finditer(bytes(content))]
    chosen = sorted(dice.sample(places, min(len(places), dice.randint(1, 6))), reverse=True)
    for start, end in chosen:
        content[start:end] = replacement()


MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    drop_a_stretch,
    repeat_a_stretch,
    cut_the_end,
    graft,
    change_numbers,
    swap_names,
)
