"""Each remedy is given for a line that the Hub, pip or Folio writes, and the newest such line counts."""

import pytest

from pipeline.deployment.remedies import REMEDIES, TAIL_LINES, UNKNOWN, likely_remedy, log_tail

LINES = (
    ("Folio cannot start: MAX_PAGES must be a whole number from 1 to 10000.", "--set NAME=VALUE"),
    ("Launch timed out, workload was not healthy after 60 min", "COMPILE_AT_START off"),
    ("OSError: [Errno 28] No space left on device", "deploy --restart"),
    ("Memory limit exceeded (16Gi)", "lower CONCURRENCY"),
    ("RuntimeError: No @spaces.GPU function detected during startup", "files are not those of Folio"),
    ("ERROR: Cannot install gradio==6.31.0 and x because these have conflicting dependencies.", "unchanged"),
    ("ERROR: No matching distribution found for torch==2.11.0", "python_version unchanged"),
    ("Cannot access gated repo for url https://huggingface.co/a/b", "secret HF_TOKEN"),
    ("urllib3.exceptions.ReadTimeoutError: Read timed out.", "deploy --restart"),
    ("ModuleNotFoundError: No module named 'docling'", "requirements.txt is unchanged"),
    ("ConfigError: sdk_version is not valid", "front matter"),
)


@pytest.mark.parametrize(("line", "words"), LINES, ids=[line[:24] for line, _ in LINES])
def test_a_known_line_has_its_remedy(line: str, words: str) -> None:
    assert words in likely_remedy(["started", line, "===== ended ====="])


def test_no_remedy_is_without_a_line() -> None:
    assert {likely_remedy([line]) for line, _ in LINES} == {remedy.sentence for remedy in REMEDIES}


def test_the_newest_line_counts_and_none_is_told_as_such() -> None:
    assert likely_remedy([LINES[3][0], LINES[0][0]]) == likely_remedy([LINES[0][0]])
    assert likely_remedy(["all is quiet"]) == UNKNOWN


def test_the_tail_has_the_last_lines_that_say_something_and_no_token() -> None:
    tail = log_tail([*(f"line {number}\n" for number in range(100)), "\n", "token hf_leaked1234567890\n"])
    assert len(tail) == TAIL_LINES
    assert tail[-2:] == ["line 99", "token [token]"]
