"""Everybody can use the page: axe finds nothing wrong in any of its states, light or dark, and keys go from tab to tab
as they do elsewhere.
"""

from playwright.sync_api import expect

from tests.e2e.axe_findings import findings
from tests.e2e.conftest import Upload
from tests.e2e.folio_page import FolioPage


def test_no_state_of_the_page_breaks_a_rule(story: FolioPage, upload: Upload) -> None:
    page, found = story.page, {}
    for name in ("All limits", "Use it from a program", "More options"):
        page.get_by_role("button", name=name).click()
    address = page.locator("#url input")
    address.fill("http://localhost/secret.pdf")
    address.press("Enter")
    expect(page.locator("#url-note .notice")).to_be_visible()
    found["start, everything open, an address refused"] = findings(page)
    story.add(*upload("gaps", "broken", "locked"))
    expect(story.rows.locator(".chip")).to_have_text(["Ready", "Refused", "Locked"])
    found["files added"] = findings(page, "#form")
    story.convert()
    story.expect_status("Done, with gaps")
    field = page.locator("#search :is(input, textarea)")
    field.fill("tide")
    field.press("Enter")
    expect(page.locator("#hits button").first).to_be_visible()
    page.click("#share summary")
    found["gaps, a search and the links"] = findings(page)
    for name in ("Markdown", "Report", "Repair"):
        story.tab(name)
        found[name] = findings(page, "#views")
    page.click("#repair-read")
    expect(page.locator(".reread")).to_have_count(1)
    page.click("#delete")
    expect(page.locator("#confirm-delete")).to_be_visible()
    found["two readings, and asked to delete"] = findings(page)
    story.open()
    expect(page.locator("#earlier .document")).to_have_count(1)
    found["my runs"] = findings(page)
    assert {state: rules for state, rules in found.items() if rules} == {}


def test_a_run_under_way_breaks_no_rule_and_neither_does_a_phone(story: FolioPage, upload: Upload) -> None:
    story.page.set_viewport_size({"width": 390, "height": 844})
    story.convert(*upload("long"))
    expect(story.sheets.nth(1)).not_to_contain_text("Still to come")
    assert findings(story.page) == []


def test_arrow_keys_go_from_tab_to_tab(story: FolioPage, upload: Upload) -> None:
    story.convert(*upload("report"))
    story.expect_status("Done")
    story.page.get_by_role("tab", name="Read").focus()
    story.page.keyboard.press("ArrowRight")
    expect(story.page.get_by_role("tab", name="Markdown")).to_be_focused()
    expect(story.page.get_by_role("tab", name="Markdown")).to_have_attribute("aria-selected", "true")
    story.page.keyboard.press("End")
    expect(story.page.get_by_role("tab", name="Repair")).to_be_focused()
    story.page.keyboard.press("Home")
    expect(story.page.get_by_role("tab", name="Read")).to_be_focused()
    expect(story.reader).to_be_visible()
