"""A printed table's links and raised marks of notes stand in its cells."""

from pathlib import Path

from reportlab.pdfgen.canvas import Canvas

from tests.support.printed_pages import first_page_texts

ROWS = (("Part", "Price"), ("Bolts", "61.4"), ("Plates", "12.5"))
LINK = "https://example.org/bolts"
LEFT, TOP, STEP, ROW = 72, 700, 90, 20


def printed(path: Path) -> Path:
    """A ruled table with a link and the mark of a note, above a sentence."""
    canvas = Canvas(str(path))
    for row, texts in enumerate(ROWS):
        canvas.setFont("Helvetica", 10)
        for column, text in enumerate(texts):
            canvas.drawString(LEFT + STEP * column + 4, TOP - ROW * row + 6, text)
    canvas.linkURL(LINK, (LEFT + 4, TOP - ROW + 3, LEFT + 40, TOP - ROW + 16))
    canvas.setFont("Helvetica", 6)
    canvas.drawString(LEFT + STEP + 24.5, TOP - 2 * ROW + 10, "a")
    canvas.grid([LEFT, LEFT + STEP, LEFT + 2 * STEP], [TOP + ROW - ROW * row for row in range(4)])
    canvas.setFont("Helvetica", 10)
    canvas.drawString(LEFT, TOP - 100, "All prices are those of the list that was printed in the spring of the year.")
    canvas.save()
    return path


def test_they_are_written_as_such(tmp_path: Path) -> None:
    for written in first_page_texts(printed(tmp_path / "table.pdf"), tmp_path):
        rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in written.splitlines() if "|" in line]
        assert rows[2:] == [[f"[Bolts]({LINK})", "61.4"], ["Plates", "12.5<sup>a</sup>"]]
