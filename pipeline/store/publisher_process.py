"""The server's side of publishing: start the publisher with the token, and tell how it stands.

Imports no Hub client: the server never speaks to the Hub itself.
"""

import hashlib
import logging
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from pipeline.settings import Settings
from pipeline.store.ledger import Ledger
from pipeline.store.status import PublisherStatus, PublishState, read_status
from pipeline.store.token import PIPE_VARIABLE, TOKEN_VARIABLES, token_pipe

log = logging.getLogger(__name__)

PARENT_VARIABLE = "FOLIO_PUBLISHER_PARENT"
PROJECT_DIR = Path(__file__).parents[2]


def status_path(settings: Settings) -> Path:
    """Where the publisher writes its status: on local disk, since it is rewritten."""
    return settings.work_dir / "publisher" / "status.json"


def lock_path(settings: Settings) -> Path:
    """The lock of the one publisher of this data folder, on local disk."""
    return settings.work_dir / "publisher" / f"{hashlib.sha256(str(settings.data_dir).encode()).hexdigest()[:16]}.lock"


class PublisherProcess:
    """The publisher of one server; without a token there is none, and the records stay in the ledger.

    Not thread-safe. There is no watching thread, which the GPU client's fork would freeze: ``ensure_running`` is cheap, call it when
    a run ends.
    """

    def __init__(self, settings: Settings, token: str) -> None:
        self._settings = settings
        self._token = token
        self._process: subprocess.Popen[bytes] | None = None

    def ensure_running(self, environment: Mapping[str, str] = os.environ) -> None:
        """Start the publisher if it is not running; does nothing without a token."""
        if not self._token or self.running:
            return
        if self._process is not None:
            log.warning("the publisher ended with %s and is started again", self._process.returncode)
        pipe = token_pipe(self._token)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipeline.store.publisher"],
                cwd=PROJECT_DIR,
                env=self._environment(environment) | {PIPE_VARIABLE: str(pipe)},
                stdin=subprocess.DEVNULL,
                pass_fds=(pipe,),
                start_new_session=True,  # an interrupt at the terminal is for the server; the publisher ends after it
            )
        finally:
            os.close(pipe)

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def status(self) -> PublisherStatus:
        """How publishing stands, whether or not the publisher is there to say so."""
        if not self._token:
            return PublisherStatus(
                PublishState.NO_TOKEN, repo_id=self._settings.results_dataset, depth=len(Ledger(self._settings.data_dir).entries())
            )
        last = read_status(status_path(self._settings))
        if not self.running:
            return replace(last or PublisherStatus(PublishState.STOPPED), state=PublishState.STOPPED)
        return last or PublisherStatus(PublishState.STARTING, repo_id=self._settings.results_dataset)

    def stop(self, seconds: float = 10.0) -> None:
        """Ask the publisher to flush and end; it is killed after ``seconds``."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        settings = self._settings
        inherited = {name: value for name, value in environment.items() if name not in TOKEN_VARIABLES}
        return inherited | {
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "DATA_DIR": str(settings.data_dir),
            "WORK_DIR": str(settings.work_dir),
            "RESULTS_DATASET": settings.results_dataset,
            "RESULTS_PRIVATE": str(settings.results_private).lower(),
            "RESULTS_MONTHS": str(settings.results_months),
            PARENT_VARIABLE: str(os.getpid()),
        }
