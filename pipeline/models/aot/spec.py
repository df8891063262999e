"""What a network tells about itself, so that it can be compiled, checked against its eager self, kept and run.

A *signature* is the shapes and types of a network's inputs; one package is compiled per signature. A dimension is a
number, or a ``Span`` of numbers where ``torch.export`` can keep it open. The first dimension of every input is the
batch unless the network says otherwise.
"""

import hashlib
import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import ModuleType
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray

Tensors: TypeAlias = tuple[torch.Tensor, ...]
PageImages: TypeAlias = Sequence[NDArray[np.uint8]]


class Precision(StrEnum):
    """The floating type in which a network computes. Whole numbers and booleans keep their own types."""

    FLOAT32 = "float32"
    FLOAT16 = "float16"
    BFLOAT16 = "bfloat16"

    @property
    def dtype(self) -> torch.dtype:
        return {"float32": torch.float32, "float16": torch.float16, "bfloat16": torch.bfloat16}[self.value]


@dataclass(frozen=True, slots=True)
class Span:
    """An open dimension: multiples of ``step`` from ``low`` to ``high``, both multiples themselves and both allowed.

    Dimensions of one signature with the same ``name`` are equal.
    """

    name: str
    low: int
    high: int
    step: int = 1

    def holds(self, size: int) -> bool:
        """Whether ``size`` is one of the span's numbers."""
        return self.low <= size <= self.high and size % self.step == 0


@dataclass(frozen=True, slots=True)
class Input:
    """One input: its dimensions, and its type, where ``None`` stands for the precision the network computes in."""

    shape: tuple[int | Span, ...]
    dtype: torch.dtype | None = None

    def __str__(self) -> str:
        sides = (f"{s.name}={s.low}..{s.high}/{s.step}" if isinstance(s, Span) else str(s) for s in self.shape)
        return f"{'float' if self.dtype is None else str(self.dtype).removeprefix('torch.')}[{','.join(sides)}]"


@dataclass(frozen=True, slots=True)
class Signature:
    """The inputs of one package, in the order of the network's arguments."""

    inputs: tuple[Input, ...]

    @classmethod
    def of(cls, *shapes: tuple[int | Span, ...]) -> "Signature":
        """Floating inputs of these shapes."""
        return cls(tuple(Input(shape) for shape in shapes))

    @property
    def batch(self) -> int:
        """The most rows that one pass takes."""
        first = self.inputs[0].shape[0]
        return first.high if isinstance(first, Span) else first

    def __str__(self) -> str:
        return " ".join(map(str, self.inputs))


Examples: TypeAlias = Callable[[PageImages, Signature], Tensors]
Distance: TypeAlias = Callable[[Tensors, Tensors], float]


@dataclass(frozen=True, slots=True)
class NetworkSpec:
    """One network.

    ``task`` is ``layout``, ``ocr`` or ``tables``; ``name`` serves as a folder's name; ``model`` is what people are
    shown. ``revision`` names the weights: the SHA-256 of their file, or a Hub commit. ``build`` makes the eager module:
    eval mode, float32, on the CPU; its ``forward`` takes tensors by position and returns a tensor or a tuple of them.
    ``signatures`` are the packages to compile; where several fit, the first that takes the whole batch is used, so list
    them from small to large. ``tolerance`` is the largest difference between package and eager module that is let pass
    in float32, ``half_tolerance`` the same in a half precision. ``examples`` makes inputs of a signature from page
    images ((height, width, 3) uint8 RGB at 144 dpi; an open dimension may take any of its numbers); without it, seeded
    normal noise is used. ``distance`` tells how far a package's outputs are from the eager module's, shapes and types
    being equal; without it, it is the largest absolute difference of any two numbers. ``code`` is a digest of the code
    behind ``build`` (see ``code_digest``), so that an edit makes a new package. ``pads_batch`` says whether a smaller
    batch may be filled up with copies of its last row along the first dimension of every input and the extra rows of
    every output thrown away, and a larger one cut up; without it, inputs must fit exactly. ``carries_weights`` says
    whether packages hold the weights too: for networks of some megabytes whose module is slow to build, so that on the
    CPU it is built only where no package fits. Otherwise a package takes its weights from the module. ``keeps_types``
    is for a module that is built for a precision and computes in several: it and its inputs are not cast.
    """

    task: str
    name: str
    model: str
    revision: str
    build: Callable[[], torch.nn.Module]
    signatures: tuple[Signature, ...]
    tolerance: float
    code: str
    half_tolerance: float = 0.05
    examples: Examples | None = None
    pads_batch: bool = True
    carries_weights: bool = False
    keeps_types: bool = False
    distance: Distance | None = None


def cast(spec: NetworkSpec, inputs: Tensors, device: torch.device, precision: Precision) -> Tensors:
    """The inputs on ``device``, floating ones in the type in which ``spec`` computes at ``precision``."""
    return tuple(
        tensor.to(
            device=device,
            dtype=precision.dtype if tensor.is_floating_point() and not spec.keeps_types else tensor.dtype,
        ).contiguous()
        for tensor in inputs
    )


def module_for(spec: NetworkSpec, device: torch.device, precision: Precision) -> torch.nn.Module:
    """The eager module, on ``device`` and in ``precision``; from now on float32 is float32 in this process and its
    forks.

    cuDNN's convolutions round float32 inputs to TF32, with 10 bits of mantissa as float16 has, unless told not to.
    """
    torch.backends.cudnn.allow_tf32 = False
    module = spec.build().eval().requires_grad_(False).to(device)
    return module if spec.keeps_types else module.to(precision.dtype)


def code_digest(*parts: ModuleType | str) -> str:
    """A digest over the source of modules and over texts such as ``onnx2torch 1.5.15``; 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update((part if isinstance(part, str) else inspect.getsource(part)).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]
