"""Pages of scripts that PP-OCR does not know."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rapidfuzz.distance import Levenshtein

from pipeline.languages import LANGUAGES
from pipeline.models.images import Pixels
from pipeline.models.light_bundle import LightBundle
from pipeline.models.onnx_ocr import ReadText
from pipeline.models.tesseract.second_reading import FirstReading, SecondReader
from pipeline.models.tesseract.tesseract_reader import ScriptGuess, TesseractReader
from pipeline.pages import PagePrediction, TextLine
from tests.support.render import page_text, render, task_for, upper_half

DOCUMENTS = Path(__file__).parents[2] / "documents" / "pdf"


@pytest.fixture(scope="module")
def bundle() -> LightBundle:
    return LightBundle(threads=2)


def read(bundle: LightBundle, image: Pixels, languages: tuple[str, ...] = ()) -> PagePrediction:
    (result,) = bundle.predict([replace(task_for(image, ocr=True, tables=False), languages=languages)], [image])
    assert isinstance(result, PagePrediction)
    return result


def letters(text: str) -> str:
    return "".join(text.split())


def similarity(page: PagePrediction, truth: str) -> float:
    return Levenshtein.normalized_similarity(letters("".join(line.text for line in page.lines)), letters(truth))


@pytest.mark.parametrize(
    ("name", "language", "turn"), [("russian", "rus", 0), ("greek", "ell", 2), ("hindi", "hin", 1)]
)
def test_a_page_of_another_script_is_read_in_its_language_whichever_way_it_lies(
    bundle: LightBundle, name: str, language: str, turn: int
) -> None:
    document = DOCUMENTS / f"{name}.pdf"
    page = read(bundle, np.ascontiguousarray(np.rot90(render(document), -turn)))
    assert page.languages == (language,)
    assert page.turn == turn
    first = page.lines[0].text
    assert first in json.dumps(json.loads(document.with_suffix(".json").read_text()), ensure_ascii=False)


def test_a_page_in_latin_letters_pays_nothing(bundle: LightBundle, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("the page needs no second reading")

    monkeypatch.setattr(TesseractReader, "read", refuse)
    monkeypatch.setattr(TesseractReader, "script", refuse)
    document = DOCUMENTS / "german.pdf"
    page = read(bundle, render(document))
    assert page.languages == ()
    assert similarity(page, page_text(document)) > 0.95


def test_named_languages_are_read_at_once(bundle: LightBundle) -> None:
    image = upper_half(upper_half(render(DOCUMENTS / "russian.pdf")))  # title and a paragraph
    assert read(bundle, image, ("rus",)).languages == ("rus",)
    assert read(bundle, image, ("deu",)).languages == ()


# -- decisions, with a recogniser that answers from a table ----------------------------------------------------------

IMAGE = np.full((400, 600, 3), 255, dtype=np.uint8)


class TableReader(TesseractReader):
    """Reads every line as ``texts`` says of the first language, and knows the languages in it."""

    def __init__(self, texts: dict[str, ReadText], guess: ScriptGuess | None) -> None:
        self.texts, self.guess, self.asked = texts, guess, list[tuple[str, ...]]()
        self.alone = ReadText("", 0.0)

    @property
    def languages(self) -> frozenset[str]:
        return frozenset(self.texts)

    def script(self, lines: Sequence[Pixels]) -> ScriptGuess | None:
        return self.guess

    def read(self, lines: Sequence[Pixels], languages: tuple[str, ...]) -> list[ReadText]:
        self.asked.append(languages)
        return [self.texts[languages[0]]] * len(lines)

    def read_alone(self, line: Pixels, languages: tuple[str, ...]) -> ReadText:
        return self.alone


def line(row: int, text: str, score: float, width: float = 30.0) -> TextLine:
    top = 20.0 + 30 * row
    return TextLine(text, score, ((20, top), (20 + width, top), (20 + width, top + 14), (20, top + 14)))


def first(*lines: TextLine) -> FirstReading:
    return FirstReading(3, IMAGE, 1.0, lines, 0)


def test_a_script_without_data_is_named_with_its_package() -> None:
    reader = TableReader({"rus": ReadText("текст", 0.9)}, ScriptGuess("Georgian", 4.0, False, True))
    reading = SecondReader(reader).read(first(line(0, "jom", 0.4), line(1, "Good", 0.6)))
    assert [text.text for text in reading.lines] == ["Good"]
    assert [notice.code for notice in reading.notices] == ["language_data_missing"]
    assert "Page 3" in reading.notices[0].message
    assert "tesseract-ocr-kat" in reading.notices[0].message
    assert reader.asked == []


def test_a_named_language_without_data_is_named_with_its_package() -> None:
    reader = TableReader({"rus": ReadText("текст", 0.9)}, None)
    reading = SecondReader(reader).read(first(line(0, "Good", 0.99)), ("kor",))
    assert [text.text for text in reading.lines] == ["Good"]
    assert "tesseract-ocr-kor" in reading.notices[0].message


def test_hebrew_that_script_detection_takes_for_thai_is_read_as_hebrew() -> None:
    texts = {"tha": ReadText("กขค", 0.78), "heb": ReadText("ספר", 0.85), "ara": ReadText("كتاب", 0.4)}
    reading = SecondReader(TableReader(texts, ScriptGuess("Thai", 0.9, False, True))).read(first(line(0, "190", 0.6)))
    assert reading.languages == ("heb",)


def test_every_script_is_tried_the_way_up_that_detection_is_sure_of_although_it_misses_the_script() -> None:
    wrong = ("heb", "kor", "ara", "fas", "ben", "rus", "ukr", "hin", "ell", "tam")
    texts = {code: ReadText("?", 0.3) for code in wrong} | {"tha": ReadText("กขค", 0.93)}
    reader = TableReader(texts, ScriptGuess("Latin", 0.4, True, True))
    reading = SecondReader(reader).read(first(line(0, "", 0.0)))
    assert (reading.languages, reading.turn) == (("tha",), 2)
    assert len(reader.asked) == len(texts) + 1  # the samples in each language, and then the page


def test_the_better_of_two_languages_of_a_script_reads_the_page() -> None:
    texts = {"rus": ReadText("рiч", 0.86), "ukr": ReadText("річ", 0.95)}
    reading = SecondReader(TableReader(texts, ScriptGuess("Cyrillic", 3.0, False, True))).read(
        first(line(0, "pi", 0.6))
    )
    assert reading.languages == ("ukr",)


def test_a_poor_scan_in_latin_letters_stays_with_the_first_recogniser() -> None:
    reader = TableReader({"rus": ReadText("текст", 0.9)}, ScriptGuess("Latin", 0.2, False, True))
    reading = SecondReader(reader).read(first(line(0, "blurred", 0.84), line(1, "lost", 0.45), line(2, "faint", 0.84)))
    assert [text.text for text in reading.lines] == ["blurred", "faint"]
    assert reader.asked == []


@pytest.mark.parametrize(("score", "languages"), [(0.45, ("tha",)), (0.55, ())])
def test_letters_that_the_first_recogniser_cannot_read_are_not_latin(score: float, languages: tuple[str, ...]) -> None:
    reader = TableReader({"tha": ReadText("กขค", 0.93)}, ScriptGuess("Latin", 1.8, False, True))
    assert SecondReader(reader).read(first(line(0, "umus", score))).languages == languages


@pytest.mark.parametrize(("other", "languages"), [(0.25, ("bul",)), (0.35, ())])
def test_a_ruined_page_is_read_where_no_other_script_comes_near(other: float, languages: tuple[str, ...]) -> None:
    texts = {"rus": ReadText("рч", 0.66), "bul": ReadText("реч", 0.74), "ell": ReadText("ρ", other)}
    reader = TableReader(texts, ScriptGuess("Latin", 1.1, False, False))
    assert SecondReader(reader).read(first(line(0, "pe", 0.4))).languages == languages


def test_lines_in_latin_letters_stay_on_a_page_of_another_script() -> None:
    reader = TableReader({"rus": ReadText("текст", 0.6)}, ScriptGuess("Cyrillic", 3.0, False, True))
    reading = SecondReader(reader).read(first(line(0, "FOLIO 3000", 0.99), line(1, "TeKcT", 0.62), line(2, "o", 0.5)))
    assert [text.text for text in reading.lines] == ["FOLIO 3000", "текст", "текст"]


def test_letters_and_signs_that_the_first_recogniser_only_guesses_give_way() -> None:
    reader = TableReader({"ell": ReadText("για κάθε άμαξα.", 0.6)}, ScriptGuess("Greek", 3.0, False, True))
    guessed, sign = line(0, "για ε φτνη αα.", 0.84), line(1, ".", 0.98, width=30)
    reading = SecondReader(reader).read(first(line(2, "o", 0.5, width=300), guessed, sign))
    assert [text.text for text in reading.lines] == ["για κάθε άμαξα."] * 3


def test_a_line_that_is_lost_on_the_sheet_is_read_alone() -> None:
    reader = TableReader({"ara": ReadText("", 0.0)}, None)
    reader.alone = ReadText("محملة.", 0.9)
    reading = SecondReader(reader).read(first(line(0, "", 0.2)), ("ara",))
    assert [text.text for text in reading.lines] == ["محملة."]


def test_an_upside_down_page_comes_in_reading_order_from_its_other_end() -> None:
    reader = TableReader({"rus": ReadText("текст", 0.9)}, ScriptGuess("Cyrillic", 3.0, True, True))
    reading = SecondReader(reader).read(first(line(0, "a", 0.5), line(1, "b", 0.5)))
    assert reading.turn == 2
    assert [text.corners[0] for text in reading.lines] == [(50, 64), (50, 34)]


def test_noise_that_no_language_reads_stays_out() -> None:
    texts = {"tha": ReadText("กขค", 0.7), "rus": ReadText("ш", 0.3)}
    reading = SecondReader(TableReader(texts, None)).read(first(line(0, "~~", 0.2)))
    assert reading.lines == ()
    assert reading.languages == ()


def test_the_score_of_a_page_counts_the_lines_that_were_not_read() -> None:
    sure, lost = line(0, "read well", 0.96), line(1, "", 0.0)
    assert SecondReader(TableReader({}, None)).read(first(sure, sure, lost)).score == pytest.approx(0.64)
    reader = TableReader({"rus": ReadText("текст", 0.94)}, ScriptGuess("Cyrillic", 3.0, False, True))
    assert SecondReader(reader).read(first(line(0, "a", 0.5))).score == pytest.approx(1.0)


def test_a_full_stop_alone_is_no_line() -> None:
    sentence = "Возчики платили две монеты."
    reader = TableReader({"rus": ReadText(sentence, 0.9)}, ScriptGuess("Cyrillic", 3.0, False, True))
    reading = SecondReader(reader).read(first(line(0, ".", 0.99, width=280)))
    assert [text.text for text in reading.lines] == [sentence]


def test_a_ruined_page_is_not_tried_in_every_language() -> None:
    texts = {language.code: ReadText("?", 0.4) for language in LANGUAGES}
    reader = TableReader(texts, ScriptGuess("Thai", 0.3, False, False))
    assert SecondReader(reader).read(first(line(0, "~~", 0.2))).languages == ()
    assert len(reader.asked) <= 16


def test_the_way_up_is_believed_only_with_the_script() -> None:
    texts = {"kor": ReadText("나룻배", 0.45)}
    reader = TableReader(texts, ScriptGuess("Latin", 0.3, False, True))
    SecondReader(reader).read(first(line(0, "", 0.0)))
    assert reader.asked == [("kor",), ("kor",)]
