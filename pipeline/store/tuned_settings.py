"""Settings that a tuning worker has changed, in effect from the next run on, and how they are taken back.

    workers/tuning/settings/00000003.json     the third version: what is changed, and why

Only the settings in ``TUNABLE`` can be changed, and only within the range that their owner could set. The newest
version counts; taking one back is a further version with the values before it. Files are written once, so that a
reader sees a version whole or not at all.
"""

import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import TypeAdapter

from pipeline.errors import SettingsError
from pipeline.settings import Settings, read_settings
from pipeline.store.codec import Codec
from pipeline.store.files import is_temporary, write_new
from pipeline.store.iteration_log import worker_folder
from pipeline.worker_iterations import Role

log = logging.getLogger(__name__)

TUNABLE = ("booking_margin_percent", "batch_pages", "threads", "ocr_scanned_percent")


@dataclass(frozen=True, slots=True)
class TunedVersion:
    """One version: its number, the settings that it changes, why, the tuning iteration that decided it (0 where a
    person did), when (ISO 8601, UTC), and the version that it follows.
    """

    number: int
    values: Mapping[str, int]
    why: str
    iteration: int
    decided_at: str
    before: int


VERSION = Codec(TypeAdapter(TunedVersion))


class TunedSettings:
    """The versions below a data folder. Any number read; a tuning worker and its owner write."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = worker_folder(data_dir, Role.TUNING) / "settings"
        self._newest: tuple[str, TunedVersion | None] = ("", None)

    def current(self) -> TunedVersion | None:
        """The newest version; None where nothing was ever changed."""
        name = max((path.name for path in self._paths()), default="")
        if name != self._newest[0]:
            self._newest = (name, VERSION.read(self._folder / name))
        return self._newest[1]

    def apply(self, settings: Settings) -> Settings:
        """The settings as they are in effect now. A version that is damaged or out of range changes nothing."""
        version = self.current()
        if version is None or not version.values:
            return settings
        try:
            return with_values(settings, version.values)
        except SettingsError as error:
            log.warning("the tuned settings are not taken: %s", error.message)
            return settings

    def change(self, settings: Settings, values: Mapping[str, int], why: str, iteration: int, now: str) -> TunedVersion:
        """Write the next version, which changes these settings beside those that the newest one changes.

        An iteration that was killed after this and is done again finds its version and writes none. Raises
        SettingsError for a value that is not allowed, and StorageFailed.
        """
        before = self.current()
        if before is not None and iteration and before.iteration == iteration:
            return before
        wanted = dict(before.values if before else {}) | dict(values)
        with_values(settings, wanted)
        return self._write(wanted, why, iteration, now)

    def take_back(self, now: str) -> TunedVersion | None:
        """Undo the newest version: the values before it are in effect again. None where nothing was changed.

        Raises StorageFailed.
        """
        newest = self.current()
        if newest is None:
            return None
        earlier = VERSION.read(self._folder / _name(newest.before)) if newest.before else None
        return self._write(earlier.values if earlier else {}, f"Version {newest.number} was taken back.", 0, now)

    def versions(self, count: int) -> tuple[TunedVersion, ...]:
        """The newest ``count`` versions, newest first."""
        paths = sorted(self._paths(), reverse=True)[:count]
        return tuple(version for path in paths if (version := VERSION.read(path)))

    def _write(self, values: Mapping[str, int], why: str, iteration: int, now: str) -> TunedVersion:
        while True:
            newest = self.current()
            number = newest.number + 1 if newest else 1
            version = TunedVersion(number, dict(values), why, iteration, now, newest.number if newest else 0)
            with suppress(FileExistsError):  # somebody else wrote a version at this moment: look again
                write_new(self._folder / _name(number), VERSION.encode(version))
                return version

    def _paths(self) -> list[Path]:
        if not self._folder.is_dir():
            return []
        return [path for path in self._folder.glob("????????.json") if not is_temporary(path)]


def with_values(settings: Settings, values: Mapping[str, int]) -> Settings:
    """The settings with these tunable ones replaced, checked as every setting is. Raises SettingsError."""
    strange = sorted(set(values) - set(TUNABLE))
    if strange:
        raise SettingsError(f"{strange[0].upper()} is no setting that can be tuned.")
    texts = {name: str(value) for name, value in asdict(settings).items() if value is not None}
    texts |= {name: str(value) for name, value in values.items()}
    return read_settings({name.upper(): text for name, text in texts.items()})


def _name(number: int) -> str:
    return f"{number:08d}.json"
