"""One page of a file, read without any network: what its printed text alone makes of it."""

from pathlib import Path

from docling_core.types.doc import ImageRefMode

from pipeline.intake.reader import PdfReader
from pipeline.pages import PageSize, RenderedPage
from pipeline.pixels import PIXELS
from pipeline.settings import read_settings
from pipeline.stages.assemble import DocumentAssembler, build_pipeline
from pipeline.stages.markdown import to_markdown
from pipeline.stages.replay import FinishedPage, ReplaySource, without_network


def first_page_markdown(path: Path, folder: Path) -> str:
    """The Markdown of the first page of the file at ``path``; ``folder`` takes what is drawn of it."""
    return first_page_texts(path, folder)[1]


def first_page_texts(path: Path, folder: Path) -> tuple[str, str]:
    """The same as the page shows it while others are read, and as the document has it."""
    with PdfReader(read_settings({})) as reader:
        (page,) = reader.render(path, "", (1,), folder)
    assert isinstance(page, RenderedPage)
    size = PageSize(page.facts.size.width, page.facts.size.height)
    made = DocumentAssembler(
        build_pipeline(), ReplaySource(path.name, "0" * 64, (size,), (1,)), lambda name, image: None
    )
    shown = made.add(FinishedPage(page, without_network(1), folder / PIXELS)).markdown
    return shown, to_markdown(made.finish(), ImageRefMode.PLACEHOLDER)
