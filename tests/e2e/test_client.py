"""The API as programs use it: ``gradio_client`` against a running site."""

import json
import re
import shlex
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError, ValidationError

from pipeline.formats import FILE_FORMATS
from tests.e2e.conftest import Site, Upload, serve
from tests.support.clients import connect
from tests.support.runs import until

TITLE = "A Handbook for Small Tide Mills"


@pytest.fixture
def client(app: Site, tmp_path: Path) -> Iterator[Client]:
    """A client of the real app."""
    with connect(app, tmp_path) as connected:
        yield connected


@pytest.fixture
def story(scripted: Site, tmp_path: Path) -> Iterator[Client]:
    """A client of the scripted site."""
    with connect(scripted, tmp_path) as connected:
        yield connected


def convert(client: Client, file: Path, **options: object) -> tuple[str, dict[str, object], list[str]]:
    markdown, status, files = client.predict(handle_file(str(file)), **options, api_name="/convert")
    return markdown, status, files


def served_files(site: Site) -> set[Path]:
    """Every finished file that the site would hand out."""
    suffixes = {form.suffix for form in FILE_FORMATS}
    return {path for path in site.cache.rglob("*") if path.suffix in suffixes}


# -- on the real app -------------------------------------------------------------------------------------------------


def test_one_call_gives_markdown_status_and_files(client: Client, upload: Upload) -> None:
    markdown, status, files = convert(client, *upload("report"))
    assert TITLE in markdown
    assert (status["status"], status["name"], status["page_count"], status["pages_done"]) == ("ok", "report.pdf", 5, 5)
    assert status["pages_skipped"] == []
    chosen = {"pages": "", "ocr": "auto", "tables": True, "lane": "gpu_then_cpu", "languages": []}
    form = {"spans": "html", "pictures": "none", "page_markers": False}
    assert status["options"] == {**chosen, "markdown": form}
    assert status["error"] is None
    by_suffix = {Path(file).suffix: Path(file) for file in files}
    assert by_suffix[".md"].name == "report.md"
    assert by_suffix[".md"].read_text(encoding="utf-8") == markdown
    assert TITLE in json.dumps(json.loads(by_suffix[".json"].read_text(encoding="utf-8")))
    with zipfile.ZipFile(by_suffix[".zip"]) as archive:
        assert archive.testzip() is None


def test_options_are_named_and_obeyed(client: Client, upload: Upload) -> None:
    form = {"spans": "pipes", "pictures": "linked", "page_markers": True}
    chosen = {"pages": "2-3", "ocr": "never", "tables": False, "lane": "cpu"}
    (file,) = upload("report")
    _, status, _ = client.predict(handle_file(str(file)), password="", **chosen, **form, api_name="/convert")
    assert (status["pages_selected"], status["pages_done"]) == (2, 2)
    assert status["options"] == {**chosen, "languages": [], "markdown": form}


def test_a_run_can_be_looked_at_again_by_its_id(client: Client, upload: Upload) -> None:
    markdown, status, _ = convert(client, *upload("report"))
    assert client.predict(run_id=status["run_id"], api_name="/status") == status
    again, same, files = client.predict(run_id=status["run_id"], api_name="/result")
    assert (again, same) == (markdown, status)
    assert {".md", ".json", ".html", ".zip"} <= {Path(file).suffix for file in files}


def test_progress_can_be_followed(client: Client, upload: Upload) -> None:
    job = client.submit(handle_file(str(*upload("report"))), api_name="/convert")
    seen = [status for _, status, _ in job]
    assert {status["run_id"] for status in seen} == {seen[0]["run_id"]}
    done = [status["pages_done"] for status in seen]
    assert done == sorted(done)
    assert seen[-1]["status"] == "ok"


def test_only_the_meant_endpoints_are_public(client: Client) -> None:
    endpoints = client.view_api(return_format="dict")
    runs = ["convert", "submit", "status", "page", "result", "cancel", "resume", "repair", "accept", "delete"]
    runs += ["estimate", "limits"]
    dashboard = {
        "/run",
        "/runs",
        "/system_status",
        "/workers",
        "/switch_worker",
        "/take_back_tuning",
    }  # on the app only
    assert list(endpoints["named_endpoints"])[:12] == [f"/{name}" for name in runs]
    assert set(list(endpoints["named_endpoints"])[12:]) - dashboard == {"/compare"}
    assert endpoints["unnamed_endpoints"] == {}
    convert = endpoints["named_endpoints"]["/convert"]
    defaults = {p["parameter_name"]: p.get("parameter_default") for p in convert["parameters"]}
    chosen = {"file": None, "pages": "", "ocr": "auto", "tables": True, "password": "", "lane": "gpu_then_cpu"}
    form = {"spans": "html", "pictures": "none", "page_markers": False}
    assert defaults == {**chosen, "visitor": "", "again": False, "languages": "", **form, "url": ""}
    assert [value["label"] for value in convert["returns"]] == ["markdown", "status", "files"]
    assert convert["description"].startswith("Convert one PDF and wait for the result.")
    assert convert["parameters"][0]["python_type"] == {
        "type": "filepath",
        "description": "The PDF to convert; the client uploads it. Left out where url names one.",
    }
    assert convert["parameters"][0]["example_input"]["path"] == "report.pdf"
    choices = {p["parameter_name"]: p["type"].get("enum") for p in convert["parameters"]}
    assert choices["ocr"] == ["auto", "always", "never"]
    assert choices["lane"] == ["gpu_then_cpu", "gpu", "cpu"]
    described = [p for row in endpoints["named_endpoints"].values() for p in row["parameters"]]
    assert [p["parameter_name"] for p in described if not p["python_type"]["description"]] == []


def test_a_value_that_is_no_choice_is_one_sentence_with_a_code(story: Client, upload: Upload) -> None:
    with pytest.raises(ValidationError, match=r"give auto, always or never\. \(option_unknown\)"):
        convert(story, *upload("report"), ocr="perhaps")
    with pytest.raises(ValidationError, match=r"give gpu_then_cpu, gpu or cpu\. \(option_unknown\)"):
        convert(story, *upload("report"), lane="fast")


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("v2/status", {}, 422, "body_malformed"),
        ("v2/status", {"data": ["x"]}, 422, "body_malformed"),
        ("status", {"data": []}, 422, "body_malformed"),
        ("v2/submit", {"pages": "1-3"}, 422, "file_missing"),
        ("v2/estimate", {"page_count": 0}, 422, "number_malformed"),
        ("v2/estimate", {"page_count": "many"}, 422, "body_malformed"),
        ("v2/estimate", {"page_count": 5, "ocr": "perhaps"}, 422, "option_unknown"),
        ("v2/nothing", {}, 404, "endpoint_unknown"),
        ("nothing", {"data": []}, 404, "endpoint_unknown"),
    ],
)
def test_no_bad_value_ends_in_a_500(scripted: Site, path: str, body: dict[str, object], status: int, code: str) -> None:
    answer = httpx.post(f"{scripted.url}gradio_api/call/{path}", json=body)
    assert answer.status_code == status
    assert f"({code})" in answer.text


def test_plain_http_is_as_the_page_shows_it(scripted: Site, upload: Upload) -> None:
    """The curl commands of docs/api.md: three, each with what the one before it answered, and then the archive's."""
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8").replace("\\\n", "")
    archive, send, submit, wait = re.findall(r"^    (curl .*)$", page, flags=re.MULTILINE)
    (report,) = upload("report")
    (path,) = by_http(scripted, send.replace("report.pdf", str(report))).json()
    event = by_http(scripted, submit.replace("/tmp/gradio/…/report.pdf", path)).json()["event_id"]
    answer = by_http(scripted, wait.replace("0123…", event)).text
    assert answer.startswith("event: complete\ndata: [")
    (told,) = json.loads(answer.split("data: ")[1].splitlines()[0])
    assert told["run_id"]
    assert told["pages_selected"] == 3
    until(lambda: by_http(scripted, archive.replace("RUN_ID", told["run_id"])).status_code == 200)


def by_http(site: Site, command: str) -> httpx.Response:
    """The answer to a curl command with an address and the options -F, -H and -d."""
    words = shlex.split(command.replace("ADDRESS/", site.url))
    given = {option: words[words.index(option) + 1] for option in ("-F", "-H", "-d") if option in words}
    (address,) = (word for word in words if word.startswith(site.url))
    if "-F" in given:
        name, _, file = given["-F"].partition("=@")
        with Path(file).open("rb") as body:
            return httpx.post(address, files={name: body})
    header = dict([given["-H"].split(": ")]) if "-H" in given else {}
    return httpx.post(address, content=given["-d"], headers=header) if "-d" in given else httpx.get(address, timeout=60)


def test_a_run_is_submitted_and_read_page_by_page(story: Client, upload: Upload) -> None:
    queued = story.predict(handle_file(str(*upload("long"))), pages="1-400", api_name="/submit")
    run_id = queued["run_id"]
    assert queued["status"] in ("queued", "running")
    page: dict[str, object] = {}
    while not page.get("markdown"):
        page = story.predict(run_id=run_id, page=1, api_name="/page")
    assert (page["status"], page["page"]) == ("ok", 1)
    assert str(page["markdown"]).startswith(f"# {TITLE}")
    status = story.predict(run_id=run_id, api_name="/status")
    assert status["status"] == "running"
    assert len(json.dumps(status)) < 10_000
    later = story.predict(run_id=run_id, page=400, api_name="/page")
    assert (later["status"], later["markdown"]) == ("not_started", None)
    with pytest.raises(AppError, match=r"not among the pages of this run\. \(page_not_selected\)"):
        story.predict(run_id=run_id, page=401, api_name="/page")
    assert story.predict(run_id=run_id, api_name="/result")[0] == ""
    assert story.predict(run_id=run_id, api_name="/cancel")["run_id"] == run_id


def test_what_a_run_would_take_is_asked_beforehand(client: Client) -> None:
    told = client.predict(page_count=5, pages="2-4", api_name="/estimate")
    assert (told["pages"], told["gpu"]) == (3, None)
    assert 0 < told["seconds"] < told["scanned_seconds"]
    assert told["wait_seconds"] >= 0


def test_the_limits_can_be_asked_for(client: Client) -> None:
    limits = client.predict(api_name="/limits")
    assert limits["file_bytes"]["value"] == 50_000_000
    assert limits["pages"] == {
        "value": 300,
        "unit": "pages",
        "what": "pages in a run",
        "text": "300",
        "beyond": "refused; choose a page range",
        "setting": "MAX_PAGES",
    }


def test_a_file_that_is_no_pdf_is_one_sentence_with_a_code(client: Client, tmp_path: Path) -> None:
    fake = tmp_path / "broken.pdf"
    fake.write_text("hello")
    with pytest.raises(AppError, match=r"PDF.* \((not_a_pdf|damaged_pdf)\)$"):
        convert(client, fake)


@pytest.mark.parametrize("pages", ["9", "1-2-3", "<b>", "0"])
def test_a_bad_page_range_is_refused(client: Client, upload: Upload, pages: str) -> None:
    with pytest.raises((AppError, ValidationError), match=r"\(page_range_(malformed|outside)\)$") as refused:
        convert(client, *upload("report"), pages=pages)
    assert "<b>" not in str(refused.value)


@pytest.mark.parametrize("api_name", ["/status", "/result", "/cancel", "/resume", "/delete"])
@pytest.mark.parametrize("run_id", ["", "nosuchrun", "../../etc/passwd"])
def test_an_unknown_run_is_not_found(client: Client, api_name: str, run_id: str) -> None:
    with pytest.raises(AppError, match=r"\(run_not_found\)$"):
        client.predict(run_id=run_id, api_name=api_name)


def test_a_deleted_run_leaves_nothing_behind(client: Client, app: Site, upload: Upload) -> None:
    served_before = served_files(app)
    _, status, files = convert(client, *upload("to-be-deleted"), pages="1")
    run_id = status["run_id"]
    assert [path for path in app.cache.rglob("to-be-deleted.pdf") if path.is_file()]
    folder = app.data_dir / "runs" / str(run_id)
    assert folder.is_dir()
    assert len(served_files(app) - served_before) == len(files)
    assert client.predict(run_id=run_id, api_name="/delete") == {"run_id": run_id, "deleted": True}
    assert not folder.exists()
    assert served_files(app) == served_before
    assert list(app.cache.rglob("to-be-deleted.pdf")) == []
    for api_name in ("/status", "/resume", "/delete"):
        with pytest.raises(AppError, match=r"\(run_not_found\)$"):
            client.predict(run_id=run_id, api_name=api_name)


def test_a_complete_run_is_its_own_continuation(client: Client, upload: Upload) -> None:
    first = convert(client, *upload("report"), pages="1")
    again = client.predict(run_id=first[1]["run_id"], api_name="/resume")
    assert again[:2] == first[:2]


def test_an_address_in_place_of_a_file_is_not_fetched(client: Client) -> None:
    with pytest.raises(ValidationError, match="No address is taken in place of a file; give it as url"):
        client.predict({"path": "https://example.org/a.pdf", "meta": {"_type": "gradio.FileData"}}, api_name="/convert")


def test_a_file_of_the_server_is_not_read(app: Site, documents: Path) -> None:
    """Without the client, which would upload a file of its own machine under that path."""
    path = {"path": str(documents / "multi_page.pdf"), "meta": {"_type": "gradio.FileData"}}
    call = httpx.post(
        f"{app.url}gradio_api/call/convert",
        json={"data": [path, "", "auto", True, "", "cpu", "", False, "", "html", "none", False, ""]},
    )
    assert call.status_code == 422
    assert "event_id" not in call.json()


def test_a_missing_file_is_told(client: Client) -> None:
    with pytest.raises(ValidationError, match=r"There is no PDF in the request; .* as url\. \(file_missing\)"):
        client.predict(None, api_name="/convert")


def test_a_huge_request_is_refused(app: Site) -> None:
    answer = httpx.post(f"{app.url}gradio_api/queue/join", content=b"[" + b"1," * 1_000_000 + b"1]")
    assert answer.status_code == 413


# -- stories -----------------------------------------------------------------------------------------------------------


def test_a_gap_is_part_of_the_answer(story: Client, upload: Upload) -> None:
    markdown, status, _ = convert(story, *upload("gaps"))
    assert status["status"] == "partial"
    assert status["pages_skipped"] == [
        {"page": 2, "code": "page_timed_out", "reason": "Page 2: reading it took longer than 20 s and it was skipped."}
    ]
    assert markdown.startswith(f"# {TITLE}")


def test_a_failed_run_raises_its_sentence(story: Client, upload: Upload) -> None:
    with pytest.raises(AppError, match=r"^No page could be converted\. Page 1: .* \(nothing_converted\)$"):
        convert(story, *upload("doomed"))


def test_a_locked_document_needs_its_password(story: Client, upload: Upload) -> None:
    (locked,) = upload("locked")
    with pytest.raises(AppError, match=r"\(password_needed\)$"):
        convert(story, locked)
    with pytest.raises(AppError, match=r"\(password_wrong\)$"):
        convert(story, locked, password="guess")
    assert convert(story, locked, password="folio")[1]["status"] == "ok"


def test_a_run_can_be_stopped_by_its_id(story: Client, upload: Upload) -> None:
    job = story.submit(handle_file(str(*upload("long"))), api_name="/convert")
    for _, status, _ in job:
        if status["pages_done"] and status["status"] == "running":
            story.predict(run_id=status["run_id"], api_name="/cancel")
    markdown, status, files = job.result()
    assert status["status"] == "cancelled"
    assert 0 < status["pages_done"] < 1000
    assert markdown.startswith(f"# {TITLE}")
    assert files


def test_failed_pages_are_retried(story: Client, upload: Upload) -> None:
    _, before, _ = convert(story, *upload("gaps"))
    job = story.submit(run_id=before["run_id"], api_name="/resume")
    markdown, status, files = job.result()
    assert (before["status"], status["status"], status["pages_done"], status["pages_skipped"]) == (
        "partial",
        "ok",
        5,
        [],
    )
    assert status["run_id"] != before["run_id"]
    assert "Choosing a Wheel" in markdown
    assert sorted(Path(file).suffix for file in files) == [".html", ".json", ".md", ".zip"]


def test_a_locked_document_needs_its_password_to_go_on(story: Client, upload: Upload) -> None:
    _, before, _ = convert(story, *upload("locked-gaps"), password="folio")
    with pytest.raises(AppError, match=r"\(password_needed\)$"):
        story.predict(run_id=before["run_id"], api_name="/resume")
    assert story.predict(run_id=before["run_id"], password="folio", api_name="/resume")[1]["status"] == "ok"


def test_a_run_under_way_is_not_deleted(story: Client, upload: Upload) -> None:
    job = story.submit(handle_file(str(*upload("long"))), api_name="/convert")
    run_id = next(iter(job))[1]["run_id"]
    with pytest.raises(AppError, match=r"stop it first, then delete it\. \(run_still_going\)$"):
        story.predict(run_id=run_id, api_name="/delete")
    story.predict(run_id=run_id, api_name="/cancel")
    job.result()
    assert story.predict(run_id=run_id, api_name="/delete")["deleted"]


def test_a_full_queue_is_told_at_once(tmp_path: Path, upload: Upload) -> None:
    """One run is allowed to be unended, and stays so until it is stopped; the second call is refused meanwhile."""
    with (
        serve(tmp_path, ["-m", "tests.support.serve_scripted"], QUEUE_SIZE="1") as site,
        connect(site, tmp_path) as client,
    ):
        (file,) = upload("waits")
        job = client.submit(handle_file(str(file)), api_name="/convert")
        run_id = next(iter(job))[1]["run_id"]
        with pytest.raises(
            AppError, match=r"which is all the queue holds; try again in a few minutes\. \(queue_full\)$"
        ):
            convert(client, file)
        assert client.predict(run_id=run_id, api_name="/status")["status"] == "running"
        client.predict(run_id=run_id, api_name="/cancel")


def test_callers_get_their_own_documents(story: Client, upload: Upload) -> None:
    names = [f"report-{n}" for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda file: convert(story, file), upload(*names)))
    assert [status["name"] for _, status, _ in answers] == [f"{name}.pdf" for name in names]
    assert len({status["run_id"] for _, status, _ in answers}) == 4
