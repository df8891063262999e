"""Table structure with TableFormerV2: all tables of a micro-batch of pages at once.

Crops, tokens and cells are those of docling's own stage (``TableStructureModelV2``); only the text is matched
elsewhere.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from pipeline.models.accurate.checkpoints import Vocabulary
from pipeline.models.accurate.decoding import Decoded, StepPass, decode
from pipeline.models.accurate.otsl import build
from pipeline.models.accurate.tableformer import resize_crop
from pipeline.models.light_torch.canvas import filled_up
from pipeline.pages import Box, TableStructure

MOST_TOGETHER = 64
"""Tables decoded together: their keys and values take at most 8.4 MB each."""

CROP_COUNTS = (1, 2, 4, 8, 16, 32, MOST_TOGETHER)

Pass = Callable[..., tuple[Tensor, ...]]


@dataclass(frozen=True, slots=True)
class TableRequest:
    """A table in ``box`` (points) on ``page``, (3, height, width) uint8 at ``scale`` pixels per point."""

    page: Tensor
    scale: float
    box: Box

    @property
    def place(self) -> Box:
        """The box in whole points, to which docling rounds before it cuts the table out."""
        return Box(*(float(round(side)) for side in (self.box.left, self.box.top, self.box.right, self.box.bottom)))

    def crop(self) -> Tensor | None:
        """(3, 448, 448) uint8, or None where the box has no pixel on the page."""
        place = self.place
        left, top, right, bottom = (
            max(int(side * self.scale), 0) for side in (place.left, place.top, place.right, place.bottom)
        )
        part = self.page[:, top:bottom, left:right]
        if part.numel() == 0:
            return None
        return resize_crop(part)


class TableFormerReader:
    """Reads tables with the three passes of TableFormerV2."""

    def __init__(self, encode: Pass, step: StepPass, place: Pass, vocabulary: Vocabulary) -> None:
        self._encode, self._step, self._place = encode, step, place
        self._vocabulary = vocabulary

    def read(self, requests: Sequence[TableRequest]) -> list[TableStructure | None]:
        """One structure per request, in order; None where there was nothing to see or no row was found."""
        found: list[TableStructure | None] = [None] * len(requests)
        seen = [(index, crop) for index, request in enumerate(requests) if (crop := request.crop()) is not None]
        for start in range(0, len(seen), MOST_TOGETHER):
            part = seen[start : start + MOST_TOGETHER]
            together = [requests[index] for index, _ in part]
            for (index, _), structure in zip(
                part, self._read(together, torch.stack([crop for _, crop in part])), strict=True
            ):
                found[index] = structure
        return found

    def _read(self, requests: Sequence[TableRequest], crops: Tensor) -> Iterator[TableStructure | None]:
        filled = list(filled_up(range(len(crops)), CROP_COUNTS, crops.device))
        memory, image_keys, image_values = (part[: len(crops)] for part in self._encode(crops[filled]))
        decoded = decode(self._step, image_keys, image_values, self._vocabulary)
        # The one look at the tokens that waits for the GPU; what follows depends on where they end.
        tokens, probabilities = decoded.tokens.cpu(), decoded.probabilities.cpu()
        lengths = [self._length(row) for row in tokens.tolist()]
        boxes = self._boxes(decoded, tokens, lengths, memory)
        for request, row, scores, length, own in zip(
            requests, tokens.tolist(), probabilities, lengths, boxes, strict=True
        ):
            names = [self._vocabulary.names[token] for token in row[:length] if token not in self._vocabulary.unspoken]
            grid = build(names, [_on_page(box, request.place) for box in own])
            score = float(scores[1:length].mean()) if length > 1 else 0.0
            yield TableStructure(request.box, score, grid.rows, grid.columns, grid.cells) if grid.rows else None

    def _length(self, tokens: Sequence[int]) -> int:
        """Tokens before the end token, the start token included."""
        end = self._vocabulary.end
        return tokens.index(end, 1) if end in tokens[1:] else len(tokens)

    def _boxes(
        self, decoded: Decoded, tokens: Tensor, lengths: Sequence[int], memory: Tensor
    ) -> list[list[list[float]]]:
        """For each table the boxes of its cells, as left, top, right, bottom in shares of the table."""
        before_end = torch.arange(tokens.shape[1]) < torch.tensor(lengths).unsqueeze(1)
        boxed = torch.isin(tokens, torch.tensor(sorted(self._vocabulary.boxed))) & before_end
        counts = boxed.sum(dim=1)
        if not counts.any():
            return [[] for _ in lengths]
        # Each table's cells, in order, at the front of its row.
        order = boxed.to(torch.int8).argsort(dim=1, descending=True, stable=True)[:, : int(counts.max())]
        used = (torch.arange(order.shape[1]) < counts.unsqueeze(1)).to(memory.device)
        states = decoded.states.gather(1, order.to(memory.device).unsqueeze(-1).expand(-1, -1, decoded.states.shape[2]))
        (placed,) = self._place(states, used, memory)
        # docling's stage takes boxes without any extent from the origin as none.
        return [
            [box for box in row[:count] if sum(box) > 0]
            for row, count in zip(placed.cpu().tolist(), counts.tolist(), strict=True)
        ]


def _on_page(shares: Sequence[float], table: Box) -> Box:
    """A box in shares of ``table``, in points of the page, its sides in order."""
    left, right = sorted((table.left + shares[0] * table.width, table.left + shares[2] * table.width))
    top, bottom = sorted((table.top + shares[1] * table.height, table.top + shares[3] * table.height))
    return Box(left, top, right, bottom)
