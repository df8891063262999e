"""PDF files made by hand, sound ones and wrong ones: nothing here is random, and nothing needs a library."""

import hashlib
import zlib
from dataclasses import dataclass, field
from pathlib import Path

FONT = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
LETTER = (0.0, 0.0, 612.0, 792.0)


def text(words: str, x: float = 72, y: float = 700, size: float = 20, mode: int = 0) -> bytes:
    """Operators that show ``words`` with their baseline starting at (x, y); ``mode`` 3 leaves no ink."""
    return b"BT /F1 %g Tf %d Tr %g %g Td (%s) Tj ET\n" % (size, mode, x, y, words.encode("cp1252"))


@dataclass
class Page:
    """One page: its operators, its boxes, its rotation. ``contents`` replaces the content stream object, ``body`` the
    page.
    """

    operators: bytes = b""
    media_box: tuple[float, float, float, float] = LETTER
    crop_box: tuple[float, float, float, float] | None = None
    rotate: int = 0
    resources: bytes = b""
    contents: bytes | None = None
    body: bytes | None = None


@dataclass
class PdfFile:
    """Pages and further objects, written with a correct cross-reference table. Further objects are numbered from 4."""

    pages: list[Page]
    objects: list[bytes] = field(default_factory=list)
    font: bytes = FONT

    def bodies(self) -> list[bytes]:
        first_page = 4 + len(self.objects)
        kids = b" ".join(b"%d 0 R" % (first_page + 2 * index) for index in range(len(self.pages)))
        bodies = [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(self.pages), kids),
            self.font,
            *self.objects,
        ]
        for page in self.pages:
            number = 4 + len(bodies) - 3
            bodies.append(page.body or page_body(page, number + 1))
            bodies.append(page.contents or stream(page.operators))
        return bodies

    def write(self, path: Path) -> Path:
        path.write_bytes(assemble(self.bodies()))
        return path


def page_body(page: Page, contents: int) -> bytes:
    crop = b"/CropBox [%g %g %g %g]" % page.crop_box if page.crop_box else b""
    return (
        b"<< /Type /Page /Parent 2 0 R /MediaBox [%g %g %g %g] %s /Rotate %d /Contents %d 0 R"
        b" /Resources << /Font << /F1 3 0 R >> %s >> >>"
        % (
            *page.media_box,
            crop,
            page.rotate,
            contents,
            page.resources,
        )
    )


def stream(content: bytes, entries: bytes = b"") -> bytes:
    packed = zlib.compress(content)
    return b"<< /Length %d /Filter /FlateDecode %s >>\nstream\n%s\nendstream" % (len(packed), entries, packed)


def damaged_stream() -> bytes:
    """A Flate stream whose bytes are wrong from near its start."""
    packed = bytearray(zlib.compress(text("lost") * 300))
    for index in range(16, len(packed), 3):
        packed[index] ^= 0x5A
    return b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(packed), bytes(packed))


def assemble(bodies: list[bytes], trailer: bytes = b"") -> bytes:
    """A file with objects 1, 2, … of which the first is the catalog."""
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(bodies, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(bodies) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    out += b"trailer\n<< /Size %d /Root 1 0 R %s >>\nstartxref\n%d\n%%%%EOF\n" % (len(bodies) + 1, trailer, start)
    return bytes(out)


def plain(path: Path, pages: int = 3) -> Path:
    """An ordinary document; page 2 says "Ordinary page 2."."""
    return PdfFile([Page(text(f"Ordinary page {number}.")) for number in range(1, pages + 1)]).write(path)


# -- RC4 with a 40-bit key: the first standard security handler (ISO 32000-1, 7.6.3, algorithms 1 to 4) ----------------

PADDING = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")
PERMISSIONS = -4


def rc4(key: bytes, data: bytes) -> bytes:
    state = list(range(256))
    other = 0
    for index in range(256):
        other = (other + state[index] + key[index % len(key)]) % 256
        state[index], state[other] = state[other], state[index]
    result = bytearray()
    one = two = 0
    for byte in data:
        one = (one + 1) % 256
        two = (two + state[one]) % 256
        state[one], state[two] = state[two], state[one]
        result.append(byte ^ state[(state[one] + state[two]) % 256])
    return bytes(result)


def md5(data: bytes) -> bytes:
    return hashlib.md5(data).digest()


def encrypted(path: Path, user: str, handler: bytes = b"Standard") -> Path:
    """One page that says "Secret words." and opens with the password ``user`` (empty: with none), owner password
    "owner".
    """
    padded = (user.encode() + PADDING)[:32]
    owner_entry = rc4(md5((b"owner" + PADDING)[:32])[:5], padded)
    file_id = bytes(range(16))
    key = md5(padded + owner_entry + PERMISSIONS.to_bytes(4, "little", signed=True) + file_id)[:5]
    contents = 5
    hidden = rc4(md5(key + contents.to_bytes(3, "little") + b"\0\0")[:10], text("Secret words."))
    page = Page(contents=b"<< /Length %d >>\nstream\n%s\nendstream" % (len(hidden), hidden))
    identity = b"/ID [<%s> <%s>]" % ((file_id.hex().encode(),) * 2)
    security = b"/Filter /%s /V 1 /R 2 /P %d /O <%s> /U <%s>" % (
        handler,
        PERMISSIONS,
        owner_entry.hex().encode(),
        rc4(key, PADDING).hex().encode(),
    )
    path.write_bytes(assemble(PdfFile([page]).bodies(), b"%s /Encrypt << %s >>" % (identity, security)))
    return path


# -- pages that hurt ---------------------------------------------------------------------------------------------------


def slow_page() -> Page:
    """A page that takes pdfium minutes to draw, in a few kilobytes: half a million long, dashed, curved strokes."""
    return Page(b"[0.01 0.01] 0 d 0.2 w\n" + b"0 0 m 200 900 400 -900 612 792 c S\n" * 500_000)


def parser_bomb() -> PdfFile:
    """A CID font whose widths run to 2³¹ - 1: docling-parse exhausts any memory with it, pdfium reads the text
    "ABCDE".
    """
    to_unicode = stream(b"")
    widths = (
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /None /CIDSystemInfo << /Registry (Adobe)"
        b" /Ordering (Identity) /Supplement 0 >>"
        b" /DW 1000 /W [0 2147483647 500] >>"
    )
    font = (
        b"<< /Type /Font /Subtype /Type0 /BaseFont /None /Encoding /Identity-H /DescendantFonts [4 0 R]"
        b" /ToUnicode 5 0 R >>"
    )
    page = Page(b"BT /F1 24 Tf 72 700 Td <00410042004300440045> Tj ET")
    return PdfFile([page], [widths, to_unicode], font)


def drawing_bomb() -> PdfFile:
    """Nine forms, each drawing the next ten times: more text than pdfium finds memory for while it draws."""
    forms = []
    for level in range(9):
        inner = b"/X Do\n" * 10 if level < 8 else text("again")
        entries = (
            b"/Type /XObject /Subtype /Form /BBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >>"
            b" /XObject << /X %d 0 R >> >>" % min(5 + level, 12)
        )
        forms.append(stream(inner, entries))
    return PdfFile([Page(b"/X Do\n" * 10, resources=b"/XObject << /X 4 0 R >>")], forms)
