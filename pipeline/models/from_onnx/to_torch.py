"""ONNX graphs as torch modules that ``torch.export`` takes, by onnx2torch.

onnx2torch passes shapes, slices and scales as tensors, whose values an export cannot see; here each becomes a constant
of a module of its own. A dimension of the batch that the graph's author fixed at 1 is let free.
"""

from pathlib import Path

import torch
from onnx2torch import convert
from onnx2torch.node_converters.reshape import OnnxReshape
from onnx2torch.node_converters.resize import OnnxResize
from onnx2torch.node_converters.slice import OnnxSlice
from onnx2torch.node_converters.split import OnnxSplit13
from torch import Tensor, nn
from torch.fx import GraphModule, Node

from pipeline.models.from_onnx.graph import load


class FixedReshape(nn.Module):
    """``shape`` in ONNX's terms: 0 stands for the input's own dimension, -1 for what is left."""

    def __init__(self, shape: list[int]) -> None:
        super().__init__()
        self._shape = shape

    def forward(self, x: Tensor) -> Tensor:
        return x.reshape([x.shape[axis] if side == 0 else side for axis, side in enumerate(self._shape)])


class FixedSlice(nn.Module):
    """The part ``starts`` to ``ends`` along ``axes``."""

    def __init__(self, starts: list[int], ends: list[int], axes: list[int]) -> None:
        super().__init__()
        self._parts = list(zip(axes, starts, ends, strict=True))

    def forward(self, x: Tensor) -> Tensor:
        for axis, start, end in self._parts:
            x = x.narrow(axis, start, end - start)
        return x


class FixedSplit(nn.Module):
    """Parts of ``sizes`` along ``axis``."""

    def __init__(self, sizes: list[int], axis: int) -> None:
        super().__init__()
        self._sizes, self._axis = sizes, axis

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return torch.split(x, self._sizes, dim=self._axis)


class FixedResize(nn.Module):
    """Each pixel repeated ``factors`` (down, across) times."""

    def __init__(self, factors: tuple[float, float]) -> None:
        super().__init__()
        self._factors = factors

    def forward(self, x: Tensor) -> Tensor:
        return nn.functional.interpolate(x, scale_factor=self._factors, mode="nearest")


def network(path: Path) -> GraphModule:
    """The graph in ``path`` as a torch module for inference, with its weights, on the CPU in float32.

    Raises FileNotFoundError without the file, NotImplementedError or ValueError for a graph that uses what is not
    covered here.
    """
    graph: GraphModule = convert(load(path)).eval()
    graph.graph.eliminate_dead_code()
    for node in list(graph.graph.nodes):
        if node.op == "call_module":
            _fix(graph, node)
    graph.delete_all_unused_submodules()
    _drop_unused_constants(graph)
    graph.recompile()
    graph.requires_grad_(False)
    return graph


def _fix(graph: GraphModule, node: Node) -> None:
    """Put a module without tensor arguments in the place of one that takes shapes as tensors."""
    name = str(node.target)
    module = graph.get_submodule(name)
    if not isinstance(module, (OnnxReshape, OnnxResize, OnnxSlice, OnnxSplit13)):
        return
    arguments = [*node.args[1:], *node.kwargs.values()]
    constants = [
        graph.get_buffer(str(argument.target)).tolist() for argument in arguments if isinstance(argument, Node)
    ]
    graph.set_submodule(name, _fixed(module, constants))
    node.args, node.kwargs = node.args[:1], {}


def _fixed(module: nn.Module, constants: list[list[int]]) -> nn.Module:
    match module, constants:
        case OnnxReshape(), [[1, *rest]]:
            return FixedReshape([0, *rest])
        case OnnxReshape(), [shape]:
            return FixedReshape(shape)
        case OnnxSlice(), [starts, ends, axes, steps] if set(steps) == {1}:
            return FixedSlice(starts, ends, axes)
        case OnnxSplit13(), [sizes]:
            return FixedSplit(sizes, module.axis)
        case OnnxResize(onnx_mode="nearest"), [*_, [1, 1, down, across]]:
            return FixedResize((down, across))
    raise NotImplementedError(f"{type(module).__name__} with {constants}")


def _drop_unused_constants(graph: GraphModule) -> None:
    used = {str(node.target) for node in graph.graph.nodes if node.op == "get_attr"}
    for name in [name for name, _ in graph.named_buffers() if name.startswith("initializers.") and name not in used]:
        delattr(graph.get_submodule("initializers"), name.removeprefix("initializers."))
