"""Callers of the app under load: each is a visitor of its own, from an address of its own, and sends one document after
another.

They speak plain HTTP, so that one can hang up in the middle.
"""

import json
import random
import re
import secrets
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.unit.intake.pdf_files import Page, PdfFile, text

# Without tags, so that its pages need the networks.
LARGE = Path(__file__).parent.parent / "tests" / "documents" / "pdf" / "manual.pdf"
MIX = {"small": 60, "large": 5, "hostile": 20, "stopped": 8, "left": 7}  # per cent of the calls
BACK_OFF_SECONDS = 2.0
TRY_AGAIN = ("refused: queue", "refused: visitor_busy", "refused: address_busy")
RUN_ID = re.compile(r'"run_id": ?"([0-9a-f]{32})"')
CODE = re.compile(r"\(([a-z_]+)\)")


@dataclass
class Tally:
    """What the clients saw. ``outcomes`` counts ends by name: ``ok``, ``refused: not_a_pdf``, ``failed: internal``,
    …; ``accepted`` has each accepted run's client.
    """

    outcomes: Counter[str] = field(default_factory=Counter)
    accepted: dict[str, int] = field(default_factory=dict)
    mixed_up: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, outcome: str) -> None:
        with self.lock:
            self.outcomes[outcome] += 1

    def accept(self, run_id: str, client: int) -> None:
        with self.lock:
            self.accepted[run_id] = client


class Client:
    """One caller, who sends one document after another until the time is up."""

    def __init__(self, url: str, number: int, folder: Path, hostile: Sequence[Path], tally: Tally) -> None:
        self._api = f"{url}gradio_api/"
        self._number, self._folder, self._hostile, self._tally = number, folder, hostile, tally
        self._random = random.Random(number)
        self._visitor = secrets.token_hex(16)
        # Over loopback the server takes the address from here, as behind the platform's proxy.
        address = {"X-Forwarded-For": f"8.0.{number // 250}.{number % 250 + 1}"}
        self._http = httpx.Client(timeout=httpx.Timeout(60, read=900), headers=address)

    def work(self, deadline: float) -> None:
        calls = 0
        with self._http:
            while time.monotonic() < deadline:
                calls += 1
                outcome = self._outcome(calls)
                self._tally.count(outcome)
                if outcome.startswith(TRY_AGAIN):
                    time.sleep(BACK_OFF_SECONDS * self._random.uniform(0.5, 1.5))

    def _outcome(self, call: int) -> str:
        kind = self._random.choices(list(MIX), list(MIX.values()))[0]
        mark = f"mark{self._number:03}x{call:05}"
        try:
            return self._convert(kind, mark)
        except httpx.HTTPStatusError as error:
            return (
                "refused: queue of gradio"
                if error.response.status_code == 503
                else f"HTTP {error.response.status_code}"
            )
        except httpx.HTTPError as error:
            return f"connection: {type(error).__name__}"

    def _convert(self, kind: str, mark: str) -> str:
        last_event, last_data, run_id = "", "", ""
        with self._http.stream("GET", f"{self._api}call/convert/{self._ask(kind, mark)}") as answer:
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                last_event = value if name == "event" else last_event
                last_data = value if name == "data" and value != "null" else last_data
                if not run_id and (found := RUN_ID.search(line)):
                    run_id = found[1]
                    self._tally.accept(run_id, self._number)
                    if kind == "left":
                        return "left"
                    if kind == "stopped":
                        self._http.post(f"{self._api}call/cancel", json={"data": [run_id]}).raise_for_status()
        return self._judged(kind, mark, last_event, last_data, "failed" if run_id else "refused")

    def _ask(self, kind: str, mark: str) -> str:
        """Upload a file and ask for its conversion, also of one that this visitor had converted before; the id of the
        answer.
        """
        with self._file(kind, mark).open("rb") as file:
            (path,) = self._http.post(f"{self._api}upload", files={"files": file}).raise_for_status().json()
        upload = {"path": path, "meta": {"_type": "gradio.FileData"}}
        data = [upload, "", "auto", True, "", "gpu_then_cpu", self._visitor, True, "", "html", "none", False, ""]
        return str(
            self._http.post(f"{self._api}call/convert", json={"data": data}).raise_for_status().json()["event_id"]
        )

    def _file(self, kind: str, mark: str) -> Path:
        if kind == "large":
            return LARGE
        if kind == "hostile":
            return self._random.choice(self._hostile)
        pages = [Page(text(f"Report {mark} page {page}.")) for page in range(1, self._random.randint(2, 4))]
        return PdfFile(pages).write(self._folder / f"{self._number}.pdf")

    def _judged(self, kind: str, mark: str, event: str, data: str, otherwise: str) -> str:
        if event != "complete":
            code = CODE.search(data)
            return f"{otherwise}: {code[1]}" if code else f"error without a code: {data[:80]}"
        markdown, status, _ = json.loads(data)
        strangers = set(re.findall(r"mark\d{3}x\d{5}", markdown)) - {mark}
        if strangers or (kind == "small" and mark not in markdown):
            with self._tally.lock:
                self._tally.mixed_up.append(status["run_id"])
        return str(status["status"])
