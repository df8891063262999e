"""One page of a file, read without any network: what its printed text alone makes of it."""

from pathlib import Path

from docling_core.types.doc import ImageRefMode

from pipeline.pages import PageSize
from pipeline.stages.assemble import DocumentAssembler, build_pipeline
from pipeline.stages.markdown import to_markdown
from pipeline.stages.replay import FinishedPage, ReplayPage, ReplaySource, without_network
from tests.support.rendered_pages import first_page


def first_page_markdown(path: Path, folder: Path) -> str:
    """The Markdown of the first page of the file at ``path``; ``folder`` takes what is drawn of it."""
    return first_page_texts(path, folder)[1]


def first_page_texts(path: Path, folder: Path) -> tuple[str, str, str]:
    """The same as the page shows it while others are read, as the document has it, and as a document has it that took
    the page over as it was saved.
    """
    page, pixels = first_page(path, folder)
    size = PageSize(page.facts.size.width, page.facts.size.height)
    source = ReplaySource(path.name, "0" * 64, (size,), (1,))
    made, later = (DocumentAssembler(build_pipeline(), source, lambda name, image: None) for _ in range(2))
    assembled = made.add(ReplayPage(FinishedPage(page, without_network(1), pixels)))
    assert later.restore(assembled.saved)
    whole, again = (to_markdown(one.finish(), ImageRefMode.PLACEHOLDER) for one in (made, later))
    return assembled.markdown, whole, again
