"""The writer of each format that ``pipeline.formats`` lists.

A writer gets the document and an open binary file. Pictures lie in one folder; the document refers to them by relative
paths (``pictures/NAME.png``), so that the Markdown inside the zip finds them wherever it is unpacked.
"""

import base64
import hashlib
import json
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import BinaryIO, cast

from docling_core.types.doc import BaseMeta, DoclingDocument, ImageRefMode, PictureItem
from pydantic import AnyUrl

from pipeline.formats import AS_USUAL, FILE_FORMATS, FileFormat, MarkdownForm, PictureForm
from pipeline.records import CODES_JOINED, OutputFacts, PageOutcome
from pipeline.stages.doctags import doctags
from pipeline.stages.formula_text import text_export
from pipeline.stages.html_page import html_page
from pipeline.stages.markdown import to_markdown
from pipeline.stages.page_starts import page_starts

PICTURES = "pictures"
EMBED_LIMIT_BYTES = 32_000_000  # beyond this, JSON and HTML refer to the zip's pictures instead of carrying them
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")  # C0 but for tab and line ends, DEL and C1
PAGE_FILE = re.compile(r"^<!-- page (\d+) -->$", re.MULTILINE)


@dataclass(frozen=True)  # no slots: a cached property needs a place
class ExportSource:
    """What is exported: the document, the folder its pictures lie in, and the stem of the names inside the zip.

    ``pages`` say how each page was read, for the JSON; ``form`` is how the Markdown is written. The ZIP takes the run's
    ``receipt`` (JSON) and ``files``, to which each format is added as it is written: its file by its name, None for one
    that failed.
    """

    document: DoclingDocument
    pictures: Path
    stem: str
    pages: tuple[PageOutcome, ...] = ()
    form: MarkdownForm = AS_USUAL
    receipt: bytes = b"{}"
    files: dict[str, Path | None] = field(default_factory=dict)

    @cached_property
    def markdown(self) -> bytes:
        """The Markdown export, UTF-8; made once, for the file and for the record's facts."""
        if self.form.pictures is PictureForm.EMBEDDED:
            with _embedded(self) as mode:
                return self.written(mode)
        return self.written(ImageRefMode.REFERENCED) if self.form.pictures is PictureForm.LINKED else self.bare

    @cached_property
    def bare(self) -> bytes:
        """The same without pictures; made once, for the file in the usual form and for the HTML's language."""
        return self.written(ImageRefMode.PLACEHOLDER)

    def written(self, mode: ImageRefMode, page_markers: bool = False) -> bytes:
        """The Markdown in the chosen form, UTF-8; pictures and page markers otherwise."""
        markers = page_markers or self.form.page_markers
        return _utf8(to_markdown(self.document, mode, form=self.form.spans, page_markers=markers))


Writer = Callable[[ExportSource, BinaryIO], None]


@dataclass(frozen=True, slots=True)
class ExportFormat:
    """One row of the table."""

    name: str
    suffix: str
    mime: str
    write: Writer


def _write_markdown(source: ExportSource, out: BinaryIO) -> None:
    out.write(source.markdown)


def _write_json(source: ExportSource, out: BinaryIO) -> None:
    with _embedded(source):
        out.write(_json(source))


def _write_html(source: ExportSource, out: BinaryIO) -> None:
    with _embedded(source) as mode:
        out.write(_utf8(html_page(source.document, mode, source.stem, source.bare.decode())))


def _write_text(source: ExportSource, out: BinaryIO) -> None:
    out.write(_utf8(text_export(source.document)))


def _write_doctags(source: ExportSource, out: BinaryIO) -> None:
    out.write(_utf8(doctags(source.document)))


def _write_chunks(source: ExportSource, out: BinaryIO) -> None:
    chunk_lines = import_module("pipeline.stages.chunks").chunk_lines  # 1.6 s of libraries that no other format needs
    for line in chunk_lines(source.document):
        out.write(_utf8(line) + b"\n")


def _write_zip(source: ExportSource, out: BinaryIO) -> None:
    """Every other format that did not fail, one Markdown file for each page, the pictures that the Markdown links, and
    the receipt.
    """
    linked = source.written(ImageRefMode.REFERENCED)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{source.stem}.md", linked)
        for row in FILE_FORMATS:
            if row.name not in ("md", "zip"):
                _add_format(archive, row, source)
        for name, text in _page_files(source):
            archive.writestr(name, text)
        for picture in sorted(source.pictures.glob("*.png")):
            archive.write(picture, f"{PICTURES}/{picture.name}", zipfile.ZIP_STORED)
        archive.writestr("receipt.json", source.receipt)


def _add_format(archive: zipfile.ZipFile, row: FileFormat, source: ExportSource) -> None:
    """The file that was written, where the format was asked for by itself, too."""
    name = f"{source.stem}{row.suffix}"
    if row.name not in source.files:
        with archive.open(name, "w") as entry:
            WRITERS[row.name](source, cast(BinaryIO, entry))
    elif file := source.files[row.name]:
        archive.write(file, name)


def _page_files(source: ExportSource) -> Iterator[tuple[str, str]]:
    """Each page's Markdown as a file of its own, with links to the pictures beside its folder."""
    marked = source.written(ImageRefMode.REFERENCED, page_markers=True).decode()
    _, *parts = PAGE_FILE.split(marked)
    for page, text in zip(parts[::2], parts[1::2], strict=True):
        yield f"pages/page-{int(page):04}.md", text.strip().replace(f"]({PICTURES}/", f"](../{PICTURES}/") + "\n"


WRITERS: dict[str, Writer] = {
    "md": _write_markdown,
    "json": _write_json,
    "html": _write_html,
    "text": _write_text,
    "doctags": _write_doctags,
    "chunks": _write_chunks,
    "zip": _write_zip,
}
FORMATS = tuple(ExportFormat(row.name, row.suffix, row.media_type, WRITERS[row.name]) for row in FILE_FORMATS)


def _write_bare_json(source: ExportSource, out: BinaryIO) -> None:
    out.write(_json(source))


def _write_page_starts(source: ExportSource, out: BinaryIO) -> None:
    plain = marked = source.markdown.decode()
    if len(source.document.pages) > 1:
        marked = _utf8(to_markdown(source.document, ImageRefMode.PLACEHOLDER, page_marks=True)).decode()
    out.write(json.dumps(page_starts(source.document, plain, marked)).encode())


BARE_JSON, PAGE_STARTS = "bare_json", "page_starts"
ROW_FORMATS = (
    *(row for row in FORMATS if row.name == "md"),
    ExportFormat(BARE_JSON, ".bare.json", "application/json", _write_bare_json),
    ExportFormat(PAGE_STARTS, ".pages.json", "application/json", _write_page_starts),
)
"""What a row of a batch job's output is made of: the Markdown, the document as JSON that refers to its pictures instead
of carrying them, and where in the Markdown each page begins.
"""


def _json(source: ExportSource) -> bytes:
    """The lossless form; JSON spells control characters out, so none has to go.

    How the pages were read stands in the body's ``meta``, where docling leaves place for what others add: as
    ``folio__pages``, one object with page, confidence, source and codes of notices for each.
    """
    meta = BaseMeta()
    meta.set_custom_field(namespace="folio", name="pages", value=[_page_meta(page) for page in source.pages])
    body = source.document.body.model_copy(update={"meta": meta} if source.pages else {})
    document = source.document.model_copy(update={"body": body})
    return document.model_dump_json(by_alias=True, exclude_none=True).encode("utf-8", "replace")


def _page_meta(page: PageOutcome) -> dict[str, object]:
    codes = page.code.split(CODES_JOINED) if page.code else []
    return {"page": page.page, "confidence": page.confidence, "source": page.source, "notices": codes}


def printable(text: str) -> str:
    """``text`` without the control characters that broken fonts and hostile files put into it; tabs and line ends
    stay.
    """
    return UNPRINTABLE.sub(
        "", text
    )  # eleven times as fast as str.translate, which looks up every character of a text beyond ASCII


def _utf8(text: str) -> bytes:
    """UTF-8 bytes; a lone surrogate from a broken font becomes a question mark instead of an error."""
    return printable(text).encode("utf-8", "replace")


@contextmanager
def _embedded(source: ExportSource) -> Iterator[ImageRefMode]:
    """The pictures as data URIs while the block runs, unless they are too many to carry.

    Yields the image mode that fits. The PNG files are carried as they are, without decoding them.
    """
    items = [item for item in source.document.pictures if _file(source, item) is not None]
    if sum(path.stat().st_size for item in items if (path := _file(source, item))) > EMBED_LIMIT_BYTES:
        yield ImageRefMode.REFERENCED
        return
    before = [item.image.uri for item in items if item.image is not None]
    try:
        for item in items:
            _carry(source, item)
        yield ImageRefMode.EMBEDDED
    finally:
        for item, uri in zip(items, before, strict=True):
            if item.image is not None:
                item.image.uri = uri


def _file(source: ExportSource, item: PictureItem) -> Path | None:
    if item.image is None or not isinstance(item.image.uri, Path):
        return None
    path = source.pictures / PurePosixPath(item.image.uri).name
    return path if path.is_file() else None


def _carry(source: ExportSource, item: PictureItem) -> None:
    path = _file(source, item)
    if path is not None and item.image is not None:
        item.image.uri = AnyUrl("data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii"))


def output_facts(source: ExportSource) -> OutputFacts:
    """What the record says of the result; the hash is of the Markdown export."""
    text, document = source.markdown, source.document
    return OutputFacts(
        hashlib.sha256(text).hexdigest(), len(text.decode()), len(document.tables), len(document.pictures)
    )
