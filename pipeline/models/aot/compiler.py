"""Making a package: export, compile, compare with the eager module on real pages, store.

Compilation needs a C++ compiler and takes seconds to minutes per package. It works in a plain process, and on ZeroGPU
inside a GPU call, which may book up to 1,500 s while the Space starts. Native code of a CPU package computes in the
thread that calls it: Folio runs pages side by side, and a pool of OpenMP threads would not survive a fork.
"""

import io
import logging
import math
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import spaces
import torch

from pipeline.errors import CompilationFailed, CompilerMissing, CudaToolkitMissing, PackageDiffers, PackageError
from pipeline.models.aot.engine import compute_in_this_thread
from pipeline.models.aot.key import key_of
from pipeline.models.aot.package import load
from pipeline.models.aot.shelf import Package, PackageShelf, Verification
from pipeline.models.aot.spec import (
    Input,
    NetworkSpec,
    PageImages,
    Precision,
    Signature,
    Span,
    Tensors,
    cast,
    module_for,
)

log = logging.getLogger(__name__)

MOST_CHECKS = 3
# What torch/csrc/inductor/aoti_runtime/utils_cuda.h includes, in a row the places of one header.
CUDA_PARTS = (("include/cuda.h",), ("include/crt",), ("include/nv/target", "include/cccl/nv/target"))
TIMED_CALLS = 3
SEED = 20_260_801
# One thread per call, see above; and kernels inside the library, so that nothing has to stay unpacked beside it.
INDUCTOR_OPTIONS = {"cpp.threads": 1, "aot_inductor.embed_kernel_binary": True}


@dataclass(frozen=True, slots=True)
class Target:
    """What packages are made for: ``cuda`` (in tests ``cpu`` stands in for it), and the precision."""

    device: str
    precision: Precision = Precision.FLOAT32


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one package: ``kept`` where it was there already, an error where it could not be made."""

    spec: NetworkSpec
    signature: Signature
    package: Package | PackageError
    kept: bool = False


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is compiled: with ``again`` also what is there, without ``failed`` not what failed within a week.
    Nothing is begun that would not end within ``seconds``, going by the longest package so far.
    """

    again: bool = False
    failed: bool = True
    seconds: float = math.inf


EVERYTHING_MISSING = Effort()


def compile_networks(
    specs: Iterable[NetworkSpec],
    target: Target,
    shelf: PackageShelf,
    pages: PageImages,
    effort: Effort = EVERYTHING_MISSING,
) -> Iterator[Outcome]:
    """Make every package of ``specs`` that is missing, one after the other.

    ``pages`` are page images for the comparison, (height, width, 3) uint8 RGB at 144 dpi. A package that cannot be made
    keeps none of the others from it. Raises CompilerMissing before the first one that is missing, and OSError where the
    disk refuses.
    """
    began, longest = perf_counter(), 0.0
    wanted = [(spec, signature) for spec in specs for signature in spec.signatures]
    for spec, signature in wanted:
        key = key_of(spec, signature, target.device, target.precision)
        found = shelf.find(key)
        if isinstance(found, Package) and not effort.again:
            yield Outcome(spec, signature, found, kept=True)
        elif effort.failed or not shelf.has_failed(key):
            require_compiler(target.device)
            start = perf_counter()
            if start - began + longest > effort.seconds:
                log.warning("the time for compiling is up before %s; the next start goes on", spec.name)
                return
            made = _package_or_error(spec, signature, target, shelf, pages)
            longest = max(longest, perf_counter() - start)
            yield Outcome(spec, signature, made)


def _package_or_error(
    spec: NetworkSpec, signature: Signature, target: Target, shelf: PackageShelf, pages: PageImages
) -> Package | PackageError:
    key = key_of(spec, signature, target.device, target.precision)
    shelf.note_failure(key, "compiling it was begun and did not end")  # as when the process is killed
    try:
        return compile_package(spec, signature, target, shelf, pages)
    except PackageError as error:
        shelf.note_failure(key, error.message)
        return error


def compile_package(
    spec: NetworkSpec, signature: Signature, target: Target, shelf: PackageShelf, pages: PageImages
) -> Package:
    """Make one package and store it. Raises CompilationFailed or PackageDiffers; nothing is stored then."""
    device = torch.device(target.device)
    # The examples come first: networks share weights, and to compute them may move those of this one elsewhere.
    examples = example_inputs(spec, signature, pages)
    module = module_for(spec, device, target.precision)
    inputs = [cast(spec, example, device, target.precision) for example in examples]
    start = perf_counter()
    archive, constants = _compiled(spec, signature, module, inputs[0])
    seconds = perf_counter() - start
    key = key_of(spec, signature, target.device, target.precision)
    with tempfile.TemporaryDirectory(prefix="folio-aot-") as folder:
        draft = PackageShelf(Path(folder)).put(key, archive, constants, Verification(0, 0.0, 0.0, 0.0, 0.0, 0.0))
        verification = _verify(spec, draft, module, inputs, target, seconds)
    return shelf.put(key, archive, constants, verification)


def require_compiler(device: str) -> None:
    """Raises CompilerMissing where there is no C++ compiler, and CudaToolkitMissing where a GPU's code cannot be built.

    Inductor looks for both only after minutes of export (torch/_inductor/cpp_builder.py).
    """
    names = [chosen] if (chosen := os.environ.get("CXX", "")) else ["g++", "clang++"]
    if not any(shutil.which(name) for name in names):
        raise CompilerMissing
    if torch.device(device).type == "cuda":
        # Imported here, because it logs a warning on every machine without a CUDA runtime.
        from torch.utils import cpp_extension  # noqa: PLC0415

        _require_cuda_toolkit(cpp_extension.CUDA_HOME)


def _require_cuda_toolkit(home: str | None) -> None:
    if home is None:
        raise CudaToolkitMissing("its folder")
    for places in CUDA_PARTS:
        if not any((Path(home) / place).exists() for place in places):
            raise CudaToolkitMissing(places[0])


def example_inputs(spec: NetworkSpec, signature: Signature, pages: PageImages) -> list[Tensors]:
    """Inputs to compare on: from the pages, each time beginning with another one, or seeded noise."""
    if spec.examples is None or not len(pages):
        return [_noise(signature, SEED + number) for number in range(MOST_CHECKS)]
    turns = range(min(len(pages), MOST_CHECKS))
    return [spec.examples([*pages[turn:], *pages[:turn]], signature) for turn in turns]


def _compiled(
    spec: NetworkSpec, signature: Signature, module: torch.nn.Module, example: Tensors
) -> tuple[bytes, bytes]:
    """The archive, and the constants to store beside it."""
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")  # torch's own deprecations, met on the way through its exporter
            program = torch.export.export(module, example, dynamic_shapes=_dynamic_shapes(signature), strict=False)
            compiled = spaces.aoti_compile(program, INDUCTOR_OPTIONS)
    except Exception as error:  # the exporter, Inductor and the compiler raise whatever they like
        log.exception("%s for %s cannot be compiled", spec.name, signature)
        raise CompilationFailed(spec.name) from error
    held = set(dict(module.named_parameters(remove_duplicate=False))) | set(
        dict(module.named_buffers(remove_duplicate=False))
    )
    constants = {
        name: tensor.detach().cpu().clone()
        for name, tensor in compiled.weights.constants_map.items()
        if spec.carries_weights or name not in held
    }
    stored = io.BytesIO()
    torch.save(constants, stored)
    return bytes(compiled.archive_file.getbuffer()), stored.getvalue()


def _verify(
    spec: NetworkSpec, draft: Package, module: torch.nn.Module, inputs: list[Tensors], target: Target, seconds: float
) -> Verification:
    weights = dict(module.named_parameters(remove_duplicate=False)) | dict(module.named_buffers(remove_duplicate=False))
    package = load(draft, lambda: weights, torch.device(target.device), runners=1)
    tolerance = spec.tolerance if target.precision is Precision.FLOAT32 else spec.half_tolerance
    if target.device == "cpu":
        compute_in_this_thread()  # as the app does it
    with torch.inference_mode():
        largest = max(difference(spec, package(*example), _tuple(module(*example))) for example in inputs)
        if not largest <= tolerance:
            raise PackageDiffers(spec.name, largest, tolerance)
        own, eager = _seconds(lambda: package(*inputs[0])), _seconds(lambda: module(*inputs[0]))
    return Verification(len(inputs), largest, tolerance, own, eager, seconds)


def difference(spec: NetworkSpec, outputs: Tensors, wanted: Tensors) -> float:
    """By the measure of ``spec``; infinite where shapes, types or places of infinities and NaN differ."""
    if [(o.shape, o.dtype) for o in outputs] != [(w.shape, w.dtype) for w in wanted]:
        return float("inf")
    if spec.distance is not None:
        return spec.distance(outputs, wanted)
    return max((_furthest(*pair) for pair in zip(outputs, wanted, strict=True)), default=0.0)


def _furthest(output: torch.Tensor, wanted: torch.Tensor) -> float:
    finite = torch.isfinite(wanted)
    if (
        not torch.equal(output[~finite].nan_to_num(), wanted[~finite].nan_to_num())
        or not torch.isfinite(output[finite]).all()
    ):
        return float("inf")
    return float((output[finite].double() - wanted[finite].double()).abs().max()) if finite.any() else 0.0


def _seconds(call: Callable[[], object]) -> float:
    """Mean seconds of a call, after one that warms up."""
    call()
    _finish()
    start = perf_counter()
    for _ in range(TIMED_CALLS):
        call()
    _finish()
    return (perf_counter() - start) / TIMED_CALLS


def _finish() -> None:
    if torch.cuda.is_available():
        torch.cuda.synchronize()


def _dynamic_shapes(signature: Signature) -> tuple[dict[int, object], ...] | None:
    """The open dimensions as torch.export takes them, one mapping per input; None where all are fixed."""
    spans = {side for given in signature.inputs for side in given.shape if isinstance(side, Span)}
    if not spans:
        return None
    dims: dict[str, object] = {}
    for span in spans:
        dim = torch.export.Dim(span.name, min=span.low // span.step, max=span.high // span.step)
        dims[span.name] = span.step * dim if span.step > 1 else dim
    return tuple(
        {index: dims[side.name] for index, side in enumerate(given.shape) if isinstance(side, Span)}
        for given in signature.inputs
    )


def _noise(signature: Signature, seed: int) -> Tensors:
    generator = torch.Generator().manual_seed(seed)
    return tuple(_noise_for(given, generator) for given in signature.inputs)


def _noise_for(given: Input, generator: torch.Generator) -> torch.Tensor:
    shape = [side.high if isinstance(side, Span) else side for side in given.shape]
    if given.dtype is None or given.dtype.is_floating_point:
        return torch.randn(shape, generator=generator, dtype=given.dtype or torch.float32)
    return torch.randint(0, 2, shape, generator=generator).to(given.dtype)


def _tuple(outputs: torch.Tensor | Tensors) -> Tensors:
    return (outputs,) if isinstance(outputs, torch.Tensor) else tuple(outputs)
