"""Other converters of PDF to Markdown, each run by the Python of an environment of its own.

None of them is a dependency of Folio, and some have licences that Folio's would not allow: whoever wants to compare
installs them elsewhere. ``python -m venv PEERS && PEERS/bin/pip install pymupdf pymupdf4llm edgeparse
opendataloader-pdf markitdown[pdf]``; opendataloader needs Java too.
"""

import subprocess
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

SECONDS_PER_FILE = 60
# Each program takes a folder and then PDF files, and writes NAME.md for NAME.pdf into the folder. A file that a
# converter cannot read is left out, and scores as empty.
_EACH = """
import sys
from pathlib import Path
for name in sys.argv[2:]:
    pdf = Path(name)
    try:
        text = to_markdown(pdf)
    except Exception as error:
        print(pdf.name, repr(error), file=sys.stderr)
        continue
    (Path(sys.argv[1]) / f"{pdf.stem}.md").write_text(text, encoding="utf-8", errors="replace")
"""
PROGRAMS = {
    "pymupdf4llm": "import pymupdf4llm\ndef to_markdown(pdf): return pymupdf4llm.to_markdown(str(pdf))\n" + _EACH,
    "edgeparse": """
import edgeparse
def to_markdown(pdf):
    found = edgeparse.convert(str(pdf), format="markdown")
    return getattr(found, "markdown", found)
"""
    + _EACH,
    "opendataloader": """
import sys, opendataloader_pdf
opendataloader_pdf.convert(input_path=sys.argv[2:], output_dir=sys.argv[1], format="markdown", quiet=True)
""",
    "markitdown": """
from markitdown import MarkItDown
made = MarkItDown()
def to_markdown(pdf): return made.convert(str(pdf)).text_content
"""
    + _EACH,
}


def has(python: Path, peer: str) -> bool:
    """Whether the environment of ``python`` has the converter."""
    module = "opendataloader_pdf" if peer == "opendataloader" else peer
    return subprocess.run([python, "-c", f"import {module}"], capture_output=True, check=False).returncode == 0


def convert(python: Path, peer: str, documents: Sequence[Path], folder: Path) -> float:
    """Convert the documents into ``folder``; returns the wall-clock seconds, start of the process included.

    A converter that is not done in time is stopped, and what it lacks scores as empty.
    """
    began = time.monotonic()
    limit = SECONDS_PER_FILE * len(documents)
    places = [str(path.resolve()) for path in (folder, *documents)]
    order = [str(python), "-c", PROGRAMS[peer], *places]
    with suppress(subprocess.TimeoutExpired):
        subprocess.run(order, check=False, timeout=limit, stdout=subprocess.DEVNULL)
    return time.monotonic() - began
