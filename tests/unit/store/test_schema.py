"""A record becomes exactly the row that the dataset's README declares, and any other row is refused."""

import copy
import json
from dataclasses import asdict, fields, replace
from typing import Any

import pytest
import yaml

from pipeline.pages import PageStatus
from pipeline.records import BatchFacts, CallEnd, ErrorFacts, GpuCall, GpuUse, InputFacts, IterationRecord, PageOutcome
from pipeline.store.record_to_row import row_line, to_row
from pipeline.store.row_to_record import read_line
from pipeline.store.schema import COLUMNS, PAGES_KEPT, features_yaml, validate_row
from tests.unit.store.records_for_tests import end_record, start_record

RUN = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"
CONFIG = (
    '{"bundle":"light","engines":[{"engine":"onnxruntime","model":"PP-PicoDet","task":"layout"}],'
    '"options":{"ocr":"always","pages":"1-3","tables":false}}'
)
END_ROW: dict[str, Any] = {
    "schema_version": 1,
    "iteration_id": RUN,
    "parent_id": None,
    "kind": "convert",
    "status": "partial",
    "started_at": "2026-08-14T09:30:15.250Z",
    "duration_ms": 5400,
    "queue_ms": 120,
    "gpu_ms": 2250,
    "input": {"sha256": "ab" * 32, "bytes": 123_456, "pages": 3, "origin": "api"},
    "output": {"sha256": "cd" * 32, "chars": 4200, "tables": 2, "figures": 1},
    "config": {"id": "", "json": CONFIG},
    "runtime": {
        "app": "0.1.0",
        "python": "3.12.12",
        "docling": "2.143.0",
        "torch": "2.11.0",
        "onnxruntime": "1.24.0",
        "hardware": "x86_64",
        "space_id": "someone/folio",
    },
    "pages": [
        {
            "page": 1,
            "ms": 1200.5,
            "blocks": 14,
            "ocr": True,
            "status": "ok",
            "code": "",
            "reason": "",
            "bundle": "",
            "confidence": 0.875,
            "source": "",
        },
        {
            "page": 2,
            "ms": 0.0,
            "blocks": 0,
            "ocr": False,
            "status": "failed",
            "code": "page_unreadable",
            "reason": "Page 2: its content is unreadable and was skipped.",
            "bundle": "",
            "confidence": None,
            "source": "",
        },
        {
            "page": 3,
            "ms": 800.0,
            "blocks": 9,
            "ocr": False,
            "status": "ok",
            "code": "",
            "reason": "",
            "bundle": "",
            "confidence": None,
            "source": "",
        },
    ],
    "gpu": None,
    "metrics": [
        {"name": "stage.render", "value": 310.5, "unit": "ms"},
        {"name": "stage.infer", "value": 4000.0, "unit": "ms"},
        {"name": "pages_ok", "value": 2.0, "unit": "pages"},
        {"name": "pages_failed", "value": 1.0, "unit": "pages"},
        {"name": "peak_memory", "value": 2048.0, "unit": "MB"},
        {"name": "gpu_booked", "value": 30.0, "unit": "s"},
        {"name": "gpu_used", "value": 2.25, "unit": "s"},
        {"name": "gpu_calls", "value": 1.0, "unit": "calls"},
        {"name": "gpu_saved", "value": 0.0, "unit": "s"},
        {"name": "gpu_refused", "value": 0.0, "unit": "calls"},
        {"name": "gpu_refused_seconds", "value": 0.0, "unit": "s"},
    ],
    "error": {"type": "nothing_converted", "message": "No page could be converted.", "retryable": False},
    "batch": None,
    "tags": [],
    "extra": None,
}


def test_an_end_record_becomes_this_row() -> None:
    row = to_row(end_record(RUN))
    expected = copy.deepcopy(END_ROW)
    expected["config"]["id"] = row["config"]["id"]
    assert row == expected
    assert len(row["config"]["id"]) == 16


def test_the_calls_to_the_gpu_become_this_column_and_come_back() -> None:
    calls = (
        GpuCall(96, 180.0, 41.5, CallEnd.DONE, 3.25, 80, 80, 2, 30.5, 4.25, 3.5),
        GpuCall(0, 30.0, 0.0, CallEnd.REFUSED),
    )
    use = GpuUse(
        180.0,
        41.5,
        1,
        refused=1,
        refused_seconds=30.0,
        refusal="gpu_unavailable",
        device="A GPU",
        made=calls,
        bundle="light",
    )
    record = replace(
        end_record(RUN), gpu=use, pages=tuple(replace(page, bundle="light") for page in end_record().pages)
    )
    row = to_row(record)
    assert row["gpu"] == {
        "bundle": "light",
        "device": "A GPU",
        "refusal": "gpu_unavailable",
        "calls": [asdict(calls[0]) | {"ended": "done"}, asdict(calls[1]) | {"ended": "refused"}],
    }
    assert read_line(row_line(row)) == record


def test_a_row_of_an_older_folio_comes_back_without_what_it_lacks() -> None:
    row = to_row(end_record(RUN))
    del row["gpu"], row["batch"]
    for page in row["pages"]:
        del page["bundle"]
    assert read_line(row_line(row)) == end_record(RUN)


def test_a_start_record_is_running_and_has_no_end() -> None:
    row = to_row(start_record(RUN))
    assert (row["status"], row["duration_ms"], row["output"], row["error"], row["pages"]) == (
        "running",
        None,
        None,
        None,
        [],
    )
    assert row["input"] == END_ROW["input"]
    assert row["config"] == to_row(end_record(RUN))["config"]


def test_another_choice_has_another_config_id() -> None:
    assert to_row(end_record())["config"]["id"] != to_row(replace(end_record(), bundle="accurate"))["config"]["id"]


def test_a_line_is_one_json_object() -> None:
    row = to_row(end_record())
    line = row_line(row)
    assert line.endswith(b"}\n")
    assert line.count(b"\n") == 1
    assert json.loads(line) == row


def test_at_most_500_pages_are_listed() -> None:
    many = tuple(PageOutcome(page, PageStatus.OK) for page in range(1, 1201))
    row = to_row(replace(end_record(), pages=many, pages_ok=1200))
    assert [page["page"] for page in row["pages"]] == list(range(1, PAGES_KEPT + 1))
    assert {"name": "pages_ok", "value": 1200.0, "unit": "pages"} in row["metrics"]


def test_messages_are_scrubbed() -> None:
    row = to_row(replace(end_record(), error=ErrorFacts("internal", "hf_secretsecret", retryable=True)))
    assert row["error"]["message"] == "[token]"


def test_every_field_of_the_record_reaches_the_row() -> None:
    """Changing any field changes the row, so that a field added later cannot be forgotten here."""
    changed: dict[str, Any] = {
        "schema_version": 2,
        "parent_id": "01917f22-79b0-7cc3-98c4-dc0c0c07398f",
        "iteration_id": "01917f22-79b0-7cc3-98c4-dc0c0c07398f",
        "kind": "bench",
        "status": start_record().status,
        "started_at": "2026-08-14T09:30:15.251Z",
        "input": InputFacts("ef" * 32, 1, 1, end_record().input.origin),
        "output": None,
        "bundle": "accurate",
        "error": None,
    }
    base = end_record(RUN)
    other: dict[str, Any] = {
        "options": replace(base.options, tables=True),
        "versions": replace(base.versions, app="9"),
        "engines": (),
        "stages": (),
    }
    other |= {"gpu": replace(base.gpu, calls=9), "pages": (), "batch": BatchFacts(base.iteration_id, 1)}
    for field in fields(IterationRecord):
        value = changed[field.name] if field.name in changed else other.get(field.name, 7)
        assert to_row(replace(base, **{field.name: value})) != to_row(base), field.name


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        (("schema_version",), "1", "schema_version is not a int32"),
        (("schema_version",), True, "schema_version is not a int32"),
        (("schema_version",), 2**31, "schema_version is not a int32"),
        (("iteration_id",), None, "iteration_id is not a string"),
        (("started_at",), "2026-08-14 09:30", "started_at is not a timestamp"),
        (("started_at",), "2026-08-14T09:30:15Z", "started_at is not a timestamp"),
        (("duration_ms",), 1.5, "duration_ms is not a int64"),
        (("input",), None, "input is not an object"),
        (("input", "name"), "taxes.pdf", "input has the undeclared name"),
        (("new_column",), 1, "row has the undeclared new_column"),
        (("pages",), None, "pages is not a list"),
        (("pages", 0, "ms"), float("nan"), "pages.ms is not a float32"),
        (("pages", 0, "ocr"), 1, "pages.ocr is not a bool"),
        (("metrics", 0, "value"), "fast", "metrics.value is not a float64"),
        (("tags",), [1], "tags is not a string"),
    ],
)
def test_a_row_of_another_shape_is_refused(path: tuple[str | int, ...], value: object, complaint: str) -> None:
    row = copy.deepcopy(END_ROW)
    place: Any = row
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValueError, match=complaint):
        validate_row(row)


@pytest.mark.parametrize("column", [column.name for column in COLUMNS])
def test_a_missing_column_is_refused(column: str) -> None:
    with pytest.raises(ValueError, match=f"row lacks {column}"):
        validate_row({name: value for name, value in END_ROW.items() if name != column})


def test_the_declared_features_are_yaml_with_every_column_once() -> None:
    declared = yaml.safe_load("features:\n" + features_yaml())["features"]
    assert [entry["name"] for entry in declared] == [column.name for column in COLUMNS]
    by_name = {entry["name"]: entry for entry in declared}
    assert by_name["started_at"] == {"name": "started_at", "dtype": "timestamp[ms, tz=UTC]"}
    assert by_name["tags"] == {"name": "tags", "list": "string"}
    assert by_name["error"]["struct"][2] == {"name": "retryable", "dtype": "bool"}
    assert by_name["metrics"]["list"] == [
        {"name": "name", "dtype": "string"},
        {"name": "value", "dtype": "float64"},
        {"name": "unit", "dtype": "string"},
    ]
