"""The child that converts: it is started when it is needed, replaced when it dies, and answers every error."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import ConversionLost, SettingsError
from pipeline.models.bundle import Lanes
from pipeline.records import Origin
from pipeline.runs.converter import Converter
from pipeline.settings import Settings
from pipeline.store.tuned_settings import with_values
from pipeline.workers.inbox.conversion_child import Conversions
from pipeline.workers.inbox.document_converter import ChildConverter, ConversionRequest
from tests.support.bundles import WholePageBundle
from tests.support.readers import warm_reader
from tests.support.runs import records


@pytest.fixture
def converter(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[ChildConverter]:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    child = ChildConverter(settings, {"batch_pages": 8}, "tests.support.answering_child")
    yield child
    child.rest()


def test_the_child_serves_until_it_rests_and_one_that_died_is_replaced(
    converter: ChildConverter, settings: Settings, tmp_path: Path
) -> None:
    good, deadly = tmp_path / "good.pdf", tmp_path / "deadly.pdf"
    good.write_text("live")
    deadly.write_text("die")
    answers = [converter.convert(good, "good.pdf", tmp_path) for _ in range(2)]
    with pytest.raises(ConversionLost):
        converter.convert(deadly, "deadly.pdf", tmp_path)
    answers.append(converter.convert(good, "good.pdf", tmp_path))
    assert [path.name.partition("-")[0] for path in (settings.work_dir / "conversions").iterdir()] == [str(os.getpid())]
    converter.rest()
    assert list((settings.work_dir / "conversions").iterdir()) == [], "no copy of a document stays"
    first, second, third = (answer.message.partition(" ") for answer in answers)
    assert first == second
    assert first[0] != third[0]
    assert first[2] == "good.pdf {'batch_pages': 8} []"


@pytest.fixture
def conversions(settings: Settings, tmp_path: Path) -> Iterator[Conversions]:
    def opened(own: Settings) -> Converter:
        return Converter(own, Lanes(WholePageBundle()), Origin.INBOX, readers=warm_reader)

    made = Conversions(settings, tmp_path / "runs", opened)
    yield made
    made.close()


def test_a_document_becomes_files_and_a_record_and_its_run_goes(
    conversions: Conversions, settings: Settings, documents: Path, tmp_path: Path
) -> None:
    into = tmp_path / "into"
    answer = conversions.answer(ConversionRequest(str(documents / "letter.pdf"), "letter.pdf", str(into), {}))
    assert (answer.status, answer.code, answer.pages, answer.pages_ok) == ("ok", "", 1, 1)
    assert answer.seconds > 0
    assert [page.page for page in answer.measured] == [1]
    assert {path.name for path in into.iterdir()} == {"document.md", "document.json", "document.html"}
    (record,) = records(settings)
    assert (record.iteration_id, record.input.origin) == (answer.record_id, Origin.INBOX)
    assert list((tmp_path / "runs" / "runs").iterdir()) == []


def test_a_refused_file_is_an_answer(conversions: Conversions, tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_text("<html>")
    answer = conversions.answer(ConversionRequest(str(tmp_path / "a.pdf"), "a.pdf", str(tmp_path / "into"), {}))
    assert (answer.status, answer.code, answer.record_id) == ("error", "not_a_pdf", "")
    assert answer.message


def test_changed_settings_are_checked_like_any(settings: Settings) -> None:
    assert with_values(settings, {"batch_pages": 16}).batch_pages == 16
    with pytest.raises(SettingsError):
        with_values(settings, {"batch_pages": 100_000})
