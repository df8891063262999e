"""Files that viewers open although their bytes are not in order, and what is told of them."""

import zlib
from pathlib import Path

import pytest
from docling_core.types.doc.page import SegmentedPdfPage

from pipeline.errors import DamagedPdf, NotAPdf
from pipeline.errors.page_notices import LOSSY, NOTICE_KINDS
from pipeline.intake.reader import PdfReader
from pipeline.pages import PageFailure, RenderedPage
from tests.unit.intake.pdf_files import Page, PdfFile, assemble, encrypted, plain, stream, text


def codes(reader: PdfReader, path: Path, out_dir: Path, password: str = "") -> list[tuple[int, str]]:
    """For each page its characters, and the codes of its notices, or of its failure."""
    told = []
    for page in reader.render(path, password, range(1, reader.preflight(path, password).page_count + 1), out_dir):
        if isinstance(page, PageFailure):
            told.append((0, page.code))
        else:
            told.append((page.facts.characters, "+".join(notice.code for notice in page.facts.notices)))
    return told


@pytest.mark.parametrize("before", [10, 1500, 300_000])
def test_bytes_before_the_header_do_no_harm(reader: PdfReader, tmp_path: Path, out_dir: Path, before: int) -> None:
    path = plain(tmp_path / "a.pdf", 2)
    path.write_bytes(b"\x1b%-12345X@PJL SET COPIES=1\r\n".ljust(before, b"x") + path.read_bytes())
    assert codes(reader, path, out_dir) == [(14, ""), (14, "")]


def test_a_text_that_speaks_of_pdf_is_none(reader: PdfReader, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"a word " * 1000 + b"%PDF- is the mark of a PDF")
    with pytest.raises(NotAPdf):
        reader.preflight(path)


def test_a_file_without_its_end_is_read(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    whole = plain(tmp_path / "a.pdf", 3).read_bytes()
    path = tmp_path / "b.pdf"
    path.write_bytes(whole[: whole.index(b"xref\n")])
    assert codes(reader, path, out_dir) == [(14, "file_repaired")] * 3


def test_pages_without_a_catalogue_are_found(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    whole = plain(tmp_path / "a.pdf", 2).read_bytes()
    path = tmp_path / "b.pdf"
    path.write_bytes(whole[: whole.index(b"xref\n")].replace(b"/Catalog", b"/Nothing"))
    assert codes(reader, path, out_dir) == [(14, "file_repaired")] * 2


@pytest.mark.parametrize("end", [b"/Contents 7 0 R", b"7 0 obj", b"/MediaBox [0 0 612 792]  /Rotate 0 /Contents 7"])
def test_a_page_that_the_end_of_the_file_cut_is_named(
    reader: PdfReader, tmp_path: Path, out_dir: Path, end: bytes
) -> None:
    whole = plain(tmp_path / "a.pdf", 2).read_bytes()
    path = tmp_path / "b.pdf"
    path.write_bytes(whole[: whole.index(end)])
    assert codes(reader, path, out_dir) == [(14, "file_repaired"), (0, "page_unreadable")]


def test_objects_in_object_streams_are_found(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    inner = [b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>"]
    inner.append(
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 5 0 R"
        b" /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>"
    )
    offsets = [sum(len(body) + 1 for body in inner[:index]) for index in range(3)]
    head = b" ".join(b"%d %d" % (number, offset) for number, offset in zip((1, 2, 3), offsets, strict=True)) + b" "
    packed = zlib.compress(head + b" ".join(inner))
    entries = b"/Type /ObjStm /N 3 /First %d /Filter /FlateDecode /Length %d" % (len(head), len(packed))
    path = tmp_path / "a.pdf"
    path.write_bytes(
        b"%%PDF-1.5\n4 0 obj\n<< %s >>\nstream\n%s\nendstream\nendobj\n5 0 obj\n%s\nendobj\n6 0 obj\n<< /Type /XRef "
        % (entries, packed, stream(text("Packed away.")))
    )
    assert codes(reader, path, out_dir) == [(len("Packedaway."), "file_repaired")]


def test_an_encrypted_file_without_its_end_still_needs_its_password(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    path = encrypted(tmp_path / "a.pdf", "sesame")
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.index(b"startxref")].replace(b"xref\n0", b"xxxx\n0"))
    assert codes(reader, path, out_dir, "sesame")[0][0] == len("Secretwords.")


def test_a_file_without_any_page_is_damaged(reader: PdfReader, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"%PDF-1.7\n1 0 obj\n<< /Type /Font >>\nendobj\n")
    with pytest.raises(DamagedPdf):
        reader.preflight(path)


# -- content streams ---------------------------------------------------------------------------------------------------

WORDS = zlib.compress(b"".join(text(f"Line {number} of the book", 72, 700 - 12 * number, 10) for number in range(40)))


@pytest.mark.parametrize(
    ("contents", "told"),
    [
        (b"<< /Length 30 /Filter /SecretDecode >>\nstream\n%s\nendstream" % (b"x" * 30), "page_unreadable"),
        (
            b"<< /Length 40 /Filter [/ASCII85Decode /FlateDecode] >>\nstream\n%s~>\nendstream" % (b"87cUR" * 7),
            "page_unreadable",
        ),
        (b"<< /Length 30 /Filter /LZWDecode >>\nstream\n%s\nendstream" % (b"\xff\xfe\x13" * 10), "page_unreadable"),
        (
            b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream"
            % (len(WORDS) // 2, WORDS[: len(WORDS) // 2]),
            "content_incomplete",
        ),
        (b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(WORDS), WORDS), ""),
    ],
    ids=["unknown filter", "ASCII85 and Flate", "LZW", "cut", "sound"],
)
def test_a_content_stream_that_cannot_be_decoded_is_told(
    reader: PdfReader, tmp_path: Path, out_dir: Path, contents: bytes, told: str
) -> None:
    path = PdfFile([Page(text("Before.")), Page(contents=contents)]).write(tmp_path / "a.pdf")
    before, damaged = codes(reader, path, out_dir)
    assert before == (7, "")
    assert damaged[1] == told


def test_one_of_several_streams_in_a_filter_nobody_knows_is_told(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    unknown = b"<< /Length 30 /Filter /SecretDecode >>\nstream\n%s\nendstream" % (b"x" * 30)
    body = (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents [4 0 R 5 0 R] /Annots [6 0 R]"
        b" /Resources << /Font << /F1 3 0 R >> >> >>"
    )
    note = b"<< /Type /Annot /Subtype /FreeText /Rect [72 500 300 530] /Contents (kept) /DA (/Helv 10 Tf) >>"
    path = PdfFile([Page(body=body)], [unknown, stream(b"q Q"), note]).write(tmp_path / "a.pdf")
    [(_, code)] = codes(reader, path, out_dir)
    assert code in ("content_incomplete", "page_unreadable")


# -- placeholders ------------------------------------------------------------------------------------------------------


def catalogued(path: Path, entries: bytes, *objects: bytes) -> Path:
    """One page, with more entries in the catalogue; the objects are numbered from 4."""
    bodies = PdfFile([Page(text("Please wait."))], list(objects)).bodies()
    bodies[0] = b"<< /Type /Catalog /Pages 2 0 R %s >>" % entries
    path.write_bytes(assemble(bodies))
    return path


def test_a_dynamic_form_is_told(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    form = b"/NeedsRendering true /AcroForm << /Fields [] /XFA 4 0 R >>"
    path = catalogued(tmp_path / "a.pdf", form, stream(b"<xdp/>"))
    assert codes(reader, path, out_dir) == [(11, "xfa_form")]


FORM = b"""<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template xmlns="http://www.xfa.org/schema/xfa-template/3.3/">
<subform name="f"><draw><value><text>Harbour dues, 1951</text></value></draw>
<field name="skipper"><ui><textEdit/></ui><caption><value><text>Name of the skipper</text></value></caption></field>
<field name="paid"><ui><checkButton/></ui><caption><value><text>Paid</text></value></caption>
<items><text>yes</text></items></field>
<field name="late"><ui><checkButton/></ui><caption><value><text>Late</text></value></caption>
<items><text>yes</text></items></field>
<field name="secret" presence="hidden"><ui><textEdit/></ui></field><field name="go"><ui><button/></ui></field>
</subform></template><xfa:datasets xmlns:xfa="http://www.xfa.org/schema/xfa-data/1.0/"><xfa:data><f>
<skipper>Ada Quill</skipper><paid>yes</paid><late>no</late><tons>12</tons>
<secret>unseen</secret></f></xfa:data></xfa:datasets></xdp:xdp>"""


def test_a_dynamic_form_shows_its_texts_and_values(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    form = b"/NeedsRendering true /AcroForm << /Fields [] /XFA 4 0 R >>"
    path = catalogued(tmp_path / "a.pdf", form, stream(FORM))
    [page] = reader.render(path, "", (1,), out_dir)
    assert isinstance(page, RenderedPage)
    assert [notice.code for notice in page.facts.notices] == ["xfa_form"]
    cells = SegmentedPdfPage.model_validate_json((out_dir / page.cells).read_bytes())
    shown = ["Harbour dues, 1951", "Name of the skipper: Ada Quill", "[x] Paid", "[ ] Late", "tons: 12"]
    assert [cell.text for cell in cells.textline_cells] == shown
    assert page.facts.characters == len("".join(shown).replace(" ", ""))


def test_a_form_in_packets_without_a_frame_is_read_where_its_page_is_a_notice(
    reader: PdfReader, tmp_path: Path, out_dir: Path
) -> None:
    template = FORM[FORM.index(b"<template") : FORM.index(b"<xfa:datasets")]
    values = FORM[FORM.index(b"<xfa:datasets") : FORM.index(b"</xdp:xdp>")]
    entries = b"/AcroForm << /Fields [] /XFA [(template) 4 0 R (datasets) 5 0 R] >>"
    path = catalogued(tmp_path / "a.pdf", entries, stream(b'<?xml version="1.0"?>' + template), stream(values))
    [page] = reader.render(path, "", (1,), out_dir)
    assert isinstance(page, RenderedPage)
    cells = SegmentedPdfPage.model_validate_json((out_dir / page.cells).read_bytes())
    assert "Name of the skipper: Ada Quill" in [cell.text for cell in cells.textline_cells]


@pytest.mark.parametrize(
    "form", [b"<xdp", b"<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", b"<x>" * 90_000 + b"</x>" * 90_000]
)
def test_a_form_that_is_no_sound_xml_stays_what_its_page_says(
    reader: PdfReader, tmp_path: Path, out_dir: Path, form: bytes
) -> None:
    entries = b"/NeedsRendering true /AcroForm << /Fields [] /XFA 4 0 R >>"
    assert codes(reader, catalogued(tmp_path / "a.pdf", entries, stream(form)), out_dir) == [(11, "xfa_form")]


def test_the_cover_of_attached_files_names_them(reader: PdfReader, tmp_path: Path, out_dir: Path) -> None:
    entries = b"/Names << /EmbeddedFiles << /Names [(a) 4 0 R] >> >>"
    specification = b"<< /Type /Filespec /F (tolls.csv) /UF (tolls.csv) /EF << /F 5 0 R >> >>"
    embedded = stream(b"1,2", b"/Type /EmbeddedFile")
    path = catalogued(tmp_path / "a.pdf", entries, specification, embedded)
    [page] = reader.render(path, "", (1,), out_dir)
    assert isinstance(page, RenderedPage)
    [notice] = page.facts.notices
    assert notice.code == "portfolio"
    assert "a" in notice.message.split(": ", 2)[2] or "tolls.csv" in notice.message


def test_notices_are_documented() -> None:
    documented = (Path(__file__).parents[3] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    for kind in NOTICE_KINDS:
        row = next(line for line in documented.splitlines() if line.startswith(f"| `{kind.code}` |"))
        assert row.endswith("| partial |" if kind.code in LOSSY else "| ok |")
