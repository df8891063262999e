"""Taking secrets and personal traces out of text that leaves the process: error messages in records and the log.

What is removed: access tokens, addresses of machines and people, and absolute paths (they can hold a file's name).
"""

import ipaddress
import logging
import re
from dataclasses import replace

from pipeline.records import IterationRecord

MESSAGE_BYTES = 2048
"""Longest error message in a record, in bytes of UTF-8."""

TOKENS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b(?:hf|api_org)_[A-Za-z0-9]{4,}"), "[token]"),
    (re.compile(r"\beyJ[\w-]{8,}\.[\w-]{4,}\.[\w-]*"), "[token]"),
)
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\b\w+://\S+"), "[address]"),
    *TOKENS,
    (
        re.compile(
            r"(?i)\b(bearer|token|password|secret|api[_-]?key)(?:\s*[=:]\s*|\s+(?=\S*\d\S*\d))(?!\[)[^\s,;\"']+"
        ),
        r"\1 [secret]",
    ),
    (re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), "[e-mail]"),
    (re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d{1,5})?(?![\w.]*\d)"), "[address]"),
    (re.compile(r"""(["'])(?:[A-Za-z]:[\\/]|~?/)[^"']*\1"""), "[path]"),
    (re.compile(r"(?<![\w<\]/])(?:[A-Za-z]:[\\/]|~?/)[\w.+@%~-][^\s\"'<>|;,)]*"), "[path]"),
)
COLON_WORD = re.compile(r"(?<![\w:.])[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*(?![\w:])")


def scrub(text: str, limit: int = MESSAGE_BYTES) -> str:
    """``text`` without tokens, addresses and absolute paths, at most ``limit`` bytes of UTF-8. Scrubbing twice changes
    nothing.
    """
    for pattern, stand_in in RULES:
        text = pattern.sub(stand_in, text)
    text = COLON_WORD.sub(_without_ipv6, text)
    return text.encode("utf-8", errors="replace")[:limit].decode("utf-8", errors="ignore")


def without_tokens(text: str) -> str:
    """``text`` with everything that looks like an access token replaced."""
    for pattern, stand_in in TOKENS:
        text = pattern.sub(stand_in, text)
    return text


def scrub_record(record: IterationRecord) -> IterationRecord:
    """The record with its free text scrubbed: the error's message and the pages' reasons."""
    error = record.error and replace(record.error, message=scrub(record.error.message))
    pages = tuple(replace(page, reason=scrub(page.reason)) if page.reason else page for page in record.pages)
    return replace(record, error=error, pages=pages)


def _without_ipv6(match: re.Match[str]) -> str:
    word = match.group().rstrip(".")
    try:
        ipaddress.IPv6Address(word)
    except ValueError:
        return match.group()
    return match.group().replace(word, "[address]") if any(map(str.isdigit, word)) else match.group()


class TokenlessFormatter(logging.Formatter):
    """Log lines, tracebacks included, without access tokens. Paths stay: whoever reads the log needs them."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as ``logging.Formatter`` makes it, tokens replaced."""
        return without_tokens(super().format(record))
