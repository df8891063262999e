"""``compile``: build the packages of the models for this machine, or exchange them with a repository of one's own."""

import argparse
import os
import sys
from pathlib import Path

from pipeline.errors import PackageError
from pipeline.gpu.compile_at_start import example_pages, fetch_packages
from pipeline.gpu.compile_call import outcome_line
from pipeline.models.aot.compiler import Effort, compile_networks
from pipeline.models.aot.shelf import Package, PackageShelf, Refusal
from pipeline.models.catalog import CompileJob, job_here
from pipeline.models.lanes import usable_weights
from pipeline.settings import EXAMPLE, Settings
from pipeline.store.package_exchange import PackagesRepo


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--pdf",
        type=Path,
        default=EXAMPLE,
        metavar="FILE",
        help="document whose first pages the packages are checked on",
    )
    parser.add_argument("--again", action="store_true", help="compile also what is there already")
    parser.add_argument("--at-start", action="store_true", help=argparse.SUPPRESS)  # without what failed of late
    parser.add_argument(
        "--fetch", default="", metavar="REPO", help="first take what fits from there; PACKAGES_REPO must name it"
    )
    parser.add_argument(
        "--publish", default="", metavar="REPO", help="then add the packages there; PACKAGES_REPO must name it"
    )


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Compile what is missing, with one line per network; returns 0, or 1 where one cannot be compiled."""
    token = os.environ.get("HF_TOKEN") or None
    source, target = (_repo(name, settings, token) for name in (chosen.fetch, chosen.publish))
    shelf, job = PackageShelf(settings.packages_dir), job_here(settings.bundle, usable_weights(settings))
    if source:
        _fetch(source, shelf, job)
    failed = 0
    with example_pages(settings, chosen.pdf) as pages:
        effort = Effort(again=chosen.again, failed=not chosen.at_start)
        for outcome in compile_networks(job.specs, job.target, shelf, pages, effort):
            failed += isinstance(outcome.package, PackageError)
            print(f"{job.target.device}  {outcome_line(outcome)}", flush=True)
    if target:
        names = [key.folder for key in job.package_keys() if isinstance(shelf.find(key), Package)]
        print(
            f"published {len(target.publish(shelf.folder, names))} of {len(names)} packages to {target.repo_id}; "
            "the others were there"
        )
    return 1 if failed else 0


def _repo(name: str, settings: Settings, token: str | None) -> PackagesRepo | None:
    return PackagesRepo(name, settings.packages_repo, token) if name else None


def _fetch(source: PackagesRepo, shelf: PackageShelf, job: CompileJob) -> None:
    for taken in fetch_packages(source, shelf, job.package_keys()):
        line = f"refused, {taken.reason}" if isinstance(taken, Refusal) else f"{taken.key.network}: fetched"
        print(line, file=sys.stderr)
