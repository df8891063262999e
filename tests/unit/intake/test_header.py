"""What is refused before anything native sees it."""

import hashlib
from pathlib import Path

import pytest

from pipeline.errors import EmptyFile, FileTooLarge, NotAPdf
from pipeline.intake.header import SEARCHED_BYTES, check_bytes
from tests.unit.intake.pdf_files import plain


@pytest.mark.parametrize(
    ("content", "guess"),
    [
        (b"<!DOCTYPE html><html>404</html>", "HTML"),
        (b"\xef\xbb\xbf\n <html>", "HTML"),
        (b"PK\x03\x04word/document.xml", "a ZIP archive or an Office document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"{\\rtf1 hello}", "an RTF document"),
        (b"Dear all,\nthis is not a PDF.\n", "plain text"),
    ],
)
def test_a_file_that_is_no_pdf_is_told_what_it_looks_like(tmp_path: Path, content: bytes, guess: str) -> None:
    path = tmp_path / "upload.pdf"
    path.write_bytes(content)
    with pytest.raises(NotAPdf) as refusal:
        check_bytes(path, 50)
    assert refusal.value.message == f"This is not a PDF (it looks like {guess}); upload a PDF file."


def test_unknown_bytes_are_refused_without_a_guess(tmp_path: Path) -> None:
    path = tmp_path / "upload.pdf"
    path.write_bytes(b"\x00\x01\x02" * 100)
    with pytest.raises(NotAPdf) as refusal:
        check_bytes(path, 50)
    assert refusal.value.message == "This is not a PDF; upload a PDF file."


def test_an_empty_file_and_a_large_one_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "upload.pdf"
    path.write_bytes(b"")
    with pytest.raises(EmptyFile):
        check_bytes(path, 50)
    path.write_bytes(b"%PDF-1.7" + bytes(2_500_000))
    with pytest.raises(FileTooLarge, match=r"^The file has 2\.5 MB and the limit is 2 MB"):
        check_bytes(path, 2)


def test_a_header_behind_some_junk_is_found_and_the_whole_file_hashed(tmp_path: Path) -> None:
    path = plain(tmp_path / "upload.pdf")
    content = b"\x00junk\r\n" * 100 + path.read_bytes()
    path.write_bytes(content)
    assert check_bytes(path, 50) == (hashlib.sha256(content).hexdigest(), len(content))


def test_a_header_behind_a_megabyte_of_junk_is_none(tmp_path: Path) -> None:
    path = plain(tmp_path / "upload.pdf")
    path.write_bytes(b" " * SEARCHED_BYTES + path.read_bytes())
    with pytest.raises(NotAPdf):
        check_bytes(path, 50)
