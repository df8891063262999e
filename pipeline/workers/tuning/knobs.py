"""What may be changed, as one table: which neighbouring values are tried, and which insights call for it."""

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from pipeline.settings import Settings, setting_rows
from pipeline.workers.tuning import booking_replay


@dataclass(frozen=True, slots=True)
class Knob:
    """One setting. ``neighbours(now)`` are values worth trying; ``hints`` begin the keys of insights that call for it.
    ``on_calls`` says that it is tried on recorded GPU calls, else on kept documents.
    """

    setting: str
    neighbours: Callable[[int], Iterable[int]]
    hints: tuple[str, ...]
    on_calls: bool = False

    def allowed(self, now: int) -> list[int]:
        """The neighbours of a value within the range that the owner could set."""
        row = next(row for row in setting_rows() if row.field == self.setting)
        low, high = row.low or 0, row.high or 0
        return [value for value in dict.fromkeys(self.neighbours(now)) if low <= value <= high and value != now]


KNOBS: tuple[Knob, ...] = (
    Knob(booking_replay.SETTING, lambda now: (), ("gpu.",), on_calls=True),
    Knob(
        "threads",
        lambda now: (min(2 * now, os.cpu_count() or 1), max(now // 2, 1)),
        ("performance.infer", "performance.assemble"),
    ),
    Knob("batch_pages", lambda now: (2 * now, max(now // 2, 8)), ("performance.render", "performance.infer")),
    Knob("ocr_scanned_percent", lambda now: (now - 10, now + 10), ("fidelity.", "planned.fails")),
)


def value_of(settings: Settings, setting: str) -> int:
    """The value of a setting as it is in effect."""
    return int(getattr(settings, setting))
