"""Folio's side of benchmarks/gpu.py: its bundles with a clock at each network, over full-size networks with random
weights.

Speed does not depend on what the weights say, save for two things that are therefore settled: how long a table is
decoded, which the weights fix, and where tables are, which ``benchmarks.gpu_pages`` says.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torchvision.transforms.v2 import functional as images

from benchmarks.gpu_clock import Clock
from benchmarks.gpu_pages import Corpus
from pipeline.errors import WeightsMissing
from pipeline.models.accurate.accurate_bundle import PAGES_ON_CPU, PAGES_ON_GPU, AccurateBundle
from pipeline.models.accurate.accurate_specs import accurate_specs
from pipeline.models.accurate.tableformer import resize_crop
from pipeline.models.aot.compiler import Outcome, Target, compile_networks
from pipeline.models.aot.engine import CompiledNetwork, Engines
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.aot.spec import NetworkSpec, PageImages, Precision, Tensors
from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN
from pipeline.models.light_torch.torch_light_bundle import TorchLightBundle
from pipeline.models.light_torch.torch_light_specs import light_specs, text_specs
from pipeline.models.turned_page import TurnedPage
from pipeline.pages import LayoutRegion, PageFailure, PageTask
from pipeline.store.weight_cache import find_weights
from pipeline.weight_folders import AccurateWeights
from tests.support.checkpoints import FULL_LAYOUT, FULL_TABLES, save_constant_tables, save_layout

ROWS, COLUMNS = 10, 3
"""The table that every table is read as. Three quarters of the test documents' tables are no longer than its 41 tokens,
each row's end and the last one included.
"""

TABLE = (*("ched",) * COLUMNS, "nl", *(*("fcel",) * COLUMNS, "nl") * (ROWS - 1))
# a chance of 1 % for each class at each query, as before training: without it 300 regions would be found, which no page
# has
RARE = -4.6


@dataclass(frozen=True, slots=True)
class Made:
    """The folders of compiled packages and of weights."""

    packages: Path
    weights_dir: Path

    @property
    def shelf(self) -> PackageShelf:
        return PackageShelf(self.packages)

    def weights(self, pages: PageImages = ()) -> AccurateWeights:
        """The accurate networks, random, at full size and in the format of the Hub; made where they are missing, with
        ``pages``, without which that raises WeightsMissing.
        """
        try:
            return find_weights(self.weights_dir)
        except WeightsMissing:
            if not pages:
                raise
            save_layout(self.weights_dir, FULL_LAYOUT, bias=RARE)
            save_constant_tables(self.weights_dir, crops(pages), TABLE, FULL_TABLES)
            return find_weights(self.weights_dir)


def crops(pages: PageImages) -> torch.Tensor:
    """(n, 3, 448, 448): pages as the table network would take them if they were tables."""
    resized = torch.stack([resize_crop(torch.tensor(page).permute(2, 0, 1)) for page in pages])
    shares = resized.to(torch.float32) / 255
    normal: torch.Tensor = images.normalize(shares, list(IMAGENET_MEAN), list(IMAGENET_DEVIATION))
    return normal


def compile_packages(made: Made, target: Target, pages: PageImages, accurate: bool) -> Iterator[Outcome]:
    """Compile what the bundle needs and ``made`` lacks."""
    yield from compile_networks(accurate_passes(made, target) if accurate else light_specs(), target, made.shelf, pages)


def accurate_passes(made: Made, target: Target) -> tuple[NetworkSpec, ...]:
    """The accurate bundle's networks as this device runs them."""
    specs = accurate_specs(made.weights(), target.precision, target.device)
    together = PAGES_ON_GPU if target.device == "cuda" else PAGES_ON_CPU
    return for_pages(specs.layout, together), specs.encode, specs.step, specs.place, *text_specs()


def for_pages(spec: NetworkSpec, pages: int) -> NetworkSpec:
    """With the package only that a micro-batch of so many pages is run by; each takes minutes to make."""
    fitting = (signature for signature in spec.signatures if signature.batch >= pages)
    return replace(spec, signatures=(next(fitting, spec.signatures[-1]),))


class TimedEngines(Engines):
    """Engines whose networks tell a clock how long each call took."""

    def __init__(self, clock: Clock, precision: Precision, shelf: PackageShelf | None) -> None:
        super().__init__(clock.device, precision, shelf)
        self.clock = clock

    def network(self, spec: NetworkSpec) -> CompiledNetwork:
        return TimedNetwork(spec, self)


class TimedNetwork(CompiledNetwork):
    def __init__(self, spec: NetworkSpec, engines: TimedEngines) -> None:
        super().__init__(spec, engines)
        self._timed = engines.clock.timed(spec.name, super().__call__)

    def __call__(self, *inputs: torch.Tensor) -> Tensors:
        outputs: Tensors = self._timed(*inputs)
        return outputs


class SettledBundle(AccurateBundle):
    """Looks for regions at full cost, and then goes on with those of the corpus."""

    def __init__(self, weights: AccurateWeights, engines: Engines, pages: Corpus) -> None:
        super().__init__(weights, engines)
        self._settled = pages.regions

    def _regions(
        self, tasks: Sequence[PageTask], pages: Sequence[torch.Tensor], frames: Sequence[TurnedPage]
    ) -> list[tuple[LayoutRegion, ...]]:
        super()._regions(tasks, pages, frames)
        return [self._settled[task.page.page - 1] for task in tasks]


class Folio:
    """Folio's model passes over a corpus, a micro-batch at a time, as one GPU call makes them; what the CPU does after
    the call is left out. Results come back to main memory, so that nothing is left to wait for.
    """

    def __init__(self, bundle: AccurateBundle | TorchLightBundle, pages: Corpus, clock: Clock) -> None:
        self.bundle, self.pages, self.clock = bundle, pages, clock

    @property
    def engines(self) -> dict[str, str]:
        """Those of the tasks that the GPU call does for these pages."""
        return {info.task: info.engine for info in self.bundle.engines if info.task in self._tasks_done()}

    def prepare(self, pages: int) -> None:
        """See ``Contender.prepare``: pages lie ready."""

    def run(self, pages: int) -> int:
        """See ``Contender.run``."""
        chosen, tables = self.pages.first(pages), 0
        tasks = chosen.tasks()
        for start in range(0, len(tasks), self.bundle.micro_batch):
            part = slice(start, start + self.bundle.micro_batch)
            for result in self.bundle.predict(tasks[part], chosen.images[part]):
                assert not isinstance(result, PageFailure), result
                tables += len(result.tables)
        return tables

    def _tasks_done(self) -> set[str]:
        tables = {"tables"} if isinstance(self.bundle, AccurateBundle) else set()
        return {"layout", *tables, *({"ocr"} if any(task.ocr for task in self.pages.first(1).tasks()) else set())}


def folio(made: Made, pages: Corpus, clock: Clock, precision: Precision, accurate: bool, compiled: bool) -> Folio:
    """Folio with one of its bundles, compiled or eager."""
    engines = TimedEngines(clock, precision, made.shelf if compiled else None)
    bundle = SettledBundle(made.weights(), engines, pages) if accurate else TorchLightBundle(engines)
    return Folio(bundle, pages, clock)
