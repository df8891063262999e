"""Folio drives docling's stages page by page; docling's own threaded pipeline over the same pages says the same."""

from pathlib import Path

import numpy as np
import pytest
from docling_core.types.doc import DoclingDocument
from PIL import Image

from pipeline.intake.reader import PdfReader
from pipeline.models.light_bundle import LightBundle
from pipeline.pages import PagePrediction, PageSize, PageTask, RenderedPage
from pipeline.pixels import PIXELS, page_image
from pipeline.settings import read_settings
from pipeline.stages.assemble import DocumentAssembler, SavePicture, build_pipeline
from pipeline.stages.replay import FinishedPage, ReplayDocument, ReplayPage, ReplaySource, replay_result

PAGES = (2, 3, 4)  # of manual.pdf: figures and tables

SOURCE = ReplaySource("manual.pdf", "0" * 64, (PageSize(612, 792),) * 17, PAGES)


@pytest.fixture(scope="module")
def finished(documents: Path, tmp_path_factory: pytest.TempPathFactory) -> list[FinishedPage]:
    """Pages with pictures and tables, rendered and predicted."""
    bundle = LightBundle(threads=2)
    folder = tmp_path_factory.mktemp("batch")
    with PdfReader(read_settings({})) as reader:
        rendered = list(reader.render(documents / "manual.pdf", "", PAGES, folder))
    pages = [page for page in rendered if isinstance(page, RenderedPage)]
    tasks = [PageTask(page, ocr=False, tables=True) for page in pages]
    pixels = folder / PIXELS
    predictions = bundle.predict(tasks, [page_image(pixels, page) for page in pages])
    return [
        FinishedPage(page, said, pixels)
        for page, said in zip(pages, predictions, strict=True)
        if isinstance(said, PagePrediction)
    ]


def assembler_for(save: SavePicture) -> DocumentAssembler:
    return DocumentAssembler(build_pipeline(), SOURCE, save)


def by_docling(finished: list[FinishedPage]) -> DoclingDocument:
    """The document as docling's own pipeline builds it, threads and all."""
    pipeline = build_pipeline()
    result = replay_result(SOURCE)
    backend = result.input._backend
    assert isinstance(backend, ReplayDocument)
    backend.pages = {page.rendered.page: ReplayPage(page) for page in finished}
    pipeline._build_document(result)
    pipeline._assemble_document(result)
    return result.document


def without_pictures(document: DoclingDocument) -> dict[str, object]:
    content = document.export_to_dict()
    for picture in content["pictures"]:
        picture.pop("image", None)
    return content


def test_the_document_equals_what_doclings_own_pipeline_makes_of_the_same_pages(finished: list[FinishedPage]) -> None:
    assert len(finished) == len(PAGES)
    saved: dict[str, Image.Image] = {}
    assembler = assembler_for(saved.__setitem__)
    for page in (finished[2], finished[0], finished[1]):
        assembler.add(ReplayPage(page))
    ours = assembler.by_docling()
    assert without_pictures(ours) == without_pictures(by_docling(finished))
    assert len(ours.tables) >= 1


def test_every_picture_refers_to_its_crop_of_the_page(finished: list[FinishedPage]) -> None:
    saved: dict[str, Image.Image] = {}
    assembler = assembler_for(saved.__setitem__)
    for page in finished:
        assembler.add(ReplayPage(page))
    document = assembler.finish()
    assert document.pictures
    assert {str(item.image.uri) for item in document.pictures if item.image} == {f"pictures/{name}" for name in saved}
    for item in document.pictures:
        assert item.image is not None
        place = item.prov[0]
        rendered = next(page.rendered for page in finished if page.rendered.page == place.page_no)
        box = place.bbox.to_top_left_origin(rendered.facts.size.height).scaled(rendered.scale)
        whole = Image.fromarray(np.asarray(page_image(finished[0].pixels, rendered)))
        expected = np.asarray(whole.crop(box.as_tuple()))
        assert (
            np.abs(np.asarray(saved[Path(str(item.image.uri)).name]).astype(int).mean() - expected.astype(int).mean())
            < 2
        )
