"""How a long document reads in a browser: ``python -m benchmarks.reading [--pages 500] [--turns 20]``.

A run of that many pages, each with text, a table, a picture of the page and boxes, is written into a fresh data folder;
the app serves it, and Chromium opens its link. Measured: the time until the first page stands, the time from a press on
"Later" and on a cell of the strip until the asked page stands, and the longest time between two frames while the pages
are scrolled with the wheel and while they are turned. A gap of 50 ms is three frames at 60 Hz; what is seen as a pause
begins at about 100 ms.
"""

import argparse
import io
import json
import statistics
import tempfile
import time
from pathlib import Path

from PIL import Image, ImageDraw
from playwright.sync_api import Page, sync_playwright

from pipeline.pages import PageRegion, PageStatus
from pipeline.records import ConvertOptions, PageOutcome, RunStatus
from pipeline.store.artifacts import ArtifactStore, ExportEntry, PageCheckpoint, RunEnd, RunFolder, RunStart, utc_now
from pipeline.store.ids import new_iteration_id
from tests.e2e.conftest import serve
from tests.support.chromium import CHROMIUM_FLAGS, chromium
from tests.support.sample_pages import PAGES

FRAMES = """() => {
  window.gaps = []; let before = performance.now();
  const frame = now => { window.gaps.push(now - before); before = now; window.frames = requestAnimationFrame(frame); };
  window.frames = requestAnimationFrame(now => { before = now; window.frames = requestAnimationFrame(frame); });
}"""
LONGEST = "() => { cancelAnimationFrame(window.frames); return Math.max(0, ...window.gaps); }"
BOXES = 24  # of each page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=500)
    parser.add_argument("--turns", type=int, default=20)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        run_id = write_run(folder / "data", chosen.pages)
        with serve(folder, ["app.py"], executed=True) as site:
            print(json.dumps(measure(f"{site.url}?run={run_id}", chosen.pages, chosen.turns), indent=2))


def write_run(data: Path, pages: int) -> str:
    """A finished run as the app keeps it; returns its link's id."""
    pdf = data.parent / "long.pdf"
    pdf.write_bytes(b"%PDF-1.7\n")
    start = RunStart(new_iteration_id(), "long.pdf", ConvertOptions(), "light", utc_now(), page_count=pages)
    folder = ArtifactStore(data).create(pdf, start)
    for page in range(1, pages + 1):
        write_page(folder, start, page)
    markdown = "\n\n".join(text for _, text in folder.page_texts()).encode()
    file = folder.stream_export("document.md", lambda out: out.writelines([markdown]))
    outcomes = tuple(outcome(page) for page in range(1, pages + 1))
    export = ExportEntry("md", file.name, len(markdown))
    folder.write_end(
        RunEnd(exports=(export,), status=RunStatus.OK, pages=outcomes, elapsed_s=60.0, page_count=pages, bundle="light")
    )
    return folder.run_id


def outcome(page: int) -> PageOutcome:
    return PageOutcome(page, PageStatus.OK, ms=100.0, blocks=BOXES, confidence=1.0 if page % 7 else 0.5, source="layer")


def write_page(folder: RunFolder, start: RunStart, page: int) -> None:
    rows = [page_row(number) for number in range(BOXES)]
    folder.write_checkpoint(PageCheckpoint(outcome(page), start.record_id, 0.1 * page, regions=tuple(rows)))
    image = Image.new("RGB", (848, 1200), "white")
    draw = ImageDraw.Draw(image)
    for number in range(60):
        draw.text(
            (60, 40 + 18 * number), f"Page {page}, line {number}: the pond fills through two gates.", fill="black"
        )
    data = io.BytesIO()
    image.save(data, format="JPEG", quality=70)
    folder.write_facsimile(page, data.getvalue())
    folder.write_page_text(page, f"## Page {page}\n\n{PAGES[page % len(PAGES)]}\n\n{PAGES[1]}")


def page_row(number: int) -> PageRegion:
    top = 0.03 + 0.04 * number
    return PageRegion("text", (0.07, top, 0.93, top + 0.03), f"Line {number} of the page", 0.9)


def measure(link: str, pages: int, turns: int) -> dict[str, float]:
    """Milliseconds."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1360, "height": 900})
        began = time.perf_counter()
        page.goto(link)
        page.wait_for_selector("#reader .sheet h2")
        opened = (time.perf_counter() - began) * 1000
        page.wait_for_timeout(2000)
        scrolling = scrolled(page)
        page.evaluate(FRAMES)
        turning = [turned(page, "#later", 1 + 5 * turn) for turn in range(1, turns + 1)]
        jumping = [jumped(page, place, pages) for place in (0.9, 0.1, 0.5, 0.99, 0.3)]
        turning_gap = page.evaluate(LONGEST)
        heap = page.evaluate("performance.memory.usedJSHeapSize / 1e6")
        nodes = page.evaluate("document.querySelectorAll('*').length")
        browser.close()
    return {
        "pages": pages,
        "open_ms": round(opened),
        "longest_gap_scrolling_ms": round(scrolling),
        "turn_median_ms": round(statistics.median(turning)),
        "turn_slowest_ms": round(max(turning)),
        "jump_median_ms": round(statistics.median(jumping)),
        "jump_slowest_ms": round(max(jumping)),
        "longest_gap_turning_ms": round(turning_gap),
        "heap_mb": round(heap),
        "elements": nodes,
    }


def scrolled(page: Page) -> float:
    """The longest gap between two frames while the pages in view are scrolled to their end and back."""
    page.mouse.move(900, 500)
    page.evaluate(FRAMES)
    for step in [*[240] * 40, *[-240] * 40]:
        page.mouse.wheel(0, step)
        page.wait_for_timeout(16)
    gap: float = page.evaluate(LONGEST)
    return gap


def turned(page: Page, button: str, number: int) -> float:
    """From the press until the first page of the next ones stands."""
    began = time.perf_counter()
    page.locator(button).evaluate("button => button.click()")
    until_shown(page, number)
    return (time.perf_counter() - began) * 1000


def jumped(page: Page, place: float, pages: int) -> float:
    """From the number of a page until it stands."""
    number = max(round(pages * place), 1)
    field = page.locator("#page-number input")
    field.fill(str(number))
    began = time.perf_counter()
    field.press("Enter")
    until_shown(page, number)
    return (time.perf_counter() - began) * 1000


def until_shown(page: Page, number: int) -> None:
    page.wait_for_function(
        "number => [...document.querySelectorAll('#reader h2')].some(head => head.textContent === `Page ${number}`)",
        arg=number,
        polling=16,
    )


if __name__ == "__main__":
    main()
