"""The columns of a tagged table, where cells are left out of its rows.

Browsers write nothing at all for an empty cell of a table, so that the cells behind it count as those of the columns
before. Where the cells that the tags put into one column stand in another's place, the places decide.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby, pairwise

from pipeline.pages import Box
from pipeline.stages.tagged.tag_tree import TagCell

MOST_COLUMNS = 100  # a table of more is left as it is tagged
MOST_TRIED = 100_000  # places for the cells of a table, a fifth of a second; one with more is left as it is tagged
WIDER = 1e-6  # points: among places as near, the one with the most columns
Track = tuple[float, float]  # the left and right side of what stands in a column, in points


def in_their_columns(cells: Sequence[TagCell], boxes: Sequence[Box | None]) -> list[TagCell | None]:
    """The cells, row by row, each in the column where it stands; as they are where the tags agree with the places.

    ``boxes`` are what the cells hold, None for an empty one. Where fewer columns hold anything than the tags count, as
    in statements with narrow columns for white space, heads span as many as lie below them, and None stands for an
    empty cell.
    """
    if _run_leftward(cells, boxes):
        boxes = [box and Box(-box.right, box.top, -box.left, box.bottom) for box in boxes]
    by_tags: dict[int, Track] = {}
    for cell, box in zip(cells, boxes, strict=True):
        if box and cell.columns == 1:
            by_tags[cell.column] = _joined(by_tags.get(cell.column), box)
    columns = max((cell.column + cell.columns for cell in cells), default=0)
    tagged = [track for _, track in sorted(by_tags.items())]
    if columns > MOST_COLUMNS or all(left[1] <= right[0] for left, right in pairwise(tagged)):
        return list(cells)
    tracks = _tracks(cells, boxes, columns)
    if columns <= len(tracks) <= MOST_COLUMNS:
        return [*(_placed(cells, boxes, tracks) or cells)]
    filled = [(cell, box) for cell, box in zip(cells, boxes, strict=True) if box is not None]
    longest = max(Counter(cell.row for cell, _ in filled).values())
    tracks = _tracks(cells, boxes, longest)
    tried = len(tracks) * sum(cell.columns for cell, _ in filled)
    if not longest <= len(tracks) < columns or tried > MOST_TRIED:
        return list(cells)
    held, places = [cell for cell, _ in filled], [box for _, box in filled]
    placed = iter(_placed(held, places, tracks, narrower=True) or ())
    found = [next(placed, None) if box is not None else None for box in boxes]
    return found if any(found) else list(cells)


def _run_leftward(cells: Sequence[TagCell], boxes: Sequence[Box | None]) -> bool:
    """Whether most cells stand left of the one before them in their row, as in Hebrew and Arabic."""
    filled = [(cell.row, box) for cell, box in zip(cells, boxes, strict=True) if box is not None]
    steps = [after.left - before.left for (one, before), (other, after) in pairwise(filled) if one == other]
    return sum(step < 0 for step in steps) > len(steps) / 2


def _joined(track: Track | None, box: Box) -> Track:
    return (box.left, box.right) if track is None else (min(track[0], box.left), max(track[1], box.right))


def _tracks(cells: Sequence[TagCell], boxes: Sequence[Box | None], columns: int) -> list[Track]:
    """What stands above each other, from left to right.

    A column is in several pieces where no cell of it stands above another, such as a head at its left and amounts at
    its right. The nearest pieces of which no row has both are one, down to as many as the longest row has cells.
    """
    single = sorted(
        (box.left, box.right, cell.row)
        for cell, box in zip(cells, boxes, strict=True)
        if box is not None and cell.columns == 1
    )
    found: list[tuple[Track, set[int]]] = []
    for left, right, row in single:
        if found and left < found[-1][0][1]:
            (start, end), rows = found[-1]
            found[-1] = ((start, max(end, right)), rows | {row})
        else:
            found.append(((left, right), {row}))
    while len(found) > columns:
        gaps = [
            (right[0][0] - left[0][1], number)
            for number, (left, right) in enumerate(pairwise(found))
            if not left[1] & right[1]
        ]
        if not gaps:
            break
        number = min(gaps)[1]
        (first, rows), (second, others) = found[number : number + 2]
        found[number : number + 2] = [((first[0], second[1]), rows | others)]
    return [track for track, _ in found]


def _placed(
    cells: Sequence[TagCell], boxes: Sequence[Box | None], tracks: Sequence[Track], *, narrower: bool = False
) -> list[TagCell] | None:
    """The cells in the columns of ``tracks``; a column under a cell that spans rows is taken. None where they do not
    fit. With ``narrower``, cells that span several columns may span fewer.
    """
    found: list[TagCell] = []
    taken: set[tuple[int, int]] = set()
    for row, numbers in groupby(range(len(cells)), key=lambda number: cells[number].row):
        members = list(numbers)
        free = [(row, column) not in taken for column in range(len(tracks))]
        row_cells = [(cells[number], boxes[number]) for number in members]
        places = _best_places(row_cells, free, tracks, narrower=narrower)
        if places is None:
            return None
        for number, (start, width) in zip(members, places, strict=True):
            cell = replace(cells[number], column=start, columns=width)
            taken |= {(row + below, start + right) for below in range(cell.rows) for right in range(cell.columns)}
            found.append(cell)
    return found


def _best_places(
    row: Sequence[tuple[TagCell, Box | None]], free: Sequence[bool], tracks: Sequence[Track], *, narrower: bool
) -> list[tuple[int, int]] | None:
    """The columns in which the cells of a row begin, in their order, and how many they span, with the least distance to
    their tracks in sum. None where they do not fit.
    """
    best: list[tuple[float, list[tuple[int, int]]] | None] = [(0.0, [])] * (len(tracks) + 1)  # so far, by their end
    for cell, box in row:
        later: list[tuple[float, list[tuple[int, int]]] | None] = [None] * (len(tracks) + 1)
        for end in range(1, len(tracks) + 1):
            later[end] = later[end - 1]
            for width in range(1 if narrower else cell.columns, cell.columns + 1):
                start = end - width
                before = best[start] if start >= 0 and all(free[start:end]) else None
                if before is not None:
                    spanning = replace(cell, columns=width)
                    cost = before[0] + _distance(spanning, box, (tracks[start][0], tracks[end - 1][1])) - WIDER * width
                    if (standing := later[end]) is None or cost < standing[0]:
                        later[end] = (cost, [*before[1], (start, width)])
        best = later
    return best[-1][1] if best[-1] is not None else None


def _distance(cell: TagCell, box: Box | None, track: Track) -> float:
    """How far a cell's content stands out of its columns, and how far it is from being aligned with them, in points. A
    head over several columns stands over their middle.
    """
    if box is None:
        return 0.0
    left, right = box.left - track[0], track[1] - box.right
    aside = abs(left - right) / 2
    spans = cell.header and cell.columns > 1
    return max(0.0, -left) + max(0.0, -right) + (aside if spans else min(abs(left), abs(right), aside))
