"""Is a difference more than chance? The tests of the perspectives, all of them scipy's.

Numbers are compared by the Mann-Whitney U test, shares by Fisher's exact test, pairs by the Wilcoxon signed-rank test.
One document counts once, however often it was converted, since its runs are alike; in a baseline that lasts longer,
once in every stretch as long as the recent runs last. Everything that one look tests is corrected together by Holm's
method, which bounds the chance of a single false finding in the look.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats

from pipeline.worker_iterations import Evidence, Finding, Severity
from pipeline.workers.analysis.studied_run import StudiedRun

SURE = 1e-5
"""Largest corrected chance of a finding; see ``pipeline/workers/analysis/__init__.py`` for what it means."""
LEAST_GROUP = 8
"""Documents in the smaller group, and three times as many in the baseline, below which numbers are not compared."""
SHOWN_RUNS = 5
DAY_MS, HOUR_MS = 86_400_000, 3_600_000

Measure = Callable[[StudiedRun], float | None]
Hit = Callable[[StudiedRun], bool]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A difference that was tested: the finding that it would be, and whether it is large enough to matter."""

    finding: Finding
    matters: bool


@dataclass(frozen=True, slots=True)
class Question:
    """What is compared: the finding's kind, subject and unit, and its sentence, formatted with ``value``, ``baseline``,
    ``change`` (in per cent, with sign) and ``subject``.
    """

    kind: str
    subject: str
    unit: str
    sentence: str


def confirmed(candidates: Iterable[Candidate]) -> tuple[Finding, ...]:
    """The findings that stay after correction for everything that was tested, surest first."""
    tested = list(candidates)
    corrected = holm([candidate.finding.p_value for candidate in tested])
    sure = [
        replace(candidate.finding, p_value=p)
        for candidate, p in zip(tested, corrected, strict=True)
        if candidate.matters and p < SURE
    ]
    return tuple(sorted(sure, key=lambda finding: finding.p_value))


def holm(chances: Sequence[float]) -> list[float]:
    """The chances corrected by Holm's step-down method (Holm 1979, Scandinavian Journal of Statistics 6)."""
    order = np.argsort(chances)
    corrected = [0.0] * len(chances)
    largest = 0.0
    for rank, position in enumerate(order):
        largest = max(largest, min(1.0, (len(chances) - rank) * chances[position]))
        corrected[int(position)] = largest
    return corrected


def compare_numbers(
    question: Question,
    measure: Measure,
    recent: Sequence[StudiedRun],
    baseline: Sequence[StudiedRun],
    *,
    least_ratio: float = 1.2,
    higher_is_worse: bool = True,
    stratum: Callable[[StudiedRun], Hashable] = lambda run: run.stratum,
) -> Candidate | None:
    """Whether a number of recent documents differs from the baseline's; None where there are too few to tell.

    Only documents of one stratum are compared with each other: each number is divided by the baseline's median of its
    stratum. The difference matters where the ratio of the medians is ``least_ratio`` or more, in either direction.
    """
    now, before = (_values(measure, runs) for runs in in_like_stretches(recent, baseline))
    medians = _stratum_medians(before, stratum)
    now = [(run, value) for run, value in now if stratum(run) in medians]
    before = [(run, value) for run, value in before if stratum(run) in medians]
    if len(now) < LEAST_GROUP or len(before) < 3 * LEAST_GROUP:
        return None
    ratios = [value / medians[stratum(run)] for run, value in now]
    usual = [value / medians[stratum(run)] for run, value in before]
    chance = float(stats.mannwhitneyu(ratios, usual, alternative="two-sided").pvalue)
    ratio = float(np.median(ratios) / max(np.median(usual), 1e-12))
    base = float(np.median([value for _, value in before]))
    worse = ratio > 1 if higher_is_worse else ratio < 1
    shown = [run for _, run in sorted(zip(ratios, (run for run, _ in now), strict=True), key=lambda pair: pair[0])]
    if higher_is_worse:
        shown.reverse()
    finding = _finding(question, base * ratio, base, chance, _severity(worse, max(ratio, 1 / max(ratio, 1e-9)) >= 2))
    trend = _trend([*before, *now]) if chance < SURE else 0.0
    finding = replace(finding, runs=len(now), trend_per_day=trend, evidence=_evidence(shown))
    return Candidate(finding, max(ratio, 1 / max(ratio, 1e-9)) >= least_ratio)


def compare_shares(
    question: Question,
    hit: Hit,
    recent: Sequence[StudiedRun],
    baseline: Sequence[StudiedRun],
    *,
    least_difference: float = 0.05,
    higher_is_worse: bool = True,
    pages: Callable[[StudiedRun], tuple[int, ...]] = lambda run: (),
) -> Candidate | None:
    """Whether a larger or smaller share of recent documents is hit; None where there are too few to tell."""
    now, before = in_like_stretches(recent, baseline)
    if len(now) < LEAST_GROUP or len(before) < LEAST_GROUP:
        return None
    hits, usual = [run for run in now if hit(run)], [run for run in before if hit(run)]
    table = [[len(hits), len(now) - len(hits)], [len(usual), len(before) - len(usual)]]
    chance = float(stats.fisher_exact(table).pvalue)
    share, base = len(hits) / len(now), len(usual) / len(before)
    worse = share > base if higher_is_worse else share < base
    finding = _finding(question, share, base, chance, _severity(worse, abs(share - base) >= 0.5))
    trend = _trend([(run, float(hit(run))) for run in [*before, *now]], np.mean) if chance < SURE else 0.0
    evidence = tuple(Evidence(run.record_id, pages(run)) for run in hits[-SHOWN_RUNS:])
    finding = replace(finding, runs=len(now), trend_per_day=trend, evidence=evidence)
    return Candidate(finding, abs(share - base) >= least_difference)


def compare_pairs(
    question: Question,
    measure: Measure,
    recent: Sequence[StudiedRun],
    baseline: Sequence[StudiedRun],
    *,
    least_ratio: float = 1.1,
) -> Candidate | None:
    """Whether a number fell or rose on documents that both groups have; None where they share too few."""
    now = {run.document: (run, value) for run, value in _values(measure, once_each(recent))}
    before = {run.document: value for run, value in _values(measure, once_each(baseline))}
    both = [(run, value, before[document]) for document, (run, value) in now.items() if document in before]
    differences = [value - old for _, value, old in both]
    if len(both) < LEAST_GROUP or not any(differences):
        return None
    chance = float(stats.wilcoxon(differences).pvalue)
    new, old = (float(np.mean([item[position] for item in both])) for position in (1, 2))
    finding = _finding(question, new, old, chance, _severity(new < old, new < old / 2))
    lost = sorted(both, key=lambda item: item[1] - item[2])
    evidence = _evidence([run for run, _, _ in lost])
    large = max(new, old) >= least_ratio * max(min(new, old), 1e-9)
    return Candidate(replace(finding, runs=len(both), evidence=evidence), large)


def more_than_chance(hits: int, of: int, usual: float) -> float:
    """The chance that at least ``hits`` of ``of`` come about where each has the chance ``usual`` (binomial test)."""
    return float(stats.binomtest(hits, of, usual, alternative="greater").pvalue) if of else 1.0


def paired_gain(before: Sequence[float], after: Sequence[float]) -> float:
    """The chance that costs fall as much as they do from ``before`` to ``after``, pair by pair, without a cause
    (Wilcoxon signed-rank test, one-sided); 1 where nothing differs.
    """
    differences = [new - old for old, new in zip(before, after, strict=True)]
    if not any(differences):
        return 1.0
    return float(stats.wilcoxon(differences, alternative="less").pvalue)


def once_each(runs: Iterable[StudiedRun]) -> list[StudiedRun]:
    """The newest run of each document."""
    return list({run.document: run for run in runs}.values())


def in_like_stretches(
    recent: Sequence[StudiedRun], baseline: Sequence[StudiedRun]
) -> tuple[list[StudiedRun], list[StudiedRun]]:
    """The newest run of each document in every stretch of time as long as ``recent`` lasts, an hour at least.

    Documents that come again and again would weigh more among a day's documents than among a month's, if each counted
    once in both.
    """
    begun = [run.started_ms for run in recent]
    lasts = max(max(begun, default=0) - min(begun, default=0) + 1, HOUR_MS)
    newest = max((run.started_ms for run in baseline), default=0)
    before = {(run.document, (newest - run.started_ms) // lasts): run for run in baseline}
    return once_each(recent), list(before.values())


def _values(measure: Measure, runs: Sequence[StudiedRun]) -> list[tuple[StudiedRun, float]]:
    measured = ((run, measure(run)) for run in runs)
    return [(run, value) for run, value in measured if value is not None]


def _stratum_medians(
    values: Sequence[tuple[StudiedRun, float]], stratum: Callable[[StudiedRun], Hashable]
) -> dict[Hashable, float]:
    """The median of each stratum that is large enough to have one, and is not zero."""
    groups: dict[Hashable, list[float]] = {}
    for run, value in values:
        groups.setdefault(stratum(run), []).append(value)
    medians = {name: float(np.median(group)) for name, group in groups.items() if len(group) >= LEAST_GROUP}
    return {name: median for name, median in medians.items() if median > 0}


def _trend(
    values: Sequence[tuple[StudiedRun, float]], middle: Callable[[Sequence[float]], object] = np.median
) -> float:
    """The change of the daily middle in a day, by Theil and Sen's slope; 0 where fewer than three days have values."""
    days: dict[int, list[float]] = {}
    for run, value in values:
        days.setdefault(run.started_ms // DAY_MS, []).append(value)
    if len(days) < 3:
        return 0.0
    ordered = sorted(days)
    return float(stats.theilslopes([float(str(middle(days[day]))) for day in ordered], ordered).slope)


def _finding(question: Question, value: float, baseline: float, chance: float, severity: Severity) -> Finding:
    change = 100 * (value / baseline - 1) if baseline else 0.0
    words = question.sentence.format(value=value, baseline=baseline, change=change, subject=question.subject)
    return Finding(question.kind, question.subject, words, value, baseline, question.unit, chance, severity)


def _severity(worse: bool, large: bool) -> Severity:
    if not worse:
        return Severity.INFO
    return Severity.SEVERE if large else Severity.WARNING


def _evidence(runs: Sequence[StudiedRun]) -> tuple[Evidence, ...]:
    return tuple(Evidence(run.record_id) for run in runs[:SHOWN_RUNS])
