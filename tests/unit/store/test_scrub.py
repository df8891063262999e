"""Records hold no token, path or address, and ordinary sentences stay as they are."""

import logging
from dataclasses import replace

import pytest

from pipeline.records import ErrorFacts
from pipeline.store.scrub import MESSAGE_BYTES, TokenlessFormatter, scrub, scrub_record
from tests.unit.store.records_for_tests import end_record

SECRETS = [
    ("hf_abcdefghijKLMNOP was refused", "[token] was refused"),
    ("Authorization: Bearer abc123def", "Authorization: Bearer [secret]"),
    ("password: hunter2", "password [secret]"),
    ("GET https://user:pw@hub.example/x?token=1 failed", "GET [address] failed"),
    ("cannot reach 10.0.0.1:8080", "cannot reach [address]"),
    ("cannot reach 2001:db8::8a2e:370:7334", "cannot reach [address]"),
    ("cannot reach ::1.", "cannot reach [address]."),
    ("ask jane.doe+pdf@example.org", "ask [e-mail]"),
    ("No such file: '/home/jane/My Taxes.pdf'", "No such file: [path]"),
    ("open(/data/runs/abc/source.pdf) failed", "open([path]) failed"),
    (r"C:\Users\Jane\taxes.pdf is locked", "[path] is locked"),
    ("~/taxes.pdf is locked", "[path] is locked"),
    ("path=/etc/passwd", "path=[path]"),
]


@pytest.mark.parametrize(("text", "clean"), SECRETS)
def test_secrets_and_traces_are_removed(text: str, clean: str) -> None:
    assert scrub(text) == clean
    assert scrub(clean) == clean


@pytest.mark.parametrize(
    "text",
    [
        "Page 3: its content is unreadable and was skipped.",
        "The PDF needs a password; enter it and convert again.",
        '"1-3/7" is not a page range; write numbers and ranges such as 1-3,7.',
        "tables and/or figures at 12:30:45, ratio 3:4, std::vector",
        "Größe 1.5 MB, 10,000 pages",
    ],
)
def test_ordinary_sentences_stay(text: str) -> None:
    assert scrub(text) == text


def test_long_text_is_cut_between_characters() -> None:
    cut = scrub("é" * 3000)
    assert cut == "é" * (MESSAGE_BYTES // 2)


def test_a_lone_surrogate_becomes_a_question_mark() -> None:
    assert scrub("a\ud800b") == "a?b"


def test_a_record_is_scrubbed_where_it_holds_free_text() -> None:
    dirty = end_record()
    page = replace(dirty.pages[1], reason="reading /data/x.pdf failed")
    dirty = replace(
        dirty, error=ErrorFacts("internal", "hf_secretsecret", retryable=True), pages=(dirty.pages[0], page)
    )
    clean = scrub_record(dirty)
    assert clean.error == ErrorFacts("internal", "[token]", retryable=True)
    assert [page.reason for page in clean.pages] == ["", "reading [path] failed"]
    assert replace(clean, error=dirty.error, pages=dirty.pages) == dirty


def test_log_lines_and_their_tracebacks_hold_no_token(caplog: pytest.LogCaptureFixture) -> None:
    formatter = TokenlessFormatter("%(message)s")
    try:
        raise ValueError("refused hf_abcdefghijkl")
    except ValueError:
        logging.getLogger("test").exception("with hf_mnopqrstuvwx at /data/runs")
    line = formatter.format(caplog.records[0])
    assert "with [token] at /data/runs" in line
    assert "refused [token]" in line
    assert "hf_" not in line
