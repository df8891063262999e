"""The documents in ``pdf/``, as one table: what each is, who prints it and what happens to it then."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.documents import handmade, kinds
from tests.documents.model import Document
from tests.documents.renderers import Renderer
from tests.documents.writing import write

FOLDER = Path(__file__).parent / "pdf"
MOST_BYTES = 4_000_000


@dataclass(frozen=True)
class Committed:
    """A committed document: ``make`` gives it, ``renderer`` prints it, ``finish`` happens to it."""

    make: Callable[[], Document]
    renderer: str
    finish: str = "plain"


def _of(kind: str, seed: int) -> Callable[[], Document]:
    return partial(kinds.KINDS[kind].make, seed)


def _in(language: str, seed: int = 0) -> Callable[[], Document]:
    return partial(kinds.foreign_page, language, seed)


COMMITTED = {
    "multi_page": Committed(handmade.handbook, "chromium"),
    "manual": Committed(partial(kinds.manual, 1, 8), "reportlab"),
    "paper_page": Committed(handmade.paper_page, "typst"),
    "paper": Committed(_of("paper", 2), "typst"),
    "report": Committed(_of("report", 5), "chromium"),
    "report_untagged": Committed(_of("report", 6), "untagged"),
    "writer_report": Committed(_of("report", 11), "writer"),
    "writer_tables": Committed(_of("tables", 11), "writer_untagged"),
    "tables": Committed(_of("tables", 1), "reportlab"),
    "code_and_formula": Committed(_of("listings", 1), "typst"),
    "gallery": Committed(_of("gallery", 1), "reportlab"),
    "newsletter": Committed(_of("newsletter", 1), "untagged"),
    "facing_pages": Committed(handmade.facing_pages, "reportlab"),
    "slides": Committed(_of("slides", 2), "typst"),
    "invoice": Committed(_of("invoice", 1), "reportlab"),
    "form": Committed(_of("form", 1), "reportlab"),
    "letter": Committed(_of("letter", 1), "typst"),
    "contents": Committed(_of("contents", 1), "reportlab"),
    "references": Committed(_of("references", 1), "typst"),
    "arabic": Committed(_in("ar"), "chromium"),
    "right_to_left_dark": Committed(handmade.dark_page, "chromium"),
    "right_to_left_framed": Committed(handmade.framed_page, "chromium"),
    "korean_report": Committed(handmade.korean_report, "chromium"),
    "german": Committed(_in("de"), "reportlab"),
    "russian": Committed(_in("ru"), "reportlab"),
    "greek": Committed(_in("el"), "typst"),
    "hindi": Committed(_in("hi"), "chromium"),
    "thai": Committed(_in("th"), "chromium"),
    "chinese": Committed(_in("zh"), "typst"),
    "japanese": Committed(_in("ja"), "typst"),
    "scan": Committed(handmade.note, "untagged", "scan"),
    "scan_rotated_90": Committed(handmade.note, "untagged", "scan_right"),
    "scan_rotated_180": Committed(handmade.note, "untagged", "scan_over"),
    "scan_rotated_270": Committed(handmade.note, "untagged", "scan_left"),
    "scan_turned_pages": Committed(_of("tables", 7), "reportlab", "scan_turned"),
    "scan_layer": Committed(_of("letter", 2), "reportlab", "scan_layer"),
    "scan_faint": Committed(_of("letter", 3), "typst", "scan_faint"),
    "scan_skewed": Committed(_of("invoice", 2), "reportlab", "scan_skewed"),
    "rotated": Committed(_of("report", 7), "reportlab", "rotated"),
    "encrypted": Committed(_of("letter", 4), "reportlab", "encrypted"),
    "cut": Committed(_of("letter", 5), "reportlab", "cut"),
    "prefixed": Committed(_of("letter", 6), "reportlab", "prefixed"),
    "undecodable": Committed(_of("report", 8), "reportlab", "undecodable"),
}


def committed(renderers: dict[str, Renderer], folder: Path = FOLDER) -> list[str]:
    """Write every committed document to ``folder``, which then holds nothing else; gives their names."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name, entry in COMMITTED.items():
        write(folder, name, entry.make(), entry.renderer, renderers[entry.renderer], entry.finish, 0)
    return list(COMMITTED)
