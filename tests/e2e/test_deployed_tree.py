"""What a deploy uploads, unpacked in an empty folder: it starts as a Space does, converts, and its record arrives."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, expect

from pipeline.cli.__main__ import main
from pipeline.deployed_build import read_build
from tests.e2e.conftest import ROOT, Site, serve
from tests.standins.hub import StandInHub

OWNER_PASSWORD = "a-long-password"


@dataclass(frozen=True)
class DeployedTree:
    """The unpacked files, the server that runs from them, and the Hub that it publishes to."""

    folder: Path
    site: Site
    hub: StandInHub


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeployedTree]:
    folder = tmp_path_factory.mktemp("deployed")
    assert main(["deploy", "--bundle", str(folder / "folio.zip")]) == 0
    with zipfile.ZipFile(folder / "folio.zip") as archive:
        archive.extractall(folder / "space")
    with StandInHub() as hub:
        variables = {
            "HF_ENDPOINT": hub.url,
            "HF_TOKEN": hub.token,
            "HF_HOME": str(folder / "home"),
            "SPACE_ID": "tester/folio",
            "SPACE_AUTHOR_NAME": "tester",
            "DEPLOYMENT": "abc.0",
            "OWNER_PASSWORD": OWNER_PASSWORD,
        }
        with serve(folder, ["app.py"], executed=folder / "space", **variables) as site:
            yield DeployedTree(folder / "space", site, hub)


def test_it_tells_which_build_and_configuration_it_serves(deployed: DeployedTree) -> None:
    with urlopen(f"{deployed.site.url}version", timeout=10) as answer:
        told = json.load(answer)
    build = read_build((deployed.folder / "build.json").read_bytes())
    assert told == {"build": build, "deployment": "abc.0", "role": "app"}
    assert len(build) == 16


def test_the_health_check_of_the_image_passes_while_it_serves_and_fails_without_it(deployed: DeployedTree) -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    command = json.loads(dockerfile.split("HEALTHCHECK", 1)[1].split("CMD ", 1)[1].split("\n")[0])
    here = command[-1].replace("http://127.0.0.1:7860/", deployed.site.url)
    assert here != command[-1]
    for code, fine in ((here, True), (here.replace("version", "no-such-page"), False)):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
        assert (done.returncode == 0) is fine


def test_it_converts_and_its_record_reaches_the_dataset(
    deployed: DeployedTree, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", deployed.hub.url)
    monkeypatch.setenv("HF_TOKEN", deployed.hub.token)
    dataset = ["--dataset-seconds", "60", "--dataset", "tester/folio-results"]
    assert main(["verify", deployed.site.url, *dataset, "--strict"]) == 0
    shown = capsys.readouterr().out
    assert "[ok     ] conversion: one page in" in shown
    assert "[ok     ] record: the run left its record." in shown
    assert "[ok     ] counters: runs went from 0 to 1." in shown
    assert "[ok     ] results dataset: published to the results dataset; 0 records wait." in shown
    assert "[ok     ] dataset's rows: the sample's record is among them." in shown
    assert "[ok     ] spaces: 1 of 1" in shown
    assert "[ok     ] workers: none was ever seen from here." in shown
    shards = [
        data for path, data in deployed.hub.repos["tester/folio-results"].files.items() if path.startswith("data/2")
    ]
    rows = [json.loads(line) for data in shards for line in data.splitlines()]
    assert {row["status"] for row in rows} == {"ok"}
    assert list((deployed.site.data_dir / "runs").rglob("*.pdf")) == []  # the sample's run is deleted again


def test_its_owner_sees_what_the_space_lacks_and_nobody_else_does(
    deployed: DeployedTree, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(deployed.site.url)
    page.get_by_role("tab", name="Owner").click()
    page.locator("#owner-password input").fill("not-the-password")
    page.locator("#owner-look").click()
    expect(page.locator("#checks")).to_contain_text("not the owner's password")
    page.locator("#owner-password input").fill(OWNER_PASSWORD)
    page.locator("#owner-look").click()
    expect(page.locator("#checks")).to_contain_text("No bucket is mounted at /data")
    expect(page.locator("#checks .check-fault")).to_have_count(0)


def test_it_writes_nothing_beside_its_files(deployed: DeployedTree) -> None:
    made = {path.name for path in deployed.folder.iterdir()} - {"__pycache__", ".gradio"}
    with zipfile.ZipFile(deployed.folder.parent / "folio.zip") as archive:
        assert made == {name.split("/")[0] for name in archive.namelist()}


def test_a_space_without_secrets_works_and_is_told_what_it_lacks(
    app: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", app.url]) == 0
    assert "there is no HF_TOKEN" in capsys.readouterr().out
    assert "There is no HF_TOKEN" in app.log.read_text(encoding="utf-8")
    assert main(["verify", app.url, "--strict"]) == 1


def test_an_address_without_a_folio_is_one_sentence(deployed: DeployedTree, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", deployed.hub.url]) == 1
    assert "No Folio answers at this address (it answers 404)" in capsys.readouterr().err
    assert main(["verify", "http://127.0.0.1:9"]) == 1
    assert "[space_unreachable]" in capsys.readouterr().err
