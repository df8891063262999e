"""From facts to lines: ok, warning or fault, and what to do. Pure functions."""

from collections.abc import Iterator

from pipeline.check_lines import CheckLine, fault, warning, well
from pipeline.doctor.machine import Disk, MachineFacts
from pipeline.languages import LANGUAGES
from pipeline.settings import PERSISTENT_DIR, Settings, read_settings, setting_rows
from pipeline.store.status import PublisherStatus, PublishState

ZEROGPU_TORCH = frozenset({"2.8.0", "2.9.1", "2.10.0", "2.11.0"})
ZEROGPU_PYTHON = frozenset({"3.12.12", "3.10.13"})
"""Versions that ZeroGPU supports: https://huggingface.co/docs/hub/spaces-zerogpu, August 2026."""

RUN_MB = 700
SERVER_MB = 2500
"""Memory, measured: the server with the light models, and each further document at the same time."""

FEW_RECORDS = 200


def machine_lines(facts: MachineFacts, settings: Settings) -> Iterator[CheckLine]:
    """A line for everything that this machine should have."""
    yield _hardware(facts)
    yield _data(facts)
    yield _disk("working folder", facts.work, settings)
    yield _memory(facts, settings)
    yield from _versions(facts)
    yield _weights(facts, settings)
    yield from _packages(facts)
    yield from _languages(facts)
    yield _limits(settings)
    yield _owner(settings, bool(facts.space_id))


def publishing_line(status: PublisherStatus) -> CheckLine:
    """How records reach the results dataset, as the server knows it."""
    name, waiting = "results dataset", f"{status.depth:,} records wait"
    if status.state is PublishState.NO_TOKEN:
        return no_token_line()
    if status.state in (PublishState.WAITING, PublishState.STOPPED):
        why = f" ({status.last_error})" if status.last_error else ""
        return fault(
            name,
            f"{status.repo_id or 'the dataset'} is {status.sentence}{why}; {waiting}.",
            "see docs/troubleshooting.md for the code; give the token write access to the dataset",
        )
    if status.depth > FEW_RECORDS:
        return warning(
            name, f"{status.repo_id} is far behind: {waiting}.", "wait; records go out every five minutes at most"
        )
    return well(name, f"{status.repo_id or 'the dataset'} is up to date; {waiting}.")


def no_token_line() -> CheckLine:
    """What it means that there is no token."""
    return warning(
        "results dataset",
        "There is no HF_TOKEN, so records of runs stay here and are not published.",
        "add the secret HF_TOKEN, a fine-grained token with write access to one dataset",
        lack=True,
    )


def _hardware(facts: MachineFacts) -> CheckLine:
    name, processors = "hardware", f"{facts.processors} processors"
    if facts.zero_gpu:
        return well(name, f"ZeroGPU, {processors}.")
    if facts.gpu:
        return well(name, f"a CUDA device, {processors}.")
    if facts.space_id:
        return warning(
            name,
            f"no GPU, {processors}: documents are converted on the CPU, at about half a second to two a page.",
            "choose ZeroGPU in the Space's settings",
            lack=True,
        )
    return well(name, f"no GPU, {processors}: the light models run on the CPU.")


def _data(facts: MachineFacts) -> CheckLine:
    name, data = "data folder", facts.data
    if not data.writable:
        return fault(name, f"{data.folder} cannot be written.", "give the bucket's mount write access, or set DATA_DIR")
    if facts.space_id and not (data.mounted and data.folder.is_relative_to(PERSISTENT_DIR)):
        return warning(
            name,
            "No bucket is mounted at /data, so results and records are gone when the Space restarts.",
            "mount a storage bucket at /data in the Space's settings",
            lack=True,
        )
    return well(name, f"{data.folder} is writable{_free(data)}.")


def _disk(name: str, disk: Disk, settings: Settings) -> CheckLine:
    if not disk.writable:
        return fault(name, f"{disk.folder} cannot be written.", "set WORK_DIR to a folder on local disk")
    if disk.free_mb is not None and disk.free_mb < settings.min_free_mb:
        return fault(
            name,
            f"{disk.free_mb:,} MB are free, and new documents are refused below {settings.min_free_mb:,} MB.",
            "lower ARTIFACT_GB, or restart the Space",
        )
    return well(name, f"{disk.folder} is writable{_free(disk)}.")


def _free(disk: Disk) -> str:
    return "" if disk.free_mb is None else f", {disk.free_mb / 1000:,.1f} GB free"


def _memory(facts: MachineFacts, settings: Settings) -> CheckLine:
    needed = SERVER_MB + settings.child_memory_mb + RUN_MB * (settings.concurrency - 1)
    if not facts.memory_mb:
        return warning("memory", "This machine does not tell how much memory there is.", "see that 8 GB are there")
    if facts.memory_mb < needed:
        return warning(
            "memory",
            f"{facts.memory_mb / 1000:.1f} GB are there, and a run may need {needed / 1000:.1f} GB.",
            "lower CONCURRENCY or CHILD_MEMORY_MB",
        )
    return well("memory", f"{facts.memory_mb / 1000:.1f} GB, of which a run may need {needed / 1000:.1f}.")


def _versions(facts: MachineFacts) -> Iterator[CheckLine]:
    torch = facts.torch.partition("+")[0]
    if facts.zero_gpu and torch not in ZEROGPU_TORCH:
        yield fault("torch", f"ZeroGPU does not support torch {torch}.", f"pin {', '.join(sorted(ZEROGPU_TORCH))}")
    else:
        yield well("torch", f"{facts.torch}{', which ZeroGPU supports' if torch in ZEROGPU_TORCH else ''}.")
    if facts.zero_gpu and facts.python not in ZEROGPU_PYTHON:
        yield warning("python", f"ZeroGPU does not list Python {facts.python}.", "set python_version in the README")
    else:
        yield well("python", f"{facts.python}.")
    if facts.pinned_gradio and facts.gradio != facts.pinned_gradio:
        yield warning(
            "gradio",
            f"{facts.gradio} is installed, and the README names {facts.pinned_gradio}.",
            "set sdk_version to the version of requirements.txt",
        )
    else:
        yield well("gradio", f"{facts.gradio}.")


def _weights(facts: MachineFacts, settings: Settings) -> CheckLine:
    name = "accurate models"
    if settings.bundle == "light":
        return well(name, "not wanted: BUNDLE is light.")
    if not facts.weights:
        return well(name, "their weights are here.")
    if settings.bundle == "accurate":
        return fault(name, facts.weights, "let preload_from_hub name both repositories and build the Space again")
    if facts.gpu:
        return warning(
            name,
            f"{facts.weights} The light models serve instead.",
            "let preload_from_hub name both repositories and build the Space again",
        )
    return well(name, "not here, and on a CPU not used: the light models serve.")


def _packages(facts: MachineFacts) -> Iterator[CheckLine]:
    name = "compiled models"
    if not facts.gpu:
        return
    if facts.packages is None:
        yield warning(
            name,
            "Whether they fit this device shows only inside a GPU call.",
            "look at the engines in a run's report",
        )
    elif facts.packages:
        yield well(name, "every package that can be made for this device is here.")
    else:
        yield warning(
            name,
            "Packages for this device are missing, so networks run uncompiled.",
            "run python -m pipeline.cli compile, or set COMPILE_AT_START",
        )


def _languages(facts: MachineFacts) -> Iterator[CheckLine]:
    name = "languages of scans"
    if not facts.tesseract:
        yield warning(
            name,
            "Tesseract is not installed, so scans are read in Latin scripts, Chinese and Japanese only.",
            "install the packages of packages.txt",
        )
        return
    there = [language for language in LANGUAGES if language.code in facts.languages]
    if "osd" not in facts.languages:
        yield warning(name, "Tesseract's script detection is missing.", "install tesseract-ocr-osd")
    names = ", ".join(language.name for language in there)
    missing = [language.package for language in LANGUAGES if language.code not in facts.languages]
    more = f"; {len(missing)} more can be installed, such as {missing[0]}" if missing else ""
    yield well(name, f"Tesseract {facts.tesseract} reads {names or 'no further language'}{more}.")


def _limits(settings: Settings) -> CheckLine:
    default = read_settings({})
    changed = [
        f"{row.variable}={getattr(settings, row.field)}"
        for row in setting_rows()
        if row.low is not None and getattr(settings, row.field) != getattr(default, row.field)
    ]
    return well("limits", f"in force as documented, but for {', '.join(changed)}." if changed else "all at default.")


def _owner(settings: Settings, on_space: bool) -> CheckLine:
    if settings.owner_password:
        return well("owner", "OWNER_PASSWORD opens the owner's tab.")
    sentence = "No OWNER_PASSWORD is set, so nobody can open the owner's tab."
    if on_space:
        return warning("owner", sentence, "add the secret OWNER_PASSWORD", lack=True)
    return well("owner", sentence)
