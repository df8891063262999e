"""ONNX graphs as a processor computes them fastest, with the same results.

Two things in the wheels' graphs cost more than all the rest. A quarter of a million of the text detector's weights are
subnormal, less than 1.2e-38: a processor computes with them many times slower, and without them the page's
probabilities are the same to the last bit. The layout network spells its activation out in four steps, each of which
onnxruntime computes over the whole map, in another memory order than the convolutions around it.

Measured on one x86-64 core, processor time of a pass: text detection 954 to 313 ms, layout 155 to 71 ms.
"""

from collections import Counter
from itertools import chain
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

SMALLEST_NORMAL = float(np.finfo(np.float32).tiny)


def read_fast(path: Path) -> ModelProto:
    """The graph in ``path``, without subnormal weights and with whole activations. Its outputs differ by rounding."""
    model = onnx.load(path)
    without_subnormals(model.graph)
    join_hard_swish(model.graph)
    return model


def without_subnormals(graph: GraphProto) -> None:
    """Set the weights to zero that are too small for float32's full precision."""
    for tensor in _tensors(graph):
        if tensor.data_type == TensorProto.FLOAT:
            values = numpy_helper.to_array(tensor)
            small = (np.abs(values) < SMALLEST_NORMAL) & (values != 0)
            if small.any():
                tensor.CopyFrom(numpy_helper.from_array(np.where(small, np.float32(0), values), tensor.name))


def join_hard_swish(graph: GraphProto) -> None:
    """Write ``x * clip(x + 3, 0, 6) / 6`` as ``x * HardSigmoid(x)`` with slope 1/6 and offset 1/2, which is the same,
    where nothing else takes the values between.

    https://onnx.ai/onnx/operators/onnx__HardSigmoid.html
    """
    producers = {name: node for node in graph.node for name in node.output}
    constants = _constants(graph)
    uses = Counter(chain((value.name for value in graph.output), *(node.input for node in graph.node)))
    for division in graph.node:
        found = _hard_swish(division, producers, constants)
        if found and all(uses[step] == 1 for step in (*found[0].output, *found[1].output, division.input[0])):
            shifted, clipped, value = found
            shifted.CopyFrom(
                helper.make_node("HardSigmoid", [value], list(shifted.output), shifted.name, alpha=1 / 6, beta=0.5)
            )
            for step in (clipped, division):
                step.CopyFrom(helper.make_node("Identity", step.input[:1], list(step.output), step.name))


def _hard_swish(
    division: NodeProto, producers: dict[str, NodeProto], constants: dict[str, NDArray[np.generic]]
) -> tuple[NodeProto, NodeProto, str] | None:
    """The addition and the clip of an activation that ends with ``division``, and the name of its input; None where it
    is no such activation.
    """
    product = producers.get(division.input[0]) if division.op_type == "Div" else None
    if product is None or product.op_type != "Mul" or not _is(constants, division.input[1], 6):
        return None
    for gate, value in (product.input, reversed(product.input)):
        clipped = producers.get(gate)
        shifted = producers.get(clipped.input[0]) if clipped is not None and clipped.op_type == "Clip" else None
        if clipped is None or shifted is None or shifted.op_type != "Add" or len(clipped.input) < 3:
            continue
        bounds = _is(constants, clipped.input[1], 0) and _is(constants, clipped.input[2], 6)
        if bounds and shifted.input[0] == value and _is(constants, shifted.input[1], 3):
            return shifted, clipped, value
    return None


def _is(constants: dict[str, NDArray[np.generic]], name: str, number: float) -> bool:
    return name in constants and constants[name].size == 1 and bool(constants[name].item() == number)


def _constants(graph: GraphProto) -> dict[str, NDArray[np.generic]]:
    stored = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    written = {node.output[0]: numpy_helper.to_array(tensor) for node in graph.node for tensor in _written(node)}
    return stored | written


def _tensors(graph: GraphProto) -> list[TensorProto]:
    return [*graph.initializer, *(tensor for node in graph.node for tensor in _written(node))]


def _written(node: NodeProto) -> list[TensorProto]:
    """The value of a node that is a constant."""
    return [attribute.t for attribute in node.attribute if attribute.name == "value" and node.op_type == "Constant"]
