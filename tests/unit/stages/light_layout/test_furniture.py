"""Headers and footers that one page shows by itself."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.furniture import furniture
from pipeline.stages.light_layout.lines import LayoutLine, typography
from tests.support.layout_pages import line, paragraph, sheet


def labels(*blocks: list[LayoutLine]) -> list[tuple[str, str]]:
    made = [Block(LayoutLabel.TEXT, 0.9, tuple(lines)) for lines in blocks]
    page = sheet([one for lines in blocks for one in lines])
    return [(block.text, block.label.value) for block in furniture(made, page, typography(page.lines))][1:]


def foot(number: str, height: float = 7) -> list[LayoutLine]:
    return [line("14 March 2021", 480, 760, height=height), line(number, 520, 768, height=height)]


def test_a_page_number_below_other_small_print_is_one_by_itself() -> None:
    assert labels(paragraph(10, 60, 100), foot("4-7")) == [("14 March 2021", "text"), ("4-7", "page_footer")]


def test_other_numbers_and_numbers_in_the_body_s_size_stay_where_they_are() -> None:
    assert labels(paragraph(10, 60, 100), foot("no. 4")) == [("14 March 2021 no. 4", "text")]
    assert labels(paragraph(10, 60, 100), foot("4", height=10)) == [("14 March 2021 4", "text")]
