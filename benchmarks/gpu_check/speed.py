"""Seconds per page of one contender of benchmarks/gpu.py, in a process that has computed nothing before."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from importlib.util import find_spec

from benchmarks.gpu import EXAMPLES, Figure, Who, measure
from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_check.steps import LeftOut
from benchmarks.gpu_networks import TABLE, Made, accurate_passes, crops
from benchmarks.gpu_pages import Kind, corpus
from pipeline.models.aot.compiler import Target
from pipeline.models.aot.shelf import Package
from pipeline.models.aot.spec import Precision
from pipeline.models.catalog import CompileJob
from pipeline.models.light_torch.torch_light_specs import light_specs
from pipeline.weight_folders import AccurateWeights
from tests.support.checkpoints import save_constant_tables, save_layout


def made_in(setting: Setting) -> Made:
    """The folders of packages and weights."""
    return Made(setting.work, setting.weights)


def accurate_weights(setting: Setting) -> AccurateWeights:
    """The accurate networks' weights, random, made where they are missing."""
    images = corpus(Kind.PLAIN, EXAMPLES).images
    if setting.small and not setting.weights.exists():
        save_layout(setting.weights)
        save_constant_tables(setting.weights, crops(images), TABLE)
    return made_in(setting).weights(images)


def weights(setting: Setting) -> Iterator[Found]:
    """Make the accurate networks' weights where they are missing."""
    found = accurate_weights(setting)
    yield {"layout": found.layout.revision, "tables": found.tables.revision}


def measured(setting: Setting, who: str, kind: str, precision: str = Precision.FLOAT32.value) -> Iterator[Found]:
    """The figure of ``who`` on pages of ``kind``. Raises LeftOut where docling or a package is missing."""
    contender = Who(who)
    if contender is Who.DOCLING and find_spec("docling") is None:
        raise LeftOut("docling is not installed")
    if contender.accurate:
        accurate_weights(setting)
    if contender.compiled:
        require_packages(setting, contender.accurate)
    yield facts(measure(chosen(setting, precision), contender, Kind(kind)))


def require_packages(setting: Setting, accurate: bool) -> None:
    """Raises LeftOut unless one of the bundle's networks is compiled."""
    made, target = made_in(setting), Target(setting.device)
    specs = accurate_passes(made, target) if accurate else light_specs()
    keys = CompileJob(target, tuple(specs)).package_keys()
    if not any(isinstance(made.shelf.find(key), Package) for key in keys):
        raise LeftOut("its networks are not compiled")


def chosen(setting: Setting, precision: str) -> Namespace:
    """The options of benchmarks/gpu.py."""
    return Namespace(
        device=setting.device, precision=precision, pages=setting.pages, scanned=setting.scanned, keep=setting.work
    )


def facts(figure: Figure) -> Found:
    """The figure per page, with the first pass of the fresh process apart."""
    reading = figure.reading
    fresh = reading.fresh_seconds / reading.fresh_pages if reading.fresh_pages else 0.0
    return {
        "pages": figure.pages,
        "per_page": round(figure.per_page, 5),
        "first_page": round(reading.first_seconds, 3),
        "fresh_per_page": round(fresh, 5),
        "busy_share": round(reading.busy_share, 3),
        "peak_mb": reading.peak_mb,
        "tables": reading.tables,
        "networks": {name: round(seconds / figure.pages, 5) for name, seconds in reading.networks.items()},
        "engines": figure.engines,
        "reading": asdict(reading),
    }
