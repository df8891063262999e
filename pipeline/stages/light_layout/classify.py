"""Splits blocks of lines where the type or the marks change, and says what each piece is. Pure functions."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from statistics import median

from pipeline.pages import Box, LayoutLabel
from pipeline.stages.light_layout import line_patterns
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.blocks import Row, paragraphs, prose, rows, same_height, with_ends, with_stretched
from pipeline.stages.light_layout.breaks import breaks, centred, column_edge
from pipeline.stages.light_layout.fixed_rows import ends_paragraph, hangs_on, is_code, is_fixed
from pipeline.stages.light_layout.formula_lines import has_mathematics, is_formula, is_term
from pipeline.stages.light_layout.labelled_rows import labelled_runs
from pipeline.stages.light_layout.lines import (
    HEAVY_SCAN,
    PLAIN_SCAN,
    LayoutLine,
    Typography,
    bounds,
    is_bold,
    is_italic,
)
from pipeline.stages.light_layout.side_by_side import side_by_side
from pipeline.stages.light_layout.type_size import type_height

SMALL = 0.92  # times the body's height: footnotes
CAPITALS = 0.8  # the same of bold lines in capitals, which have no descenders: headings
SMALL_SCAN = 0.8  # the same for scanned lines, whose boxes are lower where no letter of theirs is high
HEADING_ROWS = 3
HEADING_CHARACTERS = 160
DRAWN = (3, 3.0)  # characters at most, and body heights from which on so few are no heading of a scan
AS_WIDE = 1.15  # times as wide: the strokes of scanned lines of one size differ by no more
SIZED = 6  # characters of a scanned line whose width tells its size within a tenth
NEXT_SIZE = 1.2  # times as high at least is a heading of a higher level; lines of one heading differ by less
NEXT_NUMBERED = 1.1  # the same of a printed one with a section's number, behind which no mark of a note stands
CELLS_APART = 3.0  # in line heights: white between a table's heads, and between no words of a heading
CENTRED_SMALL = 0.85  # times the body's height: a numbered heading centred over its text may be set so much smaller
SURE = 0.85  # score of a heading in several rows that looks like all the page's text
NUMBERED_SMALL = 0.8  # the same of a bold line with a section's number: its font may be lower at the same size
HEADING_SCORE = 0.45  # docling's own least score of a heading
SAME_SIZE = 0.05  # of a row's height: rows of one size differ by less
_WORD_BREAKS = re.compile("[^\\W\\d_][-\u2010\u00ad]$")
_AUTHOR = re.compile(r"[a-z]{2}(\d|\s?\d(,\s?[\d*†‡§])+|\s?[*†‡§])$")  # a name with the marks of its notes
_ASIDE = re.compile(r"\(.*\)")
_MARKUP = "\\⟨{&$|^_~"  # no heading begins with one of these: they are commands that a manual shows


@dataclass(frozen=True, slots=True)
class BlockPiece:
    """Rows of one block that stay together."""

    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text.strip() for row in self.rows for line in row.lines)

    @property
    def fonts(self) -> frozenset[str]:
        return frozenset(font for row in self.rows for line in row.lines for font in line.fonts)

    @property
    def height(self) -> float:
        return median(row.height for row in self.rows)


def pieces(block: Block, type_: Typography, lines: Sequence[LayoutLine] = ()) -> list[Block]:
    """The block cut into headings, list items, paragraphs and code, each with its label.

    ``lines`` are the page's, which show how far the lines of the block could have run.
    """
    if block.label in (LayoutLabel.PAGE_HEADER, LayoutLabel.PAGE_FOOTER, LayoutLabel.CODE):
        return [block]
    if _is_text_beside_captions(block, type_, lines):
        block = replace(block, label=LayoutLabel.TEXT)
    ordered = with_ends(with_stretched(rows(block.lines)))
    if len(columns := _columns(block, ordered)) > 1:
        return [piece for column in columns for piece in pieces(replace(block, lines=column), type_, lines)]
    parts = _cut(ordered, type_, column_edge(ordered, lines))
    found = []
    for index, part in enumerate(parts):
        after = parts[index + 1] if index + 1 < len(parts) else None
        label = _label(part, block, type_, after, alone=len(parts) == 1)
        found.append(Block(label, block.score, tuple(line for row in part.rows for line in row.lines), block.label))
    return found


def _columns(block: Block, ordered: Sequence[Row]) -> list[tuple[LayoutLine, ...]]:
    """The block's paragraphs where two or more of several rows stand side by side: the network saw columns as one."""
    if len(parts := side_by_side(block.lines)) > 1:
        return parts
    if not _side_by_side(ordered) or not prose(block.lines):
        return [block.lines]
    groups = paragraphs(block.lines)
    long = [rows(group) for group in groups if len(group) > 1]
    tall = [bounds([row.box for row in group]) for group in long if len(group) > 1]
    beside = any(_beside(one, other) for one, other in combinations(tall, 2))
    return [tuple(group) for group in groups] if beside else [block.lines]


def _beside(one: Box, other: Box) -> bool:
    shares_height = min(one.bottom, other.bottom) > max(one.top, other.top)
    return shares_height and min(one.right, other.right) < max(one.left, other.left)


def _side_by_side(ordered: Sequence[Row]) -> bool:
    return any(upper.box.bottom - lower.box.top > 0.7 * lower.box.height for upper, lower in pairwise(ordered))


def _cut(ordered: Sequence[Row], type_: Typography, edge: float | None) -> list[BlockPiece]:
    if _side_by_side(ordered):
        if any(line_patterns.is_choice(row.lines[0].text) for row in ordered):
            return _choices(ordered, type_, edge)
        heading = all(_large(row, type_) for row in ordered)  # its words may stand far apart where it is justified
        if not heading and len(runs := labelled_runs(ordered)) > 1:
            return [part for run in runs for part in _run_pieces(run, type_, edge)]
        return [BlockPiece(tuple(ordered))]  # rows side by side: a block over columns is left as it is
    begins = breaks(ordered, type_, edge)
    slanted = centred(ordered) and all(_is_body(line, type_) for row in ordered for line in row.lines)
    groups = [[ordered[0]]]
    ends: set[int] = set()  # last rows of paragraphs in fixed pitch
    for number, (upper, lower) in enumerate(pairwise(ordered), start=1):
        code = is_code(upper, type_) and is_code(lower, type_)
        deeper = line_patterns.goes_deeper(groups[-1][0].lines[0].text, lower.lines[0].text)
        changes = not slanted and _changes(upper, lower, type_) and not hangs_on(groups[-1][0], lower, type_)
        if number not in begins and ends_paragraph(number, ordered, type_, edge):
            ends.add(number)
        elif (number in begins and not code) or changes or number - 1 in ends or (deeper and _emphatic(lower, type_)):
            groups.append([])
        groups[-1].append(lower)
    return [BlockPiece(tuple(group)) for group in groups if group]


def _is_body(line: LayoutLine, type_: Typography) -> bool:
    """Set as the body but for italics, and no formula: as the places of authors below their names are."""
    slanted = all(font == type_.font or (is_italic(font) and not is_bold(font)) for font in line.fonts)
    return slanted and not type_.is_large(line) and not has_mathematics(line.text)


def _run_pieces(run: Sequence[Row], type_: Typography, edge: float | None) -> list[BlockPiece]:
    return [BlockPiece(tuple(run))] if _side_by_side(run) else _cut(run, type_, edge)


def _choices(ordered: Sequence[Row], type_: Typography, edge: float | None) -> list[BlockPiece]:
    """A block of choices, some of them side by side: each of those by itself, and the rows between them cut as ever."""
    groups: list[list[Row]] = []
    beside = [any(other is not row and same_height(row.box, other.box) for other in ordered) for row in ordered]
    for number, row in enumerate(ordered):
        if number and beside[number] == beside[number - 1]:
            groups[-1].append(row)
        else:
            groups.append([row])
    found: list[BlockPiece] = []
    for group in groups:
        if len(group) > 1 and _side_by_side(group):
            found += [BlockPiece((row,)) for row in group]
        else:
            found += _cut(group, type_, edge)
    return found


def _style(row: Row, type_: Typography) -> tuple[str, bool]:
    """The row's font (of its longest line) and whether it is display type."""
    longest = max(row.lines, key=lambda line: len(line.text))
    return longest.font, type_.is_large(longest)


def _changes(upper: Row, lower: Row, type_: Typography) -> bool:
    """The type changes in a way that separates headings and code from text, not by a bold word in a sentence."""
    if is_fixed(upper, type_) != is_fixed(lower, type_) or is_code(upper, type_) != is_code(lower, type_):
        return True
    if _is_one_sentence(upper, lower):
        return False
    one, other = _style(upper, type_), _style(lower, type_)
    if one[0] != other[0] and line_patterns.is_caption(lower.lines[0].text):
        return True
    return (one != other and (_emphatic(upper, type_) or _emphatic(lower, type_))) or _next_level(upper, lower, type_)


def _is_one_sentence(upper: Row, lower: Row) -> bool:
    """Whether two rows of one text differ by chance: a word goes on in the lower one, or one of them has words in the
    other one's type, as large, among more in another.
    """
    last, first = upper.lines[-1], lower.lines[0]
    if _WORD_BREAKS.search(last.text.rstrip()) and first.text.lstrip()[:1].islower():
        return last.font == first.font
    alike = abs(upper.height - lower.height) < SAME_SIZE * lower.height
    mixed = [one for one, other in ((upper, lower), (lower, upper)) if _main_font(other) in _other_fonts(one)]
    return alike and bool(mixed)


def _main_font(row: Row) -> str:
    return max(row.lines, key=lambda line: len(line.text)).font


def _other_fonts(row: Row) -> frozenset[str]:
    """The fonts of the row's words but for that which most of it is set in."""
    return frozenset(font for line in row.lines for font in line.fonts) - {_main_font(row)}


def _next_level(upper: Row, lower: Row, type_: Typography) -> bool:
    """Whether two rows of display type, or in bold, are headings of two levels: of one heading, all lines have one
    size.
    """
    small, large = sorted(_size(row) for row in (upper, lower))
    numbered = bool(upper.lines[0].words) and line_patterns.begins_numbered(upper.lines[0].text)
    return large > (NEXT_NUMBERED if numbered else NEXT_SIZE) * small > 0 and all(
        _large(row, type_) or _heavy(row) or _is_printed_bold(row) for row in (upper, lower)
    )


def _size(row: Row) -> float:
    """The height of its longest line's type: of a scanned line by the width of its letters, 0 where they are few."""
    longest = max(row.lines, key=lambda line: len(line.text))
    if longest.words:
        return longest.height
    return type_height(longest.text, longest.box) if len(longest.text.strip()) >= SIZED else 0.0


def _heavy(row: Row) -> bool:
    """Whether it was read from heavy strokes."""
    return all(line.font == HEAVY_SCAN for line in row.lines)


def _is_printed_bold(row: Row) -> bool:
    """Whether all of it is bold, as on a cover, where display type is the usual one."""
    return all(is_bold(font) for line in row.lines for font in line.fonts)


def _emphatic(row: Row, type_: Typography, *, centred: bool = False) -> bool:
    """Set in display type, or from end to end in another font than the body, and not smaller, a section's number left
    out.
    """
    fonts = _title_fonts(row)
    height = row.height
    if _large(row, type_):
        return True
    if _heavy(row):
        return True
    bold = all(is_bold(font) for font in fonts) and not is_bold(type_.font)
    least = (CAPITALS if all(line.text.isupper() for line in row.lines) else SMALL) if bold else 0.97
    least = min(least, CENTRED_SMALL) if centred else least
    least = min(least, NUMBERED_SMALL) if bold and _has_parts(row) else least
    return not type_.is_plain(fonts) and not is_fixed(row, type_) and height >= least * type_.height


def _has_parts(row: Row) -> bool:
    """Whether the row begins with a section's number in parts, as in "2.1" and "A.1.3"."""
    first = row.text.split(" ", 1)[0]
    return line_patterns.is_section_mark(first) and "." in first.rstrip(".")


def _title_fonts(row: Row) -> frozenset[str]:
    """The fonts of a row, less that of a section's number in front of bold type, or of one in parts before italics."""
    words = sorted((word for line in row.lines for word in line.words), key=lambda word: word.box.left)
    rest = frozenset(word.font for word in words[1:])
    if rest and line_patterns.is_section_mark(words[0].text):
        slanted = "." in words[0].text.rstrip(".") and all(is_italic(font) for font in rest)
        if slanted or all(is_bold(font) for font in rest):
            return rest
    return frozenset(font for line in row.lines for font in line.fonts)


def _large(row: Row, type_: Typography) -> bool:
    """Whether the row is display type, by its longest line."""
    return type_.is_large(max(row.lines, key=lambda line: len(line.text)))


def _label(part: BlockPiece, block: Block, type_: Typography, after: BlockPiece | None, *, alone: bool) -> LayoutLabel:
    first = part.rows[0].lines[0]
    fixed = all(is_fixed(row, type_) for row in part.rows)
    if fixed and is_code(part.rows[0], type_) and not line_patterns.is_address(part.text):
        return LayoutLabel.CODE
    if _is_caption(part, block, type_, alone=alone):
        return LayoutLabel.CAPTION
    if not line_patterns.has_bullet(first) and is_heading(part, block, type_, after, alone=alone):
        return LayoutLabel.SECTION_HEADER
    small = part.height < (SMALL_SCAN if first.font in (PLAIN_SCAN, HEAVY_SCAN) else SMALL) * type_.height
    if small and line_patterns.begins_note(first):
        return LayoutLabel.FOOTNOTE
    if line_patterns.has_bullet(first) or line_patterns.has_number(first):
        return LayoutLabel.FOOTNOTE if small and not line_patterns.has_bullet(first) else LayoutLabel.LIST_ITEM
    formula = is_formula(part.text) or (block.label is LayoutLabel.FORMULA and alone and has_mathematics(part.text))
    return LayoutLabel.FORMULA if formula and not fixed else LayoutLabel.TEXT


def _is_caption(part: BlockPiece, block: Block, type_: Typography, *, alone: bool) -> bool:
    """What the network calls a caption, but for display type, heavy lines of scans and bold sections with a number;
    or what starts like one, not in the body's type or smaller.
    """
    if alone and block.label is LayoutLabel.CAPTION:
        display = part.fonts == {HEAVY_SCAN} or all(_large(row, type_) for row in part.rows) or _is_bold_section(part)
        return line_patterns.is_caption(part.text) or not display
    other = type_.font not in part.fonts or part.height < SMALL * type_.height
    return line_patterns.is_caption(part.text) and other and len(part.rows) <= HEADING_ROWS


def _is_bold_section(part: BlockPiece) -> bool:
    """Whether a piece begins with a section's number, and is bold from end to end."""
    return line_patterns.is_section_mark(part.text.partition(" ")[0]) and all(map(is_bold, part.fonts))


def _is_text_beside_captions(block: Block, type_: Typography, lines: Sequence[LayoutLine]) -> bool:
    """Whether the network's caption is text: set as the body, without a number, on a page whose captions have one.

    A caption is put right before or after what it belongs to, wherever it stands.
    """
    if block.label is not LayoutLabel.CAPTION or line_patterns.is_caption(block.text):
        return False
    least = SMALL_SCAN if block.lines[0].font == PLAIN_SCAN else SMALL
    as_body = all(line.font == type_.font and line.height >= least * type_.height for line in block.lines)
    return as_body and any(line_patterns.is_titled_caption(line.text) for line in lines)


def is_heading(
    part: BlockPiece,
    block: Block,
    type_: Typography,
    after: BlockPiece | None,
    *,
    alone: bool,
    centred: bool = False,
) -> bool:
    """Few rows, no sentence, and display type, or another type than the body's with text below, or the network's word
    for it. ``centred`` says that it is numbered and stands over the middle of that text.
    """
    seen = block.label is LayoutLabel.SECTION_HEADER and block.score >= HEADING_SCORE
    large = sum(_large(row, type_) for row in part.rows) > 0.5 * len(part.rows)
    if not _may_head(part, type_, seen=seen, large=large):
        return False
    emphatic = all(_emphatic(row, type_, centred=centred) for row in part.rows)
    first = part.rows[0].lines[0]
    if seen:
        item = line_patterns.has_number(first) and after is not None and _as_plain(first, after.rows[0].lines[0])
        rows_of_title = (
            HEADING_ROWS if block.score >= SURE else 1
        )  # on a title page nothing else may show what is large
        return emphatic or (alone and len(part.rows) <= rows_of_title and not part.text.endswith(":") and not item)
    plain = after is not None and not all(_emphatic(row, type_) for row in after.rows[:2])
    introduces = plain or (after is not None and line_patterns.goes_deeper(part.text, after.text))
    return large or (emphatic and introduces and (len(part.rows) <= 2 or part.text.isupper()))


def _as_plain(line: LayoutLine, text: LayoutLine) -> bool:
    """Whether a scanned line has the strokes of the scanned text below it."""
    return line.font == PLAIN_SCAN and 0 < line.stroke < AS_WIDE * text.stroke


def _may_head(part: BlockPiece, type_: Typography, *, seen: bool, large: bool) -> bool:
    """Nothing about the text speaks against a heading."""
    text = part.text
    if _has_cells(part) or _is_drawing(part, type_):
        return False
    if len(part.rows) > HEADING_ROWS or len(text) > HEADING_CHARACTERS or sum(map(str.isalpha, text)) < 2:
        return False
    if (not seen and (has_mathematics(text) or is_term(text))) or is_formula(text) or text[:1] in _MARKUP:
        return False
    if text.endswith("?") and not large:
        return False
    if not seen and not large and (text[:1].islower() or _ASIDE.fullmatch(text) or _AUTHOR.search(text)):
        return False
    sentence = line_patterns.is_caption(text) or line_patterns.ends_sentence(text) or line_patterns.has_leader(text)
    sentence = sentence or "\u3002" in text  # the full stop of Chinese and Japanese
    return not sentence and not all(is_fixed(row, type_) for row in part.rows)


def _is_drawing(part: BlockPiece, type_: Typography) -> bool:
    """Whether a scanned piece is a drawing's part that was read as letters, such as the bars of a chart."""
    scanned = part.fonts <= {PLAIN_SCAN, HEAVY_SCAN}
    return scanned and len(part.text) <= DRAWN[0] and part.height > DRAWN[1] * type_.height


def _has_cells(part: BlockPiece) -> bool:
    """Whether words stand far apart in one row, as a table's heads do; a number before a heading does too."""
    lines = sorted((line for row in part.rows for line in row.lines), key=lambda line: line.box.left)
    return any(
        same_height(one.box, other.box)
        and other.box.left - one.box.right > CELLS_APART * one.height
        and sum(map(str.isalpha, one.text)) > 1
        for one, other in pairwise(lines)
    )
