"""Pages that are a console's output: commands behind prompts, and what they print, in columns or not. Pure."""

import re
from collections.abc import Sequence

from pipeline.stages.light_layout.lines import LayoutLine, Typography

PROMPTS = 2  # lines with one at least
FIXED = 0.95  # of the page's characters in fixed pitch
# A shell's prompt with user, machine or folder in front of its sign, or that sign alone; Python's; that of Windows.
_PROMPT = re.compile(r"(?:[\w.-]+@[\w.-]+\S* ?)?[$#%❯➜](?: |$)|>>>(?: |$)|[A-Z]:\\\S*>|PS [A-Z]:\\\S*>")


def is_console_page(lines: Sequence[LayoutLine], type_: Typography) -> bool:
    """Whether all text is in fixed pitch, and several lines begin with a prompt."""
    letters = sum(len(line.text) for line in lines)
    fixed = sum(len(line.text) for line in lines if type_.is_fixed(line))
    prompts = sum(_PROMPT.match(line.text.strip()) is not None for line in lines)
    return letters > 0 and fixed >= FIXED * letters and prompts >= PROMPTS
