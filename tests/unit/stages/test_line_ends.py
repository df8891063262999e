"""What joins two lines: hyphens that break words go, those of compounds, options and names stay."""

import pytest

from pipeline.stages.line_ends import PageWords, join_lines
from pipeline.stages.page_assembly import PageAssembly

ENGLISH = "the pump of the house is on the hill and in the rain it is loud"


def joined(*lines: str, page: str = ENGLISH) -> str:
    return " ".join(join_lines(lines, PageWords.of([page, *lines])))


@pytest.mark.parametrize(
    ("upper", "lower", "expected"),
    [
        ("the infor-", "mation is", "the information is"),
        ("a tokeni-", "zer of", "a tokenizer of"),
        ("a well-", "known name", "a well-known name"),
        ("a long-", "term plan", "a long-term plan"),
        ("of n-", "tridecanal", "of n-tridecanal"),
        ("of alpha-", "pinene", "of alpha-pinene"),
        ("by 2024-", "06-30 at", "by 2024-06-30 at"),
        ("state-of-", "the-art", "state-of-the-art"),
        ("see https://a.example/long-", "name here", "see https://a.example/long-name here"),
        ("the Bracken-", "holt board", "the Brackenholt board"),
        ("the Anglo-", "Saxon king", "the Anglo-Saxon king"),
        ("the UN-", "BEKANNT", "the UNBEKANNT"),
        ("of grade ISO-", "VG 32", "of grade ISO-VG 32"),
        ("THE SAFE-", "TY RULES", "THE SAFETY RULES"),
        ("multi-", "lingual", "multilingual"),
        ("(mis-", "understood)", "(misunderstood)"),
        ("run it with -port 80 -", "verbose now", "run it with -port 80 -verbose now"),
        ("a pause -", "then more", "a pause - then more"),
        ("the wind in m/", "s. It is", "the wind in m/s. It is"),
        ("rent /", "heat", "rent / heat"),
        ("a soft ob\u00ad", "servation", "a soft observation"),
        ("a dash-", "- then", "a dash- - then"),
        ("plain line", "goes on", "plain line goes on"),
        ("渡し船の", "規則", "渡し船の規則"),
        ("น้ำ", "แข็ง", "น้ำแข็ง"),
        ("한국의 여", "름", "한국의 여 름"),
    ],
)
def test_two_lines_of_an_english_page(upper: str, lower: str, expected: str) -> None:
    assert joined(upper, lower) == expected


def test_the_page_itself_decides_first() -> None:
    assert joined("the fire-", "wall", page=f"{ENGLISH} a fire-wall") == "the fire-wall"
    assert joined("the data-", "set", page=f"{ENGLISH} our dataset") == "the dataset"


def test_in_other_languages_a_hyphen_before_a_small_letter_breaks_a_word() -> None:
    page = "der Deich ist hoch und die Flut kam nicht über die Krone"
    assert joined("die Haus-", "tür", page=page) == "die Haustür"
    assert joined("der Nord-", "Ostsee-Kanal", page=page) == "der Nord-Ostsee-Kanal"


def test_docling_keeps_the_joints() -> None:
    assembly = PageAssembly()
    assert assembly.sanitize_text(["a two-", "stage pump of the “new” kind and in-", "formation"]) == (
        'a two-stage pump of the "new" kind and information'
    )


def test_what_is_left_out_behind_a_hyphen_follows_a_conjunction() -> None:
    assert joined("the pre-", "and post-war years") == "the pre- and post-war years"
    assert joined("a thous-", "and of them") == "a thousand of them"
    assert joined("Vor-", "und Nachteile der Pumpe", page="die Pumpe") == "Vor- und Nachteile der Pumpe"
