"""The light bundle's packages on the CPU: which of its networks are compiled, and for which shapes.

Pages run side by side there, so that a pass is one page. The reader of text lines stays with onnxruntime: its graph can be exported
for widths in steps of eight pixels only, and padding a line further would change what is read. SLANet-plus, which writes token by
token, cannot be exported at all.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.models.aot.engine import CompiledNetwork, Engines
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.aot.spec import NetworkSpec, Signature, Span
from pipeline.models.light_torch.specs import angle_spec, detector_spec, layout_spec
from pipeline.models.ocr import ANGLE_SAMPLES


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
    return _one_page(layout_spec()), _one_page(detector_spec()), _some_lines(angle_spec())


def _one_page(spec: NetworkSpec) -> NetworkSpec:
    return replace(spec, signatures=tuple(_with_batch(signature, 1) for signature in spec.signatures))


def _some_lines(spec: NetworkSpec) -> NetworkSpec:
    return replace(spec, signatures=tuple(_with_batch(signature, Span("batch", 1, ANGLE_SAMPLES)) for signature in spec.signatures))


def _with_batch(signature: Signature, batch: int | Span) -> Signature:
    return Signature(tuple(replace(given, shape=(batch, *given.shape[1:])) for given in signature.inputs))
