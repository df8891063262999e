"""``python -m pipeline.cli COMMAND``: one module per command, each with ``configure`` and ``run``.

Only the chosen command's module is loaded: those that convert need docling, which takes seconds.
"""

import argparse
import os
import sys
from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

from pipeline.errors import FolioError
from pipeline.settings import Settings, read_settings


class CommandModule(Protocol):
    """What the module of a command has."""

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        ...

    def run(self, chosen: argparse.Namespace, settings: Settings) -> int:
        """Do it; returns the exit code. Raises FolioError."""
        ...


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the command table. A module below ``pipeline.cli`` does it: that of its name, with ``_`` for ``-``."""

    name: str
    meaning: str

    def load(self) -> CommandModule:
        """The command's module."""
        return cast(CommandModule, import_module(f"pipeline.cli.{self.name.replace('-', '_')}"))


COMMANDS: tuple[Command, ...] = (
    Command("convert", "Convert PDF files without a server."),
    Command("batch", "Convert many documents into tables."),
    Command("compile", "Compile the models for this machine."),
    Command("deploy", "Make a Space of your own, or bring it up to date."),
    Command("doctor", "Tell what this machine lacks of what Folio needs."),
    Command("verify", "Check that a Folio somewhere works, with a sample."),
    Command("results", "Look after the results dataset: its size, its newest runs."),
    Command("settings-page", "Print the page of all settings."),
    Command("work", "Be a worker: inbox, analysis, test planning or tuning."),
)


def build_parser(chosen: str) -> argparse.ArgumentParser:
    """The parser over every command of the table; only that of the ``chosen`` one knows its arguments."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.cli", description="Folio on the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    for row in COMMANDS:
        arguments = commands.add_parser(row.name, help=row.meaning, description=row.meaning)
        if row.name == chosen:
            row.load().configure(arguments)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the process's exit code: 0 done, 1 something failed, 2 wrong usage."""
    words = sys.argv[1:] if arguments is None else arguments
    chosen = build_parser(words[0] if words else "").parse_args(words)
    command = next(row for row in COMMANDS if row.name == chosen.command)
    try:
        return command.load().run(chosen, read_settings(os.environ))
    except FolioError as error:
        print(f"{error.message} [{error.code}]", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
