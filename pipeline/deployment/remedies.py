"""Why a Space was not built or did not start, from its log: the likely cause, and what to do. Pure functions."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.store.scrub import without_tokens

TAIL_LINES = 40
LOOK_AT_LINES = 400


@dataclass(frozen=True, slots=True)
class Remedy:
    """A pattern of a log's line, and the sentence for whoever reads it."""

    pattern: re.Pattern[str]
    sentence: str


def _remedy(pattern: str, sentence: str) -> Remedy:
    return Remedy(re.compile(pattern, re.IGNORECASE), sentence)


# The first that fits the newest line wins, so a special cause stands before a general one.
REMEDIES = (
    _remedy(
        r"Folio cannot start: .*",
        "A setting is malformed, and the log names it: correct it with --set NAME=VALUE or --unset NAME.",
    ),
    _remedy(
        r"launch timed out|workload was not healthy|start-?up time-?out",
        "It took longer to start than the Space allows: run deploy again, which uses what was built, and switch "
        "COMPILE_AT_START off.",
    ),
    _remedy(
        r"no space left on device|disk quota|ephemeral storage",
        "The machine's disk was full: run deploy --restart, and see whether anything was added to requirements.txt.",
    ),
    _remedy(
        r"memory limit exceeded|out of memory|oom-?kill|exit code:? 137|\bKilled\b",
        "It ran out of memory: lower CONCURRENCY and CHILD_MEMORY_MB with --set, or take larger hardware.",
    ),
    _remedy(
        r"no @spaces\.GPU function",
        "ZeroGPU found no GPU function: the files are not those of Folio, so deploy them again without changes.",
    ),
    _remedy(
        r"conflicting dependencies|ResolutionImpossible|no solution found",
        "Two requirements do not go together: deploy the pinned requirements.txt unchanged.",
    ),
    _remedy(
        r"no matching distribution|could not find a version|unable to locate package",
        "A package is not to be had for this Python version: deploy requirements.txt, packages.txt and the README's "
        "python_version unchanged.",
    ),
    _remedy(
        r"gated repo|401 client error|403 client error|repository not found",
        "A repository of models may not be read: check the secret HF_TOKEN, and preload_from_hub in the README.",
    ),
    _remedy(
        r"read timed out|connection (?:reset|aborted|refused|broken)|temporary failure in name resolution|"
        r"50[234] server error|incompleteread",
        "A download broke off: run deploy --restart.",
    ),
    _remedy(
        r"ModuleNotFoundError|ImportError",
        "A module is missing: deploy again, and see that requirements.txt is unchanged.",
    ),
    _remedy(r"ConfigError|invalid (?:yaml|configuration)|sdk_version", "The README's front matter is not as it was."),
)
UNKNOWN = "The end of the log above tells the cause; docs/troubleshooting.md lists what is often the matter."


def log_tail(lines: Iterable[str], count: int = TAIL_LINES) -> list[str]:
    """The last lines that are not empty, without access tokens."""
    return [without_tokens(line.rstrip()) for line in lines if line.strip()][-count:]


def likely_remedy(lines: Iterable[str]) -> str:
    """What to do, after the newest line that a remedy is there for."""
    for line in reversed(list(lines)[-LOOK_AT_LINES:]):
        for remedy in REMEDIES:
            if remedy.pattern.search(line):
                return remedy.sentence
    return UNKNOWN
