"""A package in memory: AOTInductor's runner over weights that the caller owns."""

import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import torch
from torch._C import _aoti
from torch.export.pt2_archive._package import AOTICompiledModel

from pipeline.models.aot.shelf import Package
from pipeline.models.aot.spec import Tensors

Weights = dict[str, torch.Tensor]


class LoadedPackage:
    """Callable on tensors of the package's signature. Keeps the tensors alive that the native code points into."""

    def __init__(self, runner: AOTICompiledModel, weights: Weights) -> None:
        self._runner = runner
        self._weights = weights

    def __call__(self, *inputs: torch.Tensor) -> Tensors:
        outputs = self._runner(*inputs)
        return (outputs,) if isinstance(outputs, torch.Tensor) else tuple(outputs)


def load(package: Package, weights: Callable[[], Weights], device: torch.device, runners: int) -> LoadedPackage:
    """Load a package that was found on a shelf. ``weights`` is asked only if the package's own constants do not cover
    the code's.

    Raises KeyError where a weight is missing, RuntimeError where the native code does not load.
    """
    own: Weights = torch.load(package.constants, map_location=device, weights_only=True)
    # Not torch._inductor.aoti_load_package: it first compiles and runs probes of the processor (30 s in a fresh
    # process), which the package's key has settled already.
    runner = AOTICompiledModel(_aoti.AOTIModelPackageLoader(str(package.archive), "model", False, runners, -1))
    _remove_unpacked(package.archive)
    names = runner.get_constant_fqns()
    if not own.keys() >= set(names):
        own = own | weights()
    used = {name: own[name].detach() for name in names}
    runner.load_constants(used, check_full_update=True, user_managed=True)
    return LoadedPackage(runner, used)


def _remove_unpacked(archive: Path) -> None:
    """Remove what the loader unpacked into /tmp: the library stays mapped, and a worker that is killed would leave it
    there.
    """
    with zipfile.ZipFile(archive) as packed:
        libraries = {Path(name).name for name in packed.namelist() if name.endswith(".so")}
    maps = Path("/proc/self/maps")
    for line in maps.read_text(encoding="utf-8").splitlines() if maps.exists() else ():
        path = Path("/", line.partition("/")[2])
        # torch unpacks its libraries there.
        if path.name in libraries and path.match("/tmp/*/archive/data/aotinductor/*/*.so"):  # noqa: S108
            shutil.rmtree(Path(*path.parts[:3]), ignore_errors=True)
