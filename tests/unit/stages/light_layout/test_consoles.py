"""A page that is a console's output is code as a whole, with its columns."""

import pytest

from pipeline.pages import LayoutLabel
from pipeline.stages.light_layout.refine import regions
from tests.support.layout_pages import FIXED, line, region, sheet

OUTPUT = [
    ("NAME", 60, "STATE", 160),
    ("tank", 60, "ONLINE", 160),
    ("bay-1", 72, "FAULTED", 160),
    ("bay-2", 72, "ONLINE", 160),
]


def page(*prompts: str, font: str = FIXED) -> list[LayoutLabel]:
    lines = [line(text, 60, 100 + 14 * number, font=font) for number, text in enumerate(prompts)]
    for number, (name, left, state, right) in enumerate(OUTPUT, start=len(prompts)):
        lines += [line(name, left, 100 + 14 * number, font=font), line(state, right, 100 + 14 * number, font=font)]
    seen = region(LayoutLabel.TABLE, (50, 90, 400, 100 + 14 * (len(prompts) + len(OUTPUT))))
    return [found.label for found in regions(sheet(lines, seen))]


@pytest.mark.parametrize(
    "prompt", ["ida@kiln:~$ pool status", "$ pool status", "root@kiln:/etc# ls", ">>> pool()", "C:\\pool>dir"]
)
def test_commands_behind_prompts_and_what_they_print_are_code(prompt: str) -> None:
    assert page(prompt, prompt) == [LayoutLabel.CODE]


def test_one_prompt_or_another_type_is_none() -> None:
    assert page("$ pool status") != [LayoutLabel.CODE]
    assert page("$ 12.00", "$ 13.50", font="/Serif") != [LayoutLabel.CODE]
    assert page("# A heading", "1. $5 a day") != [LayoutLabel.CODE]


def test_what_a_program_prints_between_lines_of_signs_is_code() -> None:
    rule = "=" * 40
    assert page(rule, "STEP 010 SORT INPUT CARDS AND WRITE THEM OUT AGAIN", rule) == [LayoutLabel.CODE]
    assert page(rule, "STEP 010 SORT INPUT CARDS AND WRITE THEM OUT AGAIN", rule, font="/Serif") != [LayoutLabel.CODE]


def test_a_typewritten_letter_is_none_though_its_parts_stand_between_lines_of_signs() -> None:
    rule = line("-" * 56, 60, 100, font=FIXED)
    prose = [
        line("some words that fill one whole line of running text here", 60, 114 + 14 * n, font=FIXED) for n in range(8)
    ]
    under = line("-" * 56, 60, 240, font=FIXED)
    assert LayoutLabel.CODE not in [found.label for found in regions(sheet([rule, *prose, under]))]
