"""A run's links, the list of a browser's runs, and Back: in a real browser, and for programs; the page in
another language.
"""

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from tests.e2e.conftest import Site, Upload
from tests.e2e.folio_page import FolioPage
from tests.support.clients import connect


@pytest.fixture
def stranger(browser: Browser) -> Iterator[BrowserContext]:
    """Another browser."""
    context = browser.new_context(viewport={"width": 1360, "height": 900})
    yield context
    context.close()


def copied_link(folio: FolioPage, name: str) -> str:
    """What the button puts into the clipboard."""
    folio.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    folio.page.locator("#share summary").click()
    button = folio.page.get_by_role("button", name=name)
    link = button.get_attribute("data-link")
    button.click()
    expect(folio.page.locator(f'#share [data-link="{link}"]')).to_have_text("Copied")
    folio.page.keyboard.press("Escape")
    return str(folio.page.evaluate("navigator.clipboard.readText()"))


def test_a_read_only_link_shows_the_run_and_offers_no_change(
    story: FolioPage, upload: Upload, stranger: BrowserContext
) -> None:
    story.convert(*upload("gaps"))
    story.expect_status("Done, with gaps")
    expect(story.page.get_by_text("It is a key")).to_be_hidden()
    read_only, private = (copied_link(story, f"Copy {name} link") for name in ("read-only", "private"))
    assert private == story.page.url
    received: list[str] = []
    page = stranger.new_page()
    page.on("response", lambda answer: received.append(answer.text() if "queue/data" in answer.url else ""))
    other = FolioPage(page, story.url).open(read_only.removeprefix(story.url))
    other.expect_status("Done, with gaps")
    expect(other.page.locator("#card .read-only")).to_have_text("Read-only")
    expect(other.sheets.first).to_contain_text("A Handbook for Small Tide Mills")
    assert other.download("md").suggested_filename == "gaps.md"
    expect(other.page.locator("#convert")).to_be_disabled()
    expect(other.page.locator("#estimate")).to_contain_text("read-only link")
    for button in ("#resume", "#delete", "#stop", "#repeat"):
        expect(other.page.locator(button)).to_have_count(0)
    other.page.locator("#share summary").click()
    expect(other.page.locator("#share button")).to_have_count(1)
    assert story.run_id not in other.page.content() + "".join(received)
    page.reload()
    other.expect_status("Done, with gaps")
    assert "read-" in other.run_id
    expect(other.page.locator("#earlier .document")).to_have_count(0)


def test_a_run_under_way_is_watched_read_only_without_stop(
    story: FolioPage, upload: Upload, stranger: BrowserContext
) -> None:
    story.convert(*upload("long"))
    story.expect_status("Converting")
    link = copied_link(story, "Copy read-only link")
    other = FolioPage(stranger.new_page(), story.url).open(link.removeprefix(story.url))
    other.expect_status("Converting")
    done = other.page.locator("#card dd").first.inner_text()
    expect(other.page.locator("#card dd").first).not_to_have_text(done)
    expect(other.page.locator("#stop")).to_have_count(0)
    story.page.click("#stop")
    other.expect_status("Stopped")


def test_a_reload_brings_back_the_options_and_converts_again(story: FolioPage, upload: Upload) -> None:
    story.page.locator("#pages input").fill("2-3")
    story.page.get_by_label("Never").check()
    story.page.get_by_label("Recognise tables").uncheck()
    story.convert(*upload("report"))
    story.expect_status("Done")
    story.page.reload()
    story.expect_status("Done")
    expect(story.page.locator("#pages input")).to_have_value("2-3")
    expect(story.page.get_by_label("Never")).to_be_checked()
    expect(story.page.get_by_label("Recognise tables")).not_to_be_checked()
    expect(story.page.locator("#convert")).to_have_text("Convert with these options")
    first = story.run_id
    story.page.locator("#pages input").fill("4")
    story.convert()
    expect(story.page).not_to_have_url(re.compile(first))
    story.expect_status("Done")
    assert story.cells.all_text_contents() == ["4"]
    story.page.go_back()
    expect(story.page).to_have_url(re.compile(first))
    expect(story.cells).to_have_text(["2", "3"])
    expect(story.page.locator("#pages input")).to_have_value("2-3")


def test_the_runs_of_this_browser_are_listed_opened_and_deleted(
    story: FolioPage, upload: Upload, context: BrowserContext
) -> None:
    listed = story.page.locator("#earlier .document-name")
    for pages, name in enumerate(("first", "second"), start=1):
        story.page.locator("#pages input").fill(f"1-{pages}")
        story.convert(*upload(name))
        story.expect_status("Done")
        story.page.click("#start-over")
        expect(story.page.locator("#welcome")).to_be_visible()
    expect(listed).to_have_text(["second.pdf", "first.pdf"])
    expect(story.page.locator("#earlier")).to_contain_text("Kept for 7 days, until")
    expect(story.page.locator("#earlier .chip")).to_have_text(["Done", "Done"])
    chip = story.page.locator("#earlier .chip").first.bounding_box()
    delete = story.page.get_by_role("button", name="Delete second.pdf").bounding_box()
    assert chip
    assert delete
    assert chip["x"] + chip["width"] <= delete["x"]
    tab = FolioPage(context.new_page(), story.url).open()
    tab.page.locator("#earlier .document", has_text="first.pdf").click()
    tab.expect_status("Done")
    expect(tab.page.locator("#card h2")).to_have_text("first.pdf")
    expect(tab.page).to_have_url(re.compile("run="))
    expect(listed).to_have_text(["first.pdf", "second.pdf"])  # the other tab's news have come
    story.page.get_by_role("button", name="Delete first.pdf").click()
    expect(story.page.get_by_role("button", name="Keep it")).to_be_focused()
    story.page.keyboard.press("Enter")
    expect(listed).to_have_count(2)
    story.page.get_by_role("button", name="Delete first.pdf").click()
    story.page.get_by_role("button", name="Delete for good").click()
    expect(listed).to_have_text(["second.pdf"])
    expect(story.page.locator("#earlier [role=status]")).to_contain_text("1 run left this list")
    tab.page.reload()
    expect(tab.rows.locator(".document-error")).to_contain_text("There is no such run")


def asked_by(page: Page, elem_id: str) -> Callable[[Request], bool]:
    """Whether a request asks what the part of this name is for."""
    part = page.evaluate("id => gradio_config.components.find(part => part.props.elem_id === id).id", elem_id)

    def asks(request: Request) -> bool:
        return "queue/join" in request.url and json.loads(request.post_data or "{}").get("trigger_id") == part

    return asks


def hold(page: Page, wanted: Callable[[Request], bool]) -> list[Route]:
    """Keeps the first such request from the server; what the reader asks meanwhile is answered."""
    held: list[Route] = []

    def keep(route: Route) -> None:
        if wanted(route.request) and not held:
            held.append(route)
        else:
            route.continue_()

    page.route("**/queue/join*", keep)
    return held


def test_forward_counts_while_back_is_not_answered(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("report"))
    story.expect_status("Done")
    run_id = story.run_id
    by_back = asked_by(story.page, "back")
    held = hold(story.page, by_back)
    with story.page.expect_request(by_back):
        story.page.go_back()
    story.page.go_forward()
    with story.page.expect_request(by_back):
        held[0].continue_()
    expect(story.page.locator("#welcome")).to_be_visible()
    story.expect_status("Done")
    expect(story.page).to_have_url(re.compile(run_id))


def test_back_leads_from_a_run_to_the_start_and_forward_again(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("report"))
    story.expect_status("Done")
    run_id = story.run_id
    story.page.go_back()
    expect(story.page.locator("#welcome")).to_be_visible()
    expect(story.page.locator("#upload")).to_be_visible()
    assert "run=" not in story.page.url
    story.page.go_forward()
    story.expect_status("Done")
    expect(story.page).to_have_url(re.compile(run_id))
    is_start_over = asked_by(story.page, "start-over")
    held = hold(story.page, is_start_over)
    with story.page.expect_request(is_start_over) as sent:
        story.page.click("#start-over")
    assert json.loads(sent.value.post_data or "{}")["data"] == []
    expect(story.page).not_to_have_url(re.compile("run="))
    expect(story.page.locator("#card")).to_be_visible()
    (route,) = held
    route.continue_()
    expect(story.page.locator("#welcome")).to_be_visible()
    story.page.go_back()
    story.expect_status("Done")


def test_on_a_phone_the_result_comes_first(story: FolioPage, upload: Upload, browser: Browser) -> None:
    story.convert(*upload("long"))
    story.expect_status("Converting")
    page = browser.new_page(viewport={"width": 390, "height": 844})
    phone = FolioPage(page, story.url).open(f"?run={story.run_id}")
    phone.expect_status("Converting")
    card, form = (page.locator(part).bounding_box() for part in ("#card", "#convert, #pages"))
    assert card is not None
    assert form is not None
    assert card["y"] < 200 < 844 < form["y"]
    stop = page.locator("#stop")
    expect(stop).to_be_in_viewport()
    stop.click()
    phone.expect_status("Stopped")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_a_browser_that_wants_portuguese_gets_it(browser: Browser, scripted: Site, upload: Upload) -> None:
    page = browser.new_page(locale="pt-BR", viewport={"width": 1360, "height": 900})
    folio = FolioPage(page, scripted.url).open()
    expect(page.locator("#welcome h2")).to_have_text("Entra um PDF, sai um documento legível")
    expect(page.locator("#convert")).to_have_text("Converter")
    expect(page.locator("html")).to_have_attribute("lang", "pt")
    expect(page.get_by_label("Sempre")).to_be_visible()
    drop = "getComputedStyle(document.querySelector('#upload button .wrap'), '::before').content"
    assert page.evaluate(drop) == '"Solte PDFs aqui"'
    folio.convert(*upload("gaps"))
    folio.expect_status("Pronto, com lacunas")
    expect(page.locator("#resume")).to_have_text("Tentar de novo a página que falhou")
    expect(page.locator("#expiry")).to_contain_text("Guardado por 7 dias, até")
    folio.tab("Relatório")
    expect(page.locator("#report")).to_contain_text("Páginas puladas")
    folio.tab("Reparar")
    expect(page.locator("#repair-advice")).to_contain_text("1 página falhou ou tem texto duvidoso: 2.")
    expect(page.locator("#repair-read")).to_have_text("Ler estas páginas de novo")
    page.reload()
    folio.expect_status("Pronto, com lacunas")
    expect(page.locator("#convert")).to_have_text("Converter com estas opções")
    page.close()


def test_a_browser_that_wants_another_language_gets_english(browser: Browser, scripted: Site) -> None:
    page = browser.new_page(extra_http_headers={"Accept-Language": "qaa"})  # a code of no language
    FolioPage(page, scripted.url).open()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#convert")).to_have_text("Convert")
    page.close()


def test_the_page_says_which_of_several_languages_it_is_in(browser: Browser, scripted: Site) -> None:
    """And it is in that language before anything else is asked of the server."""
    accepted = {"Accept-Language": "qaa,qab;q=0.9,pt;q=0.8"}
    page = browser.new_page(extra_http_headers=accepted)
    page.route("**/gradio_api/queue/**", lambda route: route.abort())
    FolioPage(page, scripted.url).open()
    expect(page.locator("#convert")).to_have_text("Converter")
    expect(page.locator("#welcome h2")).to_have_text("Entra um PDF, sai um documento legível")
    expect(page.get_by_label("Sempre")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "pt")
    page.close()
    for path in ("", "config"):
        answer = httpx.get(scripted.url + path, headers=accepted)
        assert "Accept-Language" in answer.headers["Vary"]
        assert "Converter" in answer.text
        assert "Converter" not in httpx.get(scripted.url + path).text


def test_a_reading_id_reads_a_run_and_changes_nothing(app: Site, upload: Upload, tmp_path: Path) -> None:
    with connect(app, tmp_path) as client:
        _read_and_try_to_change(client, *upload("shared"))


def _read_and_try_to_change(client: Client, file: Path) -> None:
    markdown, status, files = client.predict(handle_file(str(file)), api_name="/convert")
    reading = status["reading_id"]
    read, shared, same = client.predict(run_id=reading, api_name="/result")
    assert (read, shared) == (markdown, status | {"run_id": reading, "read_only": True})
    assert str(status["run_id"]) not in json.dumps([shared, same])
    assert [Path(file).read_bytes() for file in same] == [Path(file).read_bytes() for file in files]
    assert client.predict(run_id=reading, page=1, api_name="/page")["markdown"]
    for endpoint in ("/cancel", "/resume", "/repair", "/accept", "/delete"):
        with pytest.raises(AppError, match=r"private link.*\(run_read_only\)"):
            client.predict(run_id=reading, api_name=endpoint)
    assert client.predict(run_id=status["run_id"], api_name="/delete")["deleted"]
    with pytest.raises(AppError, match="run_not_found"):
        client.predict(run_id=reading, api_name="/status")
