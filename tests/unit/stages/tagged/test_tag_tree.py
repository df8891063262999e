"""The structure tree of a page becomes blocks."""

from pipeline.page_tags import TagNode
from pipeline.stages.tagged.tag_tree import BlockKind, TagBlock, TagCell, blocks, label_marks


def tree(text: str) -> list[TagNode]:
    """Nodes of an outline: roles and marks, parted by semicolons, with a full stop for each level; ``TD 2x3`` spans."""
    nodes = []
    for entry in text.split(";"):
        depth = len(entry) - len(entry.lstrip("."))
        name, _, spans = entry.lstrip(".").partition(" ")
        if name.isdigit():
            nodes.append(TagNode(depth, mark=int(name)))
        elif "x" in spans:
            rows, columns = map(int, spans.split("x"))
            nodes.append(TagNode(depth, name, rows=rows, columns=columns))
        else:
            nodes.append(TagNode(depth, name, alternative=spans))
    return nodes


def test_headings_and_paragraphs_with_what_is_inside_them() -> None:
    found = blocks(tree("Document;.H1;..0;.P;..1;..Link;...2;..3;.Sect;..H2;...NonStruct;....4"))
    assert found == [
        TagBlock(BlockKind.HEADING, (0,), level=1),
        TagBlock(BlockKind.TEXT, (1, 2, 3)),
        TagBlock(BlockKind.HEADING, (4,), level=2),
    ]


def test_lists_nest_whether_the_inner_one_stands_in_the_body_or_beside() -> None:
    inner = "L;.LI;..Lbl;...0;..LBody;...P;....1;...L;....LI;.....2;.L;..LI;...LBody;....3;.LI;..4"
    found = [(block.marks, block.depth) for block in blocks(tree(inner))]
    assert found == [((0, 1), 0), ((2,), 1), ((3,), 1), ((4,), 0)]


def test_tables_have_header_cells_and_spans() -> None:
    found = blocks(
        tree(
            "Table;.Caption;..9;.THead;..TR;...TH 2x1;....0;...TH 1x2;....1;.TBody;..TR;...TD;....2;...TD;....3"
            ";..TR;...TD;...TD;....5;...TD;....6"
        )
    )
    assert [block.kind for block in found] == [BlockKind.CAPTION, BlockKind.TABLE]
    assert found[1].cells == (
        TagCell(0, 0, 2, 1, True, (0,)),
        TagCell(0, 1, 1, 2, True, (1,)),
        TagCell(1, 1, 1, 1, False, (2,)),
        TagCell(1, 2, 1, 1, False, (3,)),
        TagCell(2, 0, 1, 1, False, ()),
        TagCell(2, 1, 1, 1, False, (5,)),
        TagCell(2, 2, 1, 1, False, (6,)),
    )


def test_tables_that_are_none_are_read_as_what_they_hold() -> None:
    one_row = blocks(tree("Table;.TR;..TD;...0;..TD;...1"))
    assert [block.kind for block in one_row] == [BlockKind.TEXT] * 2
    laid_out = blocks(tree("Table;.TR;..TD;...H1;....0;..TD;...1;.TR;..TD;...2;..TD;...3"))
    assert [block.kind for block in laid_out] == [BlockKind.HEADING, *[BlockKind.TEXT] * 3]


def test_figures_notes_code_and_artifacts() -> None:
    found = blocks(tree("Figure A map of the ford;.0;.Caption;..1;Note;.2;Code;.3;Artifact;.4;Formula;.5;Title;.6"))
    assert [(block.kind, block.marks) for block in found] == [
        (BlockKind.PICTURE, (0,)),
        (BlockKind.CAPTION, (1,)),
        (BlockKind.NOTE, (2,)),
        (BlockKind.CODE, (3,)),
        (BlockKind.FORMULA, (5,)),
        (BlockKind.TITLE, (6,)),
    ]
    assert found[0].alternative == "A map of the ford"


def test_a_table_of_too_many_places_ends_early() -> None:
    rows = "".join(";.TR" + ";..TD 1000x1000;...1" * 3 for _ in range(40))
    assert sum(len(block.cells) for block in blocks(tree("Table" + rows))) <= 3


def test_the_rows_of_a_table_that_stand_on_other_pages_are_no_rows_of_this_one() -> None:
    text = "Table;.TR;..TH;..TH;.TR;..TD;...0;..TD;...1;.TR;..TD;..TD;.TR;..TD;...2;..TD;...3;.TR;..TD;..TD"
    (table,) = blocks(tree(text))
    assert [(cell.row, cell.marks) for cell in table.cells if cell.column == 0] == [(0, (0,)), (1, ()), (2, (2,))]


def test_text_without_a_role_of_its_own_is_bare() -> None:
    nodes = [TagNode(0, "Document"), TagNode(1, "NonStruct"), TagNode(2, "", 0), TagNode(1, "P"), TagNode(2, "", 1)]
    assert [(block.marks, block.bare) for block in blocks(nodes)] == [((0,), True), ((1,), False)]


def test_notes_inside_text_follow_it_and_what_comes_after() -> None:
    nodes = tree("P;.0;.Lbl;..Link;...1;.Note;..Lbl;...2;..3;.4;L;.LI;..LBody;...5;...Span;....FENote;.....6;P;.7")
    assert [(block.kind, block.marks) for block in blocks(nodes)] == [
        (BlockKind.TEXT, (0, 1, 4)),
        (BlockKind.ITEM, (5,)),
        (BlockKind.TEXT, (7,)),
        (BlockKind.NOTE, (2, 3)),
        (BlockKind.NOTE, (6,)),
    ]
    assert label_marks(nodes) == {1, 2}


def test_notes_that_stand_alone_stay_where_the_tree_has_them() -> None:
    found = blocks(tree("Sect;.P;..0;.Note;..1;.P;..Note;...2;.P;..3"))
    assert [block.marks for block in found] == [(0,), (1,), (2,), (3,)]
