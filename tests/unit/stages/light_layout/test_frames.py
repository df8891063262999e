"""Frames around text: found in the drawn rules, and read by themselves."""

from dataclasses import replace

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout.frames import dividers, frames, headed_blocks
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.refine import regions
from pipeline.stages.light_layout.rulings import DrawnRules, Rule
from tests.support.layout_pages import HEIGHT, WIDTH, labelled, line, paragraph, region, sheet

LEFT, RIGHT = Box(50, 100, 250, 160), Box(300, 100, 500, 160)


def drawn(*boxes: Box) -> DrawnRules:
    across = {(y, box.left, box.right) for box in boxes for y in (box.top, box.bottom)}
    down = {(x, box.top, box.bottom) for box in boxes for x in (box.left, box.right)}
    return DrawnRules(tuple(Rule(*rule) for rule in sorted(across)), tuple(Rule(*rule) for rule in sorted(down)))


def test_four_sides_make_a_frame_and_three_do_not() -> None:
    assert frames(drawn(LEFT, RIGHT), WIDTH, HEIGHT) == [LEFT, RIGHT]
    open_side = drawn(LEFT)
    assert frames(replace(open_side, down=open_side.down[:1]), WIDTH, HEIGHT) == []


def test_cells_of_a_table_and_a_border_around_the_page_are_no_frames() -> None:
    cells = drawn(LEFT, Box(250, 100, 400, 160), Box(50, 160, 250, 220))
    assert frames(cells, WIDTH, HEIGHT) == []
    assert frames(drawn(Box(20, 20, WIDTH - 20, HEIGHT - 20)), WIDTH, HEIGHT) == []


def test_two_frames_side_by_side_are_no_table() -> None:
    lines = [
        line(f"{name} side, line {number}", left, 90 + 20 * number)
        for number in (1, 2, 3)
        for name, left in (("East", 60), ("West", 310))
    ]
    for seen in ((), (region(LayoutLabel.TABLE, (45, 95, 505, 165)),)):
        page = replace(sheet(lines, *seen), frames=(LEFT, RIGHT))
        found = labelled(regions(page), lines)
        assert [label for label, _ in found if label == "table"] == []
        assert not [text for _, text in found if "East" in text and "West" in text]


def test_the_bold_head_of_a_framed_note_heads_no_section() -> None:
    lines = [line("Take Care", 60, 106, font="/Serif-Bold"), line("of what is written in a frame", 60, 120)]
    body = paragraph(8, 60, 200)
    page = replace(sheet([*lines, *body], region(LayoutLabel.TEXT, (40, 95, 480, 330))), frames=(LEFT,))
    found = labelled(regions(page), [*lines, *body])
    assert found[0] == ("text", "Take Care")
    assert "section_header" not in [label for label, _ in found]


def test_small_tables_side_by_side_are_parted_by_the_rules_below_their_heads() -> None:
    rows = (("Issuer:", "Ostrin"), ("Manager:", "Marsh"), ("Trustee:", "Pellam"))
    lines: list[LayoutLine] = []
    rules: list[Rule] = []
    for left, head in ((60.0, "Parties"), (260.0, "Assets")):
        lines.append(line(head, left, 100, font="/Serif-Bold"))
        rules.append(Rule(112, left, left + 150))
        for number, texts in enumerate(rows):
            lines += [line(text, left + 90 * n, 118 + 14 * number) for n, text in enumerate(texts)]
    blocks = headed_blocks(DrawnRules(tuple(rules), ()), lines)
    assert [(box.left, box.top, box.right) for box in blocks] == [(60, 100, 210), (260, 100, 410)]
    page = replace(sheet(lines, region(LayoutLabel.PICTURE, (50, 90, 420, 165))), frames=tuple(blocks))
    found = labelled(regions(page), lines)
    assert [label for label, _ in found].count("table") == 2
    assert "picture" not in [label for label, _ in found]


def test_rules_between_notices_head_nothing() -> None:
    pieces = (("its last line", 100, "/Serif"), ("Notice", 118, "/Serif-Bold"))
    lines = [line(text, left, top, font=font) for left in (60, 300) for text, top, font in pieces]
    rules = (Rule(113, 60, 220), Rule(113, 300, 460))
    assert headed_blocks(DrawnRules(rules, ()), lines) == []


def test_rules_below_heads_over_columns_part_no_table() -> None:
    lines = [line(text, left, 100) for text, left in (("Quarter", 130), ("Year", 340))]
    rules = (Rule(112, 100, 210), Rule(112, 300, 410))
    assert headed_blocks(DrawnRules(rules, ()), lines) == []


def test_a_frame_may_have_round_corners() -> None:
    round_ = DrawnRules(
        (Rule(100, 70, 230), Rule(200, 70, 230)),
        (Rule(50, 120, 180), Rule(250, 120, 180)),
    )
    assert frames(round_, WIDTH, HEIGHT) == [Box(50, 100, 250, 200)]
    for down in ((Rule(50, 100, 180), Rule(250, 120, 180)), (Rule(20, 150, 150), Rule(280, 150, 150))):
        assert frames(replace(round_, down=down), WIDTH, HEIGHT) == []


def columns_of_notices() -> list[LayoutLine]:
    said = "the water is cut off on Monday"
    return [*paragraph(9, 60, 100, text=said), *paragraph(9, 320, 107, text=said)]


def test_a_rule_between_columns_of_text_parts_them() -> None:
    middle, lines = Rule(290, 95, 240), columns_of_notices()
    assert dividers(DrawnRules((), (middle,)), lines) == [middle]
    crossed = DrawnRules((Rule(160, 60, 500),), (middle,))
    assert dividers(crossed, lines) == [], "a table"
    cells = [line(text, left, 100 + 14 * n) for n in range(9) for text, left in (("Iron", 60), ("mg", 320))]
    assert dividers(DrawnRules((), (middle,)), cells) == []
    assert dividers(DrawnRules((), (Rule(150, 95, 240),)), lines) == [], "text runs across it"


def test_no_block_holds_lines_on_both_sides_of_such_a_rule() -> None:
    lines = [line(f"{name} {n}", left, 100 + 16 * n) for n in range(4) for name, left in (("Iron", 60), ("Lead", 320))]
    page = sheet(lines)
    assert any(one.box.left < 290 < one.box.right for one in regions(page))
    assert not any(one.box.left < 290 < one.box.right for one in regions(replace(page, dividers=(Rule(290, 95, 320),))))


def test_panels_over_bitmaps_of_their_shadows_are_text() -> None:
    lines = [
        line(f"{name} panel, line {number} of what it says", left, 90 + 20 * number)
        for number in (1, 2, 3)
        for name, left in (("East", 60), ("West", 310))
    ]
    picture = region(LayoutLabel.PICTURE, (45, 95, 505, 165))
    page = replace(sheet(lines, picture, bitmaps=(Box(45, 95, 505, 165),)), frames=(LEFT, RIGHT))
    assert all(one.label is not LayoutLabel.PICTURE for one in regions(page))
    read = replace(page, lines=tuple(replace(one, words=()) for one in lines))
    assert any(one.label is LayoutLabel.PICTURE for one in regions(read)), "a photograph of them"
