"""Synthetic pages for the layout rules: lines at given places, in given fonts, with words of even width."""

from pipeline.pages import Box, LayoutLabel, LayoutRegion
from pipeline.stages.light_layout.containers import Sheet
from pipeline.stages.light_layout.lines import LayoutLine
from pipeline.stages.light_layout.match import LayoutWord

BODY = "/Serif"
FIXED = "/Machine"
WIDTH, HEIGHT = 600.0, 800.0


def words(
    text: str, left: float, top: float, *, height: float = 10.0, pitch: float = 5.0, font: str = BODY
) -> tuple[LayoutWord, ...]:
    """The words of ``text``, about ``pitch`` points per character (exactly in ``FIXED``), ``pitch`` points apart."""
    found, x = [], left
    for part in text.split(" "):
        width = pitch * len(part) * (1.0 if font == FIXED else 0.9 + 0.2 * (sum(map(ord, part)) % 7) / 7)
        if part:
            found.append(LayoutWord(part, Box(x, top, x + width, top + height), font))
        x += width + 0.6 * pitch
    return tuple(found)


def line(
    text: str, left: float, top: float, *, height: float = 10.0, pitch: float = 5.0, font: str = BODY
) -> LayoutLine:
    """One line of text."""
    own = words(text, left, top, height=height, pitch=pitch, font=font)
    return LayoutLine(text, Box(left, top, own[-1].box.right, top + height), font, own)


def paragraph(
    count: int, left: float, top: float, *, text: str = "some words that fill one whole line of running text here"
) -> list[LayoutLine]:
    """``count`` lines of running text, 14 points apart."""
    return [line(text, left, top + 14 * number) for number in range(count)]


def region(label: LayoutLabel, box: tuple[float, float, float, float], score: float = 0.9) -> LayoutRegion:
    return LayoutRegion(label, score, Box(*box))


def sheet(lines: list[LayoutLine], *regions: LayoutRegion, bitmaps: tuple[Box, ...] = ()) -> Sheet:
    return Sheet(WIDTH, HEIGHT, tuple(lines), regions, bitmaps)


def labelled(found: list[LayoutRegion], lines: list[LayoutLine]) -> list[tuple[str, str]]:
    """Each region's label and the text of the lines in it, from top to bottom."""
    ordered = sorted(found, key=lambda r: (r.box.top, r.box.left))
    return [
        (r.label.value, " / ".join(one.text for one in lines if one.box.intersection(r.box) > 0.5 * one.box.area))
        for r in ordered
    ]
