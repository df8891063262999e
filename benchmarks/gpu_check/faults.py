"""What goes wrong on a device, done on purpose: a broken context, too little memory, no toolkit."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import torch

from benchmarks.gpu import EXAMPLES
from benchmarks.gpu_check.batches import batch_of
from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.speed import made_in, require_packages
from benchmarks.gpu_pages import Kind, corpus
from pipeline.errors import CudaToolkitMissing, FolioError, GpuRefused, PackageError, PageOutOfGpuMemory
from pipeline.gpu import worker
from pipeline.gpu.call import gpu_call
from pipeline.models.aot.compiler import Target, compile_package, require_compiler
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.bundle import Lanes
from pipeline.models.images import Pixels
from pipeline.models.light_bundle import LightBundle
from pipeline.models.light_torch.torch_light_bundle import TorchLightBundle
from pipeline.models.micro_batches import micro_batches
from pipeline.pages import PageFailure, PagePrediction, PageResult, PageTask
from tests.support.tiny_networks import strips

PAGES = 4
LESS = 0.6  # of the memory that a micro-batch took


def break_context(device: str) -> None:
    """Leave the device as a failed kernel leaves it: from now on every call of this process fails."""
    if device == "cpu":
        raise torch.AcceleratorError("CUDA error: device-side assert triggered (rehearsal)")
    torch._assert_async(torch.zeros(1, device=device))


class BreakingBundle(TorchLightBundle):
    """The light bundle, on a device that breaks where ``breaks`` says so; ``device`` is what it really is."""

    def __init__(self, engines: Engines, breaks: Callable[[], bool], device: str) -> None:
        super().__init__(engines)
        self._breaks, self._kind = breaks, device

    def _predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PagePrediction]:
        if self._breaks():
            break_context(self._kind)
        return super()._predict(tasks, images)


def poisoned(setting: Setting) -> Iterator[Found]:
    """The call is refused without one lost page, and the CPU lane converts the pages afterwards."""
    pages = corpus(Kind.PLAIN, min(PAGES, setting.pages))
    on_cpu, breaking = LightBundle(1), BreakingBundle(Engines(setting.device), lambda: True, setting.device)
    worker.install(Lanes(on_cpu, breaking))
    with TemporaryDirectory() as folder:
        results: list[PageResult] = []
        refusal = ""
        try:
            for micro_batch in gpu_call(batch_of(pages, Path(folder)), lambda: False):
                results += micro_batch.results
        except GpuRefused as error:
            refusal = error.code
        yield {"refusal": refusal, "results_before": len(results)}
    yield {"context": _state_of(setting.device)}
    converted = [result for result in on_cpu.predict(pages.tasks(), pages.images) if isinstance(result, PagePrediction)]
    yield {"pages": len(pages), "converted_on_cpu": len(converted)}
    assert refusal, "the call was not refused"
    assert len(converted) == len(pages), "the CPU did not convert every page"


def _state_of(device: str) -> str:
    if device == "cpu":
        return "no device"
    try:
        torch.cuda.synchronize()
    except Exception as error:
        return f"broken: {type(error).__name__}"
    return "sound"


class RecordingBundle(TorchLightBundle):
    """The light bundle, which remembers how many pages each pass was given. More than ``most`` of them do not fit into
    the memory of a rehearsal.
    """

    def __init__(self, engines: Engines) -> None:
        super().__init__(engines)
        self.sizes: list[int] = []
        self.most = 1_000_000

    def _predict(self, tasks: Sequence[PageTask], images: Sequence[Pixels]) -> list[PagePrediction]:
        self.sizes.append(len(tasks))
        if len(tasks) > self.most:
            raise torch.OutOfMemoryError("CUDA out of memory (rehearsal)")
        return super()._predict(tasks, images)


def memory(setting: Setting, engine: str = "eager") -> Iterator[Found]:
    """Pages once with all of the memory and once with less than they take together: halved, and every page the same."""
    if engine == "compiled":
        require_packages(setting, accurate=False)
    bundle = RecordingBundle(Engines(setting.device, shelf=made_in(setting).shelf if engine == "compiled" else None))
    pages = corpus(Kind.PLAIN if setting.small else Kind.SCANNED, min(bundle.micro_batch, setting.scanned))
    with TemporaryDirectory() as folder:
        batch = batch_of(pages, Path(folder))

        def texts() -> list[tuple[int, str]]:
            bundle.sizes.clear()
            results = [page for some in micro_batches(bundle, batch, PageOutOfGpuMemory) for page in some]
            failures = [result for result in results if isinstance(result, PageFailure)]
            assert not failures, failures
            return [(page.page, "\n".join(line.text for line in page.lines)) for page in predictions(results)]

        whole = texts()
        yield {"pages": len(pages), "sizes": list(bundle.sizes)} | _limit_memory(setting.device, bundle, len(pages))
        limited = texts()
        yield {"sizes_with_less": list(bundle.sizes), "same_text": limited == whole}
    assert bundle.sizes[0] > bundle.sizes[-1], "no micro-batch was halved"


def predictions(results: Sequence[PageResult]) -> list[PagePrediction]:
    """Those that are no failures."""
    return [result for result in results if isinstance(result, PagePrediction)]


def _limit_memory(device: str, bundle: RecordingBundle, pages: int) -> Found:
    if device == "cpu":
        bundle.most = pages // 2
        return {}
    peak, total = torch.cuda.max_memory_allocated(), torch.cuda.mem_get_info()[1]
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(LESS * peak / total)
    return {"peak": peak, "allowed": int(LESS * peak)}


def without_toolkit(setting: Setting) -> Iterator[Found]:
    """Folio's own check of the toolkit, then whether torch would have managed without one. CUDA_HOME points nowhere."""
    began, refusal = perf_counter(), ""
    try:
        require_compiler("cuda")
    except PackageError as error:
        refusal = error.code
    yield {"refusal": refusal, "seconds": round(perf_counter() - began, 2)}
    assert refusal in {CudaToolkitMissing.code, "compiler_missing"}, "the missing toolkit was not noticed"
    if setting.device == "cuda":
        yield {"torch_without_toolkit": _compiles_anyway(setting)}


def _compiles_anyway(setting: Setting) -> str:
    spec, pages = strips(), corpus(Kind.PLAIN, EXAMPLES).images
    with TemporaryDirectory() as folder:
        try:
            compile_package(spec, spec.signatures[0], Target(setting.device), PackageShelf(Path(folder)), pages)
        except FolioError as error:
            return f"{error.code}: {type(error.__cause__).__name__}"
    return "compiles"
