"""Serves the page over a runner whose parts fail with a secret in their words: ``python -m
tests.support.hostile_serve``.

The width of a page chooses the part that fails on it, so that a test chooses by the document it uploads.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.intake.reader import PdfReader
from pipeline.models.bundle import Lanes
from pipeline.pages import PageResult, PageTask
from pipeline.runs.run_links import RunLinks
from pipeline.runs.runner import Runner
from pipeline.settings import read_settings
from pipeline.stages.assemble import DocumentAssembler
from pipeline.stages.export import FORMATS
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve
from tests.support.bundles import WholePageBundle

TOKEN = "hf_" + "kQ7" * 11
PATH = "/data/owner-secrets/key.json"
MODELS, ADD, FINISH, EXPORT, RENDER = 301, 302, 303, 304, 305  # widths in points


class Planted(Exception):
    """What a library might say in its despair."""

    def __init__(self) -> None:
        super().__init__(f"cannot use token {TOKEN} from {PATH}")


class LeakyBundle(WholePageBundle):
    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        if any(task.page.facts.size.width == MODELS for task in tasks):
            raise Planted
        return super().predict(tasks, images)


def wide(document: Any, width: int) -> bool:
    return any(page.size.width == width for page in document.pages.values())


def plant() -> None:
    """Make the assembler and the renderer fail where a page tells them to."""
    add, finish, render = DocumentAssembler.add, DocumentAssembler.finish, PdfReader.render

    def leaky_add(self: DocumentAssembler, backend: Any) -> Any:
        if backend.rendered.facts.size.width == ADD:
            raise Planted
        return add(self, backend)

    def leaky_finish(self: DocumentAssembler) -> Any:
        document = finish(self)
        if wide(document, FINISH):
            raise Planted
        return document

    def leaky_render(self: PdfReader, *arguments: Any) -> Any:
        for result in render(self, *arguments):
            if result.facts.size.width == RENDER:  # type: ignore[union-attr]
                raise Planted
            yield result

    DocumentAssembler.add = leaky_add  # type: ignore[method-assign]
    DocumentAssembler.finish = leaky_finish  # type: ignore[method-assign]
    PdfReader.render = leaky_render  # type: ignore[assignment, method-assign]


def leaky_writer(write: Callable[..., None]) -> Callable[..., None]:
    def written(source: Any, file: Any) -> None:
        if wide(source.document, EXPORT):
            raise Planted
        write(source, file)

    return written


if __name__ == "__main__":
    settings = read_settings(os.environ)
    plant()
    formats = tuple(replace(row, write=leaky_writer(row.write)) if row.name == "html" else row for row in FORMATS)
    with Runner(settings, Lanes(LeakyBundle()), formats=formats) as runner:
        Path(settings.data_dir).mkdir(parents=True, exist_ok=True)
        serve(build(RunLinks(runner), settings), settings)
