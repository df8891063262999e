"""What a compiled package belongs to. Native code built for anything else is never loaded."""

import hashlib
import json
import platform
from dataclasses import asdict, dataclass, fields
from functools import lru_cache
from pathlib import Path

import torch

from pipeline.models.aot.spec import NetworkSpec, Precision, Signature

# Bump when packages are made differently: other inductor options, other files in a package, another manifest.
RECIPE = "3"
DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class PackageKey:
    """Everything that a package's native code depends on.

    ``torch`` is the version with its CUDA suffix, ``architecture`` what ``architecture_of`` says, ``signature`` the
    inputs as text, ``code`` the network's own digest together with ``RECIPE``.
    """

    network: str
    revision: str
    code: str
    torch: str
    architecture: str
    precision: str
    signature: str

    @property
    def digest(self) -> str:
        """32 hexadecimal digits that name the package's folder."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()[:DIGEST_LENGTH]

    @property
    def folder(self) -> str:
        """The package's folder: for people the network, for Folio the digest."""
        return f"{self.network}-{self.digest}"

    @property
    def device(self) -> str:
        """``cpu`` or ``cuda``."""
        return self.architecture.partition(" ")[0]

    def differences(self, other: "PackageKey") -> tuple[str, ...]:
        """Names of the fields in which the two differ."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name) != getattr(other, field.name))


def key_of(spec: NetworkSpec, signature: Signature, device: str, precision: Precision) -> PackageKey:
    """The key of one of a network's packages on this machine. Raises RuntimeError where the device is missing."""
    return PackageKey(
        network=spec.name,
        revision=spec.revision,
        code=f"{RECIPE} {spec.code}",
        torch=torch.__version__,
        architecture=architecture_of(device),
        precision=precision.value,
        signature=str(signature),
    )


def architecture_of(device: str) -> str:
    """Such as ``cpu x86_64 AVX2 1a2b3c4d`` or ``cuda sm_120 x86_64 AVX512 1a2b3c4d``.

    The host belongs to it even on a GPU: Inductor compiles host code with ``-march=native``, which another processor
    may not run. Raises RuntimeError where there is no such device.
    """
    if torch.device(device).type == "cuda":
        major, minor = torch.cuda.get_device_capability()
        return f"cuda sm_{major}{minor} {_host()}"
    return f"cpu {_host()}"


@lru_cache(maxsize=1)
def _host() -> str:
    flags = next((line for line in _cpu_lines() if line.startswith(("flags", "Features"))), "")
    features = " ".join(sorted(flags.partition(":")[2].split()))
    return (
        f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()} "
        f"{hashlib.sha256(features.encode()).hexdigest()[:8]}"
    )


def _cpu_lines() -> list[str]:
    try:
        return Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [platform.processor()]
