"""Figures as shapes: each renderer draws the same ones. No figure holds text."""

import base64
import io
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from tests.documents.model import Drawing, Figure

PAINTS = ("#27566b", "#b5651d", "#5b7f3a", "#8c3b4a", "#c9b458")


@dataclass(frozen=True)
class Shape:
    """A line through ``points`` or, where ``filled``, the area inside it; points are (x, y) in [0, 1] from the top
    left corner.
    """

    points: tuple[tuple[float, float], ...]
    paint: str
    filled: bool


def shapes(figure: Figure) -> list[Shape]:
    """The shapes of a figure, the hindmost first; a photograph has none."""
    chance = random.Random(figure.seed)
    match figure.drawing:
        case Drawing.BARS:
            return [*_axes(), *_bars(chance)]
        case Drawing.CURVE:
            return [*_axes(), *_curves(chance)]
        case Drawing.MAP:
            return list(_fields(chance))
        case Drawing.PHOTO:
            return []


def _axes() -> list[Shape]:
    return [Shape(((0.06, 0.04), (0.06, 0.94), (0.98, 0.94)), "#222222", False)]


def _bars(chance: random.Random) -> Iterator[Shape]:
    count = chance.randint(5, 9)
    for index in range(count):
        left, right = 0.1 + 0.86 * index / count, 0.1 + 0.86 * (index + 0.7) / count
        top = chance.uniform(0.1, 0.8)
        yield Shape(((left, top), (right, top), (right, 0.93), (left, 0.93)), PAINTS[index % 2], True)


def _curves(chance: random.Random) -> Iterator[Shape]:
    for paint in PAINTS[: chance.randint(1, 3)]:
        phase, waves, height = chance.uniform(0, 6), chance.uniform(1, 4), chance.uniform(0.1, 0.3)
        steps = [step / 60 for step in range(61)]
        yield Shape(
            tuple((0.08 + 0.88 * x, 0.5 + height * math.sin(phase + waves * 6.28 * x)) for x in steps), paint, False
        )


def _fields(chance: random.Random) -> Iterator[Shape]:
    for index in range(7):
        x, y, wide, high = (
            chance.uniform(0.15, 0.85),
            chance.uniform(0.2, 0.8),
            chance.uniform(0.08, 0.14),
            chance.uniform(0.1, 0.18),
        )
        corners = [
            (x + wide * math.cos(a) * chance.uniform(0.6, 1), y + high * math.sin(a))
            for a in (k * 0.785 for k in range(8))
        ]
        yield Shape(tuple(corners), PAINTS[index % len(PAINTS)], True)
    yield Shape(tuple((step / 20, 0.5 + 0.3 * math.sin(step / 3)) for step in range(21)), "#3a7ca5", False)


def photograph(figure: Figure) -> bytes:
    """A JPEG that looks like a photograph to a layout network: soft light and shade, 360 by 160 pixels."""
    coarse = np.random.default_rng(figure.seed).integers(40, 230, (6, 12, 3), dtype=np.uint8)
    made = io.BytesIO()
    Image.fromarray(coarse).resize((360, 160), Image.Resampling.BICUBIC).save(made, "JPEG", quality=60)
    return made.getvalue()


def svg(figure: Figure, width: float) -> str:
    """The figure as SVG, ``width`` points wide."""
    root = ElementTree.Element("svg", xmlns="http://www.w3.org/2000/svg", width=f"{width}", height=f"{figure.height}")
    root.set("viewBox", f"0 0 {width} {figure.height}")
    if figure.drawing is Drawing.PHOTO:
        data = "data:image/jpeg;base64," + base64.b64encode(photograph(figure)).decode()
        ElementTree.SubElement(
            root, "image", href=data, width=f"{width}", height=f"{figure.height}", preserveAspectRatio="none"
        )
    for shape in shapes(figure):
        points = " ".join(f"{x * width:.1f},{y * figure.height:.1f}" for x, y in shape.points)
        fill, stroke = (shape.paint, "none") if shape.filled else ("none", shape.paint)
        ElementTree.SubElement(root, "polygon" if shape.filled else "polyline", points=points, fill=fill, stroke=stroke)
    return ElementTree.tostring(root, encoding="unicode")
