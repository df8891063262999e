"""Tables that go on over pages are one table, without a row lost and without a data row as header."""

from docling_core.types.doc import ContentLayer, DocItemLabel, DoclingDocument, ProvenanceItem, TableCell, TableData
from docling_core.types.doc.base import BoundingBox, CoordOrigin, Size

from pipeline.stages.document.joined_tables import join_tables

HEAD = ["No", "Item", "Price"]


def add(document: DoclingDocument, page: int, rows: list[list[str]], step: float = 100, heads: int = 1) -> None:
    if page not in document.pages:
        document.add_page(page_no=page, size=Size(width=600, height=800))
    cells = [
        TableCell(
            text=text,
            bbox=BoundingBox(l=50 + step * column, t=100 + 20 * row, r=40 + step * (column + 1), b=115 + 20 * row),
            start_row_offset_idx=row,
            end_row_offset_idx=row + 1,
            start_col_offset_idx=column,
            end_col_offset_idx=column + 1,
            column_header=row < heads,
        )
        for row, texts in enumerate(rows)
        for column, text in enumerate(texts)
    ]
    columns = len(rows[0])
    box = BoundingBox(l=50, b=100, r=50 + step * columns, t=700, coord_origin=CoordOrigin.BOTTOMLEFT)
    data = TableData(table_cells=cells, num_rows=len(rows), num_cols=columns)
    document.add_table(data, prov=ProvenanceItem(page_no=page, bbox=box, charspan=(0, 0)))


def grid(document: DoclingDocument) -> list[list[str]]:
    (table,) = document.tables
    return [[cell.text for cell in row] for row in table.data.grid]


def headers(document: DoclingDocument) -> set[int]:
    return {cell.start_row_offset_idx for cell in document.tables[0].data.table_cells if cell.column_header}


def test_a_header_that_repeats_is_dropped() -> None:
    document = DoclingDocument(name="made")
    add(document, 1, [HEAD, ["1", "oak", "5"]])
    add(document, 2, [HEAD, ["2", "larch", "4"], ["3", "iron", "9"]])
    add(document, 3, [HEAD, ["4", "lime", "1"]])
    assert join_tables(document) == 2
    assert grid(document) == [HEAD, ["1", "oak", "5"], ["2", "larch", "4"], ["3", "iron", "9"], ["4", "lime", "1"]]
    assert [place.page_no for place in document.tables[0].prov] == [1, 2, 3]


def test_a_data_row_that_looked_like_a_header_is_a_row() -> None:
    document = DoclingDocument(name="made")
    add(document, 1, [HEAD, ["1", "oak", "5"]])
    footer = document.add_text(DocItemLabel.PAGE_FOOTER, "12")
    footer.content_layer = ContentLayer.FURNITURE
    add(document, 2, [["2", "larch", "4"], ["3", "iron", "9"]])
    assert join_tables(document) == 1
    assert grid(document)[2] == ["2", "larch", "4"]
    assert headers(document) == {0}


def test_a_row_cut_by_the_break_is_put_together() -> None:
    document = DoclingDocument(name="made")
    add(document, 1, [HEAD, ["1", "oak", "5"], ["2", "a strap that must be", "9"]])
    add(document, 2, [["", "renewed soon", ""], ["3", "iron", "9"]])
    join_tables(document)
    assert grid(document)[2:] == [["2", "a strap that must be renewed soon", "9"], ["3", "iron", "9"]]


def test_a_row_without_a_first_cell_stays_a_row_where_others_have_none() -> None:
    document = DoclingDocument(name="made")
    add(document, 1, [HEAD, ["1", "oak", "5"], ["", "larch", "9"]])
    add(document, 2, [["", "iron", "3"], ["3", "lime", "9"]])
    join_tables(document)
    assert grid(document)[3:] == [["", "iron", "3"], ["3", "lime", "9"]]


def test_other_tables_stay_apart() -> None:
    document = DoclingDocument(name="made")
    add(document, 1, [HEAD, ["1", "oak", "5"]])
    document.add_text(DocItemLabel.TEXT, "A paragraph in between.")
    add(document, 2, [HEAD, ["2", "larch", "4"]])
    add(document, 2, [HEAD, ["3", "iron", "4"]])
    add(document, 3, [["a", "b"], ["c", "d"]])
    add(document, 5, [["a", "b"], ["e", "f"]])
    add(document, 6, [["x", "y"], ["g", "h"]], step=160)
    assert join_tables(document) == 0


def test_a_header_alone_at_the_foot_of_a_page_goes_for_the_table_on_the_next_page() -> None:
    document = DoclingDocument(name="made")
    add(document, 1, [["Part", "Rain"], ["", "2021 2022"]], heads=2)
    rest = [["Part", "Rain", ""], ["", "2021", "2022"], ["Mast", "637.8", "823.6"]]
    add(document, 2, rest, heads=2)
    assert join_tables(document) == 1
    assert grid(document) == rest
    assert [place.page_no for place in document.tables[0].prov] == [1, 2]


def test_a_table_with_a_word_of_its_own_stays() -> None:
    document = DoclingDocument(name="made")
    add(document, 1, [["Part", "Rain"], ["", "2020 2022"]], heads=2)
    add(document, 2, [["Part", "Rain", ""], ["", "2021", "2022"], ["Mast", "637.8", "823.6"]], heads=2)
    assert join_tables(document) == 0


def test_a_table_that_begins_as_an_earlier_one_opens_the_next_copy_of_a_form() -> None:
    head, foot = [["Harbour dues", "Berth", "Date"]], [["Name", "Office", "Day"]]
    for other, tables in ((head, 4), ([["Further berths", "4", "9"]], 2)):
        document = DoclingDocument(name="made")
        add(document, 1, head, heads=0)
        document.add_text(DocItemLabel.TEXT, "The dues are paid before the boat leaves.")
        add(document, 1, foot, heads=0)
        add(document, 2, other, heads=0)
        if tables == 4:
            document.add_text(DocItemLabel.TEXT, "The dues are paid before the boat leaves.")
            add(document, 2, foot, heads=0)
        join_tables(document)
        assert len(document.tables) == tables
