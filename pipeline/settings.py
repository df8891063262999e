"""The Space's settings: read once from the environment into one frozen object, which is passed down.

Each setting is one row of ``SPECS``, ``TEXTS``, ``SWITCHES`` or ``PATHS``: the field it fills, its variable, what it
means, its default and what is allowed. The README's table is checked against these rows. A malformed value stops the
start with the variable's name and what is allowed.
"""

import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pipeline.errors import SettingsError

PERSISTENT_DIR = Path("/data")
LOCAL_DIR = Path("data")
EXAMPLE = Path(__file__).parent / "ui" / "static" / "examples" / "paper-trail.pdf"  # a document of our own
ACCOUNT = r"[A-Za-z0-9._@+-]{1,64}:[^\s,]{8,128}"
DATASET_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}"


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything an owner can set; the units are part of the names."""

    data_dir: Path
    work_dir: Path
    weights_dir: Path | None
    max_file_mb: int
    max_pages: int
    max_megapixels: int
    page_seconds: int
    page_cells: int
    open_seconds: int
    child_memory_mb: int
    run_seconds: int
    queue_size: int
    concurrency: int
    visitor_runs: int
    address_runs: int
    batch_pages: int
    threads: int
    artifact_days: int
    artifact_gb: int
    min_free_mb: int
    results_months: int
    results_dataset: str
    results_private: bool
    compile_at_start: bool
    dashboard_datasets: str
    packages_repo: str
    space_role: str
    bundle: str
    webhook_url: str
    auth: str = field(repr=False)

    @property
    def packages_dir(self) -> Path:
        """Where compiled packages of the models are kept, for this and other machines."""
        return self.data_dir / "packages"


@dataclass(frozen=True, slots=True)
class IntSpec:
    """A whole number between ``low`` and ``high``, both allowed."""

    field: str
    variable: str
    default: int
    low: int
    high: int
    meaning: str


@dataclass(frozen=True, slots=True)
class TextSpec:
    """A text that matches ``pattern`` as a whole; ``allowed`` says so in words. A ``secret`` one is never repeated."""

    field: str
    variable: str
    default: str
    pattern: str
    allowed: str
    meaning: str
    secret: bool = False


@dataclass(frozen=True, slots=True)
class BoolSpec:
    """A switch: ``true`` or ``false``, in any case."""

    field: str
    variable: str
    default: bool
    meaning: str


SPECS: tuple[IntSpec, ...] = (
    IntSpec("max_file_mb", "MAX_FILE_MB", 50, 1, 2000, "Largest upload, in megabytes."),
    IntSpec("max_pages", "MAX_PAGES", 300, 1, 10_000, "Most pages converted in one run."),
    IntSpec(
        "max_megapixels", "MAX_MEGAPIXELS", 24, 1, 100, "Largest page image; a larger page is rendered at fewer dpi."
    ),
    IntSpec("page_seconds", "PAGE_SECONDS", 20, 1, 600, "Longest time to parse and render one page."),
    IntSpec(
        "page_cells",
        "PAGE_CELLS",
        50_000,
        1000,
        1_000_000,
        "Most words, or pictures, on a page; a newspaper page has about 10,000.",
    ),
    IntSpec("open_seconds", "OPEN_SECONDS", 10, 1, 600, "Longest time to open a document and count its pages."),
    IntSpec(
        "child_memory_mb",
        "CHILD_MEMORY_MB",
        3072,
        1024,
        65_536,
        "Most address space the parse child may take, in megabytes.",
    ),
    IntSpec("run_seconds", "RUN_SECONDS", 3600, 30, 86_400, "Longest run, without its time in the queue."),
    IntSpec(
        "queue_size",
        "QUEUE_SIZE",
        20,
        1,
        1000,
        "Documents that may wait; one more is told at once that the queue is full.",
    ),
    IntSpec(
        "concurrency",
        "CONCURRENCY",
        1,
        1,
        16,
        "Documents converted at the same time, from the browser and the API together.",
    ),
    IntSpec(
        "visitor_runs", "VISITOR_RUNS", 5, 1, 1000, "Documents that one visitor may have waiting or converted at once."
    ),
    IntSpec(
        "address_runs",
        "ADDRESS_RUNS",
        15,
        1,
        1000,
        "The same for all visitors of one network address who are not signed in.",
    ),
    IntSpec("batch_pages", "BATCH_PAGES", 96, 1, 512, "Most pages in one page batch, which is one GPU call."),
    IntSpec("threads", "THREADS", 2, 1, 64, "CPU threads for the models on the CPU lane."),
    IntSpec("artifact_days", "ARTIFACT_DAYS", 7, 1, 3650, "Days that a run's files stay behind its link."),
    IntSpec(
        "artifact_gb",
        "ARTIFACT_GB",
        20,
        1,
        100_000,
        "Gigabytes that runs may take in all; beyond it the oldest go first.",
    ),
    IntSpec(
        "min_free_mb",
        "MIN_FREE_MB",
        500,
        0,
        1_000_000,
        "Free disk, in megabytes, below which no new document is taken.",
    ),
    IntSpec("results_months", "RESULTS_MONTHS", 0, 0, 1200, "Months that the results dataset keeps; 0 keeps all."),
)

TEXTS: tuple[TextSpec, ...] = (
    TextSpec(
        "results_dataset",
        "RESULTS_DATASET",
        "",
        DATASET_NAME,
        "a dataset's name such as owner/folio-results",
        "Dataset that the records of runs go to; without it `folio-results` of the Space's owner.",
    ),
    TextSpec(
        "dashboard_datasets",
        "DASHBOARD_DATASETS",
        "",
        rf"{DATASET_NAME}(\s*,\s*{DATASET_NAME})*",
        "names of datasets such as owner/folio-results, with commas between them",
        "Results datasets that the dashboard shows beside this Space's own records.",
    ),
    TextSpec(
        "packages_repo",
        "PACKAGES_REPO",
        "",
        DATASET_NAME,
        "a repository's name such as owner/folio-packages",
        "Repository that compiled models are published to and fetched from. They are native code: it must be your own.",
    ),
    TextSpec(
        "space_role",
        "SPACE_ROLE",
        "app",
        r"app|dashboard",
        "app or dashboard",
        "`dashboard` serves the dashboard alone and converts nothing.",
    ),
    TextSpec(
        "bundle",
        "BUNDLE",
        "auto",
        r"auto|light|accurate",
        "auto, light or accurate",
        "Models: `auto` takes the accurate ones on a GPU where their weights are there, and the light ones elsewhere.",
    ),
    TextSpec(
        "webhook_url",
        "WEBHOOK_URL",
        "",
        r"https://[^\s]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s]*)?",
        "an https address, or http on this machine",
        "Address that is told of failed runs, an exhausted quota and a delayed dataset, as Slack and Discord take it.",
    ),
    TextSpec(
        "auth",
        "AUTH",
        "",
        rf"{ACCOUNT}(\s*,\s*{ACCOUNT})*",
        "pairs such as ada:password with commas between them; a password has 8 to 128 characters without spaces "
        "and commas",
        "Who may use the Space, page and API alike; set it as a secret. Empty lets everybody in.",
        secret=True,
    ),
)

SWITCHES: tuple[BoolSpec, ...] = (
    BoolSpec(
        "results_private",
        "RESULTS_PRIVATE",
        True,
        "Whether the results dataset is created private; an existing one stays as it is.",
    ),
    BoolSpec(
        "compile_at_start",
        "COMPILE_AT_START",
        False,
        "Whether missing packages of the models are compiled before the app starts.",
    ),
)

PATHS: tuple[tuple[str, str, str], ...] = (
    ("DATA_DIR", "`/data` if writable, else `./data`", "Where artifacts and records are kept."),
    (
        "WORK_DIR",
        "a `folio` folder in the system's temporary directory",
        "Local disk for page images while a run lasts.",
    ),
    ("WEIGHTS_DIR", "the Hub's cache", "Folder of the accurate models, as `docling-tools models download` writes it."),
)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from ``environment``.

    Raises SettingsError naming the first variable that is malformed or out of range.
    """
    values: dict[str, Any] = {spec.field: _whole_number(spec, environment.get(spec.variable, "")) for spec in SPECS}
    values |= {spec.field: _text(spec, environment.get(spec.variable, "")) for spec in TEXTS}
    values |= {spec.field: _switch(spec, environment.get(spec.variable, "")) for spec in SWITCHES}
    return Settings(_data_dir(environment), _work_dir(environment), _weights_dir(environment), **values)


def _whole_number(spec: IntSpec, text: str) -> int:
    if not text.strip():
        return spec.default
    allowed = f"{spec.variable} must be a whole number from {spec.low} to {spec.high}"
    try:
        value = int(text)
    except ValueError:
        raise SettingsError(f'{allowed}; it is "{text[:40]}".') from None
    if not spec.low <= value <= spec.high:
        raise SettingsError(f"{allowed}; it is {value}.")
    return value


def _text(spec: TextSpec, text: str) -> str:
    if not text.strip():
        return spec.default
    if not re.fullmatch(spec.pattern, text.strip()):
        found = "." if spec.secret else f'; it is "{text[:40]}".'
        raise SettingsError(f"{spec.variable} must be {spec.allowed}{found}")
    return text.strip()


def _switch(spec: BoolSpec, text: str) -> bool:
    if not text.strip():
        return spec.default
    if text.strip().lower() not in ("true", "false"):
        raise SettingsError(f'{spec.variable} must be true or false; it is "{text[:40]}".')
    return text.strip().lower() == "true"


def _data_dir(environment: Mapping[str, str]) -> Path:
    if chosen := environment.get("DATA_DIR", "").strip():
        return Path(chosen).absolute()
    persistent = PERSISTENT_DIR.is_dir() and os.access(PERSISTENT_DIR, os.W_OK)
    return PERSISTENT_DIR if persistent else LOCAL_DIR.absolute()


def _work_dir(environment: Mapping[str, str]) -> Path:
    chosen = environment.get("WORK_DIR", "").strip()
    return Path(chosen).absolute() if chosen else Path(tempfile.gettempdir()) / "folio"


def _weights_dir(environment: Mapping[str, str]) -> Path | None:
    chosen = environment.get("WEIGHTS_DIR", "").strip()
    return Path(chosen).absolute() if chosen else None
