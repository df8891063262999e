"""Items that a bookmark shows to be headings leave their list, with their number."""

import pytest
from docling_core.types.doc import ListGroup, ListItem, SectionHeaderItem, TextItem

from pipeline.page_tags import Bookmark
from pipeline.stages.document.headings import set_headings
from tests.unit.stages.document.made import Made, line

TEXTS = ("Bread for the harbour", "Main figures", "Boats and ropes")


def numbered(made: Made, group: ListGroup, marker: str, text: str, top: float) -> None:
    item = made.item(group, line(text, top), marker=marker)
    assert isinstance(item, ListItem)
    item.enumerated = True


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (0, ["## 1. Main figures", "2. Bread for the harbour", "3. Boats and ropes"]),
        (1, ["1. Bread for the harbour", "## 2. Main figures", "3. Boats and ropes"]),
        (2, ["1. Bread for the harbour", "2. Boats and ropes", "## 3. Main figures"]),
    ],
)
def test_a_heading_in_a_list_parts_it(place: int, expected: list[str]) -> None:
    made = Made()
    group = made.document.add_list_group()
    texts = [text for text in TEXTS if text != "Main figures"]
    texts.insert(place, "Main figures")
    for number, text in enumerate(texts):
        numbered(made, group, f"{number + 1}.", text, 100 + 20 * number)
    made.text(line("Some words of an ordinary paragraph.", 300))
    set_headings(made.document, made.record, (Bookmark("Main figures", 0, 1, 100.0 + 20 * place),))
    found = []
    for item, _ in made.document.iterate_items():
        if isinstance(item, SectionHeaderItem):
            assert item.parent is not None
            assert item.parent.cref == "#/body"
            found.append(f"## {item.text}")
        elif isinstance(item, ListItem):
            assert item.parent is not None
            assert isinstance(item.parent.resolve(made.document), ListGroup)
            found.append(f"{item.marker} {item.text}")
        elif isinstance(item, TextItem):
            found.append(item.text)
    assert found == [*expected, "Some words of an ordinary paragraph."]


def test_a_list_of_nothing_but_headings_is_gone() -> None:
    made = Made()
    group = made.document.add_list_group()
    numbered(made, group, "4.", "Main figures", 100)
    set_headings(made.document, made.record, (Bookmark("Main figures", 0, 1, 100.0),))
    assert [item.text for item in made.document.texts] == ["4. Main figures"]
    assert made.document.groups == []
