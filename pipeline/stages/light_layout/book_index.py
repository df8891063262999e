"""The index of a book: entries in columns, each with the numbers of its pages behind a comma. Pure functions."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.assign_lines import Block
from pipeline.stages.light_layout.blocks import Row, rows
from pipeline.stages.light_layout.line_patterns import is_index, is_index_entry
from pipeline.stages.light_layout.lines import LayoutLine


def index_entries(blocks: Sequence[Block], lines: Sequence[LayoutLine]) -> list[Block]:
    """The blocks of an index's page, whose ``lines`` those are, with an item for each entry; sub-entries are items that
    are set in. Other pages stay as they are.
    """
    if not is_index(lines):
        return list(blocks)
    found: list[Block] = []
    for block in blocks:
        if block.label is not LayoutLabel.TEXT:
            found.append(block)
        elif found and found[-1].label is LayoutLabel.LIST_ITEM and _goes_on(found[-1].text, block.text):
            found[-1] = replace(found[-1], lines=(*found[-1].lines, *block.lines))
        else:
            found += _entries(block) if any(is_index_entry(line.text) for line in block.lines) else [block]
    return found


def _entries(block: Block) -> list[Block]:
    """Each entry with the lines that it is wrapped over. A letter that heads entries stays text."""
    groups: list[list[Row]] = []
    for row in rows(block.lines):
        if groups and _goes_on(_text(groups[-1][-1]), _text(row)):
            groups[-1].append(row)
        else:
            groups.append([row])
    return [
        replace(
            block,
            label=LayoutLabel.TEXT if len(_text(group[0])) == 1 else LayoutLabel.LIST_ITEM,
            lines=tuple(line for row in group for line in row.lines),
        )
        for group in groups
    ]


def _goes_on(above: str, below: str) -> bool:
    """Whether the numbers of an entry's pages go on in the next line."""
    return above.rstrip().endswith(",") and below.lstrip()[:1].isdigit()


def _text(row: Row) -> str:
    return " ".join(line.text for line in row.lines).strip()
