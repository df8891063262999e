"""Heads of columns that run up the page are read from below, each as a whole."""

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tests.support.printed_pages import first_page_markdown

HEADS = ("05 to 06", "06 to 07", "After 20")
ROWS = (("Abbot Green", "951", "1,258", "767"), ("Canal Head", "383", "462", "91"), ("Dyehouse", "275", "108", "38"))
TOP, LEFT, STEP, ROW = 700, 72, 60, 20


def printed(path: Path) -> Path:
    """A ruled table whose heads are turned by 90 degrees."""
    canvas = Canvas(str(path))
    canvas.setFont("Helvetica", 9)
    widths = (0, 100, *(100 + STEP * column for column in range(1, 4)))
    canvas.drawString(LEFT + 4, TOP + 4, "Stop")
    for column, head in enumerate(HEADS):
        canvas.saveState()
        canvas.translate(LEFT + widths[column + 1] + 34, TOP + 4)
        canvas.rotate(90)
        canvas.drawString(0, 0, head)
        canvas.restoreState()
    for number, row in enumerate(ROWS, start=1):
        for column, text in enumerate(row):
            canvas.drawString(LEFT + widths[column] + 4, TOP - ROW * number + 6, text)
    levels = [TOP + 50, *(TOP - ROW * number for number in range(len(ROWS) + 1))]
    canvas.grid([LEFT + width for width in widths], levels)
    canvas.save()
    return path


def test_a_turned_head_is_one_cell(tmp_path: Path) -> None:
    path = printed(tmp_path / "table.pdf")
    lines = first_page_markdown(path, tmp_path).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "--" not in line]
    assert cells == [["Stop", *HEADS], *map(list, ROWS)]
