"""The committed documents: complete, small, and printed with the words that their truth tells."""

import json
import re
import unicodedata
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from markdown_it import MarkdownIt

from tests.documents import truth
from tests.documents.committed import COMMITTED, FOLDER, MOST_BYTES
from tests.documents.languages import LANGUAGES
from tests.documents.renderers import NAMES, WRITER

WORD = re.compile(r"\w+")
UNREADABLE = {"cut", "prefixed", "encrypted", "undecodable"}


def facts(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return loaded


def letters(text: str) -> Counter[str]:
    """Letters and figures without regard to order, as Unicode's compatibility form writes them."""
    return Counter(letter for letter in unicodedata.normalize("NFKC", text) if letter.isalnum())


def printed(name: str) -> str:
    with pypdfium2.PdfDocument(FOLDER / f"{name}.pdf") as pdf:
        return "\n".join(page.get_textpage().get_text_bounded() for page in pdf)


def test_each_document_has_its_truth_and_all_are_small() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {
        f"{name}.{end}" for name in COMMITTED for end in ("pdf", "md", "json")
    }
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < MOST_BYTES


def test_every_renderer_and_every_language_is_there() -> None:
    found = [facts(name) for name in COMMITTED]
    assert {each["renderer"] for each in found} == {*NAMES, *WRITER}
    assert {each["language"] for each in found} >= set(LANGUAGES) - {"fr"}


@pytest.mark.parametrize("name", COMMITTED)
def test_the_truth_is_what_the_generator_writes_today(name: str) -> None:
    document = COMMITTED[name].make()
    assert (FOLDER / f"{name}.md").read_text(encoding="utf-8") == truth.markdown(document)
    written = facts(name)
    assert {key: written[key] for key in truth.facts(document) if key != "name"} == {
        key: value for key, value in json.loads(json.dumps(truth.facts(document))).items() if key != "name"
    }


@pytest.mark.parametrize("name", [name for name, entry in COMMITTED.items() if entry.finish in {"plain", "rotated"}])
def test_every_letter_of_the_truth_is_printed(name: str) -> None:
    """But for a form's values, which are no text of the page, and formulas, whose letters mathematics sets anew."""
    wanted, found = letters(truth.words(COMMITTED[name].make())), letters(printed(name))
    missing = wanted - found
    allowed = 0.01 if name not in {"form", "hindi", "thai", "code_and_formula"} else 0.2
    assert missing.total() <= allowed * wanted.total(), missing
    with pypdfium2.PdfDocument(FOLDER / f"{name}.pdf") as pdf:
        assert len(pdf) == facts(name)["pages"]


@pytest.mark.parametrize("name", [name for name, entry in COMMITTED.items() if entry.finish.startswith("scan")])
def test_a_scan_is_an_image_and_holds_no_visible_text(name: str) -> None:
    with pypdfium2.PdfDocument(FOLDER / f"{name}.pdf") as pdf:
        images = [item for page in pdf for item in page.get_objects() if item.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
        assert len(images) == len(pdf) == facts(name)["pages"]
    wanted = letters(truth.words(COMMITTED[name].make()))
    found = letters(printed(name))
    assert found.total() == 0 or ((wanted - found).total() < 0.02 * wanted.total() and name == "scan_layer")


def test_turned_scans_lie_on_turned_pages() -> None:
    sizes = {}
    for name in ("scan", "scan_rotated_90", "scan_rotated_180", "scan_rotated_270"):
        with pypdfium2.PdfDocument(FOLDER / f"{name}.pdf") as pdf:
            sizes[name] = tuple(round(side) for side in pdf[0].get_size())
    assert sizes["scan"] == sizes["scan_rotated_180"] == (595, 842)
    assert sizes["scan_rotated_90"] == sizes["scan_rotated_270"] == (842, 595)


def test_damaged_and_locked_files_are_what_they_are_named_for() -> None:
    with pytest.raises(pypdfium2.PdfiumError, match="password"):
        pypdfium2.PdfDocument(FOLDER / "encrypted.pdf")
    with pypdfium2.PdfDocument(FOLDER / "encrypted.pdf", password=facts("encrypted")["password"]) as pdf:
        assert facts("encrypted")["title"] in pdf[0].get_textpage().get_text_bounded()
    assert (FOLDER / "prefixed.pdf").read_bytes().find(b"%PDF-") > 1024
    assert b"startxref" not in (FOLDER / "cut.pdf").read_bytes()
    with pypdfium2.PdfDocument(FOLDER / "undecodable.pdf") as pdf:
        texts = [page.get_textpage().get_text_bounded() for page in pdf]
    assert texts[0] == ""
    assert all(texts[1:])


def test_a_form_holds_its_values_in_fields() -> None:
    content = (FOLDER / "form.pdf").read_bytes()
    values = [value for value in facts("form")["fields"].values() if value not in {"", "x"}]
    assert len(values) == 4
    assert all(f"({value})".encode() in content for value in values)
    assert content.count(b"/FT /Btn") == 4


@pytest.mark.parametrize("name", COMMITTED)
def test_the_markdown_is_read_as_it_is_meant(name: str) -> None:
    """A parser of Markdown finds the headings, entries of lists and tables that the facts count."""
    tokens = MarkdownIt("commonmark").enable("table").parse((FOLDER / f"{name}.md").read_text(encoding="utf-8"))
    known = facts(name)
    headings = [
        [int(opened.tag[1]), "".join(part.content for part in inline.children or [])]
        for opened, inline in pairwise(tokens)
        if opened.type == "heading_open"
    ]
    assert headings == known["headings"]
    kinds = Counter(token.type for token in tokens)
    html_tables = sum(token.content.count("<table>") for token in tokens if token.type == "html_block")
    assert kinds["table_open"] + html_tables == len(known["tables"])
    assert kinds["list_item_open"] == known["list_items"] + known["contents_lines"] + len(known["fields"])
    assert kinds["fence"] == known["code_blocks"]
    deepest = max((token.level for token in tokens if token.type == "list_item_open"), default=-1)
    assert (deepest + 1) // 2 == max(known["list_depth"], 2 * bool(known["contents_lines"]), bool(known["fields"]))


def test_the_folder_is_where_the_tests_look() -> None:
    assert Path(__file__).parents[2] / "documents" / "pdf" == FOLDER
