"""A document's three files."""

import json
from pathlib import Path

import pypdfium2

from tests.documents.finishes import FINISHES
from tests.documents.model import Document
from tests.documents.renderers import Renderer
from tests.documents.truth import facts, markdown


def write(
    folder: Path, name: str, document: Document, renderer: str, printer: Renderer, finish: str, seed: int
) -> None:
    """Print the document, finish it, and write ``name``.pdf, .md and .json to ``folder``."""
    printed = printer.print(document)
    with pypdfium2.PdfDocument(printed) as pages:
        more = {"name": name, "renderer": renderer, "finish": finish, "seed": seed, "pages": len(pages)}
    chosen = FINISHES[finish]
    (folder / f"{name}.pdf").write_bytes(chosen.apply(printed, document, seed))
    (folder / f"{name}.md").write_text(markdown(document), encoding="utf-8")
    truth = json.dumps({**facts(document), **more, **chosen.facts}, ensure_ascii=False, indent=1)
    (folder / f"{name}.json").write_text(truth + "\n", encoding="utf-8")
