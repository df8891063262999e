"""Compiling one network, checking it against its eager self, keeping it for the steps that run compiled code."""

from collections.abc import Iterator
from time import perf_counter

from benchmarks.gpu import EXAMPLES
from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.speed import accurate_weights, made_in
from benchmarks.gpu_check.steps import LeftOut
from benchmarks.gpu_networks import accurate_passes
from benchmarks.gpu_pages import Kind, corpus
from pipeline.errors import PackageError
from pipeline.models.aot.compiler import Target, compile_networks
from pipeline.models.aot.spec import NetworkSpec
from pipeline.models.light_torch.torch_light_specs import light_specs
from tests.support.tiny_networks import strips


def spec_named(setting: Setting, network: str) -> NetworkSpec:
    """The network of either bundle; the rehearsal has one more, which compiles in seconds."""
    specs = (strips(),) if setting.small else light_specs()
    found = next((spec for spec in specs if spec.name == network), None)
    if found is not None:
        return found
    accurate_weights(setting)
    passes = accurate_passes(made_in(setting), Target(setting.device))
    found = next((spec for spec in passes if spec.name == network), None)
    if found is None:
        raise LeftOut("the rehearsal compiles no network of full size")
    return found


def compiled(setting: Setting, network: str) -> Iterator[Found]:
    """Seconds of compiling, how far off and how fast the package is. Raises PackageError where there is none."""
    spec, began = spec_named(setting, network), perf_counter()
    pages = corpus(Kind.PLAIN, EXAMPLES).images
    for outcome in compile_networks([spec], Target(setting.device), made_in(setting).shelf, pages):
        if isinstance(outcome.package, PackageError):
            raise outcome.package
        checked = outcome.package.verification
        yield {
            "seconds": round(perf_counter() - began, 1),
            "compile_seconds": round(checked.compile_seconds, 1),
            "difference": checked.largest_difference,
            "allowed": checked.tolerance,
            "times_as_fast": round(checked.eager_seconds / checked.seconds, 2),
        }
