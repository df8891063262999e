"""What the steps found, as the Markdown that the documentation takes over: speeds, goals, prices, the other steps."""

from collections.abc import Iterator
from dataclasses import dataclass

from benchmarks.gpu_check.results import Ended, Found, Results
from benchmarks.gpu_check.setting import CALL_PAGES
from benchmarks.gpu_check.steps import STEPS

BUNDLES, KINDS = ("light", "accurate"), ("plain", "scanned")


@dataclass(frozen=True, slots=True)
class Goal:
    """A number to reach: at most ``value``, or at least where ``least``."""

    what: str
    value: float
    least: bool = False

    def line(self, found: float | None) -> str:
        """A row: the goal, what was found, and whether it is reached; without a finding it is open."""
        bound = f"{'at least' if self.least else 'at most'} {self.value:g}"
        if found is None:
            return f"| {self.what} | {bound} | | open |"
        reached = found >= self.value if self.least else found <= self.value
        return f"| {self.what} | {bound} | {found:.4g} | {'reached' if reached else 'missed'} |"


def summary(results: Results) -> str:
    """All tables; a step without a result is left out of them."""
    return "\n".join([*_machine(results), *_speeds(results), *_goals(results), *_others(results)])


def per_page(results: Results, step: str) -> float | None:
    """Seconds per page that the step measured, None where it did not."""
    found = results.found(step).get("per_page")
    return float(found) if found is not None else None


def _machine(results: Results) -> Iterator[str]:
    found = results.found("machine")
    packages = found.get("packages", {})
    yield f"{found.get('device', 'no device')}, torch {packages.get('torch', '')}, driver {found.get('driver', '')}"
    yield ""


def _speeds(results: Results) -> Iterator[str]:
    yield "| models | pages | s per page | s per page, fresh process | first page | busy | memory |"
    yield "|---|---|---|---|---|---|---|"
    engines = ("eager", "compiled", "bfloat16", "float16")
    names = [f"{engine}-{bundle}-{kind}" for bundle in BUNDLES for engine in engines for kind in KINDS]
    for name in (*names, *(f"docling-{kind}" for kind in KINDS)):
        found = results.found(name)
        if found:
            yield (
                f"| {name} | {found['pages']} | {found['per_page']:.4f} | {found['fresh_per_page']:.4f} | "
                f"{found['first_page']:.1f} s | {found['busy_share']:.0%} | {found['peak_mb']} MB |"
            )
    yield ""


def _goals(results: Results) -> Iterator[str]:
    """The goals of the light bundle in a full call, compiled where it was compiled, and of the others."""
    best = {kind: _best(results, "light", kind) for kind in KINDS}
    yield f"| goal, in a call of {CALL_PAGES} pages | | found | |"
    yield "|---|---|---|---|"
    yield Goal("seconds per plain page, light", 0.015).line(best["plain"])
    yield Goal("seconds per scanned page, light", 0.1).line(best["scanned"])
    for kind in KINDS:
        theirs = per_page(results, f"docling-{kind}")
        yield Goal(f"docling's seconds ÷ Folio's, {kind}", 20, least=True).line(_ratio(theirs, best[kind]))
    for bundle in BUNDLES:
        for kind in KINDS:
            eager, compiled = (per_page(results, f"{engine}-{bundle}-{kind}") for engine in ("eager", "compiled"))
            yield Goal(f"eager ÷ compiled, {bundle}, {kind}", 1.3, least=True).line(_ratio(eager, compiled))
    calls = results.found("platform")
    yield Goal("booking ÷ used, 95th percentile", 1.2).line(_ratio(calls.get("booked"), calls.get("used_95th")))
    yield ""


def _best(results: Results, bundle: str, kind: str) -> float | None:
    measured = [per_page(results, f"{engine}-{bundle}-{kind}") for engine in ("eager", "compiled")]
    return min((seconds for seconds in measured if seconds is not None), default=None)


def _ratio(above: float | None, below: float | None) -> float | None:
    return above / below if above is not None and below else None


def _others(results: Results) -> Iterator[str]:
    """The steps that give no speed, and whatever did not end well."""
    yield "| step | ended | found |"
    yield "|---|---|---|"
    for step in STEPS:
        outcome = results.get(step.name)
        if outcome is None:
            yield f"| {step.name} | not run | |"
        elif outcome.ended is not Ended.DONE:
            yield f"| {step.name} | {outcome.ended} | {outcome.reason} |"
        elif "per_page" not in outcome.found and step.name != "machine":
            yield f"| {step.name} | done | {_short(outcome.found)} |"


def _short(found: Found) -> str:
    """Plain numbers and words, and of each nested finding its difference, where it has one."""
    parts = []
    for name, value in found.items():
        if isinstance(value, dict):
            if "difference" in value:
                parts.append(f"{name} {value['difference']:.1e} of {value['allowed']:.0e}")
        else:
            parts.append(f"{name} {value}")
    return ", ".join(parts)
