"""``convert FILE... --out DIR``: what the Space does, without a server."""

import argparse
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

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
    with Runner(settings, open_lanes(settings, has_gpu())) as runner:
        sources = [Source(path, path.name, chosen.password) for path in chosen.files]
        ends = [_convert(runner, source, options, chosen.out, formats) for source in sources]
    return 0 if all(ends) else 1


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


def _convert(runner: Runner, source: Source, options: ConvertOptions, out: Path, formats: tuple[str, ...]) -> bool:
    try:
        view = _last(runner.watch(runner.submit(source, options, Origin.CLI)))
    except FolioError as error:
        print(f"{source.name}: {error.message} [{error.code}]", file=sys.stderr)
        return False
    for format_name in formats:
        if file := view.export(format_name):
            shutil.copyfile(file.path, out / f"{Path(source.name).stem}{file.path.suffix}")
    _report(view)
    return view.status is RunStatus.OK


def _last(views: Iterator[RunView]) -> RunView:
    view = next(views)
    for view in views:
        print(f"\r{view.name}: {view.pages_done} of {len(view.pages)} pages", end="", file=sys.stderr)
    return view


def _report(view: RunView) -> None:
    converted = len(view.pages) - len(view.failures)
    print(
        f"\r{view.name}: {view.status.value}, {converted} of {len(view.pages)} pages in {view.elapsed_s:.1f} s",
        file=sys.stderr,
    )
    for page in (*view.failures, *view.noted):
        print(f"  {page.reason} [{page.code}]", file=sys.stderr)
    if view.error:
        print(f"  {view.error.message} [{view.error.code}]", file=sys.stderr)
