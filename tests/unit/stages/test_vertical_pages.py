"""A page written in columns from right to left: its title is what is set larger, not what is longer."""

from pathlib import Path

from docling_core.types.doc import ImageRefMode

from pipeline.intake.reader import PdfReader
from pipeline.pages import PageSize, RenderedPage
from pipeline.pixels import PIXELS
from pipeline.settings import read_settings
from pipeline.stages.assemble import DocumentAssembler, build_pipeline
from pipeline.stages.markdown import to_markdown
from pipeline.stages.replay import FinishedPage, ReplaySource, without_network
from tests.support.mapped_fonts import MappedFont
from tests.unit.intake.pdf_files import Page, PdfFile

TITLE = "渡し船の規則"
FIRST = "渡し船の料金は、荷車一台につき銅貨二枚とする。"
SECOND = "空の荷車は無料とする。"


def test_the_title_of_a_page_in_columns_is_set_larger(tmp_path: Path) -> None:
    font = MappedFont(tuple(dict.fromkeys(TITLE + FIRST + SECOND)))
    shown = (
        b"BT /F1 %d Tf %g %g Td %s Tj ET\n" % (size, left, 700 - size * row, font.encode(character))
        for column, size, left in ((TITLE, 24, 400.0), (FIRST, 14, 350.0), (SECOND, 14, 310.0))
        for row, character in enumerate(column)
    )
    path = PdfFile([Page(b"".join(shown))], [font.table()], font.font()).write(tmp_path / "a.pdf")
    with PdfReader(read_settings({})) as reader:
        (page,) = reader.render(path, "", (1,), tmp_path)
    assert isinstance(page, RenderedPage)
    source = ReplaySource(path.name, "0" * 64, (PageSize(page.facts.size.width, page.facts.size.height),), (1,))
    made = DocumentAssembler(build_pipeline(), source, lambda name, image: None)
    made.add(FinishedPage(page, without_network(1), tmp_path / PIXELS))
    assert to_markdown(made.finish(), ImageRefMode.PLACEHOLDER).split() == ["#", TITLE, FIRST, SECOND]
