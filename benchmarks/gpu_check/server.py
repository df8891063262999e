"""Folio as a person starts it on a server with a card of its own: documents sent at the same time, on the card, then
once more on the processor.
"""

import os
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from difflib import SequenceMatcher
from importlib.util import find_spec
from pathlib import Path
from statistics import mean
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any
from unittest.mock import patch

import torch

from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.steps import LeftOut
from benchmarks.gpu_pages import Kind, corpus
from benchmarks.load_server import served

TOGETHER = 4
MOST_THREADS = 64  # that the setting allows
NEEDS = ("docling", "docling_parse", "gradio")
ALIKE = 0.98  # least likeness of the text from the card to that from the processor


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one document."""

    markdown: str
    status: Mapping[str, Any]


def documents(setting: Setting) -> Iterator[Found]:
    """Documents of plain and of scanned pages, ``TOGETHER`` at a time. Raises LeftOut without docling or gradio, and
    AssertionError where a page is missing or reads otherwise on the card than on the processor.
    """
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        raise LeftOut(f"{missing[0]} is not installed")
    with TemporaryDirectory() as name, patch.dict(os.environ, variables(setting)):
        folder = Path(name)
        try:
            with served(folder) as (url, _):
                for kind in Kind:
                    yield from converted(setting, kind, url, folder)
        finally:
            shutil.copy(folder / "log", setting.out / "server.app.log")


def variables(setting: Setting) -> dict[str, str]:
    """The server's settings. Every document is of another visitor, and all come from one address."""
    threads = min(os.cpu_count() or 1, MOST_THREADS)
    several = {"CONCURRENCY": str(TOGETHER), "ADDRESS_RUNS": str(TOGETHER), "THREADS": str(threads)}
    return several | {"BUNDLE": "light", "WEIGHTS_DIR": str(setting.work / "none")}


def converted(setting: Setting, kind: Kind, url: str, folder: Path) -> Iterator[Found]:
    """The documents of one kind: on the card, once more for what a warm server takes, and on the processor."""
    pages = setting.pages if kind is Kind.PLAIN else setting.scanned
    file = corpus(kind, max(pages // TOGETHER, 1)).save(folder / f"{kind}.pdf")
    per_lane: dict[str, Sequence[Answer]] = {}
    for turn, lane in (("fresh", "gpu_then_cpu"), ("warm", "gpu_then_cpu"), ("cpu", "cpu")):
        began = monotonic()
        answers = together(url, file, lane)
        seconds = monotonic() - began
        per_lane[lane] = answers
        made = facts(answers, seconds, setting.device)
        yield {f"{kind} {turn}": made, f"{kind} pages per second, {turn}": round(made["pages"] / seconds, 2)}
    on_card, on_cpu = per_lane["gpu_then_cpu"], per_lane["cpu"]
    lost = [answer.status["error"] for answer in (*on_card, *on_cpu) if answer.status["status"] != "ok"]
    assert not lost, f"{len(lost)} documents of {kind} pages are not whole: {lost[0]}"
    likeness = min(similarity(one.markdown, other.markdown) for one, other in zip(on_card, on_cpu, strict=True))
    yield {f"{kind} alike": round(likeness, 4)}
    assert likeness >= ALIKE, f"text of {kind} pages on the card is {likeness:.3f} like that of the processor"


def together(url: str, file: Path, lane: str) -> list[Answer]:
    """The file ``TOGETHER`` times at once, each time by another visitor."""
    with ThreadPoolExecutor(TOGETHER) as pool:
        return list(pool.map(lambda _: convert(url, file, lane), range(TOGETHER)))


def convert(url: str, file: Path, lane: str) -> Answer:
    """The file as a visitor of the server's API has it converted."""
    from gradio_client import Client, handle_file  # not where only model passes are checked

    client = Client(url, verbose=False)
    markdown, status, _ = client.predict(
        handle_file(str(file)), lane=lane, visitor=secrets.token_hex(16), api_name="/convert"
    )
    return Answer(markdown, status)


def facts(answers: Sequence[Answer], seconds: float, device: str) -> Found:
    """Of documents that took ``seconds`` together."""
    found: Found = {
        "documents": len(answers),
        "pages": sum(answer.status["pages_done"] for answer in answers),
        "seconds": round(seconds, 2),
        "lanes": sorted({str(answer.status["lane"]) for answer in answers}),
        "engines": sorted({str(engine["engine"]) for answer in answers for engine in answer.status["engines"]}),
        "gpu_calls": sum(answer.status["gpu"]["calls"] for answer in answers),
        "gpu_seconds": round(sum(answer.status["gpu"]["used_seconds"] for answer in answers), 2),
        "characters": round(mean(len(answer.markdown) for answer in answers)),
    }
    if device == "cuda":
        free, total = torch.cuda.mem_get_info()
        found["card_mb"] = (total - free) // 1_000_000
    return found


def similarity(one: str, other: str) -> float:
    """Share of the words that two texts have in common, in their order."""
    return SequenceMatcher(None, one.split(), other.split(), autojunk=False).ratio()
