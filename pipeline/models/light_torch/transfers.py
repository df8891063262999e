"""Values on their way to a GPU and back while it computes.

A plain copy to or from a GPU waits until everything is done that the GPU was given before. So the processor would stand
still while the GPU computes the next pass, and the GPU while the processor reads what the last one found.
"""

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor


def upload(values: NDArray[Any], device: torch.device) -> Tensor:
    """The values on the device. Nothing is waited for."""
    tensor = torch.from_numpy(values)
    return tensor.pin_memory().to(device, non_blocking=True) if device.type == "cuda" else tensor


class Download:
    """Values on their way to main memory, floating ones as float32. Make it before the device is given its next work,
    and ask for the ``array`` afterwards.
    """

    def __init__(self, values: Tensor) -> None:
        whole = values.float() if values.is_floating_point() else values
        self._values = whole.to("cpu", non_blocking=True)  # into pinned memory, where it comes from a GPU
        self._arrived: torch.cuda.Event | None = None
        if whole.device.type == "cuda":
            self._arrived = torch.cuda.Event()
            self._arrived.record()

    @property
    def array(self) -> NDArray[Any]:
        """Waits for these values and for nothing later. Raises what the device raised."""
        if self._arrived is not None:
            self._arrived.synchronize()
        return self._values.numpy()
