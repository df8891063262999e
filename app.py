"""Folio's entry point: settings, models, runner, page, queue, launch."""

# The token leaves first, since with one in the environment the program starts again without it.
from pipeline.store.token import take_token

TOKEN = take_token() if __name__ == "__main__" else ""

# isort: split
import spaces  # noqa: F401  before anything that imports torch, which it patches on ZeroGPU

# isort: split
import logging
import os

from pipeline.errors import SettingsError
from pipeline.models.light import LightBundle
from pipeline.runs.runner import Runner
from pipeline.settings import Settings, read_settings
from pipeline.store.publisher_process import PublisherProcess
from pipeline.ui.page import build
from pipeline.ui.serve import serve


def main() -> None:
    """Serve the page until the process is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    try:
        settings = read_settings(os.environ)
    except SettingsError as error:
        raise SystemExit(f"Folio cannot start: {error.message}") from None
    publisher = PublisherProcess(settings, TOKEN)
    try:
        run(settings, publisher)
    finally:
        publisher.stop()


def run(settings: Settings, publisher: PublisherProcess) -> None:
    """Everything between the first record and the last."""
    publisher.ensure_running()
    bundle = LightBundle(settings.threads)
    with Runner(settings, bundle, space=os.environ.get("SPACE_ID", ""), on_end=lambda _: publisher.ensure_running()) as runner:
        serve(build(runner, settings), settings)


if __name__ == "__main__":
    main()
