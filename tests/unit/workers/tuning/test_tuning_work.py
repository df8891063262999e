"""Six stages for each idea; a change is kept only where it is proven better, and nothing is worse."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.errors import ConversionLost
from pipeline.gpu.booking import LONG_SECONDS, percentile95
from pipeline.settings import Settings
from pipeline.store.tuned_settings import TunedSettings
from pipeline.worker_iterations import Finding, Insight, IterationStatus, Role, Severity, WorkerIteration
from pipeline.workers.analysis.studied_run import StudiedRun, study
from pipeline.workers.inbox.document_converter import ConversionAnswer, MeasuredPage
from pipeline.workers.tuning.booking_replay import (
    LONGEST_LOSS,
    booked,
    learnt_rates,
    overruns,
    propose_margin,
    recorded_calls,
)
from pipeline.workers.tuning.idea import STAGES, Proposal, Trial, read_idea
from pipeline.workers.tuning.knobs import KNOBS
from pipeline.workers.tuning.page_replay import KeptDocument
from pipeline.workers.tuning.tuning_work import TuningSources, TuningWork, is_better, verdict_of
from tests.support.weeks import MONDAY, week_of_runs
from tests.support.worker_stand import analysed

WEEK_LATER = MONDAY + timedelta(days=7)
RUNS = tuple(study(record) for record in week_of_runs(300, seed=31))


@dataclass
class FakeDocuments:
    """So many documents, none of which is a file."""

    count: int

    def sample(self, count: int, seed: int) -> tuple[KeptDocument, ...]:
        return tuple(KeptDocument(f"r{number}", Path(f"{number}.pdf")) for number in range(min(count, self.count)))

    def find(self, record_id: str) -> KeptDocument | None:
        return KeptDocument(record_id, Path(f"{record_id[1:]}.pdf"))


@dataclass
class FakeSide:
    """A converter whose documents take ``seconds`` and lose ``lost`` of their characters."""

    seconds: float
    lost: float = 0.0
    dies: bool = False
    asked: list[str] = field(default_factory=list)

    def convert(self, path: Path, name: str, into: Path) -> ConversionAnswer:
        self.asked.append(path.stem)
        if self.dies:
            raise ConversionLost
        seconds = self.seconds * (1 + int(path.stem) / 100)
        measured = tuple(MeasuredPage(page, round(1000 * (1 - self.lost)), 0.9) for page in (1, 2))
        return ConversionAnswer("ok", pages=2, pages_ok=2, seconds=seconds, measured=measured)

    def rest(self) -> None:
        pass


def worker(
    settings: Settings,
    runs: tuple[StudiedRun, ...] = (),
    documents: int = 0,
    sides: Mapping[int, FakeSide] | None = None,
    others: tuple[WorkerIteration, ...] = (),
) -> TuningWork:
    tuned, known = TunedSettings(settings.data_dir), sides if sides is not None else {}
    return TuningWork(
        TuningSources(
            lambda now: runs,
            lambda: tuned.apply(settings),
            tuned,
            FakeDocuments(documents),
            lambda changes: known[next(iter(changes.values()))],
            lambda: others,
        )
    )


def iterations_of(work: TuningWork, count: int = 6) -> list[WorkerIteration]:
    return list(analysed(work, [WEEK_LATER] * count))


# -- bookings ----------------------------------------------------------------------------------------------------------


def long_calls() -> Iterator[tuple[float, int, int]]:
    """Used seconds of each long call, and its booking by the margins 150 and the best."""
    calls = recorded_calls(RUNS)
    rates = learnt_rates(calls)
    best = propose_margin(calls, 150)
    assert best is not None
    for item in calls:
        if booked(item, rates, best.proposed) > LONG_SECONDS:
            yield item.call.used_seconds, booked(item, rates, 150), booked(item, rates, best.proposed)


def test_the_smallest_margin_that_suffices_is_proposed() -> None:
    calls = recorded_calls(RUNS)
    proposal = propose_margin(calls, 150)
    assert proposal is not None
    assert 100 <= proposal.proposed < 130
    assert overruns(calls, learnt_rates(calls), proposal.proposed) <= 0.01
    assert propose_margin(calls, proposal.proposed) is None
    assert propose_margin(calls[:20], 150) is None


def test_a_kept_margin_books_within_a_fifth_of_what_95_of_100_calls_need() -> None:
    ratios = [after / used for used, _, after in long_calls()]
    needed = [used / after for used, _, after in long_calls()]
    assert percentile95(needed) == pytest.approx(1.0, abs=0.2)
    assert sum(ratio < 1 for ratio in ratios) <= 0.01 * len(ratios)


def test_six_iterations_bring_a_shorter_booking_into_effect_with_its_evidence(settings: Settings) -> None:
    iterations = iterations_of(worker(settings, RUNS))
    assert [iteration.stage for iteration in iterations] == [stage.value for stage in STAGES]
    (finding,) = iterations[-1].findings
    assert (finding.kind, finding.subject) == ("tuning.kept", "booking_margin_percent")
    assert finding.value < finding.baseline
    assert finding.evidence
    version = TunedSettings(settings.data_dir).current()
    assert version is not None
    assert (version.iteration, version.values["booking_margin_percent"] < 130) == (6, True)
    assert read_idea(iterations[-1].state).tried[0][2] == "kept"


def test_calls_that_were_cut_call_for_a_longer_booking(settings: Settings) -> None:
    slow = tuple(
        replace(run, calls=tuple(replace(call, used_seconds=1.4 * call.used_seconds) for call in run.calls))
        for run in RUNS
    )
    tuned = TunedSettings(settings.data_dir)
    tuned.change(settings, {"booking_margin_percent": 100}, "too little", 1, "2026-03-02T12:00:00.000Z")
    iterations_of(worker(settings, slow))
    assert tuned.apply(settings).booking_margin_percent > 110


# -- documents ---------------------------------------------------------------------------------------------------------


def threads_now(settings: Settings) -> tuple[int, int]:
    """The value of the second knob that is in effect, and the first that is tried."""
    return settings.threads, KNOBS[1].allowed(settings.threads)[0]


@pytest.mark.parametrize(
    ("changed", "kept"),
    [
        (FakeSide(0.8), True),
        (FakeSide(0.98), False),
        (FakeSide(1.2), False),
        (FakeSide(0.5, lost=0.05), False),
        (FakeSide(0.5, dies=True), False),
    ],
    ids=["faster", "hardly faster", "slower", "faster and loses text", "faster and dies"],
)
def test_a_change_is_kept_where_documents_are_surely_faster_and_none_is_worse(
    settings: Settings, changed: FakeSide, kept: bool
) -> None:
    now, proposed = threads_now(settings)
    sides = {now: FakeSide(1.0), proposed: changed}
    iterations = iterations_of(worker(settings, documents=12, sides=sides))
    assert iterations[-1].findings[0].kind == ("tuning.kept" if kept else "tuning.rejected")
    assert TunedSettings(settings.data_dir).apply(settings).threads == (proposed if kept else now)
    assert changed.asked == sides[now].asked == ["0", *map(str, range(12))]


def test_what_was_tried_is_not_tried_again(settings: Settings) -> None:
    class Every(dict[int, FakeSide]):
        def __missing__(self, key: int) -> FakeSide:
            return FakeSide(1.0)

    iterations = iterations_of(worker(settings, documents=12, sides=Every()), 6 * 12)
    tried = [item.findings[0].sentence for item in iterations if item.findings]
    assert len(tried) == len(set(tried)) >= 4
    assert iterations[-1].status is IterationStatus.IDLE


def test_an_insight_decides_what_is_tried_first(settings: Settings) -> None:
    insight = Insight("fidelity.doubt · version 0.2.0", "Doubt grew.", Severity.WARNING, 1, 1)
    other = WorkerIteration(
        role=Role.ANALYSIS,
        iteration=1,
        started_at="2026-03-02T12:00:00.000Z",
        duration_ms=1,
        status=IterationStatus.OK,
        summary="",
        cumulative_insights=(insight,),
    )
    (first,) = iterations_of(worker(settings, documents=12, others=(other,)), 1)
    proposal = read_idea(first.state).proposal
    assert proposal is not None
    assert proposal.setting == "ocr_scanned_percent"
    assert "Doubt grew." in proposal.observed


def test_without_calls_and_documents_nothing_is_proposed(settings: Settings) -> None:
    iterations = iterations_of(worker(settings), 3)
    assert {(item.stage, item.status) for item in iterations} == {("observe", IterationStatus.IDLE)}


def test_pages_of_one_document_are_one_pair() -> None:
    trials = [Trial("r1", page, 10.0, 5.0) for page in range(1, 50)]
    proposal = Proposal("threads", 2, 4, "")
    verdict = verdict_of(trials, proposal)
    assert verdict.trials == 1
    assert not is_better(verdict, on_calls=False)
    assert verdict_of((), proposal).p_value == 1.0


def test_a_call_that_was_cut_counts_beside_whole_calls_of_its_run() -> None:
    trials = [Trial(f"r{number}", 0, cost, 10.0) for number in range(20) for cost in (LONGEST_LOSS + 10, 5.0)]
    verdict = verdict_of(trials, Proposal("booking_margin_percent", 100, 150, ""))
    assert is_better(verdict, on_calls=True)


def test_a_decision_is_a_finding_without_alarm(settings: Settings) -> None:
    finding: Finding = iterations_of(worker(settings, RUNS))[-1].findings[0]
    assert finding.severity is Severity.INFO
