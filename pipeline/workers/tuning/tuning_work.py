"""The six stages of an idea, one iteration each: observe, hypothesise, design, try, verify, decide."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pipeline.settings import Settings
from pipeline.store.status import iso
from pipeline.store.tuned_settings import TunedSettings
from pipeline.worker_iterations import (
    Evidence,
    Finding,
    Insight,
    IterationStatus,
    Role,
    Severity,
    WorkerIteration,
)
from pipeline.workers.analysis.comparisons import more_than_chance, paired_gain
from pipeline.workers.analysis.studied_run import StudiedRun
from pipeline.workers.analysis.studied_runs import RunsUntil, records_source, runs_of
from pipeline.workers.frame.company import visitor_at_work
from pipeline.workers.frame.neighbours import Neighbour
from pipeline.workers.frame.worker_protocol import Turn, TurnOutcome
from pipeline.workers.inbox.document_converter import ChildConverter
from pipeline.workers.tuning.booking_replay import (
    LONGEST_LOSS,
    MOST_OVERRUNS,
    propose_margin,
    recorded_calls,
    replay_bookings,
)
from pipeline.workers.tuning.idea import IDEA, STAGES, Idea, Proposal, Trial, TuningStage, Verdict, read_idea
from pipeline.workers.tuning.knobs import KNOBS, Knob, value_of
from pipeline.workers.tuning.page_replay import (
    SAMPLES,
    Documents,
    KeptRunsSources,
    OpenConverter,
    replay_pages,
)

SURE = 0.01
LEAST_GAIN = 0.05
LOSS_MARGIN = 0.02
"""No trial may lose more than this share of its characters or of its confidence."""
LEAST_DOCUMENTS = 8
CALLS_TRIED = 200
TRIED_KEPT = 40


@dataclass(frozen=True, slots=True)
class TuningSources:
    """What the worker reads and writes. ``settings`` gives the settings in effect; ``others`` the newest iterations of
    the other workers; ``busy`` tells whether a visitor's document is converted.
    """

    runs_until: RunsUntil
    settings: Callable[[], Settings]
    tuned: TunedSettings
    documents: Documents
    open_converter: OpenConverter
    others: Callable[[], tuple[WorkerIteration, ...]] = lambda: ()
    busy: Callable[[datetime], bool] = lambda now: False
    name: str = "local records"


class TuningWork:
    """The tuning worker."""

    role = Role.TUNING
    heavy = True

    def __init__(self, sources: TuningSources) -> None:
        self._sources = sources

    def iterate(self, turn: Turn) -> TurnOutcome:
        """Do the stage that comes next. A stage that failed is done again by the next iteration."""
        idea = read_idea(turn.before.state if turn.before else "")
        stages: dict[TuningStage, Callable[[Idea, Turn], TurnOutcome]] = {
            TuningStage.OBSERVE: self._observe,
            TuningStage.HYPOTHESISE: self._hypothesise,
            TuningStage.DESIGN: self._design,
            TuningStage.TRY: self._try,
            TuningStage.VERIFY: self._verify,
            TuningStage.DECIDE: self._decide,
        }
        return replace(stages[idea.next_stage](idea, turn), stage=idea.next_stage.value, source=self._sources.name)

    # -- the stages --------------------------------------------------------------------------------------------------

    def _observe(self, idea: Idea, turn: Turn) -> TurnOutcome:
        settings, runs = self._sources.settings(), self._sources.runs_until(turn.now)
        insights = [insight for other in self._sources.others() for insight in other.cumulative_insights]
        for knob in _most_called_for(KNOBS, insights):
            proposal = self._proposal(knob, value_of(settings, knob.setting), runs, idea)
            if proposal is not None:
                called = _called_for(knob, insights)
                observed = f"{proposal.observed} {called[0].sentence}" if called else proposal.observed
                return _on(replace(idea, proposal=replace(proposal, observed=observed)), observed)
        return _on(idea, "Nothing that could be tuned calls for it.", stay=True)

    def _proposal(self, knob: Knob, now: int, runs: tuple[StudiedRun, ...], idea: Idea) -> Proposal | None:
        if knob.on_calls:
            proposal = propose_margin(recorded_calls(runs), now)
            tried = proposal is not None and (knob.setting, proposal.proposed, "rejected") in idea.tried[-4:]
            return None if tried else proposal
        if len(self._sources.documents.sample(SAMPLES, idea.number)) < LEAST_DOCUMENTS:
            return None
        decided = {(setting, value) for setting, value, _ in idea.tried}
        value = next((value for value in knob.allowed(now) if (knob.setting, value) not in decided), None)
        if value is None:
            return None
        return Proposal(knob.setting, now, value, f"{knob.setting.upper()} is {now}; {value} was not tried yet.")

    def _hypothesise(self, idea: Idea, turn: Turn) -> TurnOutcome:
        proposal = _proposed(idea)
        return _on(
            idea,
            f"With {proposal.setting.upper()} at {proposal.proposed} instead of {proposal.now}, the cost falls by at "
            f"least {LEAST_GAIN:.0%} and nothing loses more than {LOSS_MARGIN:.0%}.",
        )

    def _design(self, idea: Idea, turn: Turn) -> TurnOutcome:
        if _knob_of(_proposed(idea)).on_calls:
            calls = recorded_calls(self._sources.runs_until(turn.now))[-CALLS_TRIED:]
            samples = tuple(dict.fromkeys(item.record_id for item in calls))
            words = f"{len(calls)} recorded GPU calls are booked anew with both values."
        else:
            samples = tuple(item.record_id for item in self._sources.documents.sample(SAMPLES, idea.number))
            words = f"{len(samples)} kept documents are converted with both values, in turns."
        return _on(replace(idea, samples=samples), words)

    def _try(self, idea: Idea, turn: Turn) -> TurnOutcome:
        proposal = _proposed(idea)
        if _knob_of(proposal).on_calls:
            chosen = set(idea.samples)
            calls = [item for item in recorded_calls(self._sources.runs_until(turn.now)) if item.record_id in chosen]
            trials = replay_bookings(calls, proposal)
        else:
            found = (self._sources.documents.find(record_id) for record_id in idea.samples)
            documents = [document for document in found if document is not None]
            stop = lambda: turn.stop.asked or self._sources.busy(datetime.now(UTC))  # noqa: E731
            trials = replay_pages(documents, proposal, self._sources.open_converter, stop)
        return _on(replace(idea, trials=trials), f"{len(trials)} trials were made.")

    def _verify(self, idea: Idea, turn: Turn) -> TurnOutcome:
        verdict = verdict_of(idea.trials, _proposed(idea))
        words = (
            f"{verdict.trials} pairs: the mean cost is {verdict.after:.1f} instead of {verdict.before:.1f} "
            f"(p = {verdict.p_value:.2g}), {verdict.losses} lost more than {LOSS_MARGIN:.0%}."
        )
        return _on(replace(idea, verdict=verdict), words)

    def _decide(self, idea: Idea, turn: Turn) -> TurnOutcome:
        proposal = _proposed(idea)
        verdict = idea.verdict or verdict_of(idea.trials, proposal)
        kept = is_better(verdict, _knob_of(proposal).on_calls)
        change = f"{proposal.setting.upper()} {proposal.proposed} instead of {proposal.now}"
        if kept:
            values = {proposal.setting: proposal.proposed}
            self._sources.tuned.change(self._sources.settings(), values, change, turn.number, iso(turn.now))
        words = f"{'Kept' if kept else 'Rejected'}: {change}. {_reason(verdict)}"
        finding = Finding(
            "tuning.kept" if kept else "tuning.rejected",
            proposal.setting,
            words,
            verdict.after,
            verdict.before,
            "mean cost",
            verdict.p_value,
            Severity.INFO,
            verdict.trials,
            evidence=tuple(Evidence(record_id) for record_id in idea.samples[:5]),
        )
        tried = (*idea.tried, (proposal.setting, proposal.proposed, "kept" if kept else "rejected"))[-TRIED_KEPT:]
        return _on(Idea(idea.number + 1, TuningStage.DECIDE, tried=tried), words, findings=(finding,))


def verdict_of(trials: Iterable[Trial], proposal: Proposal) -> Verdict:
    """What the trials say. Pages of one document are one pair, since they share its time."""
    by_record: dict[str, list[Trial]] = {}
    all_trials = list(trials)
    for trial in all_trials:
        by_record.setdefault(trial.record_id, []).append(trial)
    before = [sum(trial.before for trial in group) / len(group) for group in by_record.values()]
    after = [sum(trial.after for trial in group) / len(group) for group in by_record.values()]
    if not before:
        return Verdict(0, 0.0, 0.0, 1.0, 0)
    chance = paired_gain(before, after)
    if _knob_of(proposal).on_calls and proposal.proposed > proposal.now:
        # A longer booking costs most calls a little and saves few from being cut: what counts is that too many were.
        cut = sum(trial.before >= LONGEST_LOSS for trial in all_trials)
        chance = more_than_chance(cut, len(all_trials), MOST_OVERRUNS)
    return Verdict(
        len(before),
        sum(before) / len(before),
        sum(after) / len(after),
        chance,
        sum(trial.loss > LOSS_MARGIN for trial in all_trials),
    )


def is_better(verdict: Verdict, on_calls: bool) -> bool:
    """Whether a change is kept: surely cheaper, by enough, and nothing worse beyond the margin. Of recorded calls one
    in a hundred may be cut.
    """
    if verdict.trials < LEAST_DOCUMENTS or verdict.p_value >= SURE:
        return False
    tolerated = MOST_OVERRUNS * verdict.trials if on_calls else 0
    return verdict.after <= (1 - LEAST_GAIN) * verdict.before and verdict.losses <= tolerated


def _reason(verdict: Verdict) -> str:
    return (
        f"Over {verdict.trials} pairs the mean cost is {verdict.after:.1f} instead of {verdict.before:.1f} "
        f"(p = {verdict.p_value:.2g}); {verdict.losses} were worse beyond the margin."
    )


def _on(idea: Idea, summary: str, stay: bool = False, findings: tuple[Finding, ...] = ()) -> TurnOutcome:
    """The outcome of a stage; the next iteration does the next stage, or the same one."""
    position = STAGES.index(idea.next_stage)
    following = idea.next_stage if stay else STAGES[(position + 1) % len(STAGES)]
    state = IDEA.encode(replace(idea, next_stage=following)).decode()
    status = IterationStatus.IDLE if stay else IterationStatus.OK
    return TurnOutcome(summary=summary, status=status, state=state, findings=findings)


def _proposed(idea: Idea) -> Proposal:
    if idea.proposal is None:
        raise ValueError("a stage after the first has a proposal")
    return idea.proposal


def _knob_of(proposal: Proposal) -> Knob:
    return next(knob for knob in KNOBS if knob.setting == proposal.setting)


def _called_for(knob: Knob, insights: Iterable[Insight]) -> list[Insight]:
    return [insight for insight in insights if insight.key.startswith(knob.hints)]


def _most_called_for(knobs: Iterable[Knob], insights: list[Insight]) -> list[Knob]:
    """The knobs that an insight calls for first, else in the order of the table."""
    return sorted(knobs, key=lambda knob: not _called_for(knob, insights))


def build(settings: Settings, token: str) -> TuningWork:
    """The worker over the records and documents of this machine, and the other two workers' datasets."""
    tuned = TunedSettings(settings.data_dir)
    neighbours = [Neighbour(settings, role, token) for role in (Role.ANALYSIS, Role.TEST_PLANNING)]
    replays = replace(settings, data_dir=settings.work_dir / "replays")  # their records are none of the Space's
    return TuningWork(
        TuningSources(
            runs_of(settings, token),
            lambda: tuned.apply(settings),
            tuned,
            KeptRunsSources(settings.data_dir),
            lambda changes: ChildConverter(replays, changes),
            lambda: tuple(last for neighbour in neighbours if (last := neighbour.last())),
            visitor_at_work(settings),
            records_source(settings, token),
        )
    )
