"""Things that belong together, one after the other. Pure functions."""

from collections.abc import Callable, Iterable
from typing import TypeVar

Thing = TypeVar("Thing")


def grouped(
    things: Iterable[Thing], belongs: Callable[[list[Thing], Thing], bool], *, latest_first: bool = False
) -> list[list[Thing]]:
    """The things in groups, each in the first group that it ``belongs`` to; groups in the order in which they began.

    With ``latest_first`` the groups are asked from the youngest to the oldest.
    """
    groups: list[list[Thing]] = []
    for thing in things:
        home = next((group for group in (reversed(groups) if latest_first else groups) if belongs(group, thing)), None)
        if home is None:
            groups.append([thing])
        else:
            home.append(thing)
    return groups
