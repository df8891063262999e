"""The page's few lines of JavaScript, from ``scripts/``. Nothing of a document or a visitor goes into them.

Scripts that gradio calls after a listener are functions; scripts of a component (``js_on_load``) are statements, with
``element`` and ``trigger`` given.
"""

from functools import cache
from pathlib import Path

SCRIPTS = Path(__file__).parent / "scripts"


@cache
def script(name: str) -> str:
    """The script ``scripts/NAME.js``, without the comment lines at its head: gradio wants a function to begin with
    itself.
    """
    lines = (SCRIPTS / f"{name}.js").read_text(encoding="utf-8").splitlines(keepends=True)
    while lines[0].startswith("//"):
        lines.pop(0)
    return "".join(lines)
