"""The check's steps, in the order in which they are worth most: a run that is cut off has the first ones."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from time import monotonic

from benchmarks.gpu_check.results import Ended, Found, Outcome, Results
from benchmarks.gpu_check.setting import Setting

LONGEST_S = 600
NOWHERE = "/nonexistent"
LIGHT_NETWORKS = ("picodet-cdla", "ppocr6-det-small", "ppocr2-cls", "ppocr6-rec-small")
ACCURATE_NETWORKS = ("heron", "tableformer-encode", "tableformer-step", "tableformer-place")


class LeftOut(Exception):
    """The step cannot be done here, which is no fault; the message says why."""


@dataclass(frozen=True, slots=True)
class Step:
    """One process of the check. ``function`` is ``module:name`` in this package; called with the setting and
    ``arguments`` it yields what it finds, part by part. ``limit_s`` are the seconds after which it is ended,
    ``variables`` what its environment has beside the check's.
    """

    name: str
    shows: str
    limit_s: int
    function: str
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    def parts(self, setting: Setting) -> Iterator[Found]:
        """Do the work."""
        module, _, name = self.function.partition(":")
        function = getattr(import_module(f"{__package__}.{module}"), name)
        found: Iterator[Found] = function(setting, *self.arguments)
        return found


def carry_out(step: Step, setting: Setting, results: Results) -> Outcome:
    """Do the step in this process, with its results written after each part. Raises what the step raises."""
    began, found = monotonic(), Found()

    def outcome(ended: Ended, reason: str = "") -> Outcome:
        return Outcome(step.name, ended, found, round(monotonic() - began, 1), reason)

    results.put(outcome(Ended.UNFINISHED))
    try:
        for part in step.parts(setting):
            found |= part
            results.put(outcome(Ended.UNFINISHED))
        last = outcome(Ended.DONE)
    except LeftOut as reason:
        last = outcome(Ended.LEFT_OUT, str(reason))
    results.put(last)
    return last


def _measured(engine: str, bundle: str, kind: str, limit_s: int = 300) -> Step:
    name = f"{engine}-{bundle}-{kind}"
    who = f"{bundle} {'aot' if engine == 'compiled' else 'eager'}"
    return Step(name, f"seconds per {kind} page: {bundle}, {engine}", limit_s, "speed:measured", (who, kind))


def _half(precision: str, bundle: str, kind: str) -> Step:
    name, shows = f"{precision}-{bundle}-{kind}", f"seconds per {kind} page in {precision}: {bundle}, eager"
    return Step(name, shows, 300, "speed:measured", (f"{bundle} eager", kind, precision))


def _compile(network: str) -> Step:
    shows = f"{network} compiled and compared with its eager self"
    return Step(f"compile-{network}", shows, LONGEST_S, "packages:compiled", (network,))


STEPS: tuple[Step, ...] = (
    Step("machine", "device, driver, torch, toolkit", 60, "machine:facts"),
    Step("weights", "random weights of full size for the accurate networks", 300, "speed:weights"),
    _measured("eager", "light", "plain"),
    _measured("eager", "light", "scanned"),
    _measured("eager", "accurate", "plain"),
    _measured("eager", "accurate", "scanned"),
    Step("parity-light", "boxes and text on the device against the CPU: light", 300, "parity:light"),
    Step("parity-accurate", "boxes, text and tables on the device against the CPU", 480, "parity:accurate"),
    Step("poisoned", "a broken CUDA context refuses the call and loses no page", 240, "faults:poisoned"),
    Step("memory", "pages that do not fit into memory together are halved", 300, "faults:memory"),
    Step(
        "platform",
        "the platform's own client on the device: start, reuse, a worker that breaks",
        420,
        "platform_calls:calls",
    ),
    Step("shapes", "what a fresh process pays for each new shape of the text reader", 300, "shapes:cold_and_warm"),
    Step(
        "toolkit",
        "compiling without a CUDA toolkit is refused at once",
        240,
        "faults:without_toolkit",
        variables={"CUDA_HOME": NOWHERE},
    ),
    *map(_compile, LIGHT_NETWORKS),
    _measured("compiled", "light", "plain"),
    _measured("compiled", "light", "scanned"),
    *map(_compile, ACCURATE_NETWORKS),
    _measured("compiled", "accurate", "plain"),
    _measured("compiled", "accurate", "scanned"),
    Step(
        "memory-compiled",
        "the same halving where compiled code runs out of memory",
        300,
        "faults:memory",
        ("compiled",),
    ),
    Step("formulas", "what formulas cost that are written token after token", 300, "formulas:written"),
    Step("server", "the whole server on a card of its own, several documents at a time", 420, "server:documents"),
    *(_half(precision, "accurate", kind) for precision in ("bfloat16", "float16") for kind in ("plain", "scanned")),
    Step("docling-plain", "docling's whole conversion of plain pages", 540, "speed:measured", ("docling", "plain")),
    Step(
        "docling-scanned", "docling's whole conversion of scanned pages", 540, "speed:measured", ("docling", "scanned")
    ),
)
