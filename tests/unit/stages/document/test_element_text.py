"""The styles of an element's words."""

from pipeline.pages import Box
from pipeline.stages.document.element_text import ElementLine, StyledWord, _styled, part_of
from tests.support.layout_pages import FIXED, line


def test_a_wrapped_line_of_code_is_in_fixed_pitch_though_its_first_word_has_the_arrows_font() -> None:
    wrapped = line("\u21aachain)", 70, 160, font="/Arrows")
    assert _styled(wrapped, 10, frozenset((FIXED,)), frozenset(), []).fixed
    assert not _styled(wrapped, 10, frozenset(), frozenset(), []).fixed
    assert not _styled(line("chain)", 70, 160, font="/Arrows"), 10, frozenset((FIXED,)), frozenset(), []).fixed


def test_the_text_behind_a_mark_keeps_its_words_where_the_page_has_both_in_one_line() -> None:
    words = (
        StyledWord("•", Box(60, 100, 64, 110)),
        StyledWord("Oil", Box(74, 100, 90, 110), bold=True),
        StyledWord("it", Box(94, 100, 100, 110)),
    )
    whole = ElementLine("• Oil it", Box(60, 100, 100, 110), 10, words)
    assert part_of([whole], "Oil it", Box(74, 100, 100, 110)).words == words[1:]
    assert part_of([whole], "Oil it", Box(74, 200, 100, 210)).words == ()
    assert part_of([whole], "Tar it", Box(74, 100, 100, 110)).words == ()
