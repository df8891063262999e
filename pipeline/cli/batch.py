"""``batch INPUT OUTPUT``: many documents, on this machine, on a Ray cluster or as Hugging Face Jobs (docs/scale.md)."""

import argparse
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pipeline.cli.options import add_options, chosen_options
from pipeline.cli.progress import Progress, logging_to
from pipeline.errors import ScalePackagesMissing
from pipeline.settings import Settings, read_settings
from pipeline.store.hub import HubFault, ResultsRepo

if TYPE_CHECKING:  # these need packages that only batch jobs need, and take a second to import
    from pipeline.scale.batch_job import BatchRequest
    from pipeline.scale.plain_engine import BatchEngine

MEMORY_MB = 6000


class EngineName(StrEnum):
    """What runs the workers."""

    PLAIN = "plain"
    RAY = "ray"
    DATATROVE = "datatrove"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "input", metavar="INPUT", help="folder, glob, Parquet manifest, hf://datasets/… or hf://buckets/…"
    )
    output_help = "folder or hf://buckets/… of Parquet shards; made if missing"
    parser.add_argument("output", metavar="OUTPUT", help=output_help)
    parser.add_argument(
        "--engine",
        type=EngineName,
        choices=list(EngineName),
        default=EngineName.RAY,
        help="what runs the workers (default: ray, embedded)",
    )
    parser.add_argument("--address", default="", help="a Ray cluster, such as auto or ray://HOST:10001")
    parser.add_argument(
        "--jobs", default="", metavar="FLAVOR", help="with datatrove: as Hugging Face Jobs on this flavor"
    )
    parser.add_argument("--space", default="", metavar="OWNER/NAME", help="the Space whose image the Jobs run in")
    parser.add_argument("--job-timeout", default="12h", help="the longest that one Job may take")
    _add_worker_arguments(parser)
    add_options(parser)
    parser.add_argument("--pictures", action="store_true", help="also write a table of the pictures")
    parser.add_argument("--retry-failed", action="store_true", help="try what failed once more, with doubled limits")
    parser.add_argument(
        "--results", default="", metavar="DATASET", help="send the iteration records to this dataset, with HF_TOKEN"
    )
    parser.add_argument("--plan", action="store_true", help="look at INPUT and print the plan, nothing else")


def _add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--workers", type=int, default=max((os.cpu_count() or 2) - 1, 1), help="workers, one document each at a time"
    )
    parser.add_argument("--threads", type=int, default=1, help="processor threads of a worker")
    parser.add_argument("--memory", type=int, default=MEMORY_MB, metavar="MB", help="most memory of a worker's process")
    parser.add_argument(
        "--limit",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of the workers, such as MAX_FILE_MB=200; may be given several times",
    )


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Do the batch job; returns 0 when every document was converted, 1 where some failed."""
    if chosen.workers < 1 or chosen.threads < 1:
        raise SystemExit("--workers and --threads take a number from 1.")
    try:
        job = import_module("pipeline.scale.batch_job")
    except ModuleNotFoundError as error:
        raise ScalePackagesMissing from error
    progress = Progress(sys.stderr)
    request = _request(chosen, _limited(settings, chosen.limit))
    with logging_to(progress), _engine(chosen, request, progress.line) as (engine, request):
        outcome = job.run_batch(request, engine, progress.line)
        if not chosen.plan:
            _collect(chosen, request, progress.line)
    more = "" if chosen.retry_failed else "; --retry-failed tries them once more"  # the second attempt is the last
    progress.line(
        f"{outcome.rows:,} rows, {outcome.converted_now:,} of them new; {outcome.failed:,} failed"
        + (f" (dead_letters in {chosen.output}{more})" if outcome.failed else "")
    )
    return 1 if outcome.failed else 0


def _collect(chosen: argparse.Namespace, request: "BatchRequest", say: Callable[[str], None]) -> None:
    """Seal the records of what was converted, and send them to the results dataset that is named."""
    token, name = os.environ.get("HF_TOKEN", ""), chosen.results
    repo = ResultsRepo(name, private=request.settings.results_private, token=token) if name and token else None
    try:
        collected = import_module("pipeline.scale.record_collector").collect_records(request.output, repo)
    except HubFault as fault:
        say(f"the records are kept in the output, since the Hub does not take them now ({fault.code}); try again later")
        return
    sent = f"; {collected.published:,} shards sent to {name}" if repo else ""
    say(f"{collected.records:,} new iteration records{sent}")


def _limited(settings: Settings, limits: list[str]) -> Settings:
    """The settings with what ``--limit`` says. Raises SettingsError for a value out of range."""
    pairs = [limit.partition("=") for limit in limits]
    unknown = [name for name, _, _ in pairs if not hasattr(settings, name.lower())]
    if unknown:
        raise SystemExit(f"--limit takes a setting's name and value; it does not know {', '.join(unknown)}.")
    return read_settings({**os.environ, **{name.upper(): value for name, _, value in pairs}})


def _request(chosen: argparse.Namespace, settings: Settings) -> "BatchRequest":
    setup = import_module("pipeline.scale.batch_setup")
    made: BatchRequest = import_module("pipeline.scale.batch_job").BatchRequest(
        input=chosen.input,
        output=chosen.output,
        options=chosen_options(chosen),
        settings=settings,
        workers=setup.Workers(chosen.workers, chosen.threads),
        memory_mb=chosen.memory,
        pictures=chosen.pictures,
        retry_failed=chosen.retry_failed,
        plan_only=chosen.plan,
    )
    return made


@contextmanager
def _engine(
    chosen: argparse.Namespace, request: "BatchRequest", say: Callable[[str], None]
) -> Iterator[tuple["BatchEngine", "BatchRequest"]]:
    """The engine while it runs, and the request with each worker's share of a GPU."""
    if chosen.engine is EngineName.PLAIN:
        yield _module("plain_engine").PlainEngine(), request
        return
    if chosen.engine is EngineName.DATATROVE:
        yield _datatrove(chosen), request
        return
    module = _module("ray_engine")
    with module.RayEngine(request.workers, chosen.address) as engine:
        share = module.gpu_share(request.workers.count)
        say(f"each worker gets {share:.2f} of a GPU" if share else "no GPU here: the models run on the processor")
        yield engine, replace(request, workers=replace(request.workers, gpu_share=share))


def _datatrove(chosen: argparse.Namespace) -> "BatchEngine":
    if not chosen.jobs:
        engine: BatchEngine = _module("datatrove_engine").DatatroveEngine()
        return engine
    token = os.environ.get("HF_TOKEN", "")
    if not token or not chosen.space:
        raise SystemExit("--jobs needs --space OWNER/NAME, the Space whose image the Jobs run in, and HF_TOKEN.")
    module = _module("space_jobs")
    jobs: BatchEngine = module.JobsEngine(module.JobsChoice(chosen.jobs, chosen.space, chosen.job_timeout), token)
    return jobs


def _module(name: str) -> Any:
    try:
        return import_module(f"pipeline.scale.{name}")
    except ModuleNotFoundError as error:
        raise ScalePackagesMissing from error
