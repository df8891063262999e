"""What stands in for CUDA inside a GPU worker: ZeroGPU's own emulation, which stays on instead of giving way to a
device.

In the server process the real client runs untouched: tensors on ``cuda`` are fakes over hidden CPU originals, packed to
disk at launch. In a worker it would now leave the emulation and copy the packs to a device; here it stays in it and
reads the packs back into hidden CPU tensors. So ``.device`` says ``cuda:0``, mixing devices raises, and a CUDA tensor
that is returned or turned into an array fails, at about twice the CPU time of the plain computation. Where
ZEROGPU_STANDIN_PLAIN is true, workers do as ``plain`` does. Where ZEROGPU_STANDIN_REAL is true, nothing stands in: the
client leaves the emulation and copies the packs to the machine's own device.
"""

import functools
import importlib.util
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType
from typing import Any

from tests.standins.zerogpu import plain

MODEL_VARIABLE = "ZEROGPU_STANDIN_MODEL"
PLAIN_VARIABLE = "ZEROGPU_STANDIN_PLAIN"
REAL_VARIABLE = "ZEROGPU_STANDIN_REAL"
ORPHAN_POLL_S = 0.2


def patch_when_imported() -> None:
    """Put the patches in place as soon as the program imports ``spaces``, and not before: the program decides when that
    is.
    """
    patches = {"spaces.zero.torch": patch_torch} if _is_real() else PATCHES
    sys.meta_path.insert(0, _Patcher(dict(patches)))


class _Patcher(MetaPathFinder):
    """Finds the modules that get a patch; everything else is left to the finders after it."""

    def __init__(self, patches: dict[str, Callable[[ModuleType], None]]) -> None:
        self._patches = patches

    def find_spec(self, name: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        patch = self._patches.pop(name, None)
        spec = importlib.util.find_spec(name) if patch else None
        if patch is None or spec is None or spec.origin is None:
            return None
        spec.loader = _PatchingLoader(name, spec.origin, patch)
        return spec


class _PatchingLoader(SourceFileLoader):
    """Loads a module from its source, then patches it."""

    def __init__(self, name: str, origin: str, patch: Callable[[ModuleType], None]) -> None:
        super().__init__(name, origin)
        self._patch = patch

    def exec_module(self, module: ModuleType) -> None:
        super().exec_module(module)
        self._patch(module)


def _patch_config(config: ModuleType) -> None:
    """The device's model decides what a booking is multiplied by; the client reads it from the NVIDIA driver."""
    config._read_gpu_information = lambda: f"Model: \t {os.environ[MODEL_VARIABLE]}\n"  # type: ignore[attr-defined]


def _is_real() -> bool:
    return os.environ.get(REAL_VARIABLE) == "true"


def patch_torch(client_torch: ModuleType) -> None:
    """``spaces`` looks these three up when a worker starts, in this order."""
    if _is_real():
        client_torch.init = _guarded(client_torch.init)  # type: ignore[attr-defined]
        return
    is_plain = os.environ.get(PLAIN_VARIABLE) == "true"
    client_torch.unpatch = plain.leave_emulation if is_plain else _stay_emulated  # type: ignore[attr-defined]
    client_torch.init = _guarded(plain.init_worker if is_plain else _init_worker)  # type: ignore[attr-defined]
    place = functools.partial(plain.place_weights, _packed_tensors)
    client_torch.move = place if is_plain else _read_packs  # type: ignore[attr-defined]


PATCHES = {"spaces.zero.config": _patch_config, "spaces.zero.torch": patch_torch}


def _guarded(init: Callable[[str], None]) -> Callable[[str], None]:
    def guarded(nvidia_uuid: str) -> None:
        threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True, name="orphan guard").start()
        init(nvidia_uuid)

    return guarded


def _stay_emulated() -> None:
    """The real one leaves the emulation."""


class Event:
    """An event of a device that has done everything by the time it is told to: it marks nothing and waits for
    nothing.
    """

    def record(self) -> None: ...

    def synchronize(self) -> None: ...


def _init_worker(nvidia_uuid: str) -> None:
    """The real one makes the device visible and touches it."""
    import torch
    from spaces.zero.torch import patching

    torch.cuda.Event = Event  # type: ignore[misc, assignment]
    os.environ["CUDA_VISIBLE_DEVICES"] = nvidia_uuid
    patching.function_mode = _strict_mode(patching)
    boot = threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def boot_emulated(
        self: threading.Thread,
    ) -> None:  # torch's modes belong to a thread, and the task runs in a new one
        patching.enter_mode()
        boot(self)

    threading.Thread._bootstrap_inner = boot_emulated  # type: ignore[attr-defined]


def _end_with(parent: int) -> None:
    """On the platform the container takes its workers along. The kernel's death signal would come when the forking
    thread ends.
    """
    while os.getppid() == parent:
        time.sleep(ORPHAN_POLL_S)
    os._exit(0)


def _read_packs(callback: Callable[[int], None] | None = None) -> None:
    """Give every packed fake its original back. ``callback`` is told the bytes of each tensor."""
    import torch
    from spaces.zero.torch import patching

    with torch._C.DisableTorchFunction():
        for pack in patching.tensor_packs:
            for meta, tensor in _packed_tensors(pack):
                for fake in pack.fakes[meta]:
                    patching.cuda_aliases[fake] = tensor
                if callback is not None:
                    callback(tensor.numel() * tensor.element_size())


def _packed_tensors(pack: Any) -> Iterator[tuple[Any, Any]]:
    """The stand-in's key and the CPU tensor of everything in a pack: small ones in batches, big ones after, each padded
    to a page.
    """
    import torch

    with open(pack.path(), "rb") as file:
        for meta, size, padded in (entry for group in (*pack.batches, pack.big_tensors) for entry in group):
            raw = bytearray(file.read(padded)[:size])
            tensor = torch.empty_strided(meta.shape, meta.stride(), dtype=meta.dtype)
            if size:
                tensor.set_(torch.frombuffer(raw, dtype=torch.uint8).untyped_storage(), 0, meta.shape, meta.stride())
            yield meta, tensor


def _strict_mode(patching: Any) -> Any:
    """The emulation's mode, with the holes closed in which code that fails on a device would pass. Pinned memory is
    plain memory.
    """
    import torch

    class StrictMode(patching.ZeroGPUFunctionMode):  # type: ignore[misc]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func == torch.Tensor.pin_memory:
                return args[0]
            kwargs = {
                name: value for name, value in (kwargs or {}).items() if name != "pin_memory"
            }  # pinning needs a driver
            emulated = bool(args) and isinstance(args[0], torch.Tensor) and args[0] in patching.cuda_aliases
            if emulated and func in (torch.Tensor.numpy, torch.Tensor.__array__):
                raise TypeError(
                    "can't convert cuda:0 device type tensor to numpy. Use Tensor.cpu() to copy the tensor to host "
                    "memory first."
                )
            if emulated and func == torch.Tensor.is_cuda.__get__:  # type: ignore[attr-defined]
                return True
            result = super().__torch_function__(func, types, args, kwargs)
            if emulated and func == torch.Tensor.shape.__get__:  # type: ignore[attr-defined]
                return torch.Size(result)  # which the emulation rebuilds as a plain tuple
            moved = emulated and func in (torch.Tensor.to, torch.Tensor.cpu)
            return result.clone() if moved and result is patching.cuda_aliases.get(args[0]) else result

    return StrictMode()
