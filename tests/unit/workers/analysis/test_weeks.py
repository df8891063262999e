"""Ten weeks in which nothing changes raise no alarm."""

from datetime import timedelta

from pipeline.worker_iterations import IterationStatus
from pipeline.workers.analysis.analysis_work import AnalysisWork
from pipeline.workers.analysis.perspective import all_perspectives
from pipeline.workers.analysis.studied_run import study
from tests.support.weeks import MONDAY, week_of_runs
from tests.support.worker_stand import analysed, runs_before


def test_ten_clean_weeks_raise_no_alarm() -> None:
    weeks = (week_of_runs(120, MONDAY + timedelta(days=7 * week), 7, 100 + week, real=40) for week in range(10))
    runs = tuple(study(record) for week in weeks for record in week)
    assert len(runs) == 1600
    moments = [MONDAY + timedelta(days=day) for day in range(2, 71, 2) for _ in all_perspectives()]
    iterations = list(analysed(AnalysisWork(lambda now: runs_before(runs, now), "test"), moments))
    assert {iteration.status for iteration in iterations} <= {IterationStatus.OK, IterationStatus.IDLE}
    assert sum(iteration.status is IterationStatus.OK for iteration in iterations) > 180
    assert [finding.sentence for iteration in iterations for finding in iteration.findings] == []
