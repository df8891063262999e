"""Documents drawn on reportlab's canvas, by a layout of the project's own: lines, columns, tables and form fields.

Every block is cut into pieces that stay whole; pieces are placed from top to bottom, column by column, page by page.
"""

import io
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path

from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from tests.documents import truth
from tests.documents.canvas_tables import table_pieces
from tests.documents.canvas_text import Faces, Line, Run, broken, drawn
from tests.documents.drawings import photograph, shapes
from tests.documents.model import (
    Block,
    Box,
    Code,
    Contents,
    Document,
    Drawing,
    Entry,
    Field,
    Figure,
    Form,
    Formula,
    Heading,
    Listing,
    Note,
    PageBreak,
    Paragraph,
    Spans,
    Table,
    plain,
)
from tests.documents.pieces import Piece

FOLDER = Path("/usr/share/fonts/truetype")
EMBEDDED = {
    "sans": ("liberation/LiberationSans-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
    "serif": ("liberation/LiberationSerif-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
    "mono": ("liberation/LiberationMono-{}.ttf", ("Regular", "Bold", "Italic", "BoldItalic")),
    "signs": ("dejavu/DejaVuSerif{}.ttf", ("", "-Bold", "-Italic", "-BoldItalic")),
}
STANDARD = {
    "sans": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique", "Helvetica-BoldOblique"),
    "serif": ("Times-Roman", "Times-Bold", "Times-Italic", "Times-BoldItalic"),
    "mono": ("Courier", "Courier-Bold", "Courier-Oblique", "Courier-BoldOblique"),
}
SIZES = {1: 1.9, 2: 1.35, 3: 1.12}
BULLETS = ("•", "–", "·")


@cache
def _embedded() -> dict[str, tuple[str, ...]]:
    """Names of the fonts in the files of ``EMBEDDED``, registered once."""
    names = {}
    for family, (pattern, faces) in EMBEDDED.items():
        names[family] = tuple(f"{family}{index}" for index in range(len(faces)))
        for name, face in zip(names[family], faces, strict=True):
            pdfmetrics.registerFont(TTFont(name, FOLDER / pattern.format(face)))
    return names


def pdf(document: Document, password: str = "") -> bytes:
    """The document as PDF, untagged, with bookmarks. Text in Latin letters alone is set in the standard fonts, which
    are not embedded.

    With a password the file is encrypted (RC4, 128 bits: ISO 32000-1, 7.6.3).
    """
    made = io.BytesIO()
    encryption = StandardEncryption(password, "owner", strength=128) if password else None
    canvas = Canvas(made, pagesize=document.style.page, invariant=1, encrypt=encryption)
    canvas.setTitle(document.title)
    _Pages(canvas, document).draw()
    canvas.save()
    return made.getvalue()


def _faces(document: Document) -> Faces:
    family = "serif" if document.style.serif else "sans"
    try:
        truth.words(document).encode("cp1252")
    except UnicodeEncodeError:
        names = _embedded()
        return Faces(names[family], names["mono"], names["signs"])
    return Faces(STANDARD[family], STANDARD["mono"], STANDARD["serif"])


class _Pages:
    """The pages of a document as they fill up. ``y`` is measured from the top of the page."""

    def __init__(self, canvas: Canvas, document: Document) -> None:
        self._canvas, self._document, self._style = canvas, document, document.style
        self._faces = _faces(document)
        self._ink, self._paper = ("#f4f1e8", "#12233a") if document.style.dark else ("#111111", "#ffffff")
        self._page, self._column, self._top = document.first_page, 0, document.style.margin
        self._y = self._top
        self._fields, self._outline = 0, -1

    @property
    def _width(self) -> float:
        return self._style.column_width

    @property
    def _x(self) -> float:
        return self._style.margin + self._column * (self._width + self._style.gap)

    def draw(self) -> None:
        """Draw every block and end the last page."""
        self._begin()
        for block in self._document.blocks:
            if isinstance(block, PageBreak):
                self._next_page()
            elif isinstance(block, Heading) and block.level == 1 and self._style.columns > 1:
                self._spanning(block)
            else:
                self._place(list(self._pieces(block)))
        self._end()

    def _place(self, pieces: list[Piece]) -> None:
        """Place the pieces of a block; the first two stay together, and a heading keeps room for two lines below it."""
        for index, piece in enumerate(pieces):
            wanted = piece.height + piece.company
            if self._y + wanted > self._style.page[1] - self._style.margin and self._y > self._top:
                self._next_column()
            piece.draw(self._canvas, self._x, self._style.page[1] - self._y)
            self._y += piece.height
            if index == len(pieces) - 1:
                self._y += 0.6 * self._style.size

    def _spanning(self, heading: Heading) -> None:
        width = self._style.page[0] - 2 * self._style.margin
        for piece in self._heading(heading, width):
            piece.draw(self._canvas, self._style.margin, self._style.page[1] - self._y)
            self._y += piece.height
        self._y += self._style.size
        self._top = self._y

    def _next_column(self) -> None:
        if self._column + 1 < self._style.columns:
            self._column += 1
            self._y = self._top
        else:
            self._next_page()

    def _next_page(self) -> None:
        self._end()
        self._column, self._top, self._page = 0, self._style.margin, self._page + 1
        self._y = self._top
        self._begin()

    def _begin(self) -> None:
        width, height = self._style.page
        if self._style.dark:
            self._canvas.setFillColor(self._paper)
            self._canvas.rect(0, 0, width, height, stroke=0, fill=1)
        if self._style.frame:
            inset = self._style.margin / 2
            self._canvas.rect(inset, inset, width - 2 * inset, height - 2 * inset)

    def _end(self) -> None:
        width, height = self._style.page
        for text, y in ((self._document.header, height - 26), (self._document.footer, 22)):
            if text:
                self._canvas.setFont(self._faces.text[0], 8)
                self._canvas.setFillColor("#777777")
                self._canvas.drawCentredString(width / 2, y, text.replace("{page}", str(self._page)))
        self._canvas.showPage()

    def _pieces(self, block: Block) -> Iterator[Piece]:
        match block:
            case Heading():
                yield from self._heading(block, self._width)
            case Paragraph(spans):
                yield from self._text(spans)
            case Listing():
                yield from self._listing(block, 0)
            case Table():
                yield from self._text(plain(block.caption), 0.9) if block.caption else ()
                yield from table_pieces(block, self._width, self._faces, self._style.size * 0.92, self._ink)
            case Code(text, _):
                yield self._code(text)
            case Figure():
                yield Piece(block.height, partial(self._figure, block))
                yield from self._text(plain(block.caption), 0.9)
            case Formula(_, text, _):
                yield self._formula(text)
            case Note(mark, text):
                yield from self._text(plain(f"{mark} {text}"), 0.8)
            case Box(title, spans):
                yield self._box(title, spans)
            case Form(fields):
                yield from (Piece(self._style.size * 2, partial(self._field, field)) for field in fields)
            case Contents(lines):
                yield from (
                    Piece(self._style.size * 1.5, partial(self._entry, line.level, line.text, line.page))
                    for line in lines
                )
            case PageBreak():
                return

    def _heading(self, heading: Heading, width: float) -> Iterator[Piece]:
        size = self._style.size * SIZES[heading.level]
        lines = broken((Run(heading.text, self._faces.text[1], size, self._ink),), width)
        for index, line in enumerate(lines):
            company = 3 * self._style.size if index == len(lines) - 1 else size
            yield Piece(size * 1.25, partial(self._heading_line, heading if index == 0 else None, line, size), company)

    def _heading_line(
        self, heading: Heading | None, line: Line, size: float, canvas: Canvas, x: float, y: float
    ) -> None:
        if heading:
            key = f"{self._page}:{round(x)}:{round(y)}"
            canvas.bookmarkPage(key)
            self._outline = min(heading.level - 1, self._outline + 1)
            canvas.addOutlineEntry(heading.text, key, self._outline)
        drawn(line, canvas, x, y - size)

    def _text(self, spans: Spans, share: float = 1.0, indent: float = 0.0, mark: str = "") -> Iterator[Piece]:
        size = self._style.size * share
        runs = self._faces.runs(spans, size, self._ink)
        for index, line in enumerate(broken(runs, self._width - indent)):
            first = mark if index == 0 else ""
            yield Piece(size * 1.35, partial(self._line, line, size, indent, first))

    def _line(self, line: Line, size: float, indent: float, mark: str, canvas: Canvas, x: float, y: float) -> None:
        if mark:
            canvas.setFillColor(self._ink)
            canvas.setFont(self._faces.text[0], size)
            canvas.drawString(x + indent - 1.5 * size, y - size, mark)
        drawn(line, canvas, x + indent, y - size)

    def _listing(self, listing: Listing, level: int) -> Iterator[Piece]:
        for number, item in enumerate(listing.items, 1):
            mark = f"{number}." if listing.ordered else BULLETS[min(level, 2)]
            yield from self._text(item.spans, indent=1.9 * self._style.size * (level + 1), mark=mark)
            if item.inner:
                yield from self._listing(item.inner, level + 1)

    def _code(self, text: str) -> Piece:
        lines, size = text.split("\n"), min(self._style.size * 0.88, 10)

        def draw(canvas: Canvas, x: float, y: float) -> None:
            canvas.setFillColor("#eeeeee")
            canvas.rect(x, y - height + 4, self._width, height - 4, stroke=0, fill=1)
            canvas.setFillColor("#111111")
            canvas.setFont(self._faces.mono[0], size)
            for index, line in enumerate(lines):
                canvas.drawString(x + 6, y - 6 - size - index * size * 1.35, line)

        height = len(lines) * size * 1.35 + 16
        return Piece(height, draw)

    def _figure(self, figure: Figure, canvas: Canvas, x: float, y: float) -> None:
        width, height = self._width, figure.height - 6
        if figure.drawing is Drawing.PHOTO:
            canvas.drawImage(ImageReader(io.BytesIO(photograph(figure))), x, y - height, width, height)
        for shape in shapes(figure):
            path = canvas.beginPath()
            for index, (across, down) in enumerate(shape.points):
                (path.moveTo if index == 0 else path.lineTo)(x + across * width, y - down * height)
            canvas.setStrokeColor(shape.paint)
            canvas.setFillColor(shape.paint)
            canvas.drawPath(path, stroke=not shape.filled, fill=shape.filled)
        canvas.setStrokeColor(self._ink)

    def _formula(self, text: str) -> Piece:
        def draw(canvas: Canvas, x: float, y: float) -> None:
            canvas.setFillColor(self._ink)
            canvas.setFont(self._faces.signs[2], self._style.size)
            canvas.drawCentredString(x + self._width / 2, y - 1.3 * self._style.size, text)

        return Piece(2 * self._style.size, draw)

    def _box(self, title: str, spans: Spans) -> Piece:
        size = self._style.size
        lines = broken(self._faces.runs(spans, size, self._ink), self._width - 16)
        height = (len(lines) + 1) * size * 1.35 + 14

        def draw(canvas: Canvas, x: float, y: float) -> None:
            canvas.setStrokeColor(self._ink)
            canvas.rect(x, y - height + 4, self._width, height - 4)
            drawn(Line((Run(title, self._faces.text[1], size, self._ink),)), canvas, x + 8, y - 6 - size)
            for index, line in enumerate(lines, 1):
                drawn(line, canvas, x + 8, y - 6 - size - index * size * 1.35)

        return Piece(height, draw)

    def _field(self, field: Field, canvas: Canvas, x: float, y: float) -> None:
        size = self._style.size
        self._fields += 1
        name = f"field{self._fields}"
        canvas.setFillColor(self._ink)
        canvas.setFont(self._faces.text[0], size)
        if field.entry is Entry.TICK:
            canvas.drawString(x + 1.8 * size, y - 1.3 * size, field.label)
            canvas.acroForm.checkbox(
                name=name,
                tooltip=field.label,
                x=x,
                y=y - 1.5 * size,
                size=1.2 * size,
                checked=bool(field.value),
                buttonStyle="cross",
            )
        else:
            canvas.drawString(x, y - 1.3 * size, f"{field.label}:")
            place = {"x": x + 8 * size, "y": y - 1.6 * size, "width": self._width - 8 * size, "height": 1.5 * size}
            canvas.acroForm.textfield(
                name=name, tooltip=field.label, value=field.value, fontSize=size, borderWidth=0.5, **place
            )

    def _entry(self, level: int, text: str, page: str, canvas: Canvas, x: float, y: float) -> None:
        size, font = self._style.size, self._faces.text[0]
        left, right = x + 18 * (level - 1), x + self._width
        canvas.setFillColor(self._ink)
        canvas.setFont(font, size)
        canvas.drawString(left, y - size, text)
        canvas.drawRightString(right, y - size, page)
        room = right - left - sum(pdfmetrics.stringWidth(part, font, size) for part in (text, page, "  "))
        dots = "." * int(room / pdfmetrics.stringWidth(".", font, size))
        canvas.drawRightString(right - pdfmetrics.stringWidth(page + " ", font, size), y - size, dots)
