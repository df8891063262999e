"""The server's side of a process that speaks to the Hub: start it, hand it the token, end it.

Imports no Hub client: the server never speaks to the Hub itself.
"""

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Mapping

from pipeline.process_start import PROJECT_DIR, starting
from pipeline.settings import Settings
from pipeline.store.token import PIPE_VARIABLE, TOKEN_VARIABLES, token_pipe

log = logging.getLogger(__name__)

PARENT_VARIABLE = "FOLIO_PARENT"


class HubProcess:
    """One such process; ``module`` is what it runs. Safe to use from several threads.

    There is no watching thread, which the GPU client's fork would freeze: ``ensure_running`` is cheap, call it now and
    then.
    """

    def __init__(self, module: str, settings: Settings, token: str, variables: Mapping[str, str]) -> None:
        """``variables`` are what the process needs of the settings beside the folders."""
        self._module = module
        self._settings = settings
        self._token = token
        self._variables = variables
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()  # around ``_process``, so that two callers do not start two

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def ensure_running(self, environment: Mapping[str, str] = os.environ) -> None:
        """Start the process if it is not running."""
        with self._lock:
            if self.running:
                return
            if self._process is not None:
                log.warning("%s ended with %s and is started again", self._module, self._process.returncode)
            with starting():
                self._start(environment)

    def _start(self, environment: Mapping[str, str]) -> None:
        pipe = token_pipe(self._token)  # not by the environment, which other processes of this user can read
        try:
            self._process = subprocess.Popen(  # noqa: S603  a module of ours
                [sys.executable, "-m", self._module],
                cwd=PROJECT_DIR,
                env=self._environment(environment) | {PIPE_VARIABLE: str(pipe)},
                stdin=subprocess.DEVNULL,
                pass_fds=(pipe,),
                start_new_session=True,  # an interrupt at the terminal is for the server; this process ends after it
            )
        finally:
            os.close(pipe)

    def stop(self, seconds: float = 10.0) -> None:
        """Ask the process to end; it is killed after ``seconds``."""
        with self._lock:
            if self._process is None:
                return
            self._process.terminate()
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()

    def _environment(self, environment: Mapping[str, str]) -> dict[str, str]:
        inherited = {name: value for name, value in environment.items() if name not in TOKEN_VARIABLES}
        return inherited | {
            "HF_HUB_DISABLE_PROGRESS_BARS": "1",
            "HF_HUB_DISABLE_TELEMETRY": "1",
            "DATA_DIR": str(self._settings.data_dir),
            "WORK_DIR": str(self._settings.work_dir),
            PARENT_VARIABLE: str(os.getpid()),
            **self._variables,
        }
