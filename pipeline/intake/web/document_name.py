"""What a fetched document is called."""

import re
from email.message import Message
from email.utils import collapse_rfc2231_value
from urllib.parse import unquote

PDF = ".pdf"
UNNAMED = "document"
NAME_BYTES = 200  # file systems take 255, and the suffix has to fit


def document_name(disposition: str, path: str) -> str:
    """A file name that ends in ``.pdf``: from Content-Disposition (RFC 6266), else the last part of the address's
    ``path``, in letters, digits and few signs, which every file system takes. It is no path, whatever the server says.
    """
    given = _given_name(disposition) or unquote(path).rstrip("/")
    last = re.split(r"[/\\]", given)[-1]
    stem = last[: -len(PDF)] if last.lower().endswith(PDF) else last
    safe = "".join(letter if letter.isalnum() or letter in " -_.()," else "_" for letter in stem)
    short = safe.encode("utf-8", "ignore")[:NAME_BYTES].decode("utf-8", "ignore").strip(" .")
    return f"{short or UNNAMED}{PDF}"


def _given_name(disposition: str) -> str:
    """The name in the header; the one in an encoding of its own (``filename*``) rather than another. Empty where there
    is none, or none that Python's ``email`` can read.
    """
    header = Message()
    header["Content-Disposition"] = " ".join(disposition.split())
    try:
        names = [value for key, value in header.get_params([], "Content-Disposition") if key.lower() == "filename"]
        names.sort(key=lambda value: isinstance(value, str))
        return collapse_rfc2231_value(names[0]) if names else ""
    except (TypeError, ValueError):  # parts of a name with and without number, numbers and encodings that are none
        return ""
