"""Notes longer than the text of their page, and those that go on from the page before."""

import pytest

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.long_notes import body_typography
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import line, paragraph, region, sheet

SMALLER = "a note in smaller type that is as long as it likes to be, and longer than the text."


def note(count: int, top: float, *, mark: str = "4") -> list[LayoutLine]:
    """``count`` lines in 8 points, the first behind a raised mark if there is one."""
    found = [line(SMALLER, 60, top + 10 * number, height=8.0, pitch=4.0) for number in range(count)]
    if mark:
        raised = line(f"{mark} {SMALLER}", 60, top, height=8.0, pitch=4.0)
        first, *rest = raised.words
        small = line(mark, 57, top - 1, height=5.0).words[0]
        found[0] = LayoutLine(raised.text, raised.box, raised.font, (small, *rest))
        assert first.text == mark
    return found


def test_the_larger_text_above_long_notes_is_the_body() -> None:
    page = [*paragraph(4, 60, 60), *note(20, 400)]
    assert body_typography(page).height == 10.0
    assert body_typography([*page, *paragraph(1, 60, 700)]).height == 8.0, "text below: no notes"
    assert body_typography([*paragraph(4, 60, 60), *note(20, 400, mark="")]).height == 8.0, "no mark"
    assert body_typography([*paragraph(2, 60, 60), *note(20, 400)]).height == 8.0, "a title in two lines"
    beside = [line(one.text, 420, one.box.top + 300) for one in paragraph(4, 60, 60)]
    assert body_typography([*page, *beside]).height == 10.0, "a column without notes"


def test_long_notes_are_notes() -> None:
    page = [*paragraph(4, 60, 60), *note(6, 400), *note(16, 470, mark="5")]
    found = regions(sheet(page, region(LayoutLabel.TEXT, (50, 390, 560, 640))))
    notes = [one.box.top for one in found if one.label is LayoutLabel.FOOTNOTE]
    assert notes == pytest.approx([399, 469], abs=2)


@pytest.mark.parametrize(("start", "expected"), [("the", 2), ("The", 1)])
def test_small_text_in_mid_sentence_above_a_note_is_one(start: str, expected: int) -> None:
    on = line(f"{start} rest of the sentence that the last note of the page before broke off", 60, 600, height=8.0)
    page = [*paragraph(12, 60, 60), on, *note(2, 616)]
    assert sum(one.label is LayoutLabel.FOOTNOTE for one in regions(sheet(page))) == expected
