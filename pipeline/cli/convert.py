"""``convert FILE... --out DIR``: what the Space does, without a server."""

import argparse
import itertools
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cli.progress import Progress, logging_to
from pipeline.errors import FolioError, LanguageUnknown
from pipeline.formats import FORMAT_NAMES
from pipeline.gpu.device import has_gpu
from pipeline.languages import language_codes
from pipeline.models.lanes import open_lanes
from pipeline.pages import LaneChoice, OcrMode
from pipeline.records import ConvertOptions, Origin, RunStatus
from pipeline.runs.runner import Runner
from pipeline.runs.state import RunView, Source
from pipeline.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a PDF file")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the results go; made if missing")
    parser.add_argument("--pages", default="", help="pages to convert, such as 1-3,7 (default: all)")
    parser.add_argument(
        "--ocr", type=OcrMode, choices=list(OcrMode), default=OcrMode.AUTO, help="read text from the page image"
    )
    parser.add_argument(
        "--languages", default="", help="languages of scanned text, such as ru,en (default: found out page by page)"
    )
    parser.add_argument("--no-tables", action="store_true", help="leave tables without structure")
    parser.add_argument(
        "--lane",
        type=LaneChoice,
        choices=list(LaneChoice),
        default=LaneChoice.GPU_THEN_CPU,
        help="where the models run",
    )
    parser.add_argument("--password", default="", help="password of the PDF")
    parser.add_argument("--formats", default="md,json,html,zip", help=f"comma list of {', '.join(FORMAT_NAMES)}")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Convert every file; returns 0 when all were converted in full, else 1."""
    formats = _formats(chosen.formats)
    chosen.out.mkdir(parents=True, exist_ok=True)
    options = ConvertOptions(chosen.pages, chosen.ocr, not chosen.no_tables, chosen.lane, _languages(chosen.languages))
    progress = Progress(sys.stderr)
    with logging_to(progress), Runner(settings, open_lanes(settings, has_gpu())) as runner:
        batch = Batch(runner, options, chosen.out, formats, progress)
        ends = [
            batch.convert(Source(path, path.name, chosen.password), stem)
            for path, stem in zip(chosen.files, output_stems(chosen.files), strict=True)
        ]
    return 0 if all(ends) else 1


def output_stems(files: Sequence[Path]) -> list[str]:
    """The name of each file's results without a suffix: its own, or with a number where an earlier one has that.

    Names that differ in case only count as one name, since some file systems take them for one.
    """
    own = {path.stem.casefold() for path in files}
    stems: list[str] = []
    taken: set[str] = set()
    for path in files:
        stem = path.stem
        if stem.casefold() in taken:
            numbered = (f"{path.stem}-{number}" for number in itertools.count(2))
            stem = next(name for name in numbered if name.casefold() not in taken | own)
        taken.add(stem.casefold())
        stems.append(stem)
    return stems


def _languages(text: str) -> tuple[str, ...]:
    try:
        return language_codes(text)
    except LanguageUnknown as error:
        raise SystemExit(error.message) from None


def _formats(text: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in text.split(",") if name.strip())
    unknown = [name for name in names if name not in FORMAT_NAMES]
    if unknown or not names:
        raise SystemExit(
            f"--formats takes a comma list of {', '.join(FORMAT_NAMES)}; it does not know "
            f"{', '.join(unknown) or 'an empty list'}."
        )
    return names


@dataclass(frozen=True, slots=True)
class Batch:
    """What is the same for every file of one command."""

    runner: Runner
    options: ConvertOptions
    out: Path
    formats: tuple[str, ...]
    progress: Progress

    def convert(self, source: Source, stem: str) -> bool:
        """Convert one file into ``out/stem.*``; False where a page or all of it is missing, which is said."""
        try:
            view = self._last(self.runner.watch(self.runner.submit(source, self.options, Origin.CLI)))
        except FolioError as error:
            self.progress.line(f"{source.name}: {error.message} [{error.code}]")
            return False
        for format_name in self.formats:
            if file := view.export(format_name):
                shutil.copyfile(file.path, self.out / f"{stem}{file.path.suffix}")
        self._report(view, stem)
        return view.status is RunStatus.OK

    def _last(self, views: Iterator[RunView]) -> RunView:
        view = next(views)
        for view in views:
            self.progress.show(f"{view.name}: {view.pages_done} of {len(view.pages)} pages")
        self.progress.end()
        return view

    def _report(self, view: RunView, stem: str) -> None:
        pages = f"{len(view.finished)} of {len(view.pages)} pages"
        renamed = f", as {stem}" if stem != Path(view.name).stem else ""
        self.progress.line(f"{view.name}: {view.status.value}, {pages} in {view.elapsed_s:.1f} s{renamed}")
        for page in (*view.failures, *view.noted):
            self.progress.line(f"  {page.reason} [{page.code}]")
        if view.error:
            self.progress.line(f"  {view.error.message} [{view.error.code}]")
