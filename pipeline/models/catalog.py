"""Which networks are compiled on this machine, and for what."""

from dataclasses import dataclass

import torch

from pipeline.models.aot.compile import Target
from pipeline.models.aot.key import PackageKey, key_of
from pipeline.models.aot.spec import NetworkSpec, Precision
from pipeline.models.light_compiled import cpu_specs
from pipeline.models.light_torch.specs import light_specs

# Half precisions have not been compared on the corpus.
GPU_PRECISION = Precision.FLOAT32


@dataclass(frozen=True, slots=True)
class Job:
    """Networks to compile for one target."""

    target: Target
    specs: tuple[NetworkSpec, ...]

    def package_keys(self) -> tuple[PackageKey, ...]:
        """The keys of this machine's packages, which also name their folders in a repository."""
        device, precision = self.target.device, self.target.precision
        return tuple(key_of(spec, signature, device, precision) for spec in self.specs for signature in spec.signatures)


def cpu_job() -> Job:
    """The light bundle on the CPU lane."""
    return Job(Target("cpu"), cpu_specs())


def gpu_job() -> Job:
    """The light bundle on the GPU lane."""
    return Job(Target("cuda", GPU_PRECISION), light_specs())


def jobs() -> tuple[Job, ...]:
    """What this machine can compile and run."""
    return (cpu_job(), gpu_job()) if torch.cuda.is_available() else (cpu_job(),)
