"""The Space's settings: read once from the environment into one frozen object, which is passed down.

Each setting is one field of ``Settings``: its name in capitals is its variable, and its ``Field`` holds the default,
the allowed range and the meaning. pydantic checks the values, and ``setting_rows`` lists them for the documentation.
A malformed value stops the start with the variable's name and what is allowed.
"""

import os
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as validated_dataclass

from pipeline.errors import SettingsError
from pipeline.pages import MOST_PAGES
from pipeline.space_roles import APP, ROLE_NAMES, WORKER_NAMES

PERSISTENT_DIR = Path("/data")
LOCAL_DIR = Path("data")
EXAMPLE = Path(__file__).parent / "ui" / "static" / "examples" / "paper-trail.pdf"  # a document of our own
ACCOUNT = r"[A-Za-z0-9._@+-]{1,64}:[^\s,]{8,128}"
DATASET_NAME = r"[A-Za-z0-9][A-Za-z0-9._-]{0,95}/[A-Za-z0-9][A-Za-z0-9._-]{0,95}"
WORKER = rf"(?:{'|'.join(WORKER_NAMES)})"
LOCAL_ADDRESS = r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?(/[^\s]*)?"


def _switch(value: object) -> object:
    """Only ``true`` and ``false`` are taken, in any case; pydantic alone would take ``yes`` and ``1`` too."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.lower(), value.lower() + " is no switch")
    return value


def _data_dir() -> Path:
    persistent = PERSISTENT_DIR.is_dir() and os.access(PERSISTENT_DIR, os.W_OK)
    return PERSISTENT_DIR if persistent else LOCAL_DIR.absolute()


def _work_dir() -> Path:
    return Path(tempfile.gettempdir()) / "folio"


def _absolute(path: Path) -> Path:
    return path.absolute()


def _text(default: str, pattern: str, allowed: str, meaning: str, secret: bool = False) -> Any:
    """A text that is empty or matches ``pattern`` as a whole. ``allowed`` is the pattern in words."""
    return Field(
        default=default,
        pattern=rf"^(?:{pattern})?$",
        description=meaning,
        repr=not secret,
        json_schema_extra={"allowed": allowed, "secret": secret},
    )


def _one_of(names: tuple[str, ...]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"


def _folder(default: Any, default_words: str, meaning: str) -> Any:
    return Field(default_factory=default, description=meaning, json_schema_extra={"default_words": default_words})


def _number(default: int, low: int, high: int, meaning: str) -> Any:
    return Field(default=default, ge=low, le=high, description=meaning)


def _choice(default: bool, meaning: str) -> Any:
    return Field(default=default, description=meaning, json_schema_extra={"allowed": "true or false"})


def _iterations_dataset(role: str) -> Any:
    name = f"folio-{role}-results"
    return _text(
        "",
        DATASET_NAME,
        f"a dataset's name such as owner/{name}",
        f"Dataset of the {role} worker's iterations; without it `{name}` of the token's owner.",
    )


Switch = Annotated[bool, BeforeValidator(_switch)]
Folder = Annotated[Path, AfterValidator(_absolute)]


@validated_dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an owner can set; the units are part of the names."""

    max_file_mb: int = _number(50, 1, 2000, "Largest upload, in megabytes.")
    max_pages: int = _number(300, 1, MOST_PAGES, "Most pages converted in one run.")
    max_megapixels: int = _number(24, 1, 100, "Largest page image; a larger page is rendered at fewer dpi.")
    page_seconds: int = _number(20, 1, 600, "Longest time to parse and render one page.")
    page_cells: int = _number(
        50_000, 1000, 1_000_000, "Most words, or pictures, on a page; a newspaper page has about 10,000."
    )
    open_seconds: int = _number(10, 1, 600, "Longest time to open a document and count its pages.")
    child_memory_mb: int = _number(3072, 1024, 65_536, "Most address space the parse child may take, in megabytes.")
    run_seconds: int = _number(3600, 30, 86_400, "Longest run, without its time in the queue.")
    queue_size: int = _number(20, 1, 1000, "Documents that may wait; one more is told at once that the queue is full.")
    concurrency: int = _number(
        1, 1, 16, "Runs at the models at the same time. Beside a long document as many short ones go on, in turns."
    )
    visitor_runs: int = _number(5, 1, 1000, "Documents that one visitor may have waiting or converted at once.")
    address_runs: int = _number(15, 1, 1000, "The same for all visitors of one network address who are not signed in.")
    batch_pages: int = _number(96, 1, 512, "Most pages in one page batch, which is one GPU call.")
    threads: int = _number(2, 1, 64, "CPU threads for the models on the CPU lane.")
    booking_margin_percent: int = _number(
        150, 100, 300, "Booked GPU seconds of pages, in per cent of those that 95 of 100 calls need."
    )
    ocr_scanned_percent: int = _number(
        50, 20, 90, "Share of a page under bitmaps, in per cent, from which it counts as a scan and is read by OCR."
    )
    artifact_days: int = _number(7, 1, 3650, "Days that a run's files stay behind its link.")
    artifact_gb: int = _number(20, 1, 100_000, "Gigabytes that runs may take in all; beyond it the oldest go first.")
    min_free_mb: int = _number(500, 0, 1_000_000, "Free disk, in megabytes, below which no new document is taken.")
    results_months: int = _number(0, 0, 1200, "Months that the results dataset keeps; 0 keeps all.")
    results_dataset: str = _text(
        "",
        DATASET_NAME,
        "a dataset's name such as owner/folio-results",
        "Dataset that the records of runs go to; without it `folio-results` of the Space's owner.",
    )
    dashboard_datasets: str = _text(
        "",
        rf"{DATASET_NAME}(\s*,\s*{DATASET_NAME})*",
        "names of datasets such as owner/folio-results, with commas between them",
        "Results datasets that the dashboard shows beside this Space's own records.",
    )
    packages_repo: str = _text(
        "",
        DATASET_NAME,
        "a repository's name such as owner/folio-packages",
        "Repository that compiled models are published to and fetched from. They are native code: it must be your own.",
    )
    space_role: str = _text(
        APP.name,
        "|".join(ROLE_NAMES),
        _one_of(ROLE_NAMES),
        "What the Space does: it converts for visitors, serves the dashboard alone, or is a worker with its page.",
    )
    space_workers: str = _text(
        "",
        rf"{WORKER}(\s*,\s*{WORKER})*",
        f"{_one_of(WORKER_NAMES)}, with commas between them",
        "Workers that run beside the app or the dashboard in the same Space.",
    )
    worker_seconds: int = _number(60, 5, 86_400, "Seconds between two iterations of a worker.")
    worker_iterations: int = _number(1000, 100, 100_000, "Newest iterations that a worker keeps, here and on the Hub.")
    inbox: str = _text(
        "",
        rf"/.+|hf://datasets/{DATASET_NAME}(/.+)?",
        "a folder's absolute path, or hf://datasets/owner/name with a folder of it behind",
        "Where the inbox worker finds PDF files; a bucket is watched where it is mounted.",
    )
    inbox_retry_hours: int = _number(24, 0, 8760, "Hours after which a document that failed is tried once more.")
    documents_dataset: str = _text(
        "",
        DATASET_NAME,
        "a dataset's name such as owner/folio-documents",
        "Dataset that the inbox worker publishes documents to; without it `folio-documents` of the token's owner.",
    )
    inbox_dataset: str = _iterations_dataset("inbox")
    analysis_dataset: str = _iterations_dataset("analysis")
    test_planning_dataset: str = _iterations_dataset("test-planning")
    tuning_dataset: str = _iterations_dataset("tuning")
    bundle: str = _text(
        "auto",
        r"auto|light|accurate",
        "auto, light or accurate",
        "Models: `auto` takes the accurate ones on a GPU where their weights are there, and the light ones elsewhere.",
    )
    webhook_url: str = _text(
        "",
        rf"https://[^\s]+|{LOCAL_ADDRESS}",
        "an https address, or http on this machine",
        "Address that is told of failed runs, an exhausted quota and a delayed dataset, as Slack and Discord take it.",
    )
    auth: str = _text(
        "",
        rf"{ACCOUNT}(\s*,\s*{ACCOUNT})*",
        "pairs such as ada:password with commas between them; a password has 8 to 128 characters without spaces "
        "and commas",
        "Who may use the Space, page and API alike; set it as a secret. Empty lets everybody in.",
        secret=True,
    )
    owner_password: str = _text(
        "",
        r"\S{8,128}",
        "8 to 128 characters without spaces",
        "Opens the owner's tab, which tells what the Space lacks; set it as a secret. Empty keeps the tab shut.",
        secret=True,
    )
    results_private: Switch = _choice(
        True, "Whether the results dataset is created private; an existing one stays as it is."
    )
    fetch_urls: Switch = _choice(
        True, "Whether a PDF can be given by its address on the web, from where the server then fetches it."
    )
    compile_at_start: Switch = _choice(
        False, "Whether missing packages of the models are compiled before the app starts."
    )
    data_dir: Folder = _folder(_data_dir, "`/data` if writable, else `./data`", "Where artifacts and records are kept.")
    work_dir: Folder = _folder(
        _work_dir,
        "a `folio` folder in the system's temporary directory",
        "Local disk for page images while a run lasts.",
    )
    weights_dir: Folder | None = _folder(
        lambda: None,
        "the Hub's cache",
        "Folder of the accurate models, as `docling-tools models download` writes it.",
    )

    @property
    def packages_dir(self) -> Path:
        """Where compiled packages of the models are kept, for this and other machines."""
        return self.data_dir / "packages"


Tuned = Callable[[Settings], Settings]
"""Gives what is in effect of the settings at the time of the call."""


def as_they_are(settings: Settings) -> Settings:
    """For settings that nobody tunes."""
    return settings


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting as the documentation shows it; ``low`` and ``high`` are None where it is no number."""

    field: str
    variable: str
    default: str
    allowed: str
    meaning: str
    low: int | None
    high: int | None
    secret: bool


_SETTINGS = TypeAdapter(Settings)


def setting_rows() -> tuple[SettingRow, ...]:
    """Every setting, in the order of its declaration, from pydantic's own schema of ``Settings``."""
    return tuple(_row(name, facts) for name, facts in _SETTINGS.json_schema()["properties"].items())


def _row(name: str, facts: Mapping[str, Any]) -> SettingRow:
    low, high = facts.get("minimum"), facts.get("maximum")
    allowed = f"{low:,} to {high:,}" if low is not None else facts.get("allowed", "a folder")
    default = facts.get("default_words") or _default_words(facts.get("default"))
    secret = bool(facts.get("secret"))
    return SettingRow(name, name.upper(), default, allowed, facts["description"], low, high, secret)


def _default_words(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:,}" if isinstance(value, int) else str(value or "empty")


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Build the settings from ``environment``; an empty variable counts as not set.

    Raises SettingsError naming the first variable that is malformed or out of range.
    """
    rows = setting_rows()
    values = {row.field: environment.get(row.variable, "").strip() for row in rows}
    try:
        return _SETTINGS.validate_python({name: value for name, value in values.items() if value})
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        raise _refusal(next(row for row in rows if row.field == field), values[field]) from None


def _refusal(row: SettingRow, text: str) -> SettingsError:
    if row.low is None:
        found = "." if row.secret else f'; it is "{text[:40]}".'
        return SettingsError(f"{row.variable} must be {row.allowed}{found}")
    whole = re.fullmatch(r"[+-]?\d+", text)
    found = f"; it is {int(text)}." if whole and len(text) < 40 else f'; it is "{text[:40]}".'
    return SettingsError(f"{row.variable} must be a whole number from {row.low} to {row.high}{found}")
