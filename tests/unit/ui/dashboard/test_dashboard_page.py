"""The dashboard's HTML: numbers in words, empty and bad states in sentences, and nothing of a foreign record taken at
its word.
"""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from pipeline.history.health import Level, Surroundings, SystemStatus
from pipeline.history.overview import Overview, Window, overview
from pipeline.history.selection import Filter, select
from pipeline.pages import EngineInfo, PageStatus
from pipeline.records import REFUSAL, REUSE, ErrorFacts, IterationRecord, PageOutcome, RunStatus, ServerLoad
from pipeline.store.status import PublisherStatus, PublishState
from pipeline.store.watcher_process import DatasetStatus
from pipeline.ui.dashboard import charts, runs_table, summary
from pipeline.ui.dashboard.dashboard_page import after_click
from pipeline.ui.dashboard.dashboard_parts import DashboardView
from tests.support.hostile_markup import HOSTILE, Tags, text
from tests.support.overviews import MADE, NOON, NOW, at, table_of
from tests.unit.store.records_for_tests import end_record, start_record

HERE = Surroundings(local=True)


def of(records: list[IterationRecord], window: Window = Window.DAY) -> Overview:
    return overview(table_of(records), window, NOW)


# -- numbers -----------------------------------------------------------------------------------------------------------


# -- above the table ---------------------------------------------------------------------------------------------------


def test_the_line_says_how_it_stands_and_who_is_there() -> None:
    line = summary.status_line(SystemStatus(Level.DEGRADED, ("a reason", "another")), of([at(NOON)]))
    assert text(line).startswith("Degraded a reason; another 1 Space online · last record")
    assert 'role="status"' in line
    assert (
        text(summary.status_line(SystemStatus(Level.OPERATIONAL), of([]))) == "Operational waiting for the first record"
    )


def test_the_tiles_tell_window_today_and_ever() -> None:
    told = text(summary.tiles(of(MADE, Window.WEEK)))
    today = sum(record.started_at.startswith("2026-08-14") for record in MADE)
    assert f"{today:,} today · 1,500 in all" in told
    assert "0 s saved" in told


def test_answers_from_earlier_runs_stand_apart_from_conversions() -> None:
    told = text(summary.tiles(of([at(NOON), at(NOON), at(NOON, kind=REUSE)])))
    assert "Runs 2 2 today · 2 in all · 1 reused" in told
    row = at(NOON, kind=REUSE)
    assert "reused" in text(runs_table.run_table(select(table_of([row]), Filter()), "", True))


def test_what_waits_and_is_kept_now_is_told() -> None:
    load = ServerLoad(3, 1, 20, 12, 1_340_000_000, 20_000_000_000, None)
    assert "Queue" in text(summary.tiles(of([at(NOON)]), load))
    assert "3 waiting now" in text(summary.tiles(of([at(NOON)]), load))
    told = text(summary.resources(of([]), replace(HERE, load=load)))
    assert "Now 1 under way, 3 of 20 places in the queue taken" in told
    assert "Kept runs 12, 1.3 GB of 20.0 GB" in told


def test_refusals_and_failures_have_their_course() -> None:
    hours = [
        at(NOON - timedelta(hours=hour), kind=REFUSAL, error=ErrorFacts("queue_full", "", True)) for hour in (1, 5)
    ]
    failed = [at(moment, status=RunStatus.ERROR, error=ErrorFacts("internal", "", True)) for moment in (NOON, NOON)]
    html = summary.failures(of([*hours, *failed]))
    assert "Refused before anything was queued queue_full 2 times" in text(html)
    assert str(html).count("<polyline") == 2


def test_a_lone_value_of_a_tile_can_be_seen() -> None:
    """One run in the newest hour of a day is a dash of an hour's width at the right edge."""
    _, *tiles = str(summary.tiles(of([at(NOON, duration_ms=4000)]))).split('class="tile"')
    conversion = next(tile for tile in tiles if "Conversion" in tile)
    points = re.search(r'<polyline points="([^"]+)"', conversion)
    assert points is not None
    assert points[1] == "115.0,2.0 120.0,2.0"


def test_an_empty_dashboard_has_words() -> None:
    empty = of([])
    assert "no run yet" in text(summary.tiles(empty))
    assert "No run failed and no page was lost." in text(summary.failures(empty))
    assert "No Space has left a record yet." in text(summary.spaces(empty, HERE))
    assert "No run yet" in text(runs_table.run_table(select(table_of([]), Filter()), "", False))
    assert "No run matches" in text(runs_table.run_table(select(table_of(MADE), Filter("zzzz")), "", True))


def test_failures_lead_to_an_example() -> None:
    failed = at(NOON, status=RunStatus.ERROR, error=ErrorFacts("storage_failed", "Full.", True))
    html = summary.failures(of([failed]))
    assert text(html) == "Failures by code, in 24 hours storage_failed 1 run"
    assert f'data-record="{failed.iteration_id}"' in html


def test_the_spaces_and_the_datasets_they_are_read_from_are_listed() -> None:
    datasets = (
        DatasetStatus("a/b", read_at="x", files=3),
        DatasetStatus("c/d", error="hub_unreachable"),
        DatasetStatus("e/f"),
    )
    told = text(summary.spaces(of(MADE, Window.ALL), Surroundings(local=False, datasets=datasets)))
    for words in (
        "someone/folio",
        "NVIDIA H200 · accurate · v0.1.0",
        "3 files read",
        "cannot be read: hub_unreachable",
        "being read",
    ):
        assert words in told


def test_publishing_is_told_where_records_are_written() -> None:
    no_token = Surroundings(
        local=True, publisher=PublisherStatus(PublishState.NO_TOKEN, depth=4, oldest_at="2026-08-14T11:59:00.000Z")
    )
    told = text(summary.resources(of([]), no_token))
    assert "Records kept on this server, not published Waiting to be sent 4 The oldest of them Last sent never" in told
    assert "read only: this server takes no runs" in text(summary.resources(of([]), Surroundings(local=False)))


# -- charts ------------------------------------------------------------------------------------------------------------


def test_the_bars_stand_for_every_run() -> None:
    week = of(MADE, Window.WEEK)
    data = charts.runs_data(week)
    assert data["mark"] == "bar"
    assert data["datatypes"] == {"Time": "temporal", "Runs": "quantitative", "Outcome": "nominal"}
    assert sum(row[1] for row in data["data"]) == week.totals.runs
    assert list(dict.fromkeys(row[2] for row in data["data"])) == ["Done", "With gaps", "Failed", "Stopped"]


def test_a_lone_point_is_drawn_over_its_step() -> None:
    one = of([at(NOON)])
    rows = [row for row in charts.time_data(of([at(NOON)]))["data"] if row[2] == "p50" and row[1] is not None]
    assert [row[0] - one.buckets[-1].start_ms for row in rows] == [0, one.step_ms - 1]
    early = of([at(NOON.replace(hour=3), duration_ms=4000)])
    rows = [row for row in charts.time_data(early)["data"] if row[2] == "p50" and row[1] is not None]
    assert [(row[0] - NOW) / 3_600_000 for row in rows] == pytest.approx([-9.0, -8.0], abs=1e-3)
    assert [row[1] for row in rows] == [4.0, 4.0]


# -- the table and the receipt -----------------------------------------------------------------------------------------


def test_a_row_tells_a_run_and_the_open_one_is_marked() -> None:
    run = at(NOON, end_record())
    html = runs_table.run_table(select(table_of([run]), Filter()), run.iteration_id, True)
    first, last = run.iteration_id[-8:-4], run.iteration_id[-4:]
    assert 'aria-selected="true"' in html
    assert text(html).startswith(
        f"Run Started (your time) Pages Time Queue GPU Bundle Space {first} {last} Done, with gaps nothing_converted"
    )
    assert "2 −1" in text(html)


def test_a_receipt_tells_everything_the_record_says() -> None:
    told = text(runs_table.receipt(replace(end_record(), parent_id="01990000-0000-7000-8000-00000000abcd")))
    for words in (
        "No page could be converted.",
        "2 converted, 1 lost, 3 in the file",
        "2.2 s of 30.0 s booked, 1 call",
        "every page",
        "left as text",
        "PP-PicoDet, onnxruntime",
        "Rendering pages",
        "page_unreadable",
        "2.143.0",
        "Continues",
    ):
        assert words in told
    assert "SHA" not in told
    assert end_record().input.sha256[:8] not in told


def test_a_receipt_names_the_models_of_each_page_where_there_are_several() -> None:
    first, lost, last = end_record().pages
    mixed = replace(
        end_record(),
        bundle="accurate+light",
        pages=(replace(first, bundle="accurate"), lost, replace(last, bundle="light")),
    )
    assert "Models accurate: page 1; light: page 3" in text(runs_table.receipt(mixed))


def test_a_run_under_way_has_a_receipt_too() -> None:
    assert "Converting" in text(runs_table.receipt(start_record()))


def test_a_comparison_marks_what_was_chosen_differently() -> None:
    left = end_record()
    right = replace(
        left, bundle="accurate", options=replace(left.options, tables=True), pages=left.pages[:2], queue_ms=9000
    )
    html = runs_table.comparison(left, right)
    differing = str(html).split('class="differs"')[1:]
    assert [text("<tr" + row.split("</tr>")[0]) for row in differing] == [
        "Tables left as text recognised",
        "Models light accurate",
        "Page 3 9 blocks not converted",
    ]


def test_nothing_of_a_foreign_record_becomes_html() -> None:
    record = replace(
        end_record(),
        bundle=HOSTILE,
        kind=HOSTILE,
        engines=(EngineInfo(HOSTILE, HOSTILE, HOSTILE),),
        versions=replace(end_record().versions, app=HOSTILE, hardware=HOSTILE, space=HOSTILE, docling=HOSTILE),
        options=replace(end_record().options, pages=HOSTILE),
        error=ErrorFacts(HOSTILE, HOSTILE, False),
        pages=(PageOutcome(1, PageStatus.FAILED, HOSTILE, HOSTILE),),
        pages_failed=1,
        started_at=at(NOON).started_at,
        parent_id=HOSTILE,
    )
    seen = of([record])
    hostile = Surroundings(
        local=True,
        datasets=(DatasetStatus(HOSTILE, error=HOSTILE),),
        publisher=PublisherStatus(PublishState.WAITING, HOSTILE),
    )
    drawn = [
        summary.status_line(SystemStatus(Level.DEGRADED, (HOSTILE,)), seen),
        summary.failures(seen),
        summary.spaces(seen, hostile),
        summary.resources(seen, hostile),
        runs_table.run_table(select(table_of([record]), Filter()), "", True),
        runs_table.receipt(record),
        runs_table.comparison(record, end_record()),
        runs_table.waiting(HOSTILE),
    ]
    for html in drawn:
        found = Tags(html)
        assert "img" not in found.tags
        assert not [name for name in found.attributes if name.startswith("on")]
        assert "${" not in html
        assert "{{" not in html
    assert HOSTILE in Tags(runs_table.receipt(record)).text


# -- where a click leads -----------------------------------------------------------------------------------------------


def test_clicks_open_compare_and_close() -> None:
    view = after_click(DashboardView(first=50), {"record": "aa"})
    assert view == DashboardView(50, "aa")
    choosing = after_click(view, {"compare": "aa"})
    assert choosing == DashboardView(50, comparing="aa")
    beside = after_click(choosing, {"record": "bb"})
    assert beside == DashboardView(50, "bb", "aa")
    assert after_click(beside, {"close": True}) == DashboardView(50)
    assert after_click(choosing, {"compare": ""}) == DashboardView(50)
    assert after_click(view, {}) == view
    assert len(after_click(view, {"record": "x" * 5000}).record) == 36
