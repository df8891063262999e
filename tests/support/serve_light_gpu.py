"""Serves the page, as ``app.py`` does, with the light networks on torch as the GPU's lane: run it under
``tests.standins.zerogpu``.
"""

import spaces  # noqa: F401  before torch, as in app.py

# isort: split
import os

from pipeline.models.aot.engine import Engines
from pipeline.models.bundle import Lanes
from pipeline.models.light_bundle import LightBundle
from pipeline.models.light_torch.torch_light_bundle import TorchLightBundle
from pipeline.runs.run_links import RunLinks
from pipeline.runs.runner import Runner
from pipeline.settings import read_settings
from pipeline.ui.convert.convert_page import build
from pipeline.ui.serve import serve

if __name__ == "__main__":
    settings = read_settings(os.environ)
    with Runner(settings, Lanes(LightBundle(settings.threads), TorchLightBundle(Engines("cuda")))) as runner:
        serve(build(RunLinks(runner), settings), settings)
