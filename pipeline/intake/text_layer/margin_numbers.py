"""The numbers in a page's margins that count its lines, set apart from them."""

from docling_core.types.doc.page import PdfTextCell, SegmentedPdfPage

from pipeline.intake.text_layer.code_numbers import without
from pipeline.intake.text_layer.geometry import boxes_of, numbered, runs_across
from pipeline.numbered_lines import margin_numbers, reach
from pipeline.pages import Box


def part_margin_numbers(page: SegmentedPdfPage) -> tuple[Box, ...]:
    """Make the numbers in the page's margins cells of their own, in place, and return where their columns stand."""
    words = [cell for cell in page.word_cells if isinstance(cell, PdfTextCell)]
    boxes = boxes_of(words)
    columns = margin_numbers([word.text if runs_across(word) else "" for word in words], boxes)
    if not columns:
        return ()
    taken = {place for column in columns for place in column}
    numbers = [words[place] for place in sorted(taken)]
    lines = [cell for cell in page.textline_cells if isinstance(cell, PdfTextCell)]
    others = without(lines, numbers, [word for place, word in enumerate(words) if place not in taken])
    page.textline_cells = numbered([*others, *numbers])
    height = page.dimension.height
    found = reach(columns, boxes).tolist()
    return tuple(Box(left, height - top, right, height - bottom) for left, bottom, right, top in found)
