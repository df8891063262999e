"""The four workers' Spaces and a dashboard beside a converting app on this machine, against a stand-in of the Hub.

    python -m benchmarks.roles --minutes 10 --out FOLDER

Each role is served as ``deploy --all`` configures it, with a data folder of its own; the inbox watches a dataset, and
the results dataset begins with two weeks of sample records. Meanwhile documents are converted through the app's API; in
the middle every worker is killed. At the end ``verify`` visits each Space, each page is photographed into FOLDER, a
worker is paused and resumed on its page, and the servers are told to end. Figures go to
``benchmarks/results/roles.json``.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gradio_client import Client, handle_file
from huggingface_hub import HfApi
from playwright.sync_api import BrowserContext, Page, sync_playwright

from benchmarks.scale_commands import DOCUMENTS, ROOT, adopt_orphans, descendants, resident_mb
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.deployment.wishes import DeployOptions, wanted_spaces
from pipeline.space_roles import SPACE_ROLES, WORKER_NAMES
from pipeline.store.hub import ResultsRepo
from pipeline.store.iteration_log import ITERATION
from pipeline.store.record_to_row import row_line, to_row
from tests.e2e.conftest import Site, serve
from tests.standins.hub import StandInHub
from tests.support.chromium import CHROMIUM_FLAGS, chromium
from tests.support.weeks import Troubles, week_of_runs

RESULTS = ROOT / "benchmarks" / "results" / "roles.json"
NAME, PASSWORD = "ada", "correct-horse"
STATUS_SECONDS = 5.0
CONVERTED = ("letter", "multi_page", "german", "tables", "scan")
ARRIVING = ("letter", "greek", "report", "references")


@dataclass
class Seen:
    """What was seen of the workers: their states, and the memory of their processes while they wait, in MB."""

    states: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    idle_mb: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    conversions: Counter[str] = field(default_factory=Counter)


@contextmanager
def spaces(hub: StandInHub, folder: Path) -> Iterator[dict[str, Site]]:
    """Every role's server, as the deploy configures it."""
    account = SpacesHub(hub.token, hub.url).account()
    with ExitStack() as stack:
        sites = {}
        for space in wanted_spaces(DeployOptions(roles=SPACE_ROLES), account, hub.token, {}):
            variables = {
                **space.variables, **space.secrets, "HF_ENDPOINT": hub.url, "HF_HOME": str(folder / "home"),
                "SPACE_ID": space.space_id, "SPACE_AUTHOR_NAME": "tester", "AUTH": f"{NAME}:{PASSWORD}",
                "OWNER_PASSWORD": PASSWORD, "BUNDLE": "light", "INBOX": "hf://datasets/tester/inbox",
            }  # fmt: skip
            place = folder / space.role.name
            place.mkdir(parents=True)
            sites[space.role.name] = stack.enter_context(serve(place, ["app.py"], executed=True, **variables))
        yield sites


def fill_hub(hub: StandInHub) -> None:
    """Two weeks of records in the results dataset, with troubles since yesterday; an inbox with one bad document."""
    repo = ResultsRepo("tester/folio-results", private=True, token=hub.token, endpoint=hub.url)
    repo.prepare()
    now = datetime.now(UTC) - timedelta(minutes=5)
    troubles = Troubles(slower=now - timedelta(days=1), failing=now - timedelta(days=1))
    records = week_of_runs(1500, now - timedelta(days=14), 14, 3, troubles, margin=3.0, real=100)
    repo.add({"data/2026-01/2026-01-01-weeks.jsonl": b"".join(row_line(to_row(record)) for record in records)})
    HfApi(endpoint=hub.url, token=hub.token).create_repo("tester/inbox", repo_type="dataset", private=True)
    for name in ARRIVING[:-1]:
        arrive(hub, name, (DOCUMENTS / f"{name}.pdf").read_bytes())
    arrive(hub, "broken", b"<html>no PDF</html>")


def arrive(hub: StandInHub, name: str, data: bytes) -> None:
    """One more document in the inbox."""
    hub.repos["tester/inbox"].push({**hub.repos["tester/inbox"].files, f"new/{name}.pdf": data}, name)


def client_of(site: Site) -> Client:
    return Client(site.url, auth=(NAME, PASSWORD), verbose=False, download_files=False)


def convert_on(site: Site, seen: Seen, over: threading.Event) -> None:
    """One visitor who converts one document after another."""
    client, number = client_of(site), 0
    while not over.is_set():
        path = DOCUMENTS / f"{CONVERTED[number % len(CONVERTED)]}.pdf"
        number += 1
        try:
            _, status, _ = client.predict(handle_file(str(path)), again=True, api_name="/convert")
            seen.conversions[str(status["status"])] += 1
        except Exception as error:
            seen.conversions[f"failed: {type(error).__name__}"] += 1


def worker_pids() -> dict[str, int]:
    """The process of each worker, by its role."""
    found = {}
    for pid in descendants("pipeline.workers"):
        entries = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        roles = [entry.partition(b"=")[2].decode() for entry in entries if entry.startswith(b"FOLIO_WORKER=")]
        if roles:
            found[roles[0]] = pid
    return found


def watch(clients: dict[str, Client], seen: Seen) -> None:
    """One look at every worker: its state on its own Space, and its memory where it waits."""
    pids = worker_pids()
    for role, client in clients.items():
        for worker in client.predict(api_name="/workers")["workers"]:
            if worker["role"] == role:
                seen.states[role][str(worker["state"])] += 1
                if worker["state"] == "waiting" and role in pids:
                    seen.idle_mb[role].append(resident_mb(pids[role]))


def numbers_in(hub: StandInHub, role: str) -> list[int]:
    """The iterations in a worker's dataset."""
    repo = hub.repos.get(f"tester/folio-{role}-results")
    lines = [
        line
        for path, data in (repo.files if repo else {}).items()
        if "iterations-" in path
        for line in data.splitlines()
    ]
    return sorted(ITERATION.decode(line).iteration for line in lines)


def verified(site: Site) -> tuple[int, list[str]]:
    """The exit code and the lines of ``verify``."""
    environment = {**os.environ, "FOLIO_AUTH": f"{NAME}:{PASSWORD}"}
    command = [sys.executable, "-W", "ignore", "-m", "pipeline.cli", "verify", site.url]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


def sign_in(context: BrowserContext, site: Site) -> Page:
    page = context.new_page()
    page.goto(site.url)
    page.get_by_label("username").fill(NAME)
    page.get_by_label("password").fill(PASSWORD)
    page.get_by_role("button", name="Login").click()
    page.wait_for_timeout(8000)
    return page


def photograph(sites: dict[str, Site], out: Path) -> dict[str, str]:
    """Every page, and what the page of the analysis worker says after Pause and after Resume."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        context = browser.new_context(viewport={"width": 1280, "height": 1000})
        said = {}
        for role, site in sites.items():
            page = sign_in(context, site)
            if role == "app":
                page.screenshot(path=out / "app.png", full_page=True)
                page.get_by_role("tab", name="Dashboard").click()
                page.wait_for_timeout(12_000)
            page.screenshot(path=out / f"{'app-dashboard' if role == 'app' else role}.png", full_page=True)
            if role == "analysis":
                for order in ("Pause", "Resume"):
                    page.get_by_role("button", name=order).click()
                    page.wait_for_timeout(7000)
                    said[order] = page.locator("#worker-line").inner_text()
                    page.screenshot(path=out / f"analysis-{order.lower()}.png", full_page=True)
        phone = browser.new_context(viewport={"width": 390, "height": 844})
        for role in ("tuning", "dashboard"):
            sign_in(phone, sites[role]).screenshot(path=out / f"{role}-phone.png", full_page=True)
        browser.close()
    return said


def ten_minutes(minutes: float, hub: StandInHub, sites: dict[str, Site], seen: Seen) -> dict[str, dict[str, int]]:
    """Look until the time is over; in the middle a document arrives and every worker is killed."""
    clients = {role: client_of(sites[role]) for role in WORKER_NAMES}
    over, began, killed = threading.Event(), time.monotonic(), dict[str, dict[str, int]]()
    visitor = threading.Thread(target=convert_on, args=(sites["app"], seen, over))
    visitor.start()
    while (gone := time.monotonic() - began) < minutes * 60:
        watch(clients, seen)
        if not killed and gone > minutes * 30:
            arrive(hub, ARRIVING[-1], (DOCUMENTS / f"{ARRIVING[-1]}.pdf").read_bytes())
            for role, pid in worker_pids().items():
                os.kill(pid, signal.SIGKILL)
                killed[role] = {"iterations_before": len(numbers_in(hub, role))}
        time.sleep(STATUS_SECONDS)
    over.set()
    visitor.join()
    return killed


def ended(sites: dict[str, Site]) -> dict[str, float]:
    """Seconds from the signal until all servers are gone, and until all workers are."""
    for site in sites.values():
        site.process.terminate()
    began, left = time.monotonic(), {"servers": True, "workers": True}
    taken: dict[str, float] = {}
    while any(left.values()) and time.monotonic() - began < 60:
        left = {
            "servers": any(site.process.poll() is None for site in sites.values()),
            "workers": bool(descendants("pipeline.workers")),
        }
        taken |= {
            name: round(time.monotonic() - began, 1) for name, there in left.items() if not there and name not in taken
        }
        time.sleep(0.1)
    return taken


def main() -> None:
    """Run it all and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument(
        "--out", type=Path, required=True, metavar="FOLDER", help="for the photographs; made if missing"
    )
    chosen = parser.parse_args()
    chosen.out.mkdir(parents=True, exist_ok=True)
    adopt_orphans()
    seen = Seen()
    with StandInHub() as hub:
        fill_hub(hub)
        with spaces(hub, chosen.out / "spaces") as sites:
            load = os.getloadavg()[0]
            killed = ten_minutes(chosen.minutes, hub, sites, seen)
            checks = {role: verified(site) for role, site in sites.items()}
            said = photograph(sites, chosen.out)
            seconds = ended(sites)
        numbers = {role: numbers_in(hub, role) for role in WORKER_NAMES}
        documents = sorted(hub.repos["tester/folio-documents"].files) if "tester/folio-documents" in hub.repos else []
    found: dict[str, Any] = {
        "minutes": chosen.minutes, "load": [load, os.getloadavg()[0]], "conversions": seen.conversions,
        "states": seen.states, "killed": killed, "pause": said, "seconds_to_the_end": seconds,
        "idle_mb": {role: {"looks": len(values), "most": round(max(values))} for role, values in seen.idle_mb.items()},
        "iterations": {role: {"rows": len(found), "without_gap": found == list(range(1, len(found) + 1))}
                       for role, found in numbers.items()},
        "documents_dataset": documents, "verify": {role: code for role, (code, _) in checks.items()},
    }  # fmt: skip
    (chosen.out / "verify.txt").write_text("\n".join(line for _, lines in checks.values() for line in [*lines, ""]))
    RESULTS.write_text(json.dumps(found, indent=1) + "\n")
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
