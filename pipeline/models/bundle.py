"""What a model bundle is to the rest of the app: page images in, one result per page out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.pages import EngineInfo, Lane, LaneChoice, PageResult, PageTask


class OutOfMemory(Exception):
    """The pages of one ``predict`` do not fit into the GPU's memory together; fewer of them may."""


class DeviceBroken(Exception):
    """The device failed in a way after which no later pass in this process can succeed (a CUDA "sticky" error)."""


class Bundle(Protocol):
    """Networks for layout, text and tables that belong together.

    ``lane`` says whether ``predict`` needs the GPU, ``engines`` which network runs on which engine; ``micro_batch`` is
    the number of pages that ``predict`` likes to get at once. ``revision`` tells its weights from others of the same
    networks; it is the same wherever they run.
    """

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...

    @property
    def lane(self) -> Lane: ...

    @property
    def engines(self) -> tuple[EngineInfo, ...]: ...

    @property
    def leaves_work(self) -> bool:
        """Whether ``predict`` leaves anything to ``complete``."""
        ...

    @property
    def skips_clear(self) -> bool:
        """Whether pages whose tags or lines say their regions need not go through ``predict``."""
        ...

    @property
    def reads_formulas(self) -> bool:
        """Whether ``predict`` reads display formulas as LaTeX where a task asks for it."""
        ...

    @property
    def micro_batch(self) -> int: ...

    def predict(self, tasks: Sequence[PageTask], images: Sequence[NDArray[np.uint8]]) -> list[PageResult]:
        """One result per task, in order. ``images`` are (height, width, 3) uint8 RGB at ``task.page.scale`` pixels per
        point.

        A page on which a network fails is a ``PageFailure`` in the list, never an exception. Raises OutOfMemory
        when the pages should be tried again in a smaller batch, and DeviceBroken when no page can be predicted
        in this process any more.
        """
        ...

    def complete(self, task: PageTask, image: NDArray[np.uint8], result: PageResult) -> PageResult:
        """What ``predict`` said of one page, with the work added that is left to the CPU and must not use up seconds of
        the GPU.

        Called in the process that keeps the results, after ``predict`` and at most once per page; a bundle that leaves
        nothing to the CPU, and every bundle for a failed page, returns ``result``.
        """
        ...


@dataclass(frozen=True, slots=True)
class Lanes:
    """The bundle of each lane; ``gpu`` is None on a machine without a GPU.

    ``booked`` says whether the GPU's seconds are booked with a platform, for a visitor who has a quota; a server's own
    card is there for everybody.
    """

    cpu: Bundle
    gpu: Bundle | None = None
    booked: bool = True

    @property
    def bundles(self) -> tuple[Bundle, ...]:
        """Both, the GPU lane's first."""
        return (self.gpu, self.cpu) if self.gpu else (self.cpu,)

    def first(self, choice: LaneChoice) -> Bundle:
        """The bundle that a run of this choice starts with."""
        return self.cpu if self.gpu is None or choice is LaneChoice.CPU else self.gpu
