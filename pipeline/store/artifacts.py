"""The files of a run, below one folder whose name is the run's secret link. Everything is written once.

    runs/<run id>/
        source.pdf                      copy of the upload
        run.json                        RunStart; written last at creation, so a folder without it is no run
        predictions/00001-00008.json    what the models said of these pages, one file per micro-batch
        pages/00001.json                PageCheckpoint of one page that has ended, well or badly
        pages/00001.jpg                 the page's image, smaller than the models saw it, for reading
        pages/00001.md                  Markdown of one finished page, written after its checkpoint
        pictures/NAME.png
        exports/document.md, ...
        continued.json                  id of the run that continues this one
        rereadings/RUN_ID.json          a run that reads pages of this one again
        result.json                     RunEnd; a run without it did not end and can be resumed
    reading/<digest>.json               the run that a read-only link opens, by a digest of that link's secret

One process writes, any number read. A file that a crash cut short is ignored, never trusted.
"""

import hashlib
import hmac
import logging
import re
import secrets
import shutil
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from pydantic import TypeAdapter

from pipeline.errors import RunNotFound, StorageFailed
from pipeline.pages import PageFailure, PagePrediction, PageRegion, PageResult
from pipeline.records import ConvertOptions, PageOutcome, Rereading, RunFacts
from pipeline.store.codec import Codec
from pipeline.store.files import copy_new, discard, is_temporary, link_all, remove_temporaries, write_new, write_stream

log = logging.getLogger(__name__)

RUN_ID = re.compile(r"[0-9a-f]{32}")
READING_ID = re.compile(r"read-[0-9a-f]{32}")
RAW = ".raw"  # in the name of a file of predictions as they came from the GPU
FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")


@dataclass(frozen=True, slots=True)
class RunStart:
    """What a run was asked: enough to start it again after a restart.

    ``source_name`` is what the sender called the file: shown, never used as a path. ``created_at`` is ISO 8601 in UTC
    with milliseconds. ``needs_password`` says that the source cannot be read without a password, which is never stored.
    ``parent_id`` is the record of the run that this one continues, ``parent_run`` its link. ``page_count`` is of the
    whole document, 0 in runs of an older Folio. ``work`` is what was asked and by whom, as one hash:
    equal for requests that one result answers, empty where nobody can be known again. ``reading_id`` opens the run for
    reading only; it is random, so that nothing leads from it to the run's id. Empty in runs of an older Folio.
    ``rereads`` is the link of the run of which this one reads pages again, aside from it. ``rereadings`` are the pages
    of this run whose second reading took the place of the first.
    """

    record_id: str
    source_name: str
    options: ConvertOptions
    bundle: str
    created_at: str
    needs_password: bool = False
    parent_id: str | None = None
    work: str = ""
    page_count: int = 0
    parent_run: str = ""
    reading_id: str = ""
    rereads: str = ""
    rereadings: tuple[Rereading, ...] = ()


@dataclass(frozen=True, slots=True)
class PageCheckpoint:
    """How one page ended, written as soon as it has, so that a killed server loses no more than the pages under way.

    ``record_id`` is of the run that did the page, and ``elapsed_s`` how long that had worked by then. ``assembled`` is
    what assembling the document takes of the page (``stages/saved_page.py``); empty for a page that is lost.
    ``regions`` are its elements in reading order.
    """

    outcome: PageOutcome
    record_id: str
    elapsed_s: float
    assembled: str = ""
    regions: tuple[PageRegion, ...] = ()


@dataclass(frozen=True, slots=True)
class ExportEntry:
    """One finished export: its format's name, the file's name below ``exports`` and its size in bytes."""

    format: str
    file_name: str
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnd(RunFacts):
    """How a run ended: what a later visit to its link shows, besides the page texts and exports themselves."""

    exports: tuple[ExportEntry, ...]


START = Codec(TypeAdapter(RunStart))
END = Codec(TypeAdapter(RunEnd))
CHECKPOINT = Codec(TypeAdapter(PageCheckpoint))
RELATED = Codec(TypeAdapter(str))  # the id of another run
PREDICTIONS: Codec[tuple[PageResult, ...]] = Codec(TypeAdapter(tuple[PagePrediction | PageFailure, ...]))


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The folder of one run: ``run_id`` is its secret link, ``path`` the folder itself."""

    run_id: str
    path: Path

    @property
    def source(self) -> Path:
        """The copy of the upload."""
        return self.path / "source.pdf"

    @property
    def exports(self) -> Path:
        return self.path / "exports"

    @property
    def pictures(self) -> Path:
        return self.path / "pictures"

    def start(self) -> RunStart:
        """What the run was asked. Raises RunNotFound where the folder is gone or damaged."""
        start = START.read(self.path / "run.json")
        if start is None:
            raise RunNotFound
        return start

    def end(self) -> RunEnd | None:
        """How the run ended, None while it has not."""
        return END.read(self.path / "result.json")

    def write_end(self, end: RunEnd) -> None:
        """Record the end. Raises FileExistsError where one is recorded already: the first stands."""
        write_new(self.path / "result.json", END.encode(end))

    def successor(self) -> str | None:
        """The id of the run that continues this one, None where there is none."""
        return RELATED.read(self.path / "continued.json")

    def write_successor(self, run_id: str) -> None:
        """Record which run continues this one. Raises FileExistsError where one does already: the first stands."""
        write_new(self.path / "continued.json", RELATED.encode(run_id))

    def add_rereading(self, run_id: str) -> None:
        """Record that the other run reads pages of this one again."""
        write_new(self.path / "rereadings" / f"{run_id}.json", RELATED.encode(run_id))

    def rereadings(self) -> tuple[str, ...]:
        """The ids of the runs that read pages of this one again, in no order."""
        return tuple(path.stem for path in _published(self.path / "rereadings", ".json") if RUN_ID.fullmatch(path.stem))

    def write_predictions(self, results: Sequence[PageResult], *, raw: bool = False) -> Path:
        """Store one micro-batch. Pages predicted before may come again; the newest file of a page counts.

        ``raw`` is what came from the GPU and lacks the bundle's work on the CPU (``Bundle.complete``).
        """
        pages = [result.page for result in results]
        data = PREDICTIONS.encode(tuple(results))
        suffix = f"{RAW}.json" if raw else ".json"
        path = _unused(self.path / "predictions" / f"{min(pages):05d}-{max(pages):05d}{suffix}")
        write_new(path, data)
        return path

    def predictions(self) -> dict[int, PageResult]:
        """Everything predicted so far by page, in page order. A prediction is never replaced by a later failure, nor by
        a raw one.
        """
        raw = self._predictions(raw=True)
        whole = self._predictions(raw=False)
        kept = {page: result for page, result in whole.items() if isinstance(result, PagePrediction) or page not in raw}
        return dict(sorted((raw | kept).items()))

    def raw_pages(self) -> frozenset[int]:
        """The pages whose prediction is raw."""
        whole = {page for page, result in self._predictions(raw=False).items() if isinstance(result, PagePrediction)}
        return (
            frozenset(
                page for page, result in self._predictions(raw=True).items() if isinstance(result, PagePrediction)
            )
            - whole
        )

    def hand_on_predictions(self, successor: "RunFolder", pages: Container[int]) -> None:
        """Give the run that continues this one the predictions of these pages, raw ones as raw."""
        raw = self.raw_pages()
        wanted = (result for page, result in self.predictions().items() if page in pages)
        said = [result for result in wanted if isinstance(result, PagePrediction)]
        for kind in (True, False):
            if results := [result for result in said if (result.page in raw) is kind]:
                successor.write_predictions(results, raw=kind)

    def _predictions(self, *, raw: bool) -> dict[int, PageResult]:
        found: dict[int, PageResult] = {}
        for path in _published(self.path / "predictions", ".json"):
            if (RAW in path.name) is raw:
                for result in PREDICTIONS.read(path) or ():
                    if not (isinstance(result, PageFailure) and isinstance(found.get(result.page), PagePrediction)):
                        found[result.page] = result
        return found

    def write_checkpoint(self, checkpoint: PageCheckpoint) -> None:
        """Store how a page ended; what an earlier attempt stored is replaced."""
        data = CHECKPOINT.encode(checkpoint)
        _replace(self._page_file(checkpoint.outcome.page, ".json"), lambda file: _put(file, data))

    def checkpoint(self, page: int) -> PageCheckpoint | None:
        """How the page ended; None where it has not, or an older Folio did it."""
        return CHECKPOINT.read(self._page_file(page, ".json"))

    def hand_on_pages(self, successor: "RunFolder", pages: Iterable[int]) -> None:
        """Give the run that continues this one these finished pages, with their texts and pictures."""
        finished = {f"{page:05d}" for page in pages}
        files = [
            self.path / "pages" / f"{page}{suffix}" for page in sorted(finished) for suffix in (".json", ".jpg", ".md")
        ]
        link_all(files, successor.path / "pages")
        pictures = [path for path in _published(self.pictures, ".png") if path.name.split("-")[1] in finished]
        link_all(pictures, successor.pictures)

    def hand_on_exports(self, successor: "RunFolder", end: "RunEnd") -> None:
        """Give the run that continues this one the exports of this one's ``end``."""
        link_all([self.exports / export.file_name for export in end.exports], successor.exports)

    def _page_file(self, page: int, suffix: str) -> Path:
        return self.path / "pages" / f"{page:05d}{suffix}"

    def write_page_text(self, page: int, markdown: str) -> None:
        """Store the Markdown of a finished page. A page that has its text keeps it."""
        path = self._page_file(page, ".md")
        if not path.exists():
            write_new(path, _utf8(markdown))

    def facsimile(self, page: int) -> Path:
        """Where the page's image for reading is, if it is there."""
        return self._page_file(page, ".jpg")

    def write_facsimile(self, page: int, jpeg: bytes) -> None:
        """Store a page's image for reading; one from an earlier attempt is replaced. Nobody waits for the disk: a page
        without its image is whole.
        """
        _replace(self.facsimile(page), lambda file: _put(file, jpeg), synced=False)

    def page_texts(self) -> Iterator[tuple[int, str]]:
        """Page number and Markdown of every finished page, in page order."""
        for path in _published(self.path / "pages", ".md"):
            if path.stem.isdecimal():
                yield int(path.stem), path.read_text(encoding="utf-8", errors="replace")

    def write_picture(self, name: str, png: bytes) -> Path:
        """Store a picture; one of the same name from an earlier attempt is replaced."""
        return _replace(self.pictures / _checked(name), lambda file: _put(file, png))

    def stream_export(self, name: str, writer: Callable[[BinaryIO], None]) -> Path:
        """Store one export that ``writer`` writes piece by piece; it appears when it is complete.

        One of the same name from an earlier attempt is replaced.
        """
        return _replace(self.exports / _checked(name), writer)

    def delete(self) -> None:
        """Remove the run, its links included; without ``run.json`` it is gone at once, even if the rest takes time."""
        start = START.read(self.path / "run.json")
        discard(self.path / "run.json")
        if start is not None and start.reading_id:
            discard(_reading_file(self.path.parent, start.reading_id))
        shutil.rmtree(self.path, ignore_errors=True)


class ArtifactStore:
    """Every run's folder below ``root/runs``."""

    def __init__(self, root: Path) -> None:
        self._runs = root / "runs"

    def create(self, upload: Path, start: RunStart) -> RunFolder:
        """A new run with its own copy of ``upload`` and both its links. Raises StorageFailed."""
        run_id, reading_id = secrets.token_hex(16), f"read-{secrets.token_hex(16)}"
        folder, start = RunFolder(run_id, self._runs / run_id), replace(start, reading_id=reading_id)
        try:
            copy_new(upload, folder.source)
            write_new(_reading_file(self._runs, reading_id), RELATED.encode(run_id))
            write_new(folder.path / "run.json", START.encode(start))
        except StorageFailed:
            shutil.rmtree(folder.path, ignore_errors=True)
            with suppress(StorageFailed):
                discard(_reading_file(self._runs, reading_id))
            raise
        return folder

    def open_for_reading(self, reading_id: str) -> RunFolder:
        """The run of this read-only link. Raises RunNotFound as ``open`` does.

        The file that leads to the run is named by a digest, so that the time of looking it up says nothing of the
        secret; the secret itself is compared in constant time.
        """
        run_id = RELATED.read(_reading_file(self._runs, reading_id)) if READING_ID.fullmatch(reading_id) else None
        folder = self.open(run_id or "")
        if not hmac.compare_digest(folder.start().reading_id, reading_id):
            raise RunNotFound
        return folder

    def open(self, run_id: str) -> RunFolder:
        """The run of this link. Raises RunNotFound, alike for a malformed id, an unknown one and an expired one."""
        if not RUN_ID.fullmatch(run_id):
            raise RunNotFound
        folder = RunFolder(run_id, self._runs / run_id)
        if not (folder.path / "run.json").is_file():
            raise RunNotFound
        return folder

    def runs(self) -> Iterator[RunFolder]:
        """Every run, in no order."""
        if not self._runs.is_dir():
            return
        for path in self._runs.iterdir():
            if RUN_ID.fullmatch(path.name) and (path / "run.json").is_file():
                yield RunFolder(path.name, path)

    def recover(self) -> None:
        """Remove what a crash left: temporary names, folders that never became a run, and read-only links to no run.
        Call once, before any run.
        """
        if not self._runs.is_dir():
            return
        remove_temporaries(self._runs)
        for path in self._runs.iterdir():
            if not (path / "run.json").is_file():
                shutil.rmtree(path, ignore_errors=True)
        for path in _published(_reading_folder(self._runs), ".json"):
            if not (self._runs / (RELATED.read(path) or "none") / "run.json").is_file():
                discard(path)


def utc_now() -> str:
    """Now as records write it: ISO 8601, UTC, milliseconds, ``Z``."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _reading_folder(runs: Path) -> Path:
    return runs.with_name("reading")


def _reading_file(runs: Path, reading_id: str) -> Path:
    """The file that leads from a read-only link to its run, one of those in ``runs``."""
    return _reading_folder(runs) / f"{hashlib.sha256(reading_id.encode()).hexdigest()}.json"


def _published(folder: Path, suffix: str) -> list[Path]:
    """Complete files in the order of their names, which is page order and then the order of attempts."""
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix == suffix and not is_temporary(path))


def _unused(path: Path) -> Path:
    """``path``, or the next free name of a repeated attempt: ``00001-00008.r02.json``."""
    attempt, candidate = 1, path
    while candidate.exists():
        attempt += 1
        candidate = path.with_name(f"{path.stem}.r{attempt:02d}{path.suffix}")
    return candidate


def _replace(path: Path, writer: Callable[[BinaryIO], None], *, synced: bool = True) -> Path:
    discard(path)
    write_stream(path, writer, synced=synced)
    return path


def _put(file: BinaryIO, data: bytes) -> None:
    file.write(data)


def _checked(name: str) -> str:
    if not FILE_NAME.fullmatch(name):
        raise ValueError("an artifact's name has letters, digits, dots, dashes and underscores only")
    return name


def _utf8(text: str) -> bytes:
    """UTF-8 in which lone surrogates, which no encoder takes, are replaced."""
    return text.encode("utf-8", errors="replace")
