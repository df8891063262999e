"""What a model bundle is to the rest of the app: page images in, one result per page out."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import EngineInfo, Lane, PageResult, PageTask


class Bundle(Protocol):
    """Networks for layout, text and tables that belong together.

    ``lane`` says whether ``predict`` needs the GPU, ``engines`` which network runs on which engine; ``micro_batch`` is the number
    of pages that ``predict`` likes to get at once.
    """

    @property
    def name(self) -> str: ...

    @property
    def lane(self) -> Lane: ...

    @property
    def engines(self) -> tuple[EngineInfo, ...]: ...

    @property
    def micro_batch(self) -> int: ...

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        """One result per task, in order. ``images`` are (height, width, 3) uint8 RGB at ``task.page.scale`` pixels per point.

        A page on which a network fails is a ``PageFailure`` in the list, never an exception.
        """
        ...
