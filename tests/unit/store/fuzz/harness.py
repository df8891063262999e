"""Runs the fuzz: two processes, a misbehaving Hub, SIGKILLs at random moments, a last drain, and the count."""

import contextlib
import json
import os
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pipeline.store.ids import time_of
from pipeline.store.ledger import Ledger, LedgerEntry
from pipeline.store.record_to_row import SEED_ID, to_row
from pipeline.store.spool import Spool
from tests.standins.hub import StandInHub
from tests.standins.hub_repos import Fault, Request, Then
from tests.unit.store.fuzz.publishing import PACE

PROJECT = Path(__file__).parents[4]
LONGEST_WAIT_S = 120  # for the moment in which a planted flaw shows
REPO_ID = "tester/folio-fuzz"
KINDS = (
    Fault(Then.REFUSE, 409),
    Fault(Then.REFUSE, 412),
    Fault(Then.REFUSE, 429, (("RateLimit", '"api";r=0;t=0'),)),
    Fault(Then.REFUSE, 429, (("Retry-After", "0"),)),
    Fault(Then.REFUSE, 500),
    Fault(Then.REFUSE, 503),
    Fault(Then.DROP),
    Fault(Then.HANG, seconds=0.1),
    Fault(Then.APPLY_AND_DROP),
    Fault(Then.APPLY_AND_DROP, seconds=0.05),
    Fault(Then.APPLY_AND_REFUSE, 504),
)


@dataclass(frozen=True)
class Plan:
    """How much to torment: go on until both numbers are reached. ``share`` of the commits is hit, ``victims`` are
    killed.
    """

    kills: int
    commit_faults: int
    share: float = 0.65
    victims: tuple[str, ...] = ("publisher", "writer")
    flaw: str = ""
    seed: int = 1


@dataclass(frozen=True)
class Findings:
    """What was found. The three lists hold ids of runs; each is empty where the store keeps its promise."""

    kills: int
    commits: int
    commit_faults: int
    acknowledged: int
    rows: int
    lost: list[str]
    doubled: list[str]
    altered: list[str]


class Torment:
    """Decides which commits go wrong, and counts."""

    def __init__(self, plan: Plan) -> None:
        self._random = random.Random(plan.seed)
        self._share = plan.share
        self.commits = 0
        self.injected = 0

    def __call__(self, request: Request) -> Fault | None:
        if request.method != "POST" or "/commit/" not in request.path:
            return None
        self.commits += 1
        if self._random.random() >= self._share:
            return None
        self.injected += 1
        return self._random.choice(KINDS)


def fuzz(plan: Plan, root: Path) -> Findings:
    """Carry out the plan in ``root`` and count."""
    data, acknowledgements = root / "data", root / "acknowledged"
    torment = Torment(plan)
    with StandInHub() as hub:
        hub.fault = torment
        environment = dict(os.environ) | {"HF_ENDPOINT": hub.url, "HF_TOKEN": hub.token, "HF_HOME": str(root / "home")}
        kills = _torment_both(plan, torment, data, acknowledgements, environment)
        hub.fault = lambda request: None
        subprocess.run(_publishing(data, plan.flaw, "drain"), check=True, timeout=600, env=environment, cwd=PROJECT)
        rows = rows_of(hub.repos[REPO_ID].files)
    return _count(kills, torment, acknowledgements.read_text().splitlines(), rows, Ledger(data))


def rows_of(files: dict[str, bytes]) -> list[dict[str, object]]:
    """Every row of the dataset but its seed; a torn line anywhere raises ValueError, as it would for ``datasets``."""
    bodies = [body for path, body in files.items() if path.startswith("data/")]
    rows = [json.loads(line) for body in bodies for line in body.splitlines()]
    return [row for row in rows if row["iteration_id"] != SEED_ID]


def _torment_both(plan: Plan, torment: Torment, data: Path, acknowledgements: Path, environment: dict[str, str]) -> int:
    chance = random.Random(plan.seed)
    commands = {"writer": _writing(data, plan.flaw), "publisher": _publishing(data, plan.flaw, "run")}
    kills = 0
    with acknowledgements.open("ab") as output:
        running = {name: _start(command, environment, output) for name, command in commands.items()}
        while kills < plan.kills or torment.injected < plan.commit_faults:
            time.sleep(chance.uniform(0.05, 0.8) if kills < plan.kills else 0.05)
            assert all(process.poll() is None for process in running.values()), "a process ended by itself"
            if kills < plan.kills and torment.injected >= plan.commit_faults * kills // max(plan.kills, 1):
                name = chance.choice(plan.victims)
                _await(lambda: _shows(plan.flaw, data, acknowledgements))
                running[name].kill()
                running[name].wait()
                kills += _shows(plan.flaw, data, acknowledgements)  # not a kill that came too late to show the flaw
                if plan.flaw == "forget-sealed":
                    _await_another_end(data)
                running[name] = _start(commands[name], environment, output)
        for process in running.values():
            process.kill()
            process.wait()
    return kills + len(running)


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LONGEST_WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "the moment for a kill does not come"
        time.sleep(0.002)


def _shows(flaw: str, data: Path, acknowledgements: Path) -> bool:
    """Whether a kill shows ``flaw`` if it comes now. Flaws that the Hub's faults bring out show at any time."""
    if flaw == "forget-sealed":
        return bool(_days_sealed(data))
    if flaw == "acknowledge-early":
        ended = [line.split() for line in acknowledgements.read_text().splitlines() if not line.endswith(" running")]
        return bool(ended) and LedgerEntry(ended[-1][0], finished=True) not in Ledger(data).entries()
    return True


def _days_sealed(data: Path) -> set[str]:
    """The days of shards that have the end of a run and are not full: with one more record they are other shards."""
    days = set()
    for shard in Spool(Ledger(data)).sealed():
        with contextlib.suppress(FileNotFoundError):  # confirmed meanwhile
            rows = [json.loads(line) for line in shard.path.read_text(encoding="utf-8").splitlines()]
            if len(rows) < PACE.rows and any(row["status"] != "running" for row in rows):
                days.add(shard.name[:10])
    return days


def _await_another_end(data: Path) -> None:
    """Wait for the end of one more run of a day that is sealed: of the same records the same shards would be made."""
    days, ledger = _days_sealed(data), Ledger(data)

    def ends() -> int:
        found = [f"{time_of(entry.iteration_id):%Y-%m-%d}" for entry in ledger.entries() if entry.finished]
        return sum(day in days for day in found)

    before = ends()
    _await(lambda: not days or ends() > before)


def _start(command: list[str], environment: dict[str, str], output: BinaryIO) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(command, env=environment, cwd=PROJECT, stdout=output)


def _writing(data: Path, flaw: str) -> list[str]:
    return [sys.executable, "-m", "tests.unit.store.fuzz.writer", str(data), flaw]


def _publishing(data: Path, flaw: str, mode: str) -> list[str]:
    return [sys.executable, "-m", "tests.unit.store.fuzz.publishing", str(data), REPO_ID, flaw, mode]


def _count(
    kills: int, torment: Torment, acknowledged: list[str], rows: list[dict[str, object]], ledger: Ledger
) -> Findings:
    seen = Counter((str(row["iteration_id"]), str(row["status"])) for row in rows)
    ended = {run for run, status in seen if status != "running"}
    wanted = {(run, status) for run, status in (line.split() for line in acknowledged)}
    per_phase = Counter(_entry(row) for row in rows)
    return Findings(
        kills=kills,
        commits=torment.commits,
        commit_faults=torment.injected,
        acknowledged=len(wanted),
        rows=len(rows),
        lost=sorted(
            run for run, status in wanted if not seen[run, status] and not (status == "running" and run in ended)
        ),
        doubled=sorted(entry.name for entry, times in per_phase.items() if times > 1),
        altered=sorted(str(row["iteration_id"]) for row in rows if _in_ledger(ledger, row) != row),
    )


def _entry(row: dict[str, object]) -> LedgerEntry:
    return LedgerEntry(str(row["iteration_id"]), finished=row["status"] != "running")


def _in_ledger(ledger: Ledger, row: dict[str, object]) -> dict[str, object] | None:
    record = ledger.read(_entry(row))
    return to_row(record) if record else None
