"""Trying another setting on documents that are kept on this disk: each is converted with and without the change.

Only numbers leave a replay: milliseconds, characters and confidence of each page.
"""

import random
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from pipeline.errors import FolioError, RunNotFound
from pipeline.records import RunStatus
from pipeline.store.artifacts import ArtifactStore
from pipeline.workers.inbox.document_converter import ConversionAnswer, DocumentConverter, MeasuredPage
from pipeline.workers.tuning.idea import Proposal, Trial

SAMPLES = 12
CONFIDENCE_TOLERATED = 0.02


@dataclass(frozen=True, slots=True)
class KeptDocument:
    """A document that can be replayed: the record of its run, and where its file lies."""

    record_id: str
    path: Path


class Documents(Protocol):
    """Documents that can be replayed."""

    def sample(self, count: int, seed: int) -> tuple[KeptDocument, ...]:
        """At most ``count`` documents, the same for the same seed."""
        ...

    def find(self, record_id: str) -> KeptDocument | None:
        """The document of a record; None where it has gone."""
        ...


class KeptRunsSources:
    """The documents of runs whose files are still there, without those that need a password."""

    def __init__(self, data_dir: Path) -> None:
        self._store = ArtifactStore(data_dir)

    def sample(self, count: int, seed: int) -> tuple[KeptDocument, ...]:
        found = sorted(self._all(), key=lambda document: document.record_id)
        random.Random(seed).shuffle(found)  # noqa: S311  chooses samples, guards nothing
        return tuple(found[:count])

    def find(self, record_id: str) -> KeptDocument | None:
        return next((document for document in self._all() if document.record_id == record_id), None)

    def _all(self) -> Iterator[KeptDocument]:
        for folder in self._store.runs():
            with suppress(RunNotFound):
                start, end = folder.start(), folder.end()
                whole = end is not None and end.status is RunStatus.OK
                if whole and not start.needs_password and folder.source.is_file():
                    yield KeptDocument(start.record_id, folder.source)


OpenConverter = Callable[[Mapping[str, int]], DocumentConverter]


def replay_pages(
    samples: Sequence[KeptDocument], proposal: Proposal, open_converter: OpenConverter, stop: Callable[[], bool]
) -> tuple[Trial, ...]:
    """Each page with and without the change; the order changes from document to document, so that a machine which is
    busy for a while disturbs both sides. A document that fails with the change alone is a loss of 1.

    Stops between two documents where ``stop`` says so.
    """
    sides = {value: open_converter({proposal.setting: value}) for value in (proposal.now, proposal.proposed)}
    trials: list[Trial] = []
    try:
        for side in sides.values() if samples else ():
            _converted(side, samples[0])  # a first conversion also opens what later ones find open
        for number, sample in enumerate(samples):
            if stop():
                break
            order = (proposal.now, proposal.proposed) if number % 2 else (proposal.proposed, proposal.now)
            answers = {value: _converted(sides[value], sample) for value in order}
            trials += _paired(sample.record_id, answers[proposal.now], answers[proposal.proposed])
    finally:
        for side in sides.values():
            side.rest()
    return tuple(trials)


def _converted(converter: DocumentConverter, sample: KeptDocument) -> ConversionAnswer | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            answer = converter.convert(sample.path, "document.pdf", Path(folder) / "files")
        except FolioError:
            return None
    return answer if answer.pages_ok else None


def _paired(record_id: str, before: ConversionAnswer | None, after: ConversionAnswer | None) -> Iterator[Trial]:
    if before is None:
        return
    if after is None:
        yield Trial(record_id, 0, before.seconds * 1000, before.seconds * 1000, 1.0)
        return
    pages = {page.page: page for page in after.measured}
    each = 1000 / max(len(before.measured), 1)
    for old in before.measured:
        new = pages.get(old.page)
        if new is None:
            yield Trial(record_id, old.page, before.seconds * each, before.seconds * each, 1.0)
        else:
            yield Trial(record_id, old.page, before.seconds * each, after.seconds * each, _loss(old, new))


def _loss(old: MeasuredPage, new: MeasuredPage) -> float:
    """How much worse a page is: the share of its characters that is lost, or of its confidence."""
    lost = max(0.0, 1 - new.characters / old.characters) if old.characters else 0.0
    if old.confidence is None or new.confidence is None:
        return lost
    doubt = old.confidence - new.confidence
    return max(lost, doubt if doubt > CONFIDENCE_TOLERATED else 0.0)
