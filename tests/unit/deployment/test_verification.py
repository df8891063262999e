"""The checklist tells each trouble apart: of the conversion, the record, the counters, the dataset and the workers."""

from typing import Any

import pytest

from pipeline.check_lines import CheckLine, CheckOutcome
from pipeline.deployment.verification import ReadableDataset, SampleCheck
from pipeline.errors import DeployError, RepositoryMissing
from pipeline.store.status import SENTENCES, PublishState

MARKDOWN = "# The paper trail\n\n## 1. From roll to page\n"
OK, WARNING, FAULT = CheckOutcome.OK, CheckOutcome.WARNING, CheckOutcome.FAULT


def status(runs: int, waiting: int = 0, state: PublishState = PublishState.PUBLISHING) -> dict[str, Any]:
    return {
        "status": "operational",
        "reasons": [],
        "spaces": [{"space": "ada/folio", "online": True}, {"space": "ada/old", "online": True}],
        "publishing": {"state": SENTENCES[state], "waiting": waiting, "last_commit_ms": None},
        "ever": {"runs": runs, "pages": runs},
    }


class RemoteScript:
    """A Folio that answers each endpoint with the next of its answers; the last one stays. Waits move the time."""

    def __init__(self, **answers: list[Any]) -> None:
        run = {"status": "ok", "run_id": "r", "record_id": "rec", "elapsed_seconds": 1.0, "lane": "cpu"}
        self.answers: dict[str, list[Any]] = {
            "system_status": [status(3), status(4)],
            "convert": [(MARKDOWN, run, ["a.md"])],
            "run": [{"status": "ok", "pages_ok": 1}],
            "workers": [{"workers": []}],
            "delete": [{}],
        }
        self.answers |= answers
        self.asked: list[str] = []
        self.now = 0.0

    def predict(self, *arguments: Any, api_name: str, **options: Any) -> Any:
        name = api_name.removeprefix("/")
        self.asked.append(name)
        left = self.answers[name]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def verify(
        self, role: str = "app", dataset_seconds: float = 0.0, dataset: ReadableDataset | None = None
    ) -> dict[str, CheckLine]:
        version = {"build": "abc", "role": role}
        lines = SampleCheck(self, version, dataset_seconds, dataset, clock=lambda: self.now, sleep=self.sleep).lines()
        return {line.name: line for line in lines}


def test_all_is_well_and_the_sample_is_deleted() -> None:
    folio = RemoteScript()
    lines = folio.verify()
    assert {line.outcome for line in lines.values()} == {OK}
    names = ["address", "dashboard", "conversion", "record", "counters", "results dataset", "spaces", "workers"]
    assert list(lines) == names
    assert folio.asked[-1] == "delete"


def run(**changes: Any) -> tuple[str, dict[str, Any], list[str]]:
    return MARKDOWN, {"status": "ok", "run_id": "r", "record_id": "rec"} | changes, ["a.md"]


@pytest.mark.parametrize(
    ("answers", "name", "outcome", "words"),
    [
        ({"convert": [("", run()[1], ["a.md"])]}, "conversion", FAULT, "lacks The paper trail"),
        ({"convert": [run(status="partial")]}, "conversion", FAULT, "ended partial"),
        ({"convert": [(MARKDOWN, run()[1], [])]}, "conversion", FAULT, "ended ok"),
        ({"convert": [ValueError("queue (queue_full)")]}, "conversion", FAULT, "/convert failed: queue (queue_full)"),
        ({"run": [ValueError("no record (record_not_found)")]}, "record", FAULT, "record_not_found"),
        ({"run": [{"status": "error", "pages_ok": 0}]}, "record", FAULT, "something else"),
        ({"system_status": [status(3)]}, "counters", FAULT, "still counts 3 runs"),
        (
            {"system_status": [status(3), status(4, 2, PublishState.NO_TOKEN)]},
            "results dataset",
            WARNING,
            "no HF_TOKEN",
        ),
        (
            {"system_status": [status(3), status(4, 2, PublishState.WAITING)]},
            "results dataset",
            FAULT,
            "2 records are not published",
        ),
        ({"system_status": [ValueError("gone")]}, "dashboard", FAULT, "/system_status failed: gone"),
    ],
)
def test_each_trouble_has_its_line(answers: dict[str, list[Any]], name: str, outcome: CheckOutcome, words: str) -> None:
    line = RemoteScript(**answers).verify()[name]
    assert (line.outcome, words in line.sentence) == (outcome, True), line
    assert line.remedy


def test_what_an_answer_says_is_told_without_tokens_and_addresses() -> None:
    lines = RemoteScript(convert=[ValueError("at https://a.b/c with hf_secret123456")]).verify()
    assert lines["conversion"].sentence == "/convert failed: at [address] with [token]"


def test_counters_that_move_late_are_waited_for() -> None:
    folio = RemoteScript(system_status=[status(3), status(3), status(3), status(4)])
    assert folio.verify()["counters"].sentence == "runs went from 3 to 4."


def test_the_record_is_waited_for_as_long_as_was_asked() -> None:
    waiting = [status(3), status(4, 1), status(4, 1), status(4, 1), status(4, 0)]
    assert RemoteScript(system_status=list(waiting)).verify(dataset_seconds=60)["results dataset"].outcome is OK
    late = RemoteScript(system_status=[status(3), status(4, 1)]).verify(dataset_seconds=60)["results dataset"]
    assert (late.outcome, "1 records still wait" in late.sentence) == (FAULT, True)


class LateDataset:
    """The sample's record comes at the third look; None: never. ``error`` is raised by every look."""

    def __init__(self, looks: int | None, error: DeployError | None = None) -> None:
        self.looks, self.error, self.asked = looks, error, 0

    def file_names(self) -> frozenset[str]:
        if self.error:
            raise self.error
        return frozenset({"data/seed.jsonl"})

    def has_received(self, record_id: str, since: frozenset[str]) -> bool:
        if self.error:
            raise self.error
        self.asked += 1
        assert (record_id, since) == ("rec", frozenset({"data/seed.jsonl"}))
        return self.looks is not None and self.asked >= self.looks


@pytest.mark.parametrize(
    ("dataset", "seconds", "outcome", "words"),
    [
        (LateDataset(1), 0, OK, "is among them"),
        (LateDataset(3), 60, OK, "is among them"),
        (LateDataset(3), 0, FAULT, "not among them"),
        (LateDataset(None), 60, FAULT, "not among them"),
        (LateDataset(1, RepositoryMissing("list the dataset")), 60, FAULT, "could not list the dataset"),
    ],
    ids=["at once", "late", "too late", "never", "out of reach"],
)
def test_the_dataset_itself_is_read_where_it_is_named(
    dataset: LateDataset, seconds: float, outcome: CheckOutcome, words: str
) -> None:
    line = RemoteScript().verify(dataset_seconds=seconds, dataset=dataset)["dataset's rows"]
    assert (line.outcome, words in line.sentence) == (outcome, True), line


def test_silent_spaces_are_named() -> None:
    silent = status(4) | {"spaces": [{"space": "ada/folio", "online": True}, {"space": "ada/old", "online": False}]}
    line = RemoteScript(system_status=[status(3), silent]).verify()["spaces"]
    assert (line.outcome, line.sentence) == (WARNING, "1 of 2 online; silent: ada/old.")


def test_a_dashboard_that_nobody_looked_at_is_given_time_to_read_its_datasets() -> None:
    unread = status(0) | {"status": "offline", "reasons": ["no Space has left a record yet"]}
    folio = RemoteScript(system_status=[unread, unread, status(3)])
    assert folio.verify("dashboard")["dashboard"].sentence == "operational; 3 runs so far."
    line = RemoteScript(system_status=[unread]).verify("dashboard")["dashboard"]
    assert (line.outcome, line.sentence) == (WARNING, "offline (no Space has left a record yet); 0 runs so far.")


def workers(**online: bool) -> dict[str, list[Any]]:
    return {"workers": [{"workers": [{"role": role, "online": value} for role, value in online.items()]}]}


@pytest.mark.parametrize(
    ("answers", "role", "outcome", "sentence"),
    [
        (workers(inbox=True, tuning=True), "app", OK, "2 of 2 online."),
        (workers(inbox=True, tuning=False), "dashboard", WARNING, "1 of 2 online; not: tuning."),
        (workers(), "app", OK, "none was ever seen from here."),
        (workers(inbox=True, tuning=False), "inbox", WARNING, "1 of 2 online; not: tuning."),
        (workers(inbox=True, tuning=False), "tuning", FAULT, "1 of 2 online; the tuning worker of this Space is not."),
        (workers(inbox=True), "tuning", FAULT, "1 of 1 online; the tuning worker of this Space has not begun."),
        ({"workers": [ValueError("gone")]}, "tuning", FAULT, "/workers failed: gone"),
    ],
)
def test_workers_are_counted(answers: dict[str, list[Any]], role: str, outcome: CheckOutcome, sentence: str) -> None:
    line = RemoteScript(**answers).verify(role)["workers"]
    assert (line.outcome, line.sentence) == (outcome, sentence)


@pytest.mark.parametrize(
    ("role", "names", "asked"),
    [
        ("dashboard", ["address", "dashboard", "spaces", "workers"], ["system_status", "workers"]),
        ("analysis", ["address", "workers"], ["workers"]),
    ],
)
def test_a_space_that_converts_nothing_for_visitors_is_not_asked_to(
    role: str, names: list[str], asked: list[str]
) -> None:
    folio = RemoteScript(**workers(analysis=True))
    assert list(folio.verify(role)) == names
    assert folio.asked == asked
