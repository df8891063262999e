"""How workers look: the card of the dashboard and the page of one worker. Pure functions to HTML."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from markupsafe import Markup

from pipeline.history.worker_overview import TunedChange, WorkerStanding
from pipeline.ui.templating import NOTHING, render
from pipeline.ui.words import count, span
from pipeline.worker_iterations import Finding, Insight, Role, Severity, WorkerState

WORKER_TITLES: Mapping[Role, str] = {
    Role.INBOX: "Inbox",
    Role.ANALYSIS: "Analysis",
    Role.TEST_PLANNING: "Test planning",
    Role.TUNING: "Tuning",
}
STATE_NAMES = {
    WorkerState.STARTING: "starting",
    WorkerState.WORKING: "at work",
    WorkerState.WAITING: "waiting for its next iteration",
    WorkerState.STANDING_BACK: "standing back for a visitor's document",
    WorkerState.PAUSED: "paused",
    WorkerState.BACKING_OFF: "waiting after a failure",
    WorkerState.STOPPED: "stopped",
}
SEVERITY_KINDS = {Severity.SEVERE: "error", Severity.WARNING: "partial", Severity.INFO: "ok"}
INSIGHTS_SHOWN, FINDINGS_SHOWN = 8, 12


def state_name(worker: WorkerStanding) -> str:
    """What the worker does, in words."""
    if worker.silent:
        return "silent"
    if worker.paused:
        return "paused"
    if worker.state is WorkerState.PAUSED:
        return "about to go on"
    return STATE_NAMES[worker.state] if worker.state else "in another Space"


def workers_card(standings: Sequence[WorkerStanding]) -> Markup:
    """The card of the dashboard: who is online, how many iterations, the newest insight of each."""
    if not standings:
        return NOTHING
    online = sum(worker.online for worker in standings)
    return render(
        "workers/workers_card",
        name="Workers",
        note=f"{online} of {len(standings)} online",
        workers=[_line(worker) for worker in standings],
    )


def _line(worker: WorkerStanding) -> dict[str, object]:
    insight = newest_insight(worker)
    return {
        "role": worker.role.value,
        "name": WORKER_TITLES[worker.role],
        "dot": "bad" if worker.silent or worker.error else "on" if worker.online else "off",
        "state": state_name(worker),
        "iterations": count(worker.iterations, "iteration"),
        "insight": insight.sentence if insight else worker.last.summary if worker.last else "",
        "records": _records(worker),
        "heard_ms": worker.heard_ms,
        "here": worker.here,
        "paused": worker.paused,
    }


def newest_insight(worker: WorkerStanding) -> Insight | None:
    """The insight that was found last."""
    insights = worker.last.cumulative_insights if worker.last else ()
    return max(insights, key=lambda insight: insight.last_iteration, default=None)


def _records(worker: WorkerStanding) -> list[str]:
    """The first runs that show what the newest iteration found."""
    findings = worker.last.findings if worker.last else ()
    return [finding.evidence[0].record_id for finding in findings if finding.evidence][:3]


def standing_line(worker: WorkerStanding | None, role: Role) -> Markup:
    """The line at the top of a worker's page."""
    if worker is None:
        return render("workers/no_worker", name=WORKER_TITLES[role])
    return render(
        "workers/standing",
        name=WORKER_TITLES[role],
        level="degraded" if worker.silent or worker.error else "operational" if worker.online else "offline",
        state=state_name(worker),
        error=worker.error,
        iterations=count(worker.iterations, "iteration"),
        source=worker.source,
        heard_ms=worker.heard_ms,
        next_ms=_ms(worker.next_at),
    )


def worker_body(worker: WorkerStanding | None, tuned: Sequence[TunedChange]) -> Markup:
    """What a worker's page shows below the line: insights, the newest iterations with what they found."""
    if worker is None or worker.last is None:
        return NOTHING
    return render(
        "workers/body",
        insights=[_insight(item) for item in worker.last.cumulative_insights[:INSIGHTS_SHOWN]],
        iterations=[
            {
                "number": item.iteration,
                "focus": item.perspective or item.stage or "turn",
                "started_ms": _ms(item.started_at),
                "took": span(item.duration_ms),
                "summary": item.summary,
                "kind": "error" if item.error else "ok" if item.status.value == "ok" else "cancelled",
                "status": item.error or item.status.value,
                "findings": [_finding(found) for found in item.findings[:FINDINGS_SHOWN]],
                "cases": len(item.cases),
            }
            for item in worker.recent
        ],
        changes=[_change(change) for change in tuned],
    )


def _insight(insight: Insight) -> dict[str, object]:
    return {
        "kind": SEVERITY_KINDS[insight.severity],
        "severity": insight.severity.value,
        "sentence": insight.sentence,
        "times": count(insight.times, "time"),
        "last": insight.last_iteration,
    }


def _finding(finding: Finding) -> dict[str, object]:
    return {
        "kind": SEVERITY_KINDS[finding.severity],
        "severity": finding.severity.value,
        "sentence": finding.sentence,
        "sure": f"p = {finding.p_value:.1g}" if finding.p_value else "counted",
        "runs": count(finding.runs, "document"),
        "records": [item.record_id for item in finding.evidence[:5]],
    }


def _change(change: TunedChange) -> dict[str, object]:
    values = ", ".join(f"{name.upper()} {value}" for name, value in change.values)
    return {"number": change.number, "settings": values or "as set", "why": change.why, "at": change.decided_at[:16]}


def standing_json(worker: WorkerStanding) -> dict[str, object]:
    """A standing for programs."""
    last = worker.last
    return {
        "role": worker.role.value,
        "here": worker.here,
        "state": worker.state.value if worker.state else None,
        "online": worker.online,
        "paused": worker.paused,
        "silent": worker.silent,
        "heard_ms": worker.heard_ms,
        "source": worker.source,
        "error": worker.error or None,
        "iteration": worker.iterations,
        "summary": last.summary if last else "",
        "findings": [_finding(item) for item in last.findings] if last else [],
        "insights": [item.sentence for item in last.cumulative_insights] if last else [],
    }


def _ms(moment: str) -> int | None:
    return round(datetime.fromisoformat(moment).timestamp() * 1000) if moment else None
