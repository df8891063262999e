"""Folio's entry point: settings, models, runner, page, queue, launch."""

import spaces  # noqa: F401  first: on ZeroGPU it patches torch before anything else imports it

# isort: split
import logging
import os

from pipeline.errors import SettingsError
from pipeline.models.light import LightBundle
from pipeline.runs.runner import Runner
from pipeline.settings import read_settings
from pipeline.ui.page import build
from pipeline.ui.serve import serve


def main() -> None:
    """Serve the page until the process is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        raise SystemExit(f"Folio cannot start: {error.message}") from None
    with Runner(settings, LightBundle(settings.threads), space=os.environ.get("SPACE_ID", "")) as runner:
        serve(build(runner, settings), settings)


if __name__ == "__main__":
    main()
