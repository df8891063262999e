"""The styles of an element's words."""

from pipeline.stages.document.element_text import _styled
from tests.support.layout_pages import FIXED, line


def test_a_wrapped_line_of_code_is_in_fixed_pitch_though_its_first_word_has_the_arrows_font() -> None:
    wrapped = line("\u21aachain)", 70, 160, font="/Arrows")
    assert _styled(wrapped, 10, frozenset((FIXED,)), frozenset(), []).fixed
    assert not _styled(wrapped, 10, frozenset(), frozenset(), []).fixed
    assert not _styled(line("chain)", 70, 160, font="/Arrows"), 10, frozenset((FIXED,)), frozenset(), []).fixed
