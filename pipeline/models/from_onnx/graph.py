"""ONNX graphs made ready for conversion to torch: simplified, and free of what torch could only know by running
them.
"""

from pathlib import Path

import numpy as np
import onnx
import onnxslim
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, helper, numpy_helper

from pipeline.models.fast_graph import without_subnormals


def load(path: Path) -> ModelProto:
    """The graph in ``path``: constants folded, pads spelled out, no shape computed from another tensor's shape, no
    subnormal weights.

    Raises ValueError where padding depends on the input's size.
    """
    model: ModelProto = onnxslim.slim(onnx.load(path))
    for node in model.graph.node:
        _spell_out_pads(node)
    _copy_leading_dimensions(model.graph)
    without_subnormals(model.graph)
    return model


def metadata(path: Path, key: str) -> str:
    """A value that the graph's author stored in the file, such as its character set."""
    stored: dict[str, str] = {row.key: row.value for row in onnx.load(path).metadata_props}
    return stored[key]


def _spell_out_pads(node: NodeProto) -> None:
    """Replace ``auto_pad`` SAME_* by explicit pads (https://onnx.ai/onnx/operators/onnx__Conv.html)."""
    attributes = {attribute.name: attribute for attribute in node.attribute}
    mode = attributes["auto_pad"].s if "auto_pad" in attributes else b""
    if mode not in (b"SAME_UPPER", b"SAME_LOWER"):
        return
    kernel = list(attributes["kernel_shape"].ints)
    if any(step != 1 for step in _ints(attributes, "strides")):
        raise ValueError(f"the padding of {node.name or node.op_type} depends on the input's size")
    steps = _ints(attributes, "dilations") or [1] * len(kernel)
    total = [(side - 1) * step for side, step in zip(kernel, steps, strict=True)]
    less = [pad // 2 for pad in total]
    more = [pad - half for pad, half in zip(total, less, strict=True)]
    kept = [attribute for attribute in node.attribute if attribute.name not in ("auto_pad", "pads")]
    pads = less + more if mode == b"SAME_UPPER" else more + less
    del node.attribute[:]
    node.attribute.extend([*kept, helper.make_attribute("pads", pads)])


def _ints(attributes: dict[str, AttributeProto], name: str) -> list[int]:
    return list(attributes[name].ints) if name in attributes else []


def _copy_leading_dimensions(graph: GraphProto) -> None:
    """Write ``Reshape(x, Concat(Shape(x)[:n], rest))`` as ``Reshape(x, [0, …, rest])``, where 0 means the input's own
    dimension.
    """
    producers = {name: node for node in graph.node for name in node.output}
    constants = {value.name: numpy_helper.to_array(value) for value in graph.initializer}
    for node in graph.node:
        if node.op_type != "Reshape" or node.input[1] in constants:
            continue
        concat = producers[node.input[1]]
        part = producers[concat.input[0]]
        shape = producers[part.input[0]]
        if [found.op_type for found in (concat, part, shape)] != ["Concat", "Slice", "Shape"] or shape.input[
            0
        ] != node.input[0]:
            raise ValueError(f"the shape of {node.name} is computed in a way that is not known here")
        start, end = (int(constants[name].item()) for name in part.input[1:3])
        rest = np.concatenate([constants[name] for name in concat.input[1:]])
        wanted = np.concatenate([np.zeros(end - start, dtype=np.int64), rest])
        node.input[1] = f"{node.output[0]}.shape"
        graph.initializer.append(numpy_helper.from_array(wanted, node.input[1]))
