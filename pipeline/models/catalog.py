"""Which networks are compiled on this machine, and for what."""

from dataclasses import dataclass

import torch

from pipeline.errors import NothingToCompile
from pipeline.models.accurate.accurate_specs import accurate_specs
from pipeline.models.aot.compiler import Target
from pipeline.models.aot.key import PackageKey, key_of
from pipeline.models.aot.spec import NetworkSpec, Precision
from pipeline.models.choice import BundleName, choose_bundles
from pipeline.models.light_torch.torch_light_specs import light_specs, text_specs
from pipeline.weight_folders import AccurateWeights

# Half precisions have not been compared on the corpus.
GPU_PRECISION = Precision.FLOAT32


@dataclass(frozen=True, slots=True)
class CompileJob:
    """Networks to compile for one target."""

    target: Target
    specs: tuple[NetworkSpec, ...]

    def package_keys(self) -> tuple[PackageKey, ...]:
        """The keys of this machine's packages, which also name their folders in a repository."""
        device, precision = self.target.device, self.target.precision
        return tuple(key_of(spec, signature, device, precision) for spec in self.specs for signature in spec.signatures)


def job_here(wanted: str, weights: AccurateWeights | None) -> CompileJob:
    """What this machine can compile and run: the networks of its GPU lane. ``wanted`` is the setting ``BUNDLE``.

    The CPU lane has nothing to compile. Torch's binding of compiled code keeps Python's lock while it computes, so two
    threads get no more done than one, and onnxruntime is faster (0.077 s a plain page against 0.153 s on two cores).
    Raises NothingToCompile without a GPU, and WeightsDamaged.
    """
    if not torch.cuda.is_available():
        raise NothingToCompile
    return gpu_job(wanted, weights)


def gpu_job(wanted: str, weights: AccurateWeights | None) -> CompileJob:
    """The networks of the GPU lane, to be compiled where a GPU is at hand. Raises WeightsDamaged."""
    _, gpu = choose_bundles(wanted, weights is not None, gpu=True)
    target = Target("cuda", GPU_PRECISION)
    return CompileJob(target, _specs(gpu, weights, light_specs(), target))


def _specs(
    bundle: BundleName | None, weights: AccurateWeights | None, light: tuple[NetworkSpec, ...], target: Target
) -> tuple[NetworkSpec, ...]:
    """The bundle's networks; the accurate one reads text with the light networks on torch."""
    if bundle is not BundleName.ACCURATE or weights is None:
        return light
    return (*accurate_specs(weights, target.precision, target.device).all, *text_specs())
