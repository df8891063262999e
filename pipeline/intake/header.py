"""What can be said of a file without opening it as a PDF: its size, its hash, and whether it starts like one."""

import hashlib
import re
from pathlib import Path

from pipeline.errors import EmptyFile, FileTooLarge, FileUnreadable, NotAPdf

HEADER_BYTES = 1024  # readers look for the header in the first kilobyte (ISO 32000-1, annex H, implementation note 13)
SEARCHED_BYTES = 1 << 20  # printers' tickets and mail servers put more before it; so much is searched for it
HEADER = b"%PDF-"
LATE_HEADER = re.compile(rb"%PDF-[12]\.\d")
MEGABYTE = 1_000_000

# First bytes, in lower case, of what people upload by mistake.
LOOKS_LIKE: tuple[tuple[bytes, str], ...] = (
    (b"pk\x03\x04", "a ZIP archive or an Office document"),
    (b"\x89png", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"ii*\x00", "a TIFF image"),
    (b"mm\x00*", "a TIFF image"),
    (b"\xd0\xcf\x11\xe0", "an old Office document"),
    (b"%!ps", "a PostScript file"),
    (b"{\\rtf", "an RTF document"),
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<?xml", "XML"),
)


def check_bytes(path: Path, max_megabytes: int) -> tuple[str, int]:
    """The file's SHA-256 in hexadecimal and its size in bytes. Raises FileUnreadable, EmptyFile, FileTooLarge or
    NotAPdf.
    """
    try:
        opened = path.open("rb")
    except OSError as error:
        raise FileUnreadable from error
    with opened as file:
        size = file.seek(0, 2)
        if size == 0:
            raise EmptyFile()
        if size > max_megabytes * MEGABYTE:
            raise FileTooLarge(size / MEGABYTE, max_megabytes)
        file.seek(0)
        head = file.read(SEARCHED_BYTES)
        if header_offset(head) is None:
            raise NotAPdf(looks_like(head[:HEADER_BYTES]))
        file.seek(0)
        return hashlib.file_digest(file, "sha256").hexdigest(), size


def header_offset(head: bytes) -> int | None:
    """Where the PDF begins in a file whose first ``SEARCHED_BYTES`` are ``head``; None where it does not."""
    near = head.find(HEADER, 0, HEADER_BYTES)
    if near >= 0:
        return near
    late = LATE_HEADER.search(head)
    return late.start() if late else None


def looks_like(head: bytes) -> str | None:
    """What a file with these first bytes probably is, as part of a sentence."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, kind in LOOKS_LIKE:
        if start.startswith(mark):
            return kind
    text = not any(byte < 0x20 and byte not in b"\t\n\r\f" for byte in head)
    return "plain text" if text else None
