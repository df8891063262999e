"""A worker's iterations on the Hub: they load, they come back after the disk is gone, and no fault loses one."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from pipeline.store.hub import HubFault, ResultsRepo
from pipeline.store.iteration_dataset import ANOTHER_WORKER, BLOCK, IterationDataset, read_iterations
from pipeline.store.iteration_log import ITERATION, IterationLog
from pipeline.store.iteration_schema import ITERATION_COLUMNS, iteration_kind
from pipeline.store.mirror import WatchedRepo
from pipeline.store.schema import features_yaml
from pipeline.worker_iterations import (
    Evidence,
    Finding,
    Insight,
    IterationStatus,
    PlannedCase,
    Role,
    Severity,
    WorkerIteration,
)
from tests.standins.hub_repos import Fault, Then
from tests.support.datasets import repo_of
from tests.unit.store.hubs import HubUnderTest

FULL = WorkerIteration(
    role=Role.ANALYSIS,
    iteration=1,
    started_at="2026-03-02T12:00:00.000Z",
    duration_ms=12,
    status=IterationStatus.OK,
    summary="Slower.",
    perspective="performance",
    findings=(
        Finding(
            "performance.infer", "0.2.0", "Slower.", 2.0, 1.0, "s", 0.01, Severity.SEVERE, 9, 0.5,
            (Evidence("0198c0de-0000-7000-8000-000000000001", (1, 2)),),
        ),
    ),
    cumulative_insights=(Insight("performance.infer · 0.2.0", "Slower.", Severity.SEVERE, 1, 1),),
    cases=(PlannedCase("c1", "scanned", "{}", "{}", "It failed.", ("scanned",)),),
)  # fmt: skip


class HandTime:
    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def dataset_over(
    folder: Path, hub: HubUnderTest, time: HandTime | None = None, keep: int = 200
) -> tuple[IterationLog, IterationDataset]:
    iterations = IterationLog(folder, Role.ANALYSIS)
    kind = iteration_kind(Role.ANALYSIS)
    repo = ResultsRepo(hub.repo_id, private=True, token=hub.token, endpoint=hub.url, kind=kind)
    return iterations, IterationDataset(repo, iterations, keep, time or HandTime())


def fill(iterations: IterationLog, until: int) -> None:
    for number in range(iterations.next_number(), until + 1):
        iterations.append(replace(FULL, iteration=number))


def numbers_in(hub: HubUnderTest) -> list[int]:
    files = sorted(repo_of(hub).files.items())
    lines = [line for path, body in files if "iterations-" in path for line in body.splitlines()]
    return [ITERATION.decode(line).iteration for line in lines]


def test_the_dataset_has_its_columns_and_a_row_before_the_first_iteration(tmp_path: Path, hub: HubUnderTest) -> None:
    _, dataset = dataset_over(tmp_path / "data", hub)
    dataset.restore()
    files = repo_of(hub).files
    assert json.loads(files["data/seed.jsonl"])["status"] == "seed"
    card = yaml.safe_load(files["README.md"].decode().split("---\n")[1])
    declared = yaml.safe_load("features:\n" + features_yaml(ITERATION_COLUMNS))["features"]
    assert card["dataset_info"]["features"] == declared


def test_what_is_new_waits_for_the_next_commit(tmp_path: Path, hub: HubUnderTest) -> None:
    time = HandTime()
    iterations, dataset = dataset_over(tmp_path / "data", hub, time)
    fill(iterations, 2)
    dataset.publish()
    fill(iterations, 3)
    dataset.publish()
    assert numbers_in(hub) == [1, 2]
    time.seconds = 301.0
    dataset.publish()
    assert numbers_in(hub) == [1, 2, 3]
    fill(iterations, 4)
    dataset.publish(at_once=True)
    assert numbers_in(hub) == [1, 2, 3, 4]


def test_a_worker_without_its_disk_goes_on_where_it_stopped(tmp_path: Path, hub: HubUnderTest) -> None:
    iterations, dataset = dataset_over(tmp_path / "data", hub)
    fill(iterations, BLOCK + 3)
    dataset.publish()
    elsewhere, other = dataset_over(tmp_path / "new disk", hub)
    other.restore()
    assert elsewhere.last() == iterations.last()
    fill(elsewhere, BLOCK + 4)
    other.publish()
    assert numbers_in(hub) == list(range(1, BLOCK + 5))


@pytest.mark.parametrize("then", [Then.REFUSE, Then.DROP, Then.APPLY_AND_DROP])
def test_whatever_became_of_a_commit_every_iteration_is_there_once(
    tmp_path: Path, hub: HubUnderTest, then: Then
) -> None:
    time = HandTime()
    iterations, dataset = dataset_over(tmp_path / "data", hub, time)
    fill(iterations, 2)
    dataset.publish()
    assert hub.standin is not None
    hub.standin.faults(Fault(then, 503))
    fill(iterations, 4)
    dataset.publish(at_once=True)
    assert dataset.error
    dataset.publish()
    time.seconds = 60.0
    dataset.publish()
    assert (dataset.error, numbers_in(hub)) == ("", [1, 2, 3, 4])


def test_old_blocks_go_and_the_newest_iterations_stay(tmp_path: Path, hub: HubUnderTest) -> None:
    iterations, dataset = dataset_over(tmp_path / "data", hub, keep=2 * BLOCK)
    fill(iterations, 3 * BLOCK)
    dataset.publish()
    fill(iterations, 3 * BLOCK + 1)
    dataset.publish(at_once=True)
    assert numbers_in(hub) == list(range(BLOCK + 1, 3 * BLOCK + 2))
    assert iterations.numbers()[0] == BLOCK + 2


def test_two_workers_that_number_on_their_own_do_not_overwrite_each_other(tmp_path: Path, hub: HubUnderTest) -> None:
    iterations, dataset = dataset_over(tmp_path / "data", hub)
    fill(iterations, 1)
    dataset.publish()
    rival, other = dataset_over(tmp_path / "rival", hub)
    rival.append(replace(FULL, summary="The rival's."))
    with pytest.raises(HubFault):
        other.restore()
    other.publish(at_once=True)
    assert other.error == ANOTHER_WORKER
    assert numbers_in(hub) == [1]


def test_another_worker_reads_what_is_new(tmp_path: Path, hub: HubUnderTest) -> None:
    iterations, dataset = dataset_over(tmp_path / "data", hub)
    fill(iterations, 3)
    dataset.publish()
    copy = IterationLog(tmp_path / "copy", Role.ANALYSIS)
    repo = WatchedRepo(hub.repo_id, token=hub.token, endpoint=hub.url)
    assert [read_iterations(repo, copy), read_iterations(repo, copy)] == [3, 0]
    assert copy.last() == iterations.last()
