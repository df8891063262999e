"""The API for ``gradio_client`` and plain HTTP."""

from pipeline.settings import Settings
from pipeline.ui.ports import Runs


def add_endpoints(runs: Runs, settings: Settings) -> None:
    return
