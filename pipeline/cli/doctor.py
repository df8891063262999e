"""``doctor``: what this machine has of what Folio needs, line by line."""

import argparse
import os

from pipeline.check_lines import any_fault
from pipeline.deployment.account import token_here
from pipeline.doctor.examination import examine
from pipeline.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--offline", action="store_true", help="ask nothing of the Hub")


def run(chosen: argparse.Namespace, settings: Settings) -> int:
    """Print the lines; returns 1 where one of them is a fault."""
    lines = []
    for line in examine(settings, "" if chosen.offline else token_here(), os.environ.get("HF_ENDPOINT")):
        print(line.text(), flush=True)
        lines.append(line)
    return 1 if any_fault(lines) else 0
