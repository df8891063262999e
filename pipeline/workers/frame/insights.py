"""Cumulative insights: findings of many iterations, joined by what they are about."""

from collections.abc import Iterable
from dataclasses import replace

from pipeline.worker_iterations import Finding, Insight, Severity

MOST_INSIGHTS = 200
RANK = {Severity.SEVERE: 0, Severity.WARNING: 1, Severity.INFO: 2}


def with_findings(insights: Iterable[Insight], findings: Iterable[Finding], iteration: int) -> tuple[Insight, ...]:
    """The insights after an iteration: a finding that was made before counts once more and has its newest words.

    They are ordered from the gravest to the lightest, the one found last first. Beyond ``MOST_INSIGHTS`` the last in
    this order go.
    """
    found = {insight.key: insight for insight in insights}
    for finding in findings:
        before = found.get(finding.key)
        if before is None:
            found[finding.key] = Insight(finding.key, finding.sentence, finding.severity, iteration, iteration)
        else:
            found[finding.key] = replace(
                before,
                sentence=finding.sentence,
                severity=finding.severity,
                last_iteration=iteration,
                times=before.times + 1,
            )
    ordered = sorted(found.values(), key=lambda insight: (RANK[insight.severity], -insight.last_iteration, insight.key))
    return tuple(ordered[:MOST_INSIGHTS])
