"""Whether a Folio somewhere works: a sample is converted through its API, and what must follow from that is looked for.

Each step gives a line. What a step needs of an earlier one that failed is not tried.
"""

import secrets
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import httpx
from gradio_client import Client, handle_file

from pipeline.check_lines import CheckLine, fault, warning, well
from pipeline.deployed_build import VERSION_PATH
from pipeline.errors import DeployError, SpaceUnreachable
from pipeline.settings import EXAMPLE
from pipeline.space_roles import DASHBOARD, WORKER_NAMES
from pipeline.store.scrub import scrub
from pipeline.store.status import SENTENCES, PublishState

SAMPLE_WORDS = ("The paper trail", "From roll to page")
"""Words that the first page of the sample has."""

PROBE_SECONDS = 30.0
COUNTER_SECONDS = 30.0
"""How long the dashboard may take to show a new record; it looks at most every five seconds."""

POLL_SECONDS = 2.0
FAULT_CHARACTERS = 200
OPERATIONAL, OFFLINE = "operational", "offline"
GOING_WELL = frozenset({SENTENCES[PublishState.PUBLISHING], SENTENCES[PublishState.STARTING]})


class RemoteFolio(Protocol):
    """The API of a Folio. ``gradio_client.Client`` fits it."""

    def predict(self, *args: Any, api_name: str, **options: Any) -> Any:
        """Call an endpoint and wait for its answer."""
        ...


class ReadableDataset(Protocol):
    """A results dataset that can be read. Its methods raise DeployError. ``ResultsCare`` fits it."""

    def file_names(self) -> frozenset[str]:
        """The data files that it has now."""
        ...

    def has_received(self, record_id: str, since: frozenset[str]) -> bool:
        """Whether a file that came after those of ``since`` holds the record."""
        ...


@dataclass(frozen=True, slots=True)
class SampleCheck:
    """One visit. ``dataset_seconds`` is how long is waited until the sample's record is in the results dataset; 0 looks
    only whether publishing goes well. Without ``dataset`` the server's word is taken for it.
    """

    folio: RemoteFolio
    version: Mapping[str, Any]
    dataset_seconds: float = 0.0
    dataset: ReadableDataset | None = None
    sample: Path = EXAMPLE
    words: tuple[str, ...] = SAMPLE_WORDS
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = field(default=time.sleep)

    def lines(self) -> Iterator[CheckLine]:
        """The checklist, line by line as it is worked through."""
        name = str(self.version.get("role", ""))
        build = self.version.get("build") or "none, so it is no deploy of the command's"
        yield well("address", f"a Folio answers, role {name or 'unknown'}, build {build}.")
        if name in WORKER_NAMES:
            yield from self._workers(name)
            return
        before = self._first_status(watches=name == DASHBOARD.name)
        if isinstance(before, str):
            yield fault("dashboard", before, "look at the Space's log")
            return
        yield self._dashboard(before)
        if name == DASHBOARD.name:
            yield from self._spaces(before)
            yield from self._workers()
            return
        yield from self._conversion(before)

    def _first_status(self, *, watches: bool) -> Any:
        """The status, or a sentence about why there is none. A dashboard that ``watches`` datasets and that nobody has
        looked at before is given the time to read them.
        """
        end = self.clock() + COUNTER_SECONDS
        status = self._call("/system_status")
        while watches and not isinstance(status, str) and status["status"] == OFFLINE and self.clock() < end:
            self.sleep(POLL_SECONDS)
            status = self._call("/system_status")
        return status

    def _dashboard(self, status: Mapping[str, Any]) -> CheckLine:
        sentence = f"{status['status']}{self._reasons(status)}; {status['ever']['runs']:,} runs so far."
        if status["status"] == OPERATIONAL:
            return well("dashboard", sentence)
        return warning("dashboard", sentence, "open the dashboard, which shows what is behind it")

    def _conversion(self, before: Mapping[str, Any]) -> Iterator[CheckLine]:
        before_files = self._dataset_files()
        arguments = {"pages": "1", "visitor": secrets.token_hex(16), "again": True}
        answer = self._call("/convert", handle_file(self.sample), **arguments)
        if isinstance(answer, str):
            yield fault("conversion", answer, "docs/troubleshooting.md tells what the code means")
            return
        markdown, status, files = answer
        yield self._result(str(markdown), status, list(files))
        yield self._record(status)
        yield self._counters(before)
        after = self._call("/system_status")
        yield from self._publishing(before if isinstance(after, str) else after)
        yield from self._received(str(status.get("record_id", "")), before_files)
        yield from self._spaces(before if isinstance(after, str) else after)
        yield from self._workers()
        with suppress(Exception):
            self.folio.predict(status["run_id"], api_name="/delete")

    def _result(self, markdown: str, status: Mapping[str, Any], files: list[Any]) -> CheckLine:
        missing = [word for word in self.words if word not in markdown]
        if status.get("status") != "ok" or missing or not files:
            lack = f"lacks {', '.join(missing)}" if missing else f"ended {status.get('status')}"
            return fault("conversion", f"The sample {lack}.", "open the sample in the browser and read its report")
        seconds, lane = status.get("elapsed_seconds"), str(status.get("lane") or "cpu")
        return well("conversion", f"one page in {seconds} s on the {lane.upper()} lane, {len(files)} files.")

    def _record(self, status: Mapping[str, Any]) -> CheckLine:
        found = self._call("/run", str(status.get("record_id", "")))
        if isinstance(found, str):
            return fault("record", found, "see that the data folder is writable: python -m pipeline.cli doctor")
        if found.get("status") != "ok" or found.get("pages_ok") != 1:
            return fault("record", "The run's record tells something else than the run.", "look at the Space's log")
        return well("record", "the run left its record.")

    def _counters(self, before: Mapping[str, Any]) -> CheckLine:
        end, runs = self.clock() + COUNTER_SECONDS, before["ever"]["runs"]
        while True:
            now = self._call("/system_status")
            if (
                not isinstance(now, str)
                and now["ever"]["runs"] > runs
                and now["ever"]["pages"] > before["ever"]["pages"]
            ):
                return well("counters", f"runs went from {runs:,} to {now['ever']['runs']:,}.")
            if self.clock() > end:
                return fault("counters", f"The dashboard still counts {runs:,} runs.", "look at the Space's log")
            self.sleep(POLL_SECONDS)

    def _publishing(self, status: Mapping[str, Any]) -> Iterator[CheckLine]:
        name, publishing = "results dataset", status.get("publishing")
        if publishing is None:
            yield well(name, "this server writes none.")
            return
        publishing = self._published(publishing)
        sentence, waiting = publishing["state"], publishing["waiting"]
        if sentence == SENTENCES[PublishState.NO_TOKEN]:
            yield warning(name, "Records are not published: there is no HF_TOKEN.", "add the secret HF_TOKEN")
        elif sentence not in GOING_WELL:
            yield fault(name, f"{waiting:,} records are {sentence}.", "python -m pipeline.cli doctor tells why")
        elif self.dataset_seconds and waiting:
            yield fault(name, f"{waiting:,} records still wait.", "wait longer with --dataset-seconds 600")
        else:
            yield well(name, f"{sentence}; {waiting:,} records wait.")

    def _published(self, publishing: Mapping[str, Any]) -> Mapping[str, Any]:
        """How publishing stands once nothing waits, or when the time is over."""
        end = self.clock() + self.dataset_seconds
        while publishing["waiting"] and publishing["state"] in GOING_WELL and self.clock() < end:
            self.sleep(POLL_SECONDS)
            status = self._call("/system_status")
            publishing = publishing if isinstance(status, str) else status["publishing"]
        return publishing

    def _dataset_files(self) -> frozenset[str]:
        """The files before the sample's run; none where they cannot be listed, so that all are read later."""
        with suppress(DeployError):
            return self.dataset.file_names() if self.dataset else frozenset()
        return frozenset()

    def _received(self, record_id: str, before: frozenset[str]) -> Iterator[CheckLine]:
        """Whether the record is in the dataset, as the Hub gives it out."""
        if self.dataset is None:
            return
        name, end = "dataset's rows", self.clock() + self.dataset_seconds
        try:
            while not (found := self.dataset.has_received(record_id, before)) and self.clock() < end:
                self.sleep(POLL_SECONDS)
        except DeployError as error:
            yield fault(name, error.message, "see that HF_TOKEN may read the dataset")
            return
        if found:
            yield well(name, "the sample's record is among them.")
        else:
            yield fault(name, "The sample's record is not among them.", "wait longer with --dataset-seconds 600")

    def _spaces(self, status: Mapping[str, Any]) -> Iterator[CheckLine]:
        spaces = status["spaces"]
        online = [space for space in spaces if space["online"]]
        names = ", ".join(str(space["space"]) for space in spaces if not space["online"])
        if names:
            yield warning(
                "spaces", f"{len(online)} of {len(spaces)} online; silent: {names}.", "look whether they sleep"
            )
        else:
            yield well("spaces", f"{len(online)} of {len(spaces)} that have left records are online.")

    def _workers(self, own: str = "") -> Iterator[CheckLine]:
        """How many workers are online of those that were ever seen from there; ``own`` is the worker of this Space."""
        name, answer = "workers", self._call("/workers")
        if isinstance(answer, str):
            yield fault(name, answer, "look at the Space's log")
            return
        workers = answer["workers"]
        away = [str(worker["role"]) for worker in workers if not worker["online"]]
        counts = f"{len(workers) - len(away)} of {len(workers)} online"
        if own and own not in (worker["role"] for worker in workers):
            yield fault(name, f"{counts}; the {own} worker of this Space has not begun.", "look at the Space's log")
        elif own in away:
            yield fault(name, f"{counts}; the {own} worker of this Space is not.", "look at the Space's log")
        elif away:
            yield warning(name, f"{counts}; not: {', '.join(away)}.", "open their pages, which wakes their Spaces")
        else:
            yield well(name, f"{counts}." if workers else "none was ever seen from here.")

    def _reasons(self, status: Mapping[str, Any]) -> str:
        return f" ({'; '.join(status['reasons'])})" if status["reasons"] else ""

    def _call(self, endpoint: str, *arguments: Any, **options: Any) -> Any:
        """The endpoint's answer, or a sentence about why there is none."""
        try:
            return self.folio.predict(*arguments, api_name=endpoint, **options)
        except Exception as error:  # whatever the client makes of a refusal
            return f"{endpoint} failed: {scrub(str(error), FAULT_CHARACTERS) or type(error).__name__}"


def connect(url: str, token: str = "", auth: tuple[str, str] | None = None) -> tuple[RemoteFolio, Mapping[str, Any]]:
    """A Folio's API, and the answer of its ``/version``. ``token`` is for a private Space, ``auth`` a name and password
    where the Space asks for them. Raises SpaceUnreachable.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    try:
        answer = httpx.get(url.rstrip("/") + VERSION_PATH, headers=headers, timeout=PROBE_SECONDS)
        version = answer.raise_for_status().json()
        client = Client(
            url, token=token or None, auth=auth, verbose=False, download_files=False, analytics_enabled=False
        )
    except httpx.HTTPStatusError as error:
        raise SpaceUnreachable(f"it answers {error.response.status_code}") from error
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, OSError) as error:
        raise SpaceUnreachable(type(error).__name__) from error
    if not isinstance(version, dict):
        raise SpaceUnreachable("it is something else")
    return client, version
