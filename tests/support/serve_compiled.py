"""Serves the page with a small bundle whose network is compiled before the start, as COMPILE_AT_START has it done for
the light ones, which take minutes. Run it under ``tests.standins.zerogpu`` with ZEROGPU_STANDIN_PLAIN; INFERENCES names
the file of predicted pages.
"""

import spaces  # noqa: F401  before torch, as in app.py

# isort: split
import logging
import os
from pathlib import Path

from torch import Tensor

from pipeline.gpu.compile_at_start import compile_at_start
from pipeline.models import catalog
from pipeline.models.aot.engine import Engines
from pipeline.models.aot.shelf import PackageShelf
from pipeline.models.aot.spec import NetworkSpec, Signature
from pipeline.models.bundle import Lanes
from pipeline.pages import EngineInfo, Lane
from pipeline.runs.run_links import RunLinks
from pipeline.runs.runner import Runner
from pipeline.settings import read_settings
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve
from tests.support.gpu_bundle import SIDE, TorchBundle, build_network
from tests.support.plain_kernels import compile_plain_kernels

NETWORK = "one-number"


def network_spec() -> NetworkSpec:
    """The bundle's network, one page in a pass; its weights stay in its module, which ZeroGPU packs."""
    return NetworkSpec(
        "layout", NETWORK, "one number", "r1", build_network, (Signature.of((1, 3, SIDE, SIDE)),), 1e-5, "1"
    )


class CompiledBundle(TorchBundle):
    """``TorchBundle`` with its network run by a package where there is one."""

    def __init__(self, log: Path, engines: Engines) -> None:
        super().__init__(log)
        self._opened = engines.network(network_spec())
        self._network = self._only_output

    @property
    def engines(self) -> tuple[EngineInfo, ...]:  # type: ignore[override]
        return (self._opened.info,)

    def _only_output(self, pixels: Tensor) -> Tensor:
        return self._opened(pixels)[0]


if __name__ == "__main__":
    logging.basicConfig(level=logging.WARNING)
    compile_plain_kernels()
    settings = read_settings(os.environ)
    catalog.light_specs = lambda: (network_spec(),)  # type: ignore[attr-defined]
    compile_at_start(settings)
    log = Path(os.environ["INFERENCES"])
    lanes = Lanes(
        TorchBundle(log, Lane.CPU), CompiledBundle(log, Engines("cuda", shelf=PackageShelf(settings.packages_dir)))
    )
    with Runner(settings, lanes) as runner:
        serve(build(RunLinks(runner), settings), settings)
