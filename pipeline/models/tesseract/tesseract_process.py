"""Tesseract as a program: one limited process per image, which gets pixels on its standard input and nothing else.

The image is written after the limits are set, so that no byte of a page is looked at without them. The process gets no
environment but the place of its data, no file but its own program and data, one thread, and a new process group that is
killed when its time is up.
"""

import os
import resource
import shutil
import signal
import subprocess
from contextlib import suppress
from functools import cached_property

from pipeline.models.images import Grey
from pipeline.process_start import starting

SECONDS = 60  # a sheet of 150 lines took 9 s on a busy core
MEMORY_MB = 1024  # address space; 250 MB were seen with two languages
OPEN_FILES = 32
NICENESS = 5
LISTING_SECONDS = 20


class TesseractFailed(Exception):
    """The program is missing, was ended by one of its limits, or could not make anything of the image."""


class TesseractProcess:
    """Runs ``program``, by its name or its path. May be shared by threads."""

    def __init__(self, program: str = "tesseract", seconds: float = SECONDS, memory_mb: int = MEMORY_MB) -> None:
        self._path = shutil.which(program)
        self._seconds = seconds
        self._memory_mb = memory_mb

    @cached_property
    def languages(self) -> frozenset[str]:
        """Codes of the languages whose data is installed, among them ``osd`` for script detection; empty without
        Tesseract.
        """
        try:
            listing = self._run(["--list-langs"], b"", LISTING_SECONDS)
        except TesseractFailed:
            return frozenset()
        return frozenset(line.strip() for line in listing.splitlines()[1:] if line.strip())

    @cached_property
    def version(self) -> str:
        """Such as ``5.3.0``; empty without Tesseract."""
        try:
            first = self._run(["--version"], b"", LISTING_SECONDS).split("\n", 1)[0]
        except TesseractFailed:
            return ""
        return first.removeprefix("tesseract").strip()

    def read(self, image: Grey, languages: tuple[str, ...], *options: str) -> str:
        """What Tesseract writes for a (height, width) grey image, with the data of ``languages``.

        Raises TesseractFailed.
        """
        height, width = image.shape
        pixels = b"P5\n%d %d\n255\n" % (width, height) + image.tobytes()  # https://netpbm.sourceforge.net/doc/pgm.html
        return self._run(["stdin", "stdout", "-l", "+".join(languages), *options], pixels, self._seconds)

    def _run(self, arguments: list[str], pixels: bytes, seconds: float) -> str:
        with self._start(arguments) as process:
            try:
                self._limit(process.pid, seconds)
                output, _ = process.communicate(pixels, timeout=seconds)
            except (subprocess.TimeoutExpired, OSError) as error:
                raise TesseractFailed(type(error).__name__) from error
            finally:
                if process.returncode is None:  # not waited for yet, so that the number is still this process's own
                    with suppress(ProcessLookupError):
                        os.killpg(process.pid, signal.SIGKILL)
        if process.returncode != 0:
            raise TesseractFailed(f"exit status {process.returncode}")
        return output.decode("utf-8", "replace")

    def _start(self, arguments: list[str]) -> "subprocess.Popen[bytes]":
        if self._path is None:
            raise TesseractFailed("not installed")
        kept = {name: os.environ[name] for name in ("TESSDATA_PREFIX",) if name in os.environ}
        try:
            with starting():
                return subprocess.Popen(  # noqa: S603
                    [self._path, *arguments],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    cwd="/",
                    env={"OMP_THREAD_LIMIT": "1", "LC_ALL": "C", **kept},
                    start_new_session=True,
                )
        except OSError as error:
            raise TesseractFailed(type(error).__name__) from error

    def _limit(self, pid: int, seconds: float) -> None:
        memory, processor = self._memory_mb << 20, max(round(seconds), 1)
        limits = {
            resource.RLIMIT_AS: memory,
            resource.RLIMIT_CPU: processor,
            resource.RLIMIT_CORE: 0,
            resource.RLIMIT_FSIZE: 0,
            resource.RLIMIT_NOFILE: OPEN_FILES,
        }
        with suppress(ProcessLookupError):  # it ended already, without an image
            for kind, limit in limits.items():
                resource.prlimit(pid, kind, (limit, limit))
            # Never lower: only root may take niceness back, and a worker or a server may be nicer than this already.
            os.setpriority(os.PRIO_PROCESS, pid, max(NICENESS, os.getpriority(os.PRIO_PROCESS, pid)))
