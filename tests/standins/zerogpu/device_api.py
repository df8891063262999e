"""The HTTP of the ZeroGPU device API on 127.0.0.1, as ``spaces`` 0.51.3 speaks it: everything is in the query string.

    with DeviceApi(Limits(quota_s=300)) as api:
        subprocess.Popen([..., "-m", "tests.standins.zerogpu", "app.py"], env=environment(folder, api.url))

``api.script`` holds answers for the next requests, ``api.calls`` what was asked, ``api.scheduler`` what was granted.
The client reads one event per chunk of a stream, so a chunk is never more than one event.
"""

import contextlib
import json
import os
import threading
import time
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import parse_qsl, urlsplit

from tests.standins.zerogpu.scheduler import (
    Booking,
    Grant,
    Limits,
    Queue,
    Refusal,
    Scheduler,
    Script,
    Silence,
    Status,
    Then,
    Together,
)

URL_VARIABLE = "SPACES_ZERO_DEVICE_API_URL"
PING_S = 0.1
PING, FAILED = "event: ping\n\n", "event: failed\n\n"


@dataclass(frozen=True)
class Call:
    """One request: its path without the slash, its parameters, and when, in seconds of the monotonic clock."""

    name: str
    query: dict[str, str]
    at: float


class DeviceApi:
    """The server, from entering to leaving the context; leaving kills every worker that is left.

    It kills only processes that were started with its own address in their environment, or that belong to one of the
    ``sessions`` that it is told of: those of servers that were forked, whose environment cannot be looked at.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self.scheduler = Scheduler(limits or Limits(), self._is_ours)
        self.script = Script()
        self.calls: list[Call] = []
        self.sessions: set[int] = set()
        self.closing = threading.Event()
        handler = type("BoundHandler", (_Handler,), {"api": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="stand-in device api"
        ).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self.scheduler.close()
        self._server.shutdown()
        self._server.server_close()

    def asked(self, name: str) -> list[Call]:
        """The requests to this path so far."""
        return [call for call in self.calls if call.name == name]

    @property
    def grants(self) -> list[Grant]:
        return self.scheduler.grants

    def _is_ours(self, pid: int) -> bool:
        try:
            environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
            if os.getsid(pid) in self.sessions:
                return True
        except OSError:
            return False
        return f"{URL_VARIABLE}={self.url}".encode() in environment


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    api: DeviceApi

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def handle(self) -> None:
        with contextlib.suppress(ConnectionResetError):  # of workers that are killed while they ask
            super().handle()

    def do_GET(self) -> None:
        self._note()
        self._send(HTTPStatus.OK, self.api.scheduler.waiting)

    def do_POST(self) -> None:
        call = self._note()
        answers = {
            "startup-report": self._startup,
            "schedule": self._schedule,
            "allow": self._allow,
            "release": self._release,
        }
        try:
            answers.get(call.name, self._unknown)(call.query)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def _note(self) -> Call:
        parts = urlsplit(self.path)
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        call = Call(parts.path.strip("/"), dict(parse_qsl(parts.query)), time.monotonic())
        self.api.calls.append(call)
        return call

    def _unknown(self, query: dict[str, str]) -> None:
        self._send(HTTPStatus.NOT_FOUND)

    def _startup(self, query: dict[str, str]) -> None:
        self._send(HTTPStatus.OK, {})

    def _allow(self, query: dict[str, str]) -> None:
        script = self.api.script.allow
        step = script.popleft() if script else None
        if isinstance(step, Silence):
            self.api.closing.wait()
            return
        known = self.api.scheduler.allow(query["allowToken"], int(query["pid"]))
        self._send(step or (HTTPStatus.OK if known else HTTPStatus.NOT_FOUND), {})

    def _release(self, query: dict[str, str]) -> None:
        known = self.api.scheduler.release(query["allowToken"], query["fail"].lower() == "true")
        script = self.api.script.release
        self._send(script.popleft() if script else HTTPStatus.OK if known else HTTPStatus.NOT_FOUND, {})

    # -- schedule ----------------------------------------------------------------------------------------------------

    def _schedule(self, query: dict[str, str]) -> None:
        booking = Booking(
            query["taskId"], int(query["durationSeconds"]), query.get("gpuSize", ""), query.get("token", "")
        )
        script = self.api.script.schedule
        step = script.popleft() if script else self.api.scheduler.refusal(booking)
        if isinstance(step, Refusal):
            self._send(
                HTTPStatus.TOO_MANY_REQUESTS,
                {"left": step.left, "wait": step.wait},
                {"X-Approve-Result": step.verdict.value},
            )
        elif isinstance(step, Status):
            self._send(step.code, {"detail": "scripted"})
        elif isinstance(step, Queue):
            self._queue_as_told(booking, step)
        elif isinstance(step, Together):
            self._lend_together(booking, step.gate)
        elif (grant := self.api.scheduler.acquire(booking, 0)) is not None:
            self._send(HTTPStatus.OK, _lent(grant))
        else:
            self._queue(booking)

    def _queue(self, booking: Booking) -> None:
        """Signs of life until a device is free or the queue's time is up."""
        self._open_stream("node")
        deadline = time.monotonic() + self.api.scheduler.limits.wait_s
        self.api.scheduler.waiting += 1
        try:
            while (grant := self.api.scheduler.acquire(booking, PING_S)) is None and time.monotonic() < deadline:
                self._chunk(PING)
        finally:
            self.api.scheduler.waiting -= 1
        self._answer_queue(grant)

    def _queue_as_told(self, booking: Booking, step: Queue) -> None:
        self._open_stream(step.reason)
        for _ in range(step.pings):
            self._chunk(PING)
            time.sleep(PING_S)
        if step.then is Then.DROP:
            self.close_connection = True
            self.connection.shutdown(2)
        elif step.then is Then.END:
            self._chunk("")
        else:
            grant = (
                self.api.scheduler.acquire(booking, self.api.scheduler.limits.wait_s)
                if step.then is Then.GRANT
                else None
            )
            self._answer_queue(grant)

    def _lend_together(self, booking: Booking, gate: threading.Barrier) -> None:
        self._open_stream("concurrency")
        longest = self.api.scheduler.limits.wait_s
        grant = self.api.scheduler.acquire(booking, longest)
        with contextlib.suppress(threading.BrokenBarrierError):  # the others do not come
            gate.wait(longest)
        self._answer_queue(grant)

    def _answer_queue(self, grant: Grant | None) -> None:
        try:
            self._chunk(FAILED if grant is None else f"event: succeeded\ndata: {json.dumps(_lent(grant))}\n\n")
            self._chunk("")
        except OSError:
            if grant is not None:  # the caller left while it waited
                self.api.scheduler.release(grant.token, failed=False)
            raise

    # -- answers -----------------------------------------------------------------------------------------------------

    def _open_stream(self, reason: str) -> None:
        self.send_response(HTTPStatus.OK)
        for name, value in (
            ("Content-Type", "text/event-stream"),
            ("Transfer-Encoding", "chunked"),
            ("X-Queuing-Reason", reason),
        ):
            self.send_header(name, value)
        self.end_headers()

    def _chunk(self, text: str) -> None:
        """One chunk of a stream; the empty one ends it."""
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def _send(self, status: int, answer: object = None, headers: dict[str, str] | None = None) -> None:
        body = b"" if status == HTTPStatus.NO_CONTENT else json.dumps(answer).encode()
        self.send_response(status)
        for name, value in {
            "Content-Type": "application/json",
            "Content-Length": str(len(body)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _lent(grant: Grant) -> dict[str, object]:
    return {"idle": grant.idle, "nvidiaIndex": grant.device, "nvidiaUUID": grant.uuid, "allowToken": grant.token}
