"""Things that belong together."""

from pipeline.stages.light_layout.grouping import grouped


def _near(group: list[int], number: int) -> bool:
    return abs(number - group[-1]) < 3


def test_each_thing_goes_to_the_first_group_that_takes_it() -> None:
    assert grouped([1, 9, 2, 10, 30, 4], _near) == [[1, 2, 4], [9, 10], [30]]
    assert grouped([], _near) == []


def test_the_youngest_group_may_be_asked_first() -> None:
    assert grouped([1, 5, 3], _near) == [[1, 3], [5]]
    assert grouped([1, 5, 3], _near, latest_first=True) == [[1], [5, 3]]
