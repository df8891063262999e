"""Compiled packages before the app starts: fetched from the owner's repository, then compiled. And the pages that they
are checked on.
"""

import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pipeline.errors import PackageError, WeightsError
from pipeline.gpu.compile_call import compile_in_gpu_call, is_complete
from pipeline.intake.reader import PdfReader
from pipeline.models.aot.key import PackageKey
from pipeline.models.aot.shelf import Package, PackageShelf, Refusal
from pipeline.models.aot.spec import PageImages
from pipeline.models.catalog import gpu_job
from pipeline.models.lanes import usable_weights
from pipeline.pages import RenderedPage
from pipeline.pixels import PIXELS, page_image
from pipeline.settings import EXAMPLE, Settings
from pipeline.store.package_exchange import PackagesRepo

PAGES = 3
ZERO_GPU = "SPACES_ZERO_GPU"

log = logging.getLogger(__name__)


def fetch_at_start(settings: Settings) -> None:
    """Take the GPU lane's missing packages from PACKAGES_REPO, if it is set; what the Hub does not give is logged.

    The server holds no token, so that only a public repository can be read.
    """
    if not settings.packages_repo:
        return
    try:
        shelf = PackageShelf(settings.packages_dir)
        keys = gpu_job(settings.bundle, usable_weights(settings)).package_keys()
        missing = [key for key in keys if not isinstance(shelf.find(key), Package)]
        source = PackagesRepo(settings.packages_repo, settings.packages_repo, token=None)
        taken = list(fetch_packages(source, shelf, missing)) if missing else []
        log.warning(
            "%d of %d missing packages were fetched", sum(isinstance(own, Package) for own in taken), len(missing)
        )
    except (PackageError, WeightsError, OSError) as error:
        log.warning("no packages were fetched: %s", error)


def fetch_packages(
    source: PackagesRepo, shelf: PackageShelf, keys: Sequence[PackageKey]
) -> Iterator[Package | Refusal]:
    """Put those packages of ``keys`` that ``source`` has onto the shelf, or say why one of them is refused.

    Raises PackagesRepoFailed where the Hub refuses or is away.
    """
    with tempfile.TemporaryDirectory() as folder:
        found = source.fetch([key.folder for key in keys], Path(folder))
        yield from (shelf.adopt(Path(folder), key) for key in keys if key.folder in found)


@contextmanager
def example_pages(settings: Settings, pdf: Path = EXAMPLE) -> Iterator[PageImages]:
    """The first pages of ``pdf`` as images, (height, width, 3) uint8 RGB. Raises an IntakeError where it is no PDF."""
    settings.work_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.work_dir) as folder, PdfReader(settings) as reader:
        count = reader.preflight(pdf).page_count
        rendered = list(reader.render(pdf, "", range(1, min(count, PAGES) + 1), Path(folder)))
        yield [page_image(Path(folder) / PIXELS, page) for page in rendered if isinstance(page, RenderedPage)]


def compile_at_start(settings: Settings) -> None:
    """Make the packages that are missing, before any bundle is opened; what cannot be made is logged and runs
    uncompiled.

    The compiler has a process of its own, since what it starts would not survive the forks of a GPU call. On ZeroGPU
    that is the worker of a GPU call, since no other process sees the GPU.
    """
    if os.environ.get(ZERO_GPU) == "true":
        try:
            _compile_for_the_gpu(settings)
        except Exception:  # a refused call must not keep the Space from starting
            log.exception("compiling in a GPU call failed")
    else:
        _compile_in_a_process(settings)


def _compile_in_a_process(settings: Settings) -> None:
    environment = os.environ | {"DATA_DIR": str(settings.data_dir), "WORK_DIR": str(settings.work_dir)}
    command = [sys.executable, "-m", "pipeline.cli", "compile", "--at-start"]
    done = subprocess.run(  # noqa: S603  our own command
        command, env=environment, capture_output=True, text=True, check=False
    )
    log.warning("compiling before the start: %s", done.stdout.strip() or done.stderr.strip()[-300:])


def _compile_for_the_gpu(settings: Settings) -> None:
    weights = usable_weights(settings)
    if is_complete(settings.packages_dir, settings.bundle, weights):
        return
    with example_pages(settings) as pages:
        lines = compile_in_gpu_call(str(settings.packages_dir), pages, settings.bundle, weights)
    log.warning("compiling in a GPU call: %s", "; ".join(lines))
