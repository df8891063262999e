"""``verify URL``: whether a Folio works, from a converted sample to the dashboard's counters. For people and CI."""

import argparse
import os

from pipeline.check_lines import CheckOutcome
from pipeline.deployment.account import token_here
from pipeline.deployment.results_care import ResultsCare
from pipeline.deployment.verification import SampleCheck, connect
from pipeline.settings import Settings
from pipeline.store.hub import ResultsRepo

AUTH_VARIABLE = "FOLIO_AUTH"


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("url", metavar="URL", help="address of the page, such as https://owner-folio.hf.space")
    parser.add_argument("--private", action="store_true", help="send HF_TOKEN along, for a private Space")
    parser.add_argument("--strict", action="store_true", help="a warning fails too")
    parser.add_argument(
        "--dataset-seconds",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="wait so long until the record is in the results dataset (default: do not wait)",
    )
    parser.add_argument(
        "--dataset", default="", metavar="OWNER/NAME", help="read this results dataset and look for the record in it"
    )


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Print the checklist; returns 1 where a line is a fault, or with ``--strict`` a warning. Raises SpaceUnreachable.

    A name and password where the Space asks for them are in FOLIO_AUTH, as ``ada:password``.
    """
    name, _, password = os.environ.get(AUTH_VARIABLE, "").partition(":")
    folio, version = connect(chosen.url, token_here() if chosen.private else "", (name, password) if name else None)
    failing = {CheckOutcome.FAULT, *((CheckOutcome.WARNING,) if chosen.strict else ())}
    outcomes = []
    for line in SampleCheck(folio, version, chosen.dataset_seconds, _dataset(chosen.dataset)).lines():
        print(line.text(), flush=True)
        outcomes.append(line.outcome)
    failed = sum(outcome in failing for outcome in outcomes)
    print(f"{len(outcomes) - failed} of {len(outcomes)} checks passed")
    return 1 if failed else 0


def _dataset(name: str) -> ResultsCare | None:
    if not name:
        return None
    return ResultsCare(ResultsRepo(name, private=True, token=token_here(), endpoint=os.environ.get("HF_ENDPOINT")))
