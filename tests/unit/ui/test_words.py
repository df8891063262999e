"""Numbers, times and sizes as people read them."""

import pytest

from pipeline.ui import words


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (9.9, "0:09"), (65, "1:05"), (3600, "1:00:00"), (7384, "2:03:04")]
)
def test_clock(seconds: float, shown: str) -> None:
    assert words.clock(seconds) == shown


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [(None, "estimating"), (3, "a few seconds"), (44, "about 40 s"), (95, "about 2 min"), (1500, "about 25 min")],
)
def test_remaining_is_no_more_exact_than_it_is(seconds: float | None, shown: str) -> None:
    assert words.remaining(seconds) == shown


@pytest.mark.parametrize(
    ("size_bytes", "shown"), [(12, "1 kB"), (128_322, "128 kB"), (999_999, "1000 kB"), (1_277_938, "1.3 MB")]
)
def test_size(size_bytes: int, shown: str) -> None:
    assert words.size(size_bytes) == shown


@pytest.mark.parametrize(
    ("pages", "shown"), [([], ""), ([4], "4"), ([1, 2, 3, 7], "1-3, 7"), ([1, 3, 5, 6], "1, 3, 5-6")]
)
def test_page_ranges(pages: list[int], shown: str) -> None:
    assert words.page_ranges(pages) == shown


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, "–"),
        (0, "0 ms"),
        (340.4, "340 ms"),
        (8200, "8.2 s"),
        (59_990, "60.0 s"),
        (185_000, "3 m 05 s"),
        (7_800_000, "2 h 10 m"),
    ],
)
def test_durations_read_in_their_natural_unit(ms: float | None, text: str) -> None:
    assert words.span(ms) == text


@pytest.mark.parametrize(
    ("share", "text"), [(None, "–"), (1.0, "100 %"), (0.99999, "99.9 %"), (0.9566, "95.7 %"), (0.0, "0.0 %")]
)
def test_a_share_is_only_whole_where_nothing_is_missing(share: float | None, text: str) -> None:
    assert words.percent(share) == text


def test_large_numbers_are_short() -> None:
    assert [words.short(number) for number in (7, 9999, 12_345, 4_560_000)] == ["7", "9,999", "12.3k", "4.6M"]
