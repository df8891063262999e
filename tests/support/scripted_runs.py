"""Runs that follow a script instead of a PDF: real threads, real files, real Markdown, no models.

What a file's name says decides what happens to it, so that a browser test chooses its story by the name it uploads:
``locked`` needs the password "folio", ``broken`` is refused, ``gaps`` loses a page until it is continued, ``refused``
is refused by the GPU until then, ``doomed`` fails as a whole, ``hostile`` carries hostile Markdown, ``long`` has 1,000
pages and ``endless`` 1,004, ``waits`` stays at its third page until it is stopped, the pages of ``quick`` take no time,
the pages of ``scanned`` are scans but for one, and anything else converts well.
"""

import hashlib
import html
import json
import os
import secrets
import shutil
import threading
import time
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.errors import (
    DamagedPdf,
    GpuQuotaExceeded,
    NothingConverted,
    PageTimedOut,
    PasswordNeeded,
    PasswordWrong,
    QueueFull,
    RunNotEnded,
    RunNotFound,
    RunReadOnly,
    RunStillGoing,
)
from pipeline.intake.planning import parse_page_range
from pipeline.intake.web.web_fetch import WebFetch
from pipeline.pages import EngineInfo, Lane, LaneChoice, PageStatus, Preflight
from pipeline.records import ConvertOptions, ErrorFacts, GpuUse, Origin, PageOutcome, Rereading, RunStatus, Stage
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.facsimiles import Facsimile
from pipeline.runs.state import Accepted, CheckedSource, ExportFile, PageText, RunView, Source, stamp_of
from pipeline.runs.visitors import NOBODY, Visitor
from pipeline.survey import Survey, ocr_shares
from tests.support.sample_pages import HOSTILE, PAGES

KEPT_DAYS = 7
ENGINES = (
    EngineInfo("layout", "PP-PicoDet CDLA", "onnxruntime"),
    EngineInfo("ocr", "PP-OCRv6 small", "onnxruntime"),
    EngineInfo("tables", "SLANet-plus", "onnxruntime"),
)


class ScriptedRuns:
    """Fits ``pipeline.ui.ports.Runs``. ``page_seconds`` is how long a page takes; ``places`` how many runs may be
    unended; ``web`` fetches documents by address.
    """

    def __init__(self, folder: Path, page_seconds: float = 0.05, places: int = 20, web: WebFetch | None = None) -> None:
        self._web = web or WebFetch(50)
        self._folder, self._page_seconds, self._places = folder, page_seconds, places
        self._views: dict[str, RunView] = {}
        self._sources: dict[str, Source] = {}
        self._successors: dict[str, str] = {}
        self._continued: set[str] = set()  # runs that are successors
        self._rereads: dict[str, str] = {}  # runs that read pages again, and of which
        self._stopped: set[str] = set()
        self._work: dict[tuple[str, bytes, ConvertOptions], str] = {}
        self._changed = threading.Condition()
        self._turn = threading.Lock()
        self.checks = 0  # how often a source was opened

    @property
    def books_gpu(self) -> bool:
        return self.has_gpu

    @property
    def has_gpu(self) -> bool:
        return os.environ.get("WITH_GPU") == "yes"

    def preflight(self, source: Source) -> Preflight:
        if "broken" in source.name:
            raise DamagedPdf
        if "locked" in source.name and source.password != "folio":
            raise PasswordWrong if source.password else PasswordNeeded
        data = source.path.read_bytes()
        pages = 1004 if "endless" in source.name else 1000 if "long" in source.name else len(PAGES)
        return Preflight(hashlib.sha256(data).hexdigest(), len(data), pages)

    def fetch(self, url: str, folder: Path, origin: Origin, visitor: Visitor) -> Path:
        return self._web.fetch(url, folder)

    def check(self, source: Source, origin: Origin, *, survey: bool = False) -> CheckedSource:
        self.checks += 1
        checked = CheckedSource(source, self.preflight(source), stamp_of(source.path))
        pages = checked.preflight.page_count
        return replace(checked, survey=Survey(pages, pages - 1)) if survey and "scanned" in source.name else checked

    def convert(
        self,
        checked: CheckedSource,
        options: ConvertOptions,
        origin: Origin,
        visitor: Visitor = NOBODY,
        *,
        again: bool = False,
    ) -> Accepted:
        source = checked.source
        work = (visitor.owner, source.path.read_bytes(), options)
        earlier = self._work.get(work) if visitor.owner and not again else None
        with self._changed:
            view = self._views.get(earlier or "")
        if earlier and view is not None and view.status is RunStatus.OK:
            return Accepted(earlier, reused=True)
        self._work[work] = self._queue(source, options, None)
        return Accepted(self._work[work], reused=False)

    def submit(self, source: Source, options: ConvertOptions, origin: Origin, visitor: Visitor = NOBODY) -> str:
        return self.convert(self.check(source, origin), options, origin, visitor, again=True).run_id

    def _queue(self, source: Source, options: ConvertOptions, before: RunView | None) -> str:
        preflight = self.preflight(source)
        pages = parse_page_range(options.pages, preflight.page_count)
        with self._changed:
            waiting = sum(not view.status.ended for view in self._views.values())
            if waiting >= self._places:
                raise QueueFull(waiting)
            run_id = secrets.token_urlsafe(16)
            view = _new_view(run_id, source, options, pages, preflight, waiting)
            self._views[run_id] = _with_finished(view, before) if before else view
            if before:
                self._continued.add(run_id)
            self._sources[run_id] = replace(source, password="")
        threading.Thread(target=self._run, args=(run_id, source), daemon=True).start()
        return run_id

    def watch(self, link: str) -> Iterator[RunView]:
        seen = -1
        while True:
            with self._changed:
                self._changed.wait_for(lambda seen=seen: self.view(link).version > seen)  # type: ignore[misc]
                view = self.view(link)
            seen = view.version
            yield view
            if view.status.ended:
                return

    def newest(self, link: str) -> str:
        run_id = self._run_id(link)
        if run_id in self._successors:
            run_id = self.newest(self._successors[run_id])
        return self._views[run_id].reading_id if _reads(link) else run_id

    def view(self, link: str, texts: bool = True) -> RunView:
        view = self._views[self._run_id(link)]
        return view.for_reading if _reads(link) else view

    def _run_id(self, link: str) -> str:
        if not _reads(link) and link in self._views:
            return link
        for view in self._views.values():
            if _reads(link) and view.reading_id == link:
                return view.run_id
        raise RunNotFound

    def _private(self, link: str) -> RunView:
        view = self.view(link)
        if view.read_only:
            raise RunReadOnly
        return view

    def facsimile(self, link: str, page: int) -> Facsimile | None:
        self.view(link)
        return None

    def cancel(self, link: str) -> None:
        self._stopped.add(self._private(link).run_id)

    def convert_again(
        self,
        link: str,
        options: ConvertOptions,
        password: str = "",
        origin: Origin = Origin.UI,
        by: Visitor = NOBODY,
        *,
        again: bool = False,
    ) -> Accepted:
        source = replace(self._sources[self._private(link).run_id], password=password)
        return self.convert(self.check(source, origin), options, origin, by, again=again)

    def estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> GpuEstimate:
        chosen = len(parse_page_range(options.pages, pages))
        least, most = (10 + round(chosen * (1 + share)) for share in ocr_shares(options.ocr, scanned_share))
        return GpuEstimate(chosen, 1, least, most)

    def time_estimate(self, pages: int, options: ConvertOptions, scanned_share: float | None = None) -> TimeEstimate:
        chosen = len(parse_page_range(options.pages, pages))
        least, most = (chosen * (1 + 3 * share) for share in ocr_shares(options.ocr, scanned_share))
        with self._changed:
            left = sum(len(view.pages) - view.pages_done for view in self._views.values() if not view.status.ended)
        return TimeEstimate(chosen, least, most, left * self._page_seconds)

    def resume(
        self,
        link: str,
        password: str = "",
        origin: Origin = Origin.UI,
        visitor: Visitor = NOBODY,
        lane: LaneChoice | None = None,
        most_pages: int = 0,
    ) -> str:
        view = self._private(link)
        run_id = view.run_id
        if run_id in self._successors:
            return self.resume(self._successors[run_id], password)
        if not view.status.ended or view.status is RunStatus.OK:
            return run_id
        self._successors[run_id] = self._queue(replace(self._sources[run_id], password=password), view.options, view)
        return self._successors[run_id]

    def reread(self, run_id: str, options: ConvertOptions, password: str, origin: Origin, visitor: Visitor) -> str:
        first = self._private(run_id)
        if not first.status.ended:
            raise RunNotEnded
        second = self._queue(replace(self._sources[run_id], password=password), options, None)
        self._rereads[second] = run_id
        return second

    def accept(self, run_id: str, pages: str, password: str, origin: Origin, visitor: Visitor) -> str:
        first, second = self.view(self._rereads[run_id]), self.view(run_id)
        chosen = parse_page_range(pages, second.page_count)
        outcomes = {page.page: page for page in second.pages if page.page in chosen}
        texts = {text.page: text for text in first.texts} | {
            text.page: text for text in second.texts if text.page in chosen
        }
        ended = replace(
            first,
            run_id=secrets.token_urlsafe(16),
            reading_id=f"read-{secrets.token_hex(16)}",
            version=0,
            pages=tuple(outcomes.get(page.page, page) for page in first.pages),
            texts=tuple(texts[page] for page in sorted(texts)),
            rereadings=(Rereading(tuple(outcomes), second.options, second.record_id),),
        )
        whole = all(page.status is PageStatus.OK for page in ended.pages)
        ended = replace(ended, exports=self._export(ended), status=RunStatus.OK if whole else RunStatus.PARTIAL)
        with self._changed:
            self._views[ended.run_id] = ended
            self._sources[ended.run_id] = self._sources[first.run_id]
            self._successors[first.run_id] = ended.run_id
        return ended.run_id

    def rereading(self, run_id: str) -> str:
        if self.view(run_id).read_only:
            return ""
        found = [second for second, first in self._rereads.items() if first == run_id and second in self._views]
        return found[-1] if found else ""

    def delete(self, link: str) -> None:
        view = self._private(link)
        run_id = view.run_id
        if not view.status.ended:
            raise RunStillGoing
        shutil.rmtree(self._folder / "runs" / run_id, ignore_errors=True)
        self.forget(run_id)

    def forget(self, run_id: str) -> None:
        """Let a run expire."""
        with self._changed:
            del self._views[run_id]

    def _run(self, run_id: str, source: Source) -> None:
        with self._turn:
            started = time.monotonic()
            self._change(run_id, status=RunStatus.RUNNING, stage=Stage.INFER, queue_position=0)
            left = [at for at, page in enumerate(self.view(run_id).pages) if page.status is not PageStatus.OK]
            for done, index in enumerate(left):
                time.sleep(0 if "quick" in source.name else self._page_seconds)
                if "waits" in source.name and done == 2:
                    self._await_stop(run_id)
                refused = "refused" in source.name and run_id not in self._continued and index == 2
                if run_id in self._stopped or refused:
                    break
                self._finish_page(run_id, index, source, time.monotonic() - started)
            self._end(run_id, source)

    def _await_stop(self, run_id: str) -> None:
        """Two minutes at most: other runs wait for this one."""
        deadline = time.monotonic() + 120
        while run_id not in self._stopped and time.monotonic() < deadline:
            time.sleep(self._page_seconds)

    def _finish_page(self, run_id: str, index: int, source: Source, elapsed: float) -> None:
        view = self.view(run_id)
        number = view.pages[index].page
        later = run_id in self._continued or run_id in self._rereads
        lost = "doomed" in source.name or ("gaps" in source.name and number == 2 and not later)
        outcome = PageOutcome(number, PageStatus.OK, ocr=number % 5 == 4, ms=40.0, blocks=6)
        if lost:
            outcome = PageOutcome(number, PageStatus.TIMED_OUT, PageTimedOut.code, PageTimedOut(number, 20).message)
        body = HOSTILE if "hostile" in source.name else PAGES[(number - 1) % len(PAGES)]
        body += "\n\nRead again from the page's image." if run_id in self._rereads else ""
        texts = view.texts if lost else tuple(sorted((*view.texts, PageText(number, body)), key=lambda text: text.page))
        pages = (*view.pages[:index], outcome, *view.pages[index + 1 :])
        left = (len(pages) - index - 1) * elapsed / (index + 1)
        self._change(run_id, pages=pages, texts=texts, elapsed_s=elapsed, remaining_s=left if index else None)

    def _end(self, run_id: str, source: Source) -> None:
        view = self.view(run_id)
        status, error = RunStatus.OK, None
        if view.failures:
            status = RunStatus.PARTIAL
        if run_id in self._stopped:
            status = RunStatus.CANCELLED
        refused: dict[str, object] = {}
        if "refused" in source.name and run_id not in self._continued:
            said = GpuQuotaExceeded(16, 3720)
            status, error = RunStatus.PARTIAL, ErrorFacts(said.code, said.message, said.retryable)
            use = GpuUse(15.0, 3.2, 1, refused=1, refused_seconds=30.0, refusal=said.code)
            refused = {"fitting_pages": 2, "lane": Lane.GPU, "gpu": use}
        if not view.texts:
            message = NothingConverted(view.pages[0].reason).message if view.pages[0].reason else ""
            status = RunStatus.ERROR if message else status
            error = ErrorFacts(NothingConverted.code, message, False) if message else None
        self._change(run_id, status=RunStatus.RUNNING, stage=Stage.EXPORT)
        exports = self._export(view) if view.texts else ()
        ended = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._change(
            run_id, status=status, stage=None, remaining_s=None, exports=exports, error=error, **refused, ended_at=ended
        )

    def _export(self, view: RunView) -> tuple[ExportFile, ...]:
        folder = self._folder / "runs" / view.run_id / "exports"
        folder.mkdir(parents=True)
        text = "\n\n".join(page.markdown for page in view.texts)
        (folder / "document.md").write_text(text, encoding="utf-8")
        (folder / "document.json").write_text(
            json.dumps({"pages": [page.markdown for page in view.texts]}), encoding="utf-8"
        )
        (folder / "document.html").write_text(
            f"<!doctype html><title>run</title><pre>{html.escape(text)}</pre>", encoding="utf-8"
        )
        with zipfile.ZipFile(folder / "document.zip", "w") as archive:
            archive.write(folder / "document.md", "document.md")
        return tuple(ExportFile(file.suffix[1:], file, file.stat().st_size) for file in sorted(folder.iterdir()))

    def _change(self, run_id: str, **changes: object) -> None:
        with self._changed:
            view = self._views[run_id]
            self._views[run_id] = replace(view, version=view.version + 1, **changes)  # type: ignore[arg-type]
            self._changed.notify_all()

    def close(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


def _reads(link: str) -> bool:
    return link.startswith("read-")


def _new_view(
    run_id: str, source: Source, options: ConvertOptions, pages: tuple[int, ...], preflight: Preflight, ahead: int
) -> RunView:
    return RunView(
        run_id=run_id,
        record_id=f"r{secrets.token_hex(8)}",
        version=0,
        name=source.name,
        options=options,
        status=RunStatus.QUEUED,
        stage=None,
        queue_position=ahead + 1,
        page_count=preflight.page_count,
        pages=tuple(PageOutcome(page, PageStatus.NOT_STARTED) for page in pages),
        texts=(),
        elapsed_s=0.0,
        remaining_s=None,
        bundle="light",
        engines=ENGINES,
        exports=(),
        error=None,
        expires_at=(datetime.now(UTC) + timedelta(days=KEPT_DAYS)).isoformat(timespec="seconds"),
        cpu_bundle="light",
        reading_id=f"read-{secrets.token_hex(16)}",
    )


def _with_finished(view: RunView, before: RunView) -> RunView:
    """A run that continues another starts with the other's finished pages."""
    finished = {page.page: page for page in before.pages if page.status is PageStatus.OK}
    return replace(view, pages=tuple(finished.get(page.page, page) for page in view.pages), texts=before.texts)
