"""Tesseract in its limited process."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
import pytest

from pipeline.models.tesseract.tesseract_process import TesseractFailed, TesseractProcess
from pipeline.models.tesseract.tesseract_reader import TesseractReader
from tests.support.processes import alive

PROJECT = Path(__file__).parents[3]
PAGE = np.full((100, 400), 255, dtype=np.uint8)


def program(folder: Path, script: str) -> str:
    """A program that runs ``script`` in the place of Tesseract."""
    path = folder / "recogniser"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o700)
    return str(path)


def test_the_languages_of_the_packages_are_installed() -> None:
    packages = (Path(__file__).parents[3] / "packages.txt").read_text().split()
    named = {name.removeprefix("tesseract-ocr-") for name in packages if name.startswith("tesseract-ocr-")}
    assert named >= {"osd", "ara", "ell", "heb", "hin", "kor", "rus", "tha"}
    assert TesseractProcess().languages >= named


def test_a_line_is_read_by_itself() -> None:
    line = np.full((40, 160, 3), 255, dtype=np.uint8)
    cv2.putText(line, "Mill 42", (12, 30), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 2)
    read = TesseractReader().read_alone(line, ("eng",))
    assert read.text == "Mill 42"
    assert 0.3 < read.score <= 1


def test_the_process_sees_no_environment_and_has_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    script = "cat >/dev/null; env; cat /proc/self/limits; pwd"
    answer = TesseractProcess(program(tmp_path, script), seconds=20, memory_mb=512).read(PAGE, ("eng",))
    assert "hf_secret" not in answer
    assert "OMP_THREAD_LIMIT=1" in answer
    limits = dict(re.findall(r"Max (.+?) {2,}(\S+)", answer))
    assert limits["address space"] == str(512 << 20)
    assert limits["cpu time"] == "20"
    assert limits["file size"] == limits["core file size"] == "0"
    assert answer.splitlines()[-1] == "/"


def test_the_process_is_as_nice_as_whoever_starts_it_and_nice_in_any_case(tmp_path: Path) -> None:
    """Only root may take niceness back: an unprivileged worker that is nicer would have no recogniser at all."""
    script = program(tmp_path, "cat >/dev/null; nice")
    reading = (
        "import os, sys, numpy; from pipeline.models.tesseract.tesseract_process import TesseractProcess; "
        "os.nice(int(sys.argv[2])); page = numpy.full((10, 10), 255, dtype=numpy.uint8); "
        "print(TesseractProcess(sys.argv[1]).read(page, ('eng',)))"
    )
    here = os.getpriority(os.PRIO_PROCESS, 0)
    for more, wanted in ((0, max(here, 5)), (12, min(here + 12, 19))):
        command = [sys.executable, "-c", reading, script, str(more)]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
        assert done.stdout.strip() == str(wanted), done.stderr[-500:]


def test_a_process_that_does_not_end_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    number = tmp_path / "number"
    os.mkfifo(number)  # the process may write to no file
    answer = os.open(number, os.O_RDWR | os.O_NONBLOCK)
    process = TesseractProcess(program(tmp_path, f"sleep 600 & echo $! > {number}; wait"), seconds=5)
    with pytest.raises(TesseractFailed):
        process.read(PAGE, ("eng",))
    child = int(os.read(answer, 20))
    os.close(answer)
    deadline = time.monotonic() + 10  # a killed process still has to be scheduled once to end
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)


def test_a_process_that_wants_too_much_memory_fails_alone() -> None:
    with pytest.raises(TesseractFailed):
        TesseractProcess(memory_mb=16).read(PAGE, ("eng",))


def test_an_image_that_is_none_gives_no_words() -> None:
    assert TesseractProcess().read(PAGE, ("eng",), "--psm", "6").strip() == ""


def test_without_the_program_there_are_no_languages() -> None:
    absent = TesseractProcess("no-such-recogniser")
    assert absent.languages == frozenset()
    assert absent.version == ""
    with pytest.raises(TesseractFailed):
        absent.read(PAGE, ("eng",))


def test_no_process_stays_behind(tmp_path: Path) -> None:
    number = tmp_path / "number"
    process = TesseractProcess(program(tmp_path, "echo $$; cat >/dev/null"), seconds=20)
    number.write_text(process.read(PAGE, ("eng",)))
    with pytest.raises(ProcessLookupError):
        os.kill(int(number.read_text()), 0)
