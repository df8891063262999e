"""The lifetime of a visitor's token is written into the log once, without the token."""

import base64
import json
import logging
from types import SimpleNamespace

import pytest
from spaces.utils import gradio_request_var

from pipeline.gpu import visitor_token
from pipeline.gpu.visitor_token import HEADER, note_lifetime


def token(payload: dict[str, object]) -> str:
    return ".".join(
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({}, payload, {})
    )


@pytest.mark.parametrize(
    ("sent", "lines"),
    [
        (token({"exp": 4_000_000_000, "user": "ada"}), 1),
        (token({"user": "ada"}), 0),
        ("no token at all", 0),
        ("", 0),
    ],
    ids=["a token", "without an end", "no token", "nothing"],
)
def test_the_first_lifetime_is_logged(
    sent: str, lines: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(visitor_token, "_seen", [])
    monkeypatch.setattr("pipeline.gpu.visitor_token.time", lambda: 1_000_000_500.0)
    request = gradio_request_var().set(SimpleNamespace(headers={HEADER: sent}))
    try:
        with caplog.at_level(logging.WARNING):
            note_lifetime()
            note_lifetime()
    finally:
        gradio_request_var().reset(request)
    messages = [record.getMessage() for record in caplog.records]
    assert len(messages) == lines
    assert all(" is valid for 2999999500 s " in message for message in messages)
    assert not any((sent and sent in message) or "ada" in message for message in messages)
