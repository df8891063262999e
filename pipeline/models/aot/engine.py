"""Running a network by whatever runs it best here: a package compiled for exactly this machine, else its eager module.

    engines = Engines("cuda", Precision.BFLOAT16, PackageShelf(folder))
    layout = engines.network(spec)      # in the main thread, before a GPU call: puts the weights on the device
    scores, boxes = layout(pixels)      # in the GPU function's own thread: loads the package, once per process

Weights are held once per network and shared by its packages. Packages are loaded when first needed, once per process: a
forked child loads its own and leaves the inherited ones alone, whose locks may be held. A call may come from several
threads at once; ``runners`` of them compute at the same time, each on one CPU thread, so that no pool of threads is
there for a fork to lose.
"""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import torch

from pipeline.models.aot.key import PackageKey, key_of
from pipeline.models.aot.package import LoadedPackage, load
from pipeline.models.aot.shelf import Package, PackageShelf, Refusal
from pipeline.models.aot.spec import Input, NetworkSpec, Precision, Signature, Span, Tensors, cast, module_for
from pipeline.pages import EngineInfo

AOT, EAGER = "AOTInductor", "torch"
LONGEST_END_S = 5.0

log = logging.getLogger(__name__)
_threads = threading.local()
_computed_in: set[int] = set()  # native ids of threads


class Engine(Protocol):
    """A network that runs."""

    @property
    def info(self) -> EngineInfo:
        """Which engine runs it, and why no other does."""
        ...

    def __call__(self, *inputs: torch.Tensor) -> Tensors:
        """The network's outputs, on its device and in the types that it gives them.

        ``inputs`` may lie anywhere; floating ones are cast to the network's precision.
        """
        ...


class Engines:
    """Opens networks on one device, in one precision.

    ``shelf`` holds the packages; without it everything runs eagerly. On ``cuda`` build this, and open every network, in
    the main thread before the first GPU call: ZeroGPU hands the weights over from there.
    """

    def __init__(
        self, device: str, precision: Precision = Precision.FLOAT32, shelf: PackageShelf | None = None, runners: int = 1
    ) -> None:
        self.device = torch.device(device)
        self.precision = precision
        self.shelf = shelf
        self.runners = runners

    def network(self, spec: NetworkSpec) -> "CompiledNetwork":
        """Open one network. Raises what ``spec.build`` raises, on ``cuda`` at once and on the CPU when the module is
        first needed.
        """
        return CompiledNetwork(spec, self)


@dataclass(slots=True)
class _Process:
    """What one process has loaded: packages by signature, with the refusal of those that would not load."""

    packages: dict[Signature, LoadedPackage | Refusal] = field(default_factory=dict)


class CompiledNetwork:
    """One network on one device; see ``Engine``."""

    def __init__(self, spec: NetworkSpec, engines: Engines) -> None:
        self.spec = spec
        self._engines = engines
        self._found = {signature: self._find(signature) for signature in spec.signatures}
        self._processes: dict[int, _Process] = {}
        self._module: torch.nn.Module | None = None
        if engines.device.type == "cuda":
            self._module = self._build()
        for signature, refusal in self.refusals().items():
            if not refusal.absent:
                log.warning("the package of %s for %s is not used: %s", spec.name, signature, refusal.reason)

    @property
    def info(self) -> EngineInfo:
        """See ``Engine``. As it stands in this process: a package that fails to load in a GPU worker is in that
        worker's log.
        """
        return EngineInfo(self.spec.task, self.spec.model, self.engine)

    @property
    def engine(self) -> str:
        """``AOTInductor``, or ``torch`` with the reason if there was a package that did not fit."""
        refusals = self.refusals()
        if any(signature not in refusals for signature in self._found):
            return AOT
        reason = next((refusal.reason for refusal in refusals.values() if not refusal.absent), "")
        return f"{EAGER} (no package: {reason})" if reason else EAGER

    def refusals(self) -> dict[Signature, Refusal]:
        """The signatures without a usable package, and why."""
        found = dict(self._found) | self._process().packages
        return {signature: value for signature, value in found.items() if isinstance(value, Refusal)}

    def _refused_here(self) -> dict[Signature, Refusal]:
        """Without what was refused before a GPU call: the device, and so the key, is only seen inside the call."""
        if self._engines.device.type == "cpu" or self._engines.shelf is None:
            return self.refusals()
        loaded = self._process().packages
        return {signature: value for signature, value in loaded.items() if isinstance(value, Refusal)}

    def package_for(self, *shapes: tuple[int, ...]) -> Signature | None:
        """The signature whose package would run inputs of these shapes, or None where they would run eagerly."""
        refused = self._refused_here()
        usable = [signature for signature in self.spec.signatures if signature not in refused]
        return choose(usable, shapes, self.spec.pads_batch)

    def module(self) -> torch.nn.Module:
        """The eager module, on the device and in the precision."""
        if self._module is None:
            # No lock: a fork could inherit it held. Two threads may both build; the last stays.
            self._module = self._build()
        return self._module

    def __call__(self, *inputs: torch.Tensor) -> Tensors:
        """See ``Engine.__call__``."""
        if self._engines.device.type == "cpu":
            compute_in_this_thread()
        placed = cast(self.spec, inputs, self._engines.device, self._engines.precision)
        signature = self.package_for(*(tuple(tensor.shape) for tensor in placed))
        with torch.inference_mode():
            package = self._load(signature) if signature is not None else None
            if signature is None or package is None:
                return _tuple(self.module()(*placed))
            return in_batches(package, signature, placed) if self.spec.pads_batch else package(*placed)

    def _find(self, signature: Signature) -> Package | Refusal:
        if self._engines.shelf is None:
            return Refusal("packages are not used here", absent=True)
        return self._engines.shelf.find(self._key(signature))

    def _key(self, signature: Signature) -> PackageKey:
        return key_of(self.spec, signature, self._engines.device.type, self._engines.precision)

    def _load(self, signature: Signature) -> LoadedPackage | None:
        """The loaded package, or None where it turns out not to load; then ``refusals`` has the reason."""
        packages = self._process().packages
        if signature not in packages:
            # The device of a GPU call is seen for the first time inside it, so the key is made again there.
            found = self._find(signature) if self._engines.device.type == "cuda" else self._found[signature]
            packages.setdefault(signature, self._open(found) if isinstance(found, Package) else found)
        package = packages[signature]
        return None if isinstance(package, Refusal) else package

    def _open(self, found: Package) -> LoadedPackage | Refusal:
        try:
            return load(found, self._weights, self._engines.device, self._engines.runners)
        except Exception as error:  # native code and archive readers raise whatever they like; eager still works
            log.warning("the package %s does not load: %s", found.folder.name, type(error).__name__, exc_info=True)
            return Refusal("it does not load here")

    def _weights(self) -> dict[str, torch.Tensor]:
        module = self.module()
        return dict(module.named_parameters(remove_duplicate=False)) | dict(
            module.named_buffers(remove_duplicate=False)
        )

    def _build(self) -> torch.nn.Module:
        return module_for(self.spec, self._engines.device, self._engines.precision)

    def _process(self) -> _Process:
        return self._processes.setdefault(os.getpid(), _Process())


def compute_in_this_thread() -> None:
    """Keep torch from opening a pool of OpenMP threads below the calling thread, which a fork would lose and then wait
    for.

    OpenMP holds this setting per thread, so every thread that computes has to make it.
    """
    if not getattr(_threads, "alone", False):
        torch.set_num_threads(1)
        _threads.alone = True
        _computed_in.add(threading.get_native_id())


def _wait_for_ending_threads() -> None:
    """Before a fork, let threads that computed and have ended in Python end altogether.

    MKL gives back such a thread's buffers as it ends, under a spinning lock of its own (``mm_account_ptr_by_tid``),
    after Python has joined it. A fork in that moment copies the lock held, and the child's first matrix product spins
    for ever.
    """
    deadline = time.monotonic() + LONGEST_END_S
    for ended in _computed_in - {thread.native_id for thread in threading.enumerate()}:
        while os.path.exists(f"/proc/self/task/{ended}") and time.monotonic() < deadline:
            time.sleep(0.001)
        _computed_in.discard(ended)


os.register_at_fork(before=_wait_for_ending_threads)


def choose(signatures: list[Signature], shapes: tuple[tuple[int, ...], ...], pads_batch: bool) -> Signature | None:
    """The first signature that takes the whole batch, else the last that takes part of it, else None."""
    fitting = [signature for signature in signatures if _fits(signature, shapes, pads_batch)]
    whole = (signature for signature in fitting if not pads_batch or shapes[0][0] <= signature.batch)
    return next(whole, fitting[-1] if fitting else None)


def in_batches(package: Callable[..., Tensors], signature: Signature, inputs: Tensors) -> Tensors:
    """Run any number of rows through a package of a fixed or open batch: cut up, and filled with copies of the last
    row.
    """
    most, rows = signature.batch, inputs[0].shape[0]
    least = first.low if isinstance(first := signature.inputs[0].shape[0], Span) else most
    parts = []
    for start in range(0, rows, most):
        part = tuple(tensor[start : start + most] for tensor in inputs)
        own = part[0].shape[0]
        missing = max(least - own, 0)
        filled = tuple(
            torch.cat([tensor, tensor[-1:].expand(missing, *tensor.shape[1:])]) if missing else tensor
            for tensor in part
        )
        parts.append(tuple(output[:own] for output in package(*filled)))
    return parts[0] if len(parts) == 1 else tuple(torch.cat(outputs) for outputs in zip(*parts, strict=True))


def _fits(signature: Signature, shapes: tuple[tuple[int, ...], ...], pads_batch: bool) -> bool:
    if len(shapes) != len(signature.inputs) or not all(shapes) or shapes[0][0] == 0:
        return False
    return all(
        _input_fits(wanted, shape, pads_batch) for wanted, shape in zip(signature.inputs, shapes, strict=True)
    ) and _spans_agree(signature, shapes, pads_batch)


def _input_fits(wanted: Input, shape: tuple[int, ...], pads_batch: bool) -> bool:
    if len(wanted.shape) != len(shape):
        return False
    first = 1 if pads_batch else 0
    pairs = zip(wanted.shape[first:], shape[first:], strict=True)
    return all(side.holds(size) if isinstance(side, Span) else side == size for side, size in pairs)


def _spans_agree(signature: Signature, shapes: tuple[tuple[int, ...], ...], pads_batch: bool) -> bool:
    """Whether open dimensions of one name have one size, and the batch is the same for every input."""
    sizes: dict[str, int] = {}
    for wanted, shape in zip(signature.inputs, shapes, strict=True):
        for index, (side, size) in enumerate(zip(wanted.shape, shape, strict=True)):
            name = "batch" if pads_batch and index == 0 else side.name if isinstance(side, Span) else ""
            if name and sizes.setdefault(name, size) != size:
                return False
    return True


def _tuple(outputs: torch.Tensor | Tensors) -> Tensors:
    return (outputs,) if isinstance(outputs, torch.Tensor) else tuple(outputs)
