"""Lines of styled text on reportlab's canvas."""

import re
from dataclasses import dataclass, replace

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas

from tests.documents.model import Spans

WORD = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True)
class Run:
    """Text in one font, size (points) and colour; ``rise`` lifts it, ``link`` is where a click leads."""

    text: str
    font: str
    size: float
    ink: str
    rise: float = 0.0
    link: str = ""

    @property
    def width(self) -> float:
        """In points."""
        return float(pdfmetrics.stringWidth(self.text, self.font, self.size))


@dataclass(frozen=True)
class Line:
    """Runs from left to right."""

    runs: tuple[Run, ...]

    @property
    def width(self) -> float:
        """In points."""
        return sum(run.width for run in self.runs)


@dataclass(frozen=True)
class Faces:
    """Names of fonts: upright, bold, italic, bold italic, of each family."""

    text: tuple[str, ...]
    mono: tuple[str, ...]
    signs: tuple[str, ...]

    def runs(self, spans: Spans, size: float, ink: str) -> tuple[Run, ...]:
        """The spans as runs, each mark of a footnote as a small raised run of its own."""
        found = []
        for span in spans:
            font = (self.mono if span.code else self.text)[span.bold + 2 * span.italic]
            found.append(Run(span.text, font, size, "#1a4d8f" if span.link else ink, link=span.link))
            if span.note:
                found.append(Run(span.note, self.text[0], size * 0.65, ink, rise=size * 0.35))
        return tuple(found)


def broken(runs: tuple[Run, ...], width: float) -> list[Line]:
    """The runs in lines of at most ``width`` points, broken at spaces; a word that is wider has a line of its own."""
    lines: list[list[Run]] = [[]]
    room = width
    for run in runs:
        for word in WORD.findall(run.text):
            piece = replace(run, text=word)
            if replace(run, text=word.rstrip()).width > room and lines[-1]:
                lines.append([])
                room = width
            lines[-1].append(piece)
            room -= piece.width
    return [_joined(line) for line in lines if line]


def _joined(words: list[Run]) -> Line:
    """Neighbours of one style as one run; no space at the end."""
    joined: list[Run] = []
    for word in words:
        if joined and replace(joined[-1], text="") == replace(word, text=""):
            joined[-1] = replace(word, text=joined[-1].text + word.text)
        else:
            joined.append(word)
    joined[-1] = replace(joined[-1], text=joined[-1].text.rstrip())
    return Line(tuple(joined))


def drawn(line: Line, canvas: Canvas, x: float, baseline: float) -> None:
    """Draw the line from ``x`` on, in points from the page's lower left corner."""
    for run in line.runs:
        canvas.setFillColor(run.ink)
        canvas.setFont(run.font, run.size)
        canvas.drawString(x, baseline + run.rise, run.text)
        if run.link:
            canvas.linkURL(run.link, (x, baseline - 2, x + run.width, baseline + run.size), relative=0)
        x += run.width
