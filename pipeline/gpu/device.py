"""Whether there is a GPU, and which."""

import torch
from spaces.config import Config


def has_gpu() -> bool:
    """Whether models can run on ``cuda``: always on ZeroGPU, which lends the device during calls only; elsewhere if
    there is one.
    """
    return bool(Config.zero_gpu) or torch.cuda.is_available()


def device_name() -> str:
    """The GPU's name as its driver tells it, empty where there is none. Asked where a GPU is at hand: inside a call on
    ZeroGPU.
    """
    return torch.cuda.get_device_name(0) if torch.cuda.is_available() else ""
