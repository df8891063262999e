"""Who gets a device: admission, queue, idle workers, deadlines and the count of all of it.

The rules of the real platform are not public. These are guessed from what its client expects: a booking above what the
visitor has left is refused, a worker outlives its call and is given the next call of the same function on the same
device, a call that overruns its booking or failed loses its worker, another function's call on the device replaces it.
"""

import contextlib
import os
import secrets
import signal
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

KILL_WAIT_S = 5.0


@dataclass(frozen=True)
class Limits:
    """What the platform grants. ``None`` means without limit; seconds are booked seconds, as the client asks for them.

    ``second`` is how long a booked second lasts, in seconds: tests shorten it, so that a deadline of a minute takes one
    second. ``wait_s`` is how long a call waits in the queue; without ``reuse`` every call gets a new worker. ``real``
    lends this machine's own CUDA devices.
    """

    devices: int = 1
    longest: int | None = None
    quota_s: float | None = None
    runs: int | None = None
    second: float = 1.0
    wait_s: float = 60.0
    reuse: bool = True
    real: bool = False


@dataclass(frozen=True)
class Booking:
    """One request for a device: the function that asks, its seconds, and the visitor's token, empty where there is
    none.
    """

    task: str
    seconds: int
    size: str = ""
    visitor: str = ""


class Verdict(StrEnum):
    """What becomes of a booking, in the platform's words."""

    APPROVED = "approved"
    ILLEGAL_DURATION = "illegal-duration"
    QUOTA_EXCEEDED = "quota-exceeded"
    RUNS_EXCEEDED = "runs-exceeded"
    PENDING_OVERQUOTA = "pending-overquota-exceeded"


@dataclass(frozen=True)
class Refusal:
    """Why nothing was granted: seconds ``left``, seconds to ``wait`` (negative: waiting does not help; 0: the runs are
    used up).
    """

    verdict: Verdict
    left: int
    wait: float


@dataclass
class Grant:
    """A device lent to one call, from its grant to its release."""

    booking: Booking
    token: str
    device: int
    uuid: str
    idle: bool
    began: float
    pid: int | None = None
    ended: float | None = None
    failed: bool = False
    killed: str = ""

    @property
    def used_s(self) -> float:
        return (self.ended if self.ended is not None else time.monotonic()) - self.began


@dataclass
class Device:
    """One slot, the grant in flight on it, and the worker that its last call left there."""

    index: int
    real: bool = False
    grant: Grant | None = None
    task: str = ""
    pid: int | None = None

    @property
    def uuid(self) -> str:
        """What a worker's CUDA_VISIBLE_DEVICES is set to; CUDA takes a number, too."""
        return str(self.index) if self.real else f"GPU-standin-{self.index:04}"


@dataclass
class Account:
    """What a visitor has left."""

    seconds: float | None
    runs: int | None


@dataclass
class Scheduler:
    """Thread-safe. ``ours`` tells whether a process may be killed; ``grants`` has every grant in order, oldest
    first.
    """

    limits: Limits
    ours: Callable[[int], bool]
    grants: list[Grant] = field(default_factory=list)
    waiting: int = 0

    def __post_init__(self) -> None:
        self._devices = [Device(index, self.limits.real) for index in range(self.limits.devices)]
        self._accounts: dict[str, Account] = {}
        self._change = threading.Condition()

    # -- admission ---------------------------------------------------------------------------------------------------

    def refusal(self, booking: Booking) -> Refusal | None:
        """Why ``booking`` is refused, None where it may be granted."""
        with self._change:
            account = self._account(booking.visitor)
        left = int(account.seconds) if account.seconds is not None else 0
        if self.limits.longest is not None and booking.seconds > self.limits.longest:
            return Refusal(Verdict.ILLEGAL_DURATION, left, -1)
        if account.runs is not None and account.runs <= 0:
            return Refusal(Verdict.RUNS_EXCEEDED, left, 0)
        if account.seconds is not None and booking.seconds > account.seconds:
            return Refusal(Verdict.QUOTA_EXCEEDED, left, 3600)
        return None

    def top_up(self, visitor: str, seconds: float | None, runs: int | None = None) -> None:
        """Set what ``visitor`` has left from now on."""
        with self._change:
            self._accounts[visitor] = Account(seconds, runs)

    def left(self, visitor: str) -> Account:
        with self._change:
            return self._account(visitor)

    def _account(self, visitor: str) -> Account:
        return self._accounts.setdefault(visitor, Account(self.limits.quota_s, self.limits.runs))

    # -- devices -----------------------------------------------------------------------------------------------------

    def acquire(self, booking: Booking, timeout: float) -> Grant | None:
        """A device for ``booking``, None where none became free within ``timeout`` seconds."""
        with self._change:
            if not self._change.wait_for(lambda: any(device.grant is None for device in self._devices), timeout):
                return None
            device = min(
                (device for device in self._devices if device.grant is None), key=lambda free: self._rank(free, booking)
            )
            idle = self._has_idle(device, booking)
            if not idle and device.pid is not None:
                self._kill(device.pid)
                device.pid = None
            grant = Grant(booking, secrets.token_hex(16), device.index, device.uuid, idle, time.monotonic(), device.pid)
            device.grant, device.task = grant, booking.task
            self.grants.append(grant)
            account = self._account(booking.visitor)
            account.runs = None if account.runs is None else account.runs - 1
        timer = threading.Timer(booking.seconds * self.limits.second, self._overrun, (grant,))
        timer.daemon = True
        timer.start()
        return grant

    def _has_idle(self, device: Device, booking: Booking) -> bool:
        return self.limits.reuse and device.pid is not None and device.task == booking.task and alive(device.pid)

    def _rank(self, device: Device, booking: Booking) -> tuple[bool, bool, int]:
        """The function's own idle worker first, then an empty device, then somebody else's."""
        return (not self._has_idle(device, booking), device.pid is not None, device.index)

    def allow(self, token: str, pid: int) -> bool:
        """The worker of a grant names itself. A reused worker does not: it is known. False for a grant that there is
        not.
        """
        with self._change:
            grant = self._open_grant(token)
            if grant is None:
                return False
            grant.pid = self._devices[grant.device].pid = pid
            return True

    def release(self, token: str, failed: bool) -> bool:
        """End a grant and charge its seconds. A failed call's worker is killed. False for a grant that there is not."""
        with self._change:
            grant = self._open_grant(token)
            if grant is None:
                return False
            grant.ended, grant.failed = time.monotonic(), failed
            device = self._devices[grant.device]
            device.grant = None
            account = self._account(grant.booking.visitor)
            if account.seconds is not None:
                account.seconds -= min(grant.used_s / self.limits.second, grant.booking.seconds)
            if failed and device.pid is not None:
                self._kill(device.pid)
                device.pid = None
            self._change.notify_all()
            return True

    def _open_grant(self, token: str) -> Grant | None:
        return next((grant for grant in self.grants if grant.token == token and grant.ended is None), None)

    # -- the end of workers ------------------------------------------------------------------------------------------

    def _overrun(self, grant: Grant) -> None:
        if grant.ended is None:
            self.kill(grant, "duration")

    def kill(self, grant: Grant, why: str) -> None:
        """End the worker of ``grant`` as the platform does, at once and without a word."""
        with self._change:
            if grant.ended is None and grant.pid is not None and not grant.killed:
                grant.killed = why
                self._kill(grant.pid)

    def running(self) -> list[Grant]:
        """The grants whose worker has started and that are not released."""
        with self._change:
            return [grant for grant in self.grants if grant.ended is None and grant.pid is not None]

    def close(self) -> None:
        """End every worker that is left."""
        with self._change:
            for pid in {device.pid for device in self._devices if device.pid is not None}:
                self._kill(pid)

    def _kill(self, pid: int) -> None:
        if not alive(pid) or not self.ours(pid):
            return
        with contextlib.suppress(ProcessLookupError):  # it ends by itself meanwhile
            os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + KILL_WAIT_S
        while alive(pid) and time.monotonic() < deadline:
            time.sleep(0.002)


def alive(pid: int) -> bool:
    """Whether the process runs; one that ended and was not waited for does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in "ZX"


@dataclass
class Script:
    """Answers that the device API shall give before it follows its rules again, one per request, per kind of
    request.
    """

    schedule: deque["Step"] = field(default_factory=deque)
    allow: deque["int | Silence"] = field(default_factory=deque)
    release: deque[int] = field(default_factory=deque)


class Then(StrEnum):
    """How a scripted wait in the queue ends."""

    GRANT = "a device becomes free"
    FAIL = "the queue gives up"
    DROP = "the connection breaks"
    END = "the stream ends without a word"


@dataclass(frozen=True)
class Queue:
    """Keep the caller waiting for ``pings`` signs of life, then do ``then``. ``reason`` is what it is told to
    wait for.
    """

    then: Then = Then.GRANT
    pings: int = 2
    reason: str = "node"


@dataclass(frozen=True)
class Silence:
    """Hear nothing, and give no answer."""


@dataclass(frozen=True)
class Status:
    """Answer with this HTTP status."""

    code: int


@dataclass(frozen=True)
class Together:
    """Lend a device, but say so only when every caller that meets at ``gate`` has one."""

    gate: threading.Barrier


Step = Refusal | Queue | Status | Together
