"""How a batch job stands: counts, rate, remaining time, and failures by their code."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from pipeline.scale.batch_plan import duration
from pipeline.scale.batch_setup import ItemEnd, WorkItem


class BatchProgress:
    """Counts ends, and says how things stand at most once in ``seconds``. ``say`` takes a line."""

    def __init__(self, todo: Sequence[WorkItem], say: Callable[[str], None], seconds: float = 15.0) -> None:
        self.items, self.pages = len(todo), sum(item.selected for item in todo)
        self.ended = self.pages_seen = self.pages_ok = 0
        self.failures: Counter[str] = Counter()
        self._say, self._seconds = say, seconds
        self._began = self._said = time.monotonic()

    def add(self, ends: Iterable[ItemEnd]) -> None:
        """These items have ended."""
        for end in ends:
            self.ended += 1
            self.pages_seen += end.pages
            self.pages_ok += end.pages_ok
            if end.code:
                self.failures[end.code] += 1
        if time.monotonic() - self._said >= self._seconds:
            self._said = time.monotonic()
            self._say(self.line())

    def line(self) -> str:
        """The state in one line."""
        taken = max(time.monotonic() - self._began, 1e-9)
        parts = [
            f"{self.ended:,} of {self.items:,} rows, {self.pages_seen:,} of {self.pages:,} pages",
            f"{self.pages_seen / taken:.2f} pages/s",
        ]
        if self.pages_seen and self.ended < self.items:
            left = (self.pages - self.pages_seen) * taken / self.pages_seen
            parts.append(f"about {duration(max(left, 0.0))} left")
        if self.failures:
            failed = ", ".join(f"{code} {count:,}" for code, count in self.failures.most_common())
            parts.append(f"failed: {failed}")
        return "; ".join(parts)
