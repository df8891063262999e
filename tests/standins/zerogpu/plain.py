"""The other stand-in for CUDA inside a worker: plain CPU tensors, and everything that is asked for on ``cuda`` is made
on the CPU.

ZeroGPU's emulation cannot be looked through by ``torch.export``, nor does native code see the tensors behind its fakes.
So a worker that is to compile networks, or to run them compiled, leaves the emulation as on the platform, and finds the
weights where the device would be. Tensors then say that they are on the CPU, and nothing notices when devices are
mixed.
"""

import functools
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

KEPT = ("get_device_capability", "get_device_properties", "get_device_name", "synchronize")
"""What the emulation says of the device goes on being true; ``is_available`` does not, or torch's compiler would ask a
driver.
"""


def leave_emulation() -> None:
    """As the real one, but for what is ``KEPT``."""
    import torch
    from spaces.zero.torch import patching

    kept = {name: getattr(torch.cuda, name) for name in KEPT}
    patching.unpatch()
    for name, function in kept.items():
        setattr(torch.cuda, name, function)


def init_worker(nvidia_uuid: str) -> None:
    """The real one makes the device visible and touches it."""
    import torch

    os.environ["CUDA_VISIBLE_DEVICES"] = nvidia_uuid
    _lend_toolkit(Path(os.environ["ZEROGPU_OFFLOAD_DIR"]).with_name("cuda"))
    mode, load, boot = _mode(), torch.load, threading.Thread._bootstrap_inner  # type: ignore[attr-defined]

    def boot_plain(self: threading.Thread) -> None:  # torch's modes belong to a thread, and the task runs in a new one
        mode().__enter__()
        boot(self)

    @functools.wraps(load)
    def load_plain(file: Any, map_location: Any = None, **options: Any) -> Any:
        return load(file, map_location="cpu" if _is_cuda(map_location) else map_location, **options)

    threading.Thread._bootstrap_inner = boot_plain  # type: ignore[attr-defined]
    torch.load = load_plain  # type: ignore[assignment]


def _lend_toolkit(home: Path) -> None:
    """As if the CUDA toolkit were installed: before it compiles Folio looks for these and opens none."""
    from torch.utils import cpp_extension

    for folder in ("crt", "nv/target"):
        (home / "include" / folder).mkdir(parents=True, exist_ok=True)
    (home / "include" / "cuda.h").touch()
    cpp_extension.CUDA_HOME = str(home)


def place_weights(packed: Callable[[Any], Any], callback: Callable[[int], None] | None = None) -> None:
    """Give every fake its data: what ``packed`` reads from a pack, and what was never packed. ``callback`` is told the
    bytes.
    """
    import torch
    from spaces.zero.torch import patching

    with torch._C.DisableTorchFunction():
        for fake, original in list(patching.cuda_aliases.items()):
            if original is not None:
                fake.data = original
        for pack in patching.tensor_packs:
            for meta, tensor in packed(pack):
                for fake in pack.fakes[meta]:
                    fake.data = tensor
                if callback is not None:
                    callback(tensor.numel() * tensor.element_size())


def _mode() -> Any:
    import torch

    class CudaIsCpu(torch.overrides.TorchFunctionMode):
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            if func in (torch.Tensor.pin_memory, torch.Tensor.cuda):
                return args[0]
            kwargs = {
                name: value for name, value in (kwargs or {}).items() if name != "pin_memory"
            }  # pinning needs a driver
            if _is_cuda(kwargs.get("device")):
                kwargs["device"] = torch.device("cpu")
            if func == torch.Tensor.to and len(args) > 1 and _is_cuda(args[1]):
                args = (args[0], torch.device("cpu"), *args[2:])
            return func(*args, **kwargs)

    return CudaIsCpu


def _is_cuda(device: Any) -> bool:
    import torch

    if isinstance(device, torch.device):
        return device.type == "cuda"
    return isinstance(device, str) and device.partition(":")[0] == "cuda"
