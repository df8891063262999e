"""Folio's entry point: settings, models, runner, page, queue, launch."""

import logging
import os

import spaces  # noqa: F401  first: on ZeroGPU it patches torch before anything else imports it  # isort: split

from pipeline.errors import SettingsError
from pipeline.models.light import LightBundle
from pipeline.runs.runner import Runner
from pipeline.settings import Settings, read_settings
from pipeline.ui.page import build, launch


def serve(settings: Settings) -> None:
    """Serve the page until the process is told to stop."""
    with Runner(settings, LightBundle(settings.threads), space=os.environ.get("SPACE_ID", "")) as runner:
        launch(build(runner, settings), settings)


def main() -> None:
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        raise SystemExit(f"Folio cannot start: {error.message}") from None
    serve(settings)


if __name__ == "__main__":
    main()
