"""Characters as people write them."""

import pytest

from pipeline.intake.text_layer import indic, spelling


@pytest.mark.parametrize(
    ("drawn", "written"),
    [
        ("Ren´e Mu˜noz", "René Muñoz"),
        ("Paˇsteka a Kr´aˇl", "Pašteka a Kráľ"),
        ("Sch¨on, r´ˇs", "Schön, r´ˇs"),
        ("na¨ıve ma¸con", "naïve maçon"),
        ("´Etude", "Étude"),
        ("d´ej`a vu", "déjà vu"),
        ("`ls -l` lists", "`ls -l` lists"),
        ("say ´all of it´ aloud", "say ´all of it´ aloud"),
        ("5´ or 6´", "5´ or 6´"),
        ("n\u0303ame, Ren\u0301e", "ñame, Reńe"),
        ("Hb\u0301er", "Hbér"),
        ("x ˆ y", "x ˆ y"),
    ],
)
def test_spacing_accents_join_their_letters(drawn: str, written: str) -> None:
    assert spelling.compose_accents(drawn) == written


def test_a_grave_accent_in_front_of_a_word_is_one_where_its_font_has_no_such_quotation_mark() -> None:
    assert spelling.compose_accents("`a l'heure", quoted=False) == "à l'heure"
    assert spelling.compose_accents("`a l'heure") == "`a l'heure"
    roman, typed = "/ABCDEF+CMR10", "/ABCDEF+CMTT10"
    assert [spelling.has_no_quotes(font) for font in (roman, typed, "/Times")] == [True, False, False]


def test_tex_draws_a_cedilla_after_its_letter_and_the_next_accent_before() -> None:
    assert spelling.compose_accents("Conceic\u00b8\u02dcao") == "Conceição"


def test_signs_of_windows_fonts_have_a_meaning() -> None:
    assert spelling.plain_signs("\uf0b7 first \uf0fc") == "• first ✓"


def test_the_stroke_of_an_l_is_no_name() -> None:
    assert spelling.draw_strokes("glyph[suppress]Lucja Pawe glyph[suppress]l") == "Łucja Pawe ł"


@pytest.mark.parametrize(
    ("drawn", "written"),
    [
        ("e\ufb03cient \ufb01nd", "efficient find"),
        ("sti\ufb00 wall", "sti\ufb00 wall"),  # docling decides about the space
        ("\ufef5\ufedb\ufede", "لآكل"),
        ("\ufb2a\u05dc", "שׁל"),
        ("plain", "plain"),
    ],
)
def test_presentation_forms_become_letters(drawn: str, written: str) -> None:
    assert spelling.plain_shapes(drawn) == written


def test_soft_hyphens_go_but_for_the_one_at_the_end() -> None:
    assert spelling.drop_soft_hyphens("res\u00ader\u00advoir and wa\u00ad") == "reservoir and wa\u00ad"


@pytest.mark.parametrize("text", ["x\u00ad1", "(\u00adx)", "5\u00adday", "a \u00ad b", "Old\u00adTown", "mid\u00adOld"])
def test_no_word_is_broken_beside_figures_and_signs_nor_before_a_capital(text: str) -> None:
    assert spelling.has_misnamed_hyphen(text)


@pytest.mark.parametrize("text", ["note\u00adbook", "an ob\u00ad", "res\u00ad er", "NOTE\u00adBOOK", "mid-Old"])
def test_words_are_broken_between_letters(text: str) -> None:
    assert not spelling.has_misnamed_hyphen(text)


def test_plain_hyphens_leave_the_one_with_which_a_word_goes_on() -> None:
    assert spelling.plain_hyphens("mid\u00adday \u00ad\u00ad 5\u00ad and wa\u00ad") == "mid-day -- 5- and wa\u00ad"
    assert spelling.plain_hyphens("5\u00ad") == "5-"


@pytest.mark.parametrize(
    "text", ["the millÕs gate", "donÕt", "an ÒopenÓ gate", "said ÒOpen the gate.Ó Then", "a gateÑan old one"]
)
def test_signs_of_old_macs_show_themselves(text: str) -> None:
    assert spelling.shows_mac_signs(text)


@pytest.mark.parametrize(
    "text", ["ÕUNAPUU", "PÕld", "Òrain and Óengus", "ÒRAN MÓR", "CAMÕES", "ANÕT", "ÉCOLE", "AÑO", "Ñandu"]
)
def test_capitals_with_accents_are_no_signs_of_old_macs(text: str) -> None:
    assert not spelling.shows_mac_signs(text)
    assert spelling.plain_mac_signs(text).replace("“", "Ò") == text


def test_signs_of_old_macs_are_what_they_were_written_as() -> None:
    drawn = "donÕt, the millersÕ ÒopenÓ gate, Òand then Ð or soÉÓ a gateÑan old one"
    written = "don’t, the millers’ “open” gate, “and then – or so…” a gate—an old one"
    assert spelling.plain_mac_signs(drawn) == written


def test_thai_signs_take_their_order_and_lose_their_shapes() -> None:
    assert spelling.order_thai("น\u0e49\u0e4d\u0e32") == "น้ำ"
    assert spelling.order_thai("น\u0e4d\u0e49\u0e32") == "น้ำ"
    assert spelling.order_thai("ท\u0e48\u0e35") == "ที่"
    assert spelling.order_thai("ป\uf70aา") == "ป่า"


def test_mathematical_letters_are_halved_only_where_all_stand_twice() -> None:
    assert spelling.doubles_mathematical(["of 5 𝜎𝜎 and 𝜇𝜇m"])
    assert spelling.halve_mathematical("𝜎𝜎𝜎𝜎 and 𝜇𝜇m") == "𝜎𝜎 and 𝜇m"
    assert spelling.halve_mathematical("𝜏𝜏, 470 ΩΩ and 5 µµm") == "𝜏, 470 Ω and 5 µm"
    assert not spelling.doubles_mathematical(["𝑎𝑏 and 𝑥𝑥"])
    assert not spelling.doubles_mathematical(["470 Ω", "ΩΩ"])
    assert not spelling.doubles_mathematical(["no such letter"])


@pytest.mark.parametrize(
    ("drawn", "written"),
    [
        ("िनयम िलखा", "नियम लिखा"),  # Devanagari
        ("पािण िस्थर", "पाणि स्थिर"),
        ("धमर् िकया", "धर्म किया"),  # ra above the consonants that it precedes
        ("েদশ িক", "দেশ কি"),  # Bengali
        ("েলাক থােক", "লোক থাকে"),  # a sign in two parts
        ("ெபா ேகால்", "பொ கோல்"),  # Tamil
        ("બાિજ િવ", "બાજિ વિ"),  # Gujarati
    ],
)
def test_signs_drawn_left_are_written_behind(drawn: str, written: str) -> None:
    scripts = indic.drawn_order([drawn])
    assert len(scripts) == 1
    assert indic.written_order(drawn, scripts) == written
    assert indic.drawn_order([written]) == ()


def test_text_in_the_order_of_writing_is_left_alone() -> None:
    text = "किसी दिन नदी में नाव फिर मिलेगी"
    assert indic.drawn_order([text, "Latin only"]) == ()
    assert indic.written_order(text, indic.SCRIPTS) != text  # so it must not be asked


def test_no_thai_word_begins_with_a_sign() -> None:
    drawn = "เคร \u0e37องวัด ทุก"
    assert spelling.order_thai(drawn) == drawn.replace(" ", "", 1)


def test_two_strokes_of_a_vowel_sign_are_one() -> None:
    assert indic.whole_signs("\u092a\u093e\u0920\u0915\u093e\u0947\u0902") == "\u092a\u093e\u0920\u0915\u094b\u0902"
    assert indic.whole_signs("\u0a95\u0abe\u0ac8") == "\u0a95\u0acc"
