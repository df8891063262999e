"""``results``: how large the results dataset is, keeping its newest runs, clearing it, and reading it."""

import argparse
import os
import sys

from pipeline.deployment.account import token_here
from pipeline.deployment.results_care import ResultsCare
from pipeline.deployment.spaces_hub import SpacesHub
from pipeline.settings import Settings
from pipeline.space_roles import APP
from pipeline.store.hub import ResultsRepo


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument(
        "--dataset", default="", metavar="NAME", help="such as owner/folio-results (default: that of the settings)"
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument("--keep", type=_count, metavar="N", help="delete all but the newest N runs")
    action.add_argument("--clear", action="store_true", help="delete every run")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Do what was asked for; returns 0 where it was done. Raises DeployError."""
    token, endpoint = token_here(), os.environ.get("HF_ENDPOINT")
    name = chosen.dataset or settings.results_dataset or APP.dataset
    if "/" not in name:
        name = f"{SpacesHub(token, endpoint).account().name}/{name}"
    care = ResultsCare(ResultsRepo(name, private=True, token=token, endpoint=endpoint))
    if chosen.keep is None and not chosen.clear:
        return _show(care, name)
    count = 0 if chosen.clear else chosen.keep
    if not chosen.yes and not _sure(f"Delete all but the newest {count:,} runs of {name}? Type its name: ", name):
        print(f"{name} stays as it is; to delete, type its name or give --yes", file=sys.stderr)
        return 1
    staying, gone = care.keep(count)
    print(f"{name}: {gone:,} runs are deleted, {staying:,} stay")
    return 0


def _show(care: ResultsCare, name: str) -> int:
    size = care.size()
    months = f", {size.months[0]} to {size.months[-1]}" if size.months else ""
    average = f", {size.size_bytes / size.runs:,.0f} bytes a run" if size.runs else ""
    print(f"{name}: {size.runs:,} runs{months}")
    print(f"  {size.files:,} files, {size.size_bytes / 1_000_000:,.1f} MB{average}, {size.commits:,} commits")
    print(f'  read it: python -c \'from datasets import load_dataset; print(load_dataset("{name}", split="train"))\'')
    return 0


def _sure(question: str, name: str) -> bool:
    return sys.stdin.isatty() and input(question).strip() == name


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("give a whole number from 1; --clear deletes all")
    return int(text)
