"""The facts that the doctor judges, gathered from this machine. Nothing here asks the network."""

import logging
import os
import platform
import re
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from pipeline.errors import FolioError, StorageFailed, WeightsMissing
from pipeline.gpu.compile_at_start import ZERO_GPU
from pipeline.gpu.compile_call import is_complete
from pipeline.gpu.device import has_gpu
from pipeline.models.tesseract.tesseract_reader import TesseractReader
from pipeline.process_start import PROJECT_DIR
from pipeline.settings import Settings
from pipeline.store.files import discard, write_new
from pipeline.store.weight_cache import find_weights

log = logging.getLogger(__name__)

MEGABYTE = 1_000_000
NO_LIMIT = 1 << 50
"""Bytes from which on a limit of memory is none."""


@dataclass(frozen=True, slots=True)
class Disk:
    """A folder that Folio writes to: whether a mount of its own holds it, whether it takes files, and its free room in
    megabytes, None where the file system does not tell.
    """

    folder: Path
    mounted: bool
    writable: bool
    free_mb: int | None


@dataclass(frozen=True, slots=True)
class MachineFacts:
    """What was found. ``space_id`` is empty off the Hub; ``weights`` is empty where the accurate models are there, else
    the reason why not; ``packages`` is whether every compiled package that can be made is there, None where that cannot
    be told.
    """

    space_id: str
    zero_gpu: bool
    gpu: bool
    processors: int
    python: str
    torch: str
    gradio: str
    pinned_gradio: str
    memory_mb: int
    data: Disk
    work: Disk
    weights: str
    packages: bool | None
    tesseract: str
    languages: frozenset[str]


def examine_machine(
    settings: Settings, environment: Mapping[str, str] = os.environ, *, packages: bool = False
) -> MachineFacts:
    """Gather the facts. Writes one small file into each folder and removes it. ``packages`` also looks at compiled
    models, which builds their networks; not in a server.
    """
    gpu = has_gpu()
    reader = TesseractReader()
    return MachineFacts(
        space_id=environment.get("SPACE_ID", ""),
        zero_gpu=environment.get(ZERO_GPU) == "true",
        gpu=gpu,
        processors=os.cpu_count() or 1,
        python=platform.python_version(),
        torch=_installed("torch"),
        gradio=_installed("gradio"),
        pinned_gradio=pinned_gradio(PROJECT_DIR / "README.md"),
        memory_mb=memory_mb(),
        data=disk(settings.data_dir),
        work=disk(settings.work_dir),
        weights=_weights(settings),
        packages=_packages(settings) if gpu and packages else None,
        tesseract=reader.version,
        languages=reader.languages,
    )


def disk(folder: Path) -> Disk:
    """What is to know about a folder, which need not exist yet."""
    there = next(path for path in (folder, *folder.parents) if path.exists())
    mounted = any(os.path.ismount(path) for path in (there, *there.parents) if path != Path("/"))
    try:
        usage = shutil.disk_usage(there)
        free = round(usage.free / MEGABYTE) if usage.total else None
    except OSError:
        free = None
    return Disk(folder, mounted, _writable(folder), free)


def _writable(folder: Path) -> bool:
    probe = folder / f"doctor-{secrets.token_hex(8)}"
    try:
        write_new(probe, b"probe\n")
        discard(probe)
    except (StorageFailed, OSError):
        return False
    return True


def memory_mb(groups: Path = Path("/sys/fs/cgroup"), system: Path = Path("/proc/meminfo")) -> int:
    """The memory that this container may take (``memory.max`` of cgroup v2, ``limit_in_bytes`` of v1), else the
    machine's; 0 where neither is told.
    """
    for name in ("memory.max", "memory/memory.limit_in_bytes"):
        path = groups / name
        text = path.read_text(encoding="ascii").strip() if path.is_file() else ""
        if text.isdecimal() and int(text) < NO_LIMIT:
            return int(text) // MEGABYTE
    total = re.search(r"MemTotal:\s+(\d+) kB", system.read_text(encoding="ascii")) if system.is_file() else None
    return int(total[1]) * 1024 // MEGABYTE if total else 0


def pinned_gradio(readme: Path) -> str:
    """The version of gradio that the README's front matter names; empty where it names none."""
    text = readme.read_text(encoding="utf-8") if readme.is_file() else ""
    found = re.search(r"^sdk_version: *['\"]?([\w.]+)", text, re.MULTILINE)
    return found[1] if found else ""


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


def _weights(settings: Settings) -> str:
    try:
        find_weights(settings.weights_dir)
    except WeightsMissing as error:
        return error.message
    return ""


def _packages(settings: Settings) -> bool | None:
    try:
        weights = find_weights(settings.weights_dir)
    except WeightsMissing:
        weights = None
    try:
        return is_complete(settings.packages_dir, settings.bundle, weights)
    except (FolioError, RuntimeError) as error:  # the device shows itself inside a GPU call only
        log.info("whether packages fit cannot be told here: %s", type(error).__name__)
        return None
