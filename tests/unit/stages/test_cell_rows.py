"""The lines of a block in the order of its rows, whatever was drawn first."""

from docling.datamodel.base_models import Cluster
from docling_core.types.doc import DocItemLabel
from docling_core.types.doc.base import BoundingBox, CoordOrigin
from docling_core.types.doc.page import BoundingRectangle, TextCell

from pipeline.stages.cell_rows import in_rows

Place = tuple[str, float, float, float]


def cell(place: Place, index: int, *, read: bool = False, turned: bool = False) -> TextCell:
    """A line 10 points high: its text, left, right and top."""
    text, left, right, top = place
    box = BoundingBox(l=left, r=right, t=top, b=top + 10, coord_origin=CoordOrigin.TOPLEFT)
    rect = BoundingRectangle.from_bounding_box(box)
    if turned:
        rect = rect.model_copy(update={"r_x1": rect.r_x0, "r_y1": rect.r_y0 + 100})
    return TextCell(index=index, rect=rect, text=text, orig=text, from_ocr=read)


def texts(*places: Place, **kind: bool) -> list[str]:
    cells = [cell(place, index, **kind) for index, place in enumerate(places)]
    cluster = Cluster(id=0, label=DocItemLabel.TEXT, bbox=cells[0].rect.to_bounding_box(), cells=cells)
    in_rows(cluster)
    return [found.text for found in cluster.cells]


POINTS = ("(10 points)", 480, 530, 114)
QUESTION = (("3. Explain why", 60, 520, 100), ("willows are dangerous.", 70, 220, 115))


def test_what_was_drawn_before_the_line_at_its_left_is_read_behind_it() -> None:
    assert texts(POINTS, *QUESTION) == ["3. Explain why", "willows are dangerous.", "(10 points)"]


def test_lines_drawn_in_order_stay_though_they_stand_side_by_side() -> None:
    columns = (("left", 60, 200, 100), ("goes on", 60, 200, 114), ("right", 300, 400, 100), ("too", 300, 400, 114))
    assert texts(*columns) == ["left", "goes on", "right", "too"]


def test_read_turned_and_leftward_lines_stay() -> None:
    drawn = ["(10 points)", "3. Explain why", "willows are dangerous."]
    assert texts(POINTS, *QUESTION, read=True) == drawn
    assert texts(POINTS, *QUESTION, turned=True) == drawn
    assert texts(("ספר", 300, 400, 100), ("גדול", 100, 200, 100)) == ["ספר", "גדול"]
