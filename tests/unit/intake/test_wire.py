"""The parent believes nothing that a child could not have said in good faith."""

import json

import pytest

from pipeline.intake.wire import (
    CellsRequest,
    Counted,
    Counts,
    Drawn,
    Parser,
    PreflightRequest,
    ProtocolBroken,
    Released,
    ReleaseRequest,
    RenderRequest,
    Request,
    RequestTooLong,
    Surveyed,
    SurveyRequest,
    Trouble,
    decode_answer,
    decode_request,
    encode,
)
from pipeline.pages import PageSize

PREFLIGHT = PreflightRequest("/in.pdf", "pässwörd\n", 15)
RENDER = RenderRequest("/in.pdf", "", 3, "/out/pixels.rgb", 512, 1, 25)
CELLS = CellsRequest(
    "/in.pdf", "", 3, "/out/cells.json", Parser.PDFIUM, 50_000, "/out/pixels.rgb", 512, 800, 600, 2.0, 25
)
SURVEY = SurveyRequest("/in.pdf", "", 9, 1500, 0.5, 9)
RELEASE = ReleaseRequest(10)


@pytest.mark.parametrize("request_", [PREFLIGHT, SURVEY, RENDER, CELLS, RELEASE])
def test_a_request_arrives_as_it_was_sent_and_on_one_line(request_: Request) -> None:
    line = encode(request_)
    assert line.count(b"\n") == 1
    assert decode_request(line) == request_


def test_the_parser_of_a_request_arrives_as_a_parser() -> None:
    arrived = decode_request(encode(CELLS))
    assert isinstance(arrived, CellsRequest)
    assert arrived.parser is Parser.PDFIUM


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (PREFLIGHT, Counted(2, (PageSize(612.0, 792.0), PageSize(0.0, 0.0)))),
        (SURVEY, Surveyed(9, 9)),
        (RENDER, Drawn(1000, 1000, 2.0, PageSize(500.0, 500.0))),
        (CELLS, Counts(10, 200, 3, 0.25, 1.0)),
        (RELEASE, Released()),
        (RENDER, Trouble.TOO_LARGE),
    ],
)
def test_an_honest_answer_arrives_as_it_was_sent(
    request_: Request, answer: Counted | Surveyed | Drawn | Counts | Released | Trouble
) -> None:
    assert decode_answer(encode(answer), request_) == answer


DRAWN = {"width": 1000, "height": 1000, "scale": 2.0, "size": {"width": 500.0, "height": 500.0}}
COUNTS = {"cells": 1, "characters": 1, "hidden_characters": 0, "garbled_share": 0.0, "image_share": 0.0}


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        (RENDER, {**DRAWN, "width": 1001}),  # beyond the megapixel asked for: it would reach into the next page's image
        (RENDER, {**DRAWN, "width": 0}),
        (RENDER, {**DRAWN, "width": -5}),
        (RENDER, {**DRAWN, "width": True}),
        (RENDER, {**DRAWN, "width": 10.0}),
        (RENDER, {**DRAWN, "scale": 1e300}),
        (RENDER, {**DRAWN, "scale": "2"}),
        (RENDER, {**DRAWN, "size": [500, 500]}),
        (RENDER, {**DRAWN, "size": {"width": 1.0}}),
        (RENDER, {"width": 10}),
        (CELLS, {**COUNTS, "image_share": 1.5}),
        (CELLS, {**COUNTS, "garbled_share": None}),
        (CELLS, DRAWN),
        (PREFLIGHT, {"page_count": 0, "sizes": []}),
        (PREFLIGHT, {"page_count": 10**12, "sizes": []}),
        (PREFLIGHT, {"page_count": 2, "sizes": [DRAWN["size"]] * 10_001}),
        (SURVEY, {"looked": 10, "scanned": 0}),
        (SURVEY, {"looked": 3, "scanned": 4}),
        (SURVEY, {"looked": 0, "scanned": 0}),
        (SURVEY, {"looked": 9, "scanned": -1}),
        (PREFLIGHT, {"trouble": "of a new kind"}),
        (PREFLIGHT, {"trouble": ["password"]}),
        (PREFLIGHT, []),
        (PREFLIGHT, 7),
        (PREFLIGHT, None),
    ],
)
def test_a_dishonest_answer_is_refused(request_: Request, answer: object) -> None:
    with pytest.raises(ProtocolBroken):
        decode_answer(json.dumps(answer).encode() + b"\n", request_)


@pytest.mark.parametrize(
    "line", [b"", b"\n", b"{", b"\xff\xfe", b"[" * 100_000, b'{"scale": NaN}', b'{"width": 1e999}']
)
def test_a_line_that_is_no_answer_is_refused(line: bytes) -> None:
    with pytest.raises(ProtocolBroken):
        decode_answer(line, RENDER)


def test_a_request_that_would_block_the_pipe_is_never_written() -> None:
    fits = PreflightRequest("/" + "x" * 30_000, "", 15)
    assert decode_request(encode(fits)) == fits
    with pytest.raises(RequestTooLong):
        encode(PreflightRequest("/" + "x" * 33_000, "", 15))


def test_a_path_with_bytes_that_are_no_text_arrives_as_it_was_sent() -> None:
    odd = PreflightRequest("/in-\udcff.pdf", "", 15)
    assert decode_request(encode(odd)) == odd
