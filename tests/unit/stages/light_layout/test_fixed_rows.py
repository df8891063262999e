"""Lines in fixed pitch that are no code: items of a list, and the ends of paragraphs."""

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.lines import LayoutLine, bounds
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import FIXED, labelled, line, paragraph, region, sheet

FULL = "some words that fill one whole line of running text here"


def code(text: str, top: float, left: float = 60) -> LayoutLine:
    return line(text, left, top, font=FIXED)


# What shows the page's type, and which font has one width.
REST = [*paragraph(8, 60, 400), code("while anchor reaches ground", 600), code("lower chain until slack", 614)]


def item(sign: str, text: str, top: float) -> LayoutLine:
    """A sign of the body's font with a text in fixed pitch behind it."""
    mark, own = line(sign, 60, top), line(text, 72, top, font=FIXED)
    return LayoutLine(f"{sign} {text}", bounds([mark.box, own.box]), FIXED, (*mark.words, *own.words))


def found(lines: list[LayoutLine]) -> list[tuple[str, str]]:
    box = bounds([one.box for one in lines])
    seen = region(LayoutLabel.TEXT, (box.left - 2, box.top - 2, box.right + 2, box.bottom + 2))
    return labelled(regions(sheet([*lines, *REST], seen)), lines)[: len(lines)]


def test_items_in_fixed_pitch_are_items() -> None:
    lines = [item("•", text, 100 + 14 * n) for n, text in enumerate(("rope", "splice", "mooring", "anchor"))]
    assert found(lines) == [("list_item", one.text) for one in lines]


def test_a_bullet_in_fixed_pitch_is_a_sign_of_the_code() -> None:
    lines = [code(f"* {text}", 100 + 14 * n) for n, text in enumerate(("rope", "splice", "mooring", "anchor"))]
    assert found(lines)[0] == ("code", " / ".join(one.text for one in lines))


def test_an_item_in_fixed_pitch_goes_on_below_its_text() -> None:
    first = item("•", "splice the rope that is worn most of all first", 100)
    for second in (line("and look at the others after the next tide again", 72, 114), code("anchor", 114, 72)):
        lines = [first, second]
        assert found(lines)[0] == ("list_item", f"{first.text} / {second.text}")


def test_code_below_an_item_at_another_edge_is_code() -> None:
    lines = [item("•", "splice the rope that is worn most of all first", 100), code("anchor(chain)", 114, 90)]
    assert [label for label, _ in found(lines)][:2] == ["list_item", "code"]


def paragraph_with(last: str, before: str = FULL, left: float = 60) -> list[LayoutLine]:
    return [line(FULL, 60, 100), line(FULL, 60, 114), line(before, 60, 128), code(last, 142, left)]


def test_the_last_line_of_a_paragraph_in_fixed_pitch_is_its_own() -> None:
    lines = paragraph_with("splice.")
    assert found(lines)[0] == ("text", " / ".join(one.text for one in lines))


def test_code_below_a_paragraph_stays_code() -> None:
    for lines in (
        paragraph_with("splice"),
        paragraph_with("splice.", before="some words that fill one whole line of running text:"),
        paragraph_with("splice.", before="some words that end"),
        paragraph_with("splice.", before=FULL[:-9]),
        paragraph_with("splice.", left=80),
        [*paragraph_with("splice.")[:-1], code("splice.", 150)],
    ):
        assert ("code", lines[-1].text) in found(lines)


def test_the_last_line_of_an_item_in_fixed_pitch_is_its_own() -> None:
    prose = line(f"• {FULL}", 60, 100)
    start = prose.words[1].box.left
    lines = [prose, line(FULL, start, 114), code("splice.", 128, start)]
    assert found(lines)[0] == ("list_item", " / ".join(one.text for one in lines))


def test_words_in_fixed_pitch_go_on_behind_a_comma() -> None:
    ended = line(FULL[:-5], 60, 128)
    word = line("lee,", ended.box.right + 3, 128, font=FIXED)
    listed = LayoutLine(f"{ended.text} lee,", bounds([ended.box, word.box]), ended.font, (*ended.words, *word.words))
    for third, labels in ((listed, ["text"]), (line(f"{FULL[:-5]} lee,", 60, 128), ["text", "code"])):
        lines = [line(FULL, 60, 100), line(FULL, 60, 114), third, code("anchor, chain", 142)]
        assert [label for label, _ in found(lines)][: len(labels)] == labels
        assert (("code", "anchor, chain") in found(lines)) is (len(labels) > 1)


def test_code_below_such_a_paragraph_is_parted_from_it() -> None:
    lines = [*paragraph_with("splice."), code("anchor(chain)", 156), code("anchor(rope)", 170)]
    assert found(lines)[1] == ("code", "anchor(chain) / anchor(rope)")
