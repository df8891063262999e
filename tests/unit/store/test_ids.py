"""Iteration ids are UUIDv7: valid, in time order, and they tell when they were made."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.store.ids import is_iteration_id, new_iteration_id, time_of


def test_ids_are_version_7_and_sort_by_time() -> None:
    ids = [new_iteration_id() for _ in range(200)]
    assert {uuid.UUID(one).version for one in ids} == {7}
    assert {uuid.UUID(one).variant for one in ids} == {uuid.RFC_4122}
    assert len(set(ids)) == 200
    stamps = [uuid.UUID(one).int >> 64 for one in ids]
    assert stamps == sorted(stamps)


def test_an_id_tells_its_time() -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    made = time_of(new_iteration_id())
    assert before <= made <= datetime.now(UTC)


def test_the_time_of_a_known_id() -> None:
    """The example of RFC 9562, appendix A.6: 2022-02-22 14:22:22 -05:00."""
    assert time_of("017f22e2-79b0-7cc3-98c4-dc0c0c07398f") == datetime(2022, 2, 22, 19, 22, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "x",
        "../../etc/passwd",
        "2570063e-05a9-41bb-a4d5-1d2d16845b5a",  # version 4
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
        "017f22e279b07cc398c4dc0c0c07398f",
    ],
)
def test_anything_else_is_no_id(text: str) -> None:
    assert not is_iteration_id(text)
    with pytest.raises(ValueError, match="not an iteration id"):
        time_of(text)
