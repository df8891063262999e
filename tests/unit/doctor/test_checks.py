"""Each thing that can be missing gives one line, with what to do; what is there gives none to worry about."""

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.check_lines import CheckLine, CheckOutcome
from pipeline.doctor.checks import machine_lines, publishing_line
from pipeline.doctor.machine import Disk, MachineFacts
from pipeline.languages import LANGUAGES
from pipeline.settings import read_settings
from pipeline.store.status import PublisherStatus, PublishState

DATA, WORK = Path("/data"), Path("/tmp/folio")
HEALTHY = MachineFacts(
    space_id="ada/folio",
    zero_gpu=True,
    gpu=True,
    processors=2,
    python="3.12.12",
    torch="2.11.0+cu130",
    gradio="6.31.0",
    pinned_gradio="6.31.0",
    memory_mb=16_000,
    data=Disk(DATA, mounted=True, writable=True, free_mb=None),
    work=Disk(WORK, mounted=False, writable=True, free_mb=40_000),
    weights="",
    packages=True,
    tesseract="5.5.0",
    languages=frozenset({"osd", *(language.code for language in LANGUAGES)}),
)
WITH_OWNER = {"OWNER_PASSWORD": "a-long-password"}


def lines(facts: MachineFacts, **variables: str) -> dict[str, CheckLine]:
    return {line.name: line for line in machine_lines(facts, read_settings(WITH_OWNER | variables))}


def test_a_space_that_has_all_has_nothing_to_do() -> None:
    found = lines(HEALTHY).values()
    assert [line for line in found if line.outcome is not CheckOutcome.OK or line.remedy] == []
    assert len(list(found)) >= 11


def test_a_duplicate_without_anything_is_told_what_it_lacks() -> None:
    bare = replace(
        HEALTHY, zero_gpu=False, gpu=False, data=Disk(Path("/home/user/app/data"), False, True, 40_000), packages=None
    )
    found = {line.name: line for line in machine_lines(bare, read_settings({}))}
    lacks = {name for name, line in found.items() if line.lack}
    assert lacks == {"hardware", "data folder", "owner"}
    assert all(found[name].outcome is CheckOutcome.WARNING and found[name].remedy for name in lacks)
    assert publishing_line(PublisherStatus(PublishState.NO_TOKEN)).lack


@pytest.mark.parametrize(
    ("facts", "name", "outcome", "words"),
    [
        (replace(HEALTHY, data=Disk(DATA, True, False, None)), "data folder", CheckOutcome.FAULT, "cannot be written"),
        (replace(HEALTHY, data=Disk(DATA, False, True, 9000)), "data folder", CheckOutcome.WARNING, "No bucket"),
        (replace(HEALTHY, work=Disk(WORK, False, True, 100)), "working folder", CheckOutcome.FAULT, "100 MB are free"),
        (replace(HEALTHY, work=Disk(WORK, False, False, 9000)), "working folder", CheckOutcome.FAULT, "cannot be"),
        (replace(HEALTHY, memory_mb=4000), "memory", CheckOutcome.WARNING, "4.0 GB are there"),
        (replace(HEALTHY, torch="2.12.0"), "torch", CheckOutcome.FAULT, "does not support torch 2.12.0"),
        (replace(HEALTHY, python="3.11.9"), "python", CheckOutcome.WARNING, "does not list Python 3.11.9"),
        (replace(HEALTHY, gradio="6.30.0"), "gradio", CheckOutcome.WARNING, "the README names 6.31.0"),
        (replace(HEALTHY, weights="No weights."), "accurate models", CheckOutcome.WARNING, "light models serve"),
        (replace(HEALTHY, packages=False), "compiled models", CheckOutcome.WARNING, "run uncompiled"),
        (replace(HEALTHY, packages=None), "compiled models", CheckOutcome.WARNING, "inside a GPU call"),
        (replace(HEALTHY, tesseract=""), "languages of scans", CheckOutcome.WARNING, "Latin scripts"),
    ],
)
def test_each_trouble_is_a_line_with_what_to_do(
    facts: MachineFacts, name: str, outcome: CheckOutcome, words: str
) -> None:
    line = lines(facts)[name]
    assert (line.outcome, words in line.sentence, bool(line.remedy)) == (outcome, True, True)


def test_off_zerogpu_any_torch_and_python_will_do() -> None:
    found = lines(replace(HEALTHY, zero_gpu=False, torch="2.13.0", python="3.11.9"))
    assert {found["torch"].outcome, found["python"].outcome} == {CheckOutcome.OK}


def test_weights_that_are_wanted_and_missing_are_a_fault() -> None:
    missing = replace(HEALTHY, weights="No weights.")
    assert lines(missing, BUNDLE="accurate")["accurate models"].outcome is CheckOutcome.FAULT
    assert lines(missing, BUNDLE="light")["accurate models"].outcome is CheckOutcome.OK


def test_a_language_whose_data_is_missing_names_its_package() -> None:
    some = replace(HEALTHY, languages=frozenset({"osd", "rus"}))
    sentence = lines(some)["languages of scans"].sentence
    assert "Russian" in sentence
    assert "tesseract-ocr-ara" in sentence


def test_changed_limits_are_named() -> None:
    assert lines(HEALTHY, MAX_PAGES="50")["limits"].sentence == "in force as documented, but for MAX_PAGES=50."


@pytest.mark.parametrize(
    ("status", "outcome", "words"),
    [
        (PublisherStatus(PublishState.PUBLISHING, "a/b", depth=3), CheckOutcome.OK, "3 records wait"),
        (PublisherStatus(PublishState.PUBLISHING, "a/b", depth=900), CheckOutcome.WARNING, "far behind: 900"),
        (
            PublisherStatus(PublishState.WAITING, "a/b", depth=3, last_error="hub_not_allowed"),
            CheckOutcome.FAULT,
            "hub_not_allowed",
        ),
        (PublisherStatus(PublishState.STOPPED, "a/b"), CheckOutcome.FAULT, "has stopped"),
    ],
)
def test_publishing_is_told_with_how_far_it_is_behind(
    status: PublisherStatus, outcome: CheckOutcome, words: str
) -> None:
    line = publishing_line(status)
    assert line.outcome is outcome
    assert words in line.sentence
