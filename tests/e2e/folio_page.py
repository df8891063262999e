"""The page as a visitor handles it."""

import re
from pathlib import Path

from playwright.sync_api import Download, Locator, Page, expect

CONVERT_MS = 120_000


class FolioPage:
    """A browser tab with Folio in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url

    def open(self, query: str = "") -> "FolioPage":
        self.page.goto(self.url + query)
        expect(self.page.locator("#form")).to_be_visible()
        return self

    def add(self, *files: Path) -> None:
        """Choose files and wait until each has its row."""
        self.page.set_input_files("#upload input[type=file]", list(files))
        expect(self.rows).to_have_count(len(files), timeout=30_000)

    def add_more(self, *files: Path) -> None:
        """Choose further files, once the button for them is there: before, the last input is the one of the upload."""
        expect(self.page.locator("#add")).to_be_visible()
        self.page.set_input_files("input[type=file] >> nth=-1", list(files))

    def convert(self, *files: Path) -> None:
        if files:
            self.add(*files)
        self.page.click("#convert")

    def expect_status(self, name: str) -> None:
        expect(self.page.locator("#card .chip")).to_have_text(name, timeout=CONVERT_MS)

    def download(self, format_name: str) -> Download:
        with self.page.expect_download() as download:
            self.page.click(f"#download-{format_name}")
        return download.value

    def resume(self) -> None:
        """Press Continue and wait until the address bar leads to the run that goes on."""
        before = self.run_id
        self.page.click("#resume")
        expect(self.page).not_to_have_url(self.url + "?run=" + before)

    def stop_any(self) -> None:
        """Stop the run of the page where it has one under way, which may end or be stopped elsewhere meanwhile.

        The page's own button is pressed by a script: Playwright would wait for a button that is taken away.
        """
        self.page.evaluate("document.querySelector('#stop')?.click()")
        expect(self.page.locator("#stop")).to_have_count(0, timeout=CONVERT_MS)

    def tab(self, name: str) -> None:
        self.page.get_by_role("tab", name=name).click()

    @property
    def rows(self) -> Locator:
        return self.page.locator("#documents .document")

    @property
    def reader(self) -> Locator:
        return self.page.locator("#reader")

    @property
    def sheets(self) -> Locator:
        return self.page.locator("#reader .sheet")

    @property
    def cells(self) -> Locator:
        return self.page.locator("#strip .cell")

    @property
    def run_id(self) -> str:
        """The run in the address bar, which is written a moment after the card is drawn."""
        expect(self.page).to_have_url(re.compile("run="))
        return self.page.url.partition("run=")[2]
