"""``convert FILE... --out DIR``: what the Space does, without a server. A file may be named by its address on the
web.
"""

import argparse
import itertools
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.cli.options import add_options, chosen_options
from pipeline.cli.progress import Progress, logging_to
from pipeline.errors import FolioError
from pipeline.formats import FORMAT_NAMES
from pipeline.gpu.device import has_gpu
from pipeline.gpu.platform_factor import on_zerogpu
from pipeline.intake.web.web_fetch import WebFetch
from pipeline.models.lanes import open_lanes
from pipeline.records import ConvertOptions, ErrorFacts, RunStatus
from pipeline.runs.converter import Converter
from pipeline.runs.state import RunView, Source
from pipeline.settings import Settings
from pipeline.stages.export import FORMATS


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("files", nargs="+", metavar="FILE", help="a PDF file, or the address of a public one")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="where the results go; made if missing")
    add_options(parser)
    parser.add_argument("--password", default="", help="password of the PDF")
    parser.add_argument("--formats", default="md,json,html,zip", help=f"comma list of {', '.join(FORMAT_NAMES)}")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Convert every file; returns 0 when all were converted in full, else 1."""
    formats = _formats(chosen.formats)
    chosen.out.mkdir(parents=True, exist_ok=True)
    options = chosen_options(chosen)
    progress = Progress(sys.stderr)
    written = tuple(row for row in FORMATS if row.name in formats)
    with tempfile.TemporaryDirectory() as folder:
        files = local_files(chosen.files, WebFetch(settings.max_file_mb), Path(folder), progress)
        if not files:
            return 1
        lanes = open_lanes(settings, has_gpu(), on_zerogpu())
        with logging_to(progress), Converter(settings, lanes, formats=written) as converter:
            command = FilesCommand(converter, options, chosen.out, formats, progress)
            ends = [
                command.convert(Source(path, path.name, chosen.password), stem)
                for path, stem in zip(files, output_stems(files), strict=True)
            ]
    return 0 if all(ends) and len(files) == len(chosen.files) else 1


def local_files(named: Sequence[str], web: WebFetch, folder: Path, progress: Progress) -> list[Path]:
    """The named files, those of the web fetched into ``folder``. One that cannot be fetched is left out, and the reason
    is shown.
    """
    files = []
    for place, name in enumerate(named):
        if not name.lower().startswith(("http://", "https://")):
            files.append(Path(name))
            continue
        try:
            files.append(web.fetch(name, folder / str(place)))
        except FolioError as error:
            progress.line(f"{name}: {_sentence(error)}")
    return files


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
class FilesCommand:
    """What is the same for every file of one command."""

    converter: Converter
    options: ConvertOptions
    out: Path
    formats: tuple[str, ...]
    progress: Progress

    def convert(self, source: Source, stem: str) -> bool:
        """Convert one file into ``out/stem.*``; False where a page or all of it is missing, which is said."""
        converted = self.converter.convert(source, self.options, self._show)
        self.progress.end()
        view, error = converted.view, converted.error
        if view is None:
            self.progress.line(f"{source.name}: {_sentence(error)}")
            return False
        for format_name in self.formats:
            if file := view.export(format_name):
                shutil.copyfile(file.path, self.out / f"{stem}{file.path.suffix}")
        self._report(view, stem)
        return view.status is RunStatus.OK

    def _show(self, view: RunView) -> None:
        self.progress.show(f"{view.name}: {view.pages_done} of {len(view.pages)} pages")

    def _report(self, view: RunView, stem: str) -> None:
        pages = f"{len(view.finished)} of {len(view.pages)} pages"
        renamed = f", as {stem}" if stem != Path(view.name).stem else ""
        self.progress.line(f"{view.name}: {view.status.value}, {pages} in {view.elapsed_s:.1f} s{renamed}")
        for page in (*view.failures, *view.noted):
            self.progress.line(f"  {page.reason} [{page.code}]")
        if view.error:
            self.progress.line(f"  {_sentence(view.error)}")


def _sentence(error: FolioError | ErrorFacts | None) -> str:
    return f"{error.message} [{error.code}]" if error else ""
