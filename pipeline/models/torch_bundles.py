"""The bundles whose networks run in torch: every one on a GPU, and the accurate one on a processor."""

from dataclasses import replace

from pipeline.models.accurate.accurate_bundle import AccurateBundle
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.bundle import Bundle
from pipeline.models.catalog import GPU_PRECISION
from pipeline.models.choice import BundleName
from pipeline.models.light_torch.torch_light_bundle import TorchLightBundle
from pipeline.settings import Settings
from pipeline.weight_folders import AccurateWeights


def accurate_on_cpu(settings: Settings, weights: AccurateWeights) -> Bundle:
    """The accurate bundle of the CPU lane, without LaTeX, which would take many seconds a page there. Raises what
    ``AccurateBundle`` raises.
    """
    return AccurateBundle(replace(weights, formulas=None), Engines("cpu", runners=settings.threads))


def on_gpu(name: BundleName, settings: Settings, weights: AccurateWeights | None) -> Bundle:
    """The bundle of the GPU lane; the light one without ``weights``. Raises what ``AccurateBundle`` raises."""
    engines = Engines("cuda", GPU_PRECISION, PackageShelf(settings.packages_dir))
    if name is BundleName.ACCURATE and weights is not None:
        return AccurateBundle(weights, engines)
    return TorchLightBundle(engines)
