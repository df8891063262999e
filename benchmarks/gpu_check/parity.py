"""The device's results against the CPU's, network by network and page by page, uncompiled and in float32."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

import torch

from benchmarks.gpu import EXAMPLES
from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.speed import accurate_weights, made_in
from benchmarks.gpu_networks import SettledBundle, accurate_passes
from benchmarks.gpu_pages import Corpus, Kind, corpus
from pipeline.models.accurate.accurate_bundle import AccurateBundle
from pipeline.models.aot.compiler import Target, difference, example_inputs
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.spec import NetworkSpec, Precision, Tensors, cast, module_for
from pipeline.models.light_torch.torch_light_bundle import TorchLightBundle
from pipeline.models.light_torch.torch_light_specs import light_specs
from pipeline.pages import Box, PagePrediction

PAGES = 4
ALIKE = 0.9  # overlap of two regions that count as one


def light(setting: Setting) -> Iterator[Found]:
    """Each light network, then the boxes and the text of scanned pages."""
    yield from _networks(setting, () if setting.small else light_specs())
    kind = Kind.PLAIN if setting.small else Kind.SCANNED
    pages = corpus(kind, min(PAGES, setting.scanned))
    cpu, device = (TorchLightBundle(Engines(name)) for name in ("cpu", setting.device))
    yield _pages(pages, cpu, device)


def accurate(setting: Setting) -> Iterator[Found]:
    """Each accurate network, then the tables and the text of pages whose regions are settled."""
    weights = accurate_weights(setting)
    passes = accurate_passes(made_in(setting), Target(setting.device))
    yield from _networks(setting, [spec for spec in passes if spec.task != "ocr"])
    pages = corpus(Kind.PLAIN if setting.small else Kind.SCANNED, min(PAGES, setting.scanned))
    cpu, device = (SettledBundle(weights, Engines(name), pages) for name in ("cpu", setting.device))
    yield _pages(pages, cpu, device)


def _networks(setting: Setting, specs: Iterable[NetworkSpec]) -> Iterator[Found]:
    """How far the device's outputs are from the CPU's, and what compiled code would be allowed."""
    images = corpus(Kind.PLAIN, EXAMPLES).images
    for spec in specs:
        inputs = example_inputs(spec, spec.signatures[0], images)[0]
        # One module may share its weights with the next, so each device has its turn.
        cpu, device = (_outputs(spec, name, inputs) for name in ("cpu", setting.device))
        yield {spec.name: {"difference": difference(spec, device, cpu), "allowed": spec.tolerance}}


def _outputs(spec: NetworkSpec, device: str, inputs: Tensors) -> Tensors:
    module = module_for(spec, torch.device(device), Precision.FLOAT32)
    with torch.inference_mode():
        outputs = module(*cast(spec, inputs, torch.device(device), Precision.FLOAT32))
    return tuple(tensor.cpu() for tensor in ((outputs,) if isinstance(outputs, torch.Tensor) else outputs))


def _pages(pages: Corpus, cpu: TorchLightBundle | AccurateBundle, device: TorchLightBundle | AccurateBundle) -> Found:
    """Shares of the CPU's regions, lines and tables that the device found too. Raises AssertionError where a page
    failed.
    """
    wanted, found = (_predicted(bundle, pages) for bundle in (cpu, device))
    pairs = list(zip(found, wanted, strict=True))
    return {
        "pages": len(pages),
        "regions": sum(len(page.regions) for page in wanted),
        "regions_alike": _share(_regions_alike(*pair) for pair in pairs),
        "lines": sum(len(page.lines) for page in wanted),
        "lines_alike": _share(_lines_alike(*pair) for pair in pairs),
        "tables": sum(len(page.tables) for page in wanted),
        "tables_alike": _share(_tables_alike(*pair) for pair in pairs),
    }


def _predicted(bundle: TorchLightBundle | AccurateBundle, pages: Corpus) -> list[PagePrediction]:
    results = bundle.predict(pages.tasks(), pages.images)
    predictions = [result for result in results if isinstance(result, PagePrediction)]
    assert len(predictions) == len(pages), results
    return predictions


def _share(values: Iterable[float]) -> float:
    numbers = list(values)
    return round(sum(numbers) / len(numbers), 4)


def _regions_alike(found: PagePrediction, wanted: PagePrediction) -> float:
    alike = [
        any(other.label is region.label and overlap(other.box, region.box) >= ALIKE for other in found.regions)
        for region in wanted.regions
    ]
    return sum(alike) / len(alike) if alike else float(not found.regions)


def _lines_alike(found: PagePrediction, wanted: PagePrediction) -> float:
    mine, theirs = ([line.text for line in page.lines] for page in (found, wanted))
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio()


def _tables_alike(found: PagePrediction, wanted: PagePrediction) -> float:
    shapes = [[(table.rows, table.columns, len(table.cells)) for table in page.tables] for page in (found, wanted)]
    return float(shapes[0] == shapes[1]) and _boxes_alike(list(_cell_boxes(found)), list(_cell_boxes(wanted)))


def _cell_boxes(page: PagePrediction) -> Iterator[Box]:
    return (cell.box for table in page.tables for cell in table.cells if cell.box is not None)


def _boxes_alike(found: Sequence[Box], wanted: Sequence[Box]) -> float:
    if len(found) != len(wanted):
        return 0.0
    alike = [overlap(*pair) >= ALIKE for pair in zip(found, wanted, strict=True)]
    return sum(alike) / len(alike) if alike else 1.0


def overlap(one: Box, other: Box) -> float:
    """The area that both cover in shares of the area that either covers; 1 for two equal boxes."""
    if one == other:
        return 1.0
    width = min(one.right, other.right) - max(one.left, other.left)
    height = min(one.bottom, other.bottom) - max(one.top, other.top)
    both = max(width, 0.0) * max(height, 0.0)
    either = one.width * one.height + other.width * other.height - both
    return both / either if either else 0.0
