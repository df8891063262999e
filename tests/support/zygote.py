"""Servers forked from a process that has imported what they need: an import of gradio, docling and torch takes longer
than most tests.

``start`` is ``subprocess.Popen`` for Python programs, by way of such a parent. There is one parent for plain programs
and one for those under ``tests.standins.zerogpu``, since ``spaces`` decides by the environment of its import what it
does to torch. The workers of pytest-xdist share them. Each is started when it is first needed, imports, opens nothing,
runs no thread, and from then on only forks. The child takes over the environment, the files and the session of its own
that ``Popen`` would give it, and runs the program as ``__main__``.

Three things differ from a program that is executed. ``/proc/PID/environ`` shows the parent's environment. Constants
that gradio and ``spaces`` read from the environment at their import are read again by ``_reread_environment``.
``sys.orig_argv`` names the parent. So programs that start again by themselves, or whose environment is looked at from
outside, are executed.
"""

import contextlib
import fcntl
import gc
import importlib
import json
import os
import runpy
import selectors
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
STAND_IN = "tests.standins.zerogpu"
MESSAGE_BYTES = 1 << 20
PLAIN_IMPORTS = (
    *("gradio", "pipeline.models.lanes", "pipeline.models.torch_bundles", "pipeline.runs.runner"),
    *("pipeline.stages.chunks", "pipeline.ui.convert.convert_page"),
)
# What gradio reads from the environment at its import: the variable and the constant's name.
GRADIO_CONSTANTS = (("GRADIO_SERVER_PORT", "INITIAL_PORT_VALUE", int), ("GRADIO_TEMP_DIR", "DEFAULT_TEMP_DIR", str))


class Forked:
    """A forked program, with what tests use of ``subprocess.Popen``. ``returncode`` is negative for a signal."""

    def __init__(self, link: socket.socket) -> None:
        self._link, self._ends = link, threading.Lock()
        self.pid = int(json.loads(link.recv(MESSAGE_BYTES))["pid"])
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """The exit status, None while the program runs."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self.wait(0)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """The exit status. Raises TimeoutExpired after ``timeout`` seconds."""
        with self._ends:
            if self.returncode is None:
                self._link.settimeout(None if timeout is None else max(timeout, 0.001))
                try:
                    answer = self._link.recv(MESSAGE_BYTES)
                except TimeoutError:
                    raise subprocess.TimeoutExpired("a forked program", timeout or 0.0) from None
                self.returncode = int(json.loads(answer)["status"]) if answer else -signal.SIGKILL
                self._link.close()
            return self.returncode

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def send_signal(self, number: int) -> None:
        """Nothing happens where the program has ended."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


class Parent:
    """One preloaded process, and the socket in ``folder`` on which it is asked for children. It ends with the process
    ``session``. Whoever is first in a folder starts it. Raises RuntimeError where it does not start.
    """

    def __init__(self, folder: Path, under_stand_in: bool, session: int) -> None:
        self._folder, self._address = folder, str(folder / "socket")
        self._process: subprocess.Popen[bytes] | None = None
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not Path(self._address).exists():
                self._start(folder, under_stand_in, session)

    def _start(self, folder: Path, under_stand_in: bool, session: int) -> None:
        command = [sys.executable, "-m", "tests.support.zygote", self._address, str(session)]
        environment = dict(os.environ)
        if under_stand_in:
            from tests.standins.zerogpu.__main__ import environment as stand_in

            environment, command = stand_in(folder, "http://127.0.0.1:9"), [*command, STAND_IN]
        with (folder / "log").open("w+b") as log:
            process = subprocess.Popen(
                command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log
            )
        assert process.stdout is not None
        with process.stdout as said:
            if said.readline().strip() != b"ready":
                process.kill()
                process.wait()
                raise RuntimeError(f"the parent of servers does not start:\n{(folder / 'log').read_text()}")
        self._process = process

    def close(self) -> None:
        """End it, where this process has started it; its children end by themselves or have ended."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            shutil.rmtree(self._folder)

    def fork(self, command: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> Forked:
        """A child that runs ``command`` with ``files`` as its standard input, output and error."""
        link = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        link.connect(self._address)
        request = json.dumps({"command": list(command), "environment": dict(environment)}).encode()
        socket.send_fds(link, [request], list(files))
        return Forked(link)


_parents: dict[bool, Parent] = {}


def start(command: Sequence[str], environment: Mapping[str, str], files: Sequence[int]) -> Forked:
    """Run ``command``, the arguments of a Python interpreter: a program's path, or ``-m`` and a module."""
    under_stand_in = list(command[:2]) == ["-m", STAND_IN]
    if under_stand_in not in _parents:
        _parents[under_stand_in] = _parent(under_stand_in)
    return _parents[under_stand_in].fork(command, environment, files)


def _parent(under_stand_in: bool) -> Parent:
    """The workers of pytest-xdist share parents, which end with the process that the workers belong to."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    if run is None:
        return Parent(Path(tempfile.mkdtemp(prefix="folio-zygote-")), under_stand_in, os.getpid())
    folder = Path(tempfile.gettempdir()) / f"folio-zygote-{run}-{under_stand_in:d}"
    folder.mkdir(exist_ok=True)
    return Parent(folder, under_stand_in, os.getppid())


def close() -> None:
    """End the parents that this process alone uses; those of pytest-xdist serve its other workers, too."""
    while _parents and not os.environ.get("PYTEST_XDIST_TESTRUNUID"):
        _parents.popitem()[1].close()


# -- in the parent -----------------------------------------------------------------------------------------------------


def main() -> None:
    """Import, say so, and fork for whoever asks until killed or left alone by the test session.

    The socket is there from the beginning, for workers that ask meanwhile, and goes where the imports fail.
    """
    address, session, *stand_in = sys.argv[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        listener.bind(address)
        listener.listen()
        try:
            _preload(under_stand_in=bool(stand_in))
        except BaseException:
            Path(address).unlink()
            raise
        with contextlib.suppress(BrokenPipeError):  # the worker that started this process may be gone, and others ask
            os.write(sys.stdout.fileno(), b"ready\n")  # unbuffered, since children would write out the buffer, too
        _serve(listener, Path("/proc", session))
    shutil.rmtree(Path(address).parent)


def _preload(under_stand_in: bool) -> None:
    gc.disable()  # modules stay: to look for garbage among them takes a sixth of the time
    if under_stand_in:
        from tests.standins.zerogpu.emulation import patch_when_imported

        patch_when_imported()
    importlib.import_module("spaces")  # before torch, as in app.py
    for name in PLAIN_IMPORTS:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # so that a child's collector does not copy the pages of what is imported here
    gc.enable()


def _serve(listener: socket.socket, session: Path) -> None:
    """Fork for each connection; tell it the child's id and, later, how the child ended."""
    selector = selectors.DefaultSelector()
    selector.register(listener, selectors.EVENT_READ)
    while session.exists():
        for key, _ in selector.select(timeout=1.0):
            if key.fileobj is listener:
                _fork_for(listener.accept()[0], selector)
            else:
                pid, link = key.data
                selector.unregister(key.fileobj)
                os.close(int(key.fileobj))  # type: ignore[arg-type]
                _tell(link, status=os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
                link.close()


def _fork_for(link: socket.socket, selector: selectors.BaseSelector) -> None:
    data, files, _, _ = socket.recv_fds(link, MESSAGE_BYTES, 3)
    pid = os.fork()
    if pid == 0:
        others = [int(key.fd) for key in selector.get_map().values()]
        links = [key.data[1].fileno() for key in selector.get_map().values() if key.data]
        _become(json.loads(data), files, [link.fileno(), *others, *links])
    for file in files:
        os.close(file)
    selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, link))
    _tell(link, pid=pid)


def _tell(link: socket.socket, **message: int) -> None:
    with contextlib.suppress(OSError):  # whoever asked may be gone
        link.send(json.dumps(message).encode())


def _become(request: dict[str, Any], files: list[int], inherited: list[int]) -> None:
    """Be the program that is asked for, without the parent's own files, which it has ``inherited``. Never returns.

    Other open files belong to libraries: onnxruntime has a database.
    """
    status = 1
    try:
        os.setsid()
        for number, file in enumerate(files):
            os.dup2(file, number)
        for file in [*files, *inherited]:
            os.close(file)
        os.environ.clear()
        os.environ.update(request["environment"])
        _reread_environment()
        _run(request["command"])
        status = 0
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
    except BaseException:
        traceback.print_exc()
    finally:
        _end(status)


def _end(status: int) -> None:
    """Leave as an interpreter does: threads are waited for, exit handlers run, files are flushed."""
    try:
        threading._shutdown()  # type: ignore[attr-defined]
        import atexit

        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(status)


def _run(command: list[str]) -> None:
    if command[:2] == ["-m", STAND_IN]:
        command = command[2:]
    if command[0] == "-m":
        sys.argv = command[1:]
        runpy.run_module(command[1], run_name="__main__", alter_sys=True)
    else:
        sys.argv = command
        sys.path.insert(0, str((ROOT / command[0]).parent))
        runpy.run_path(command[0], run_name="__main__")


def _reread_environment() -> None:
    tempfile.tempdir = None
    for variable, constant, kind in GRADIO_CONSTANTS:
        if variable in os.environ:
            for name, module in list(sys.modules.items()):
                if name.startswith("gradio.") and constant in vars(module):
                    setattr(module, constant, kind(os.environ[variable]))
    if "spaces.zero.torch" in sys.modules and os.environ.get("SPACES_ZERO_GPU"):
        from spaces.config import Config
        from spaces.zero.config import get_config

        from tests.standins.zerogpu.emulation import patch_torch

        Config.__init__()
        get_config.cache_clear()  # of the device that the preloading process was given
        patch_torch(sys.modules["spaces.zero.torch"])


if __name__ == "__main__":
    main()
