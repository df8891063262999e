"""``python -m pipeline.cli COMMAND``: one module per command, each with ``configure`` and ``run``."""

import argparse
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass

from pipeline.cli import compile as compile_command
from pipeline.cli import convert
from pipeline.errors import FolioError
from pipeline.settings import Settings, read_settings


@dataclass(frozen=True, slots=True)
class Command:
    """One row of the command table."""

    name: str
    meaning: str
    configure: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Settings], int]


COMMANDS: tuple[Command, ...] = (
    Command("convert", "Convert PDF files without a server.", convert.configure, convert.run),
    Command("compile", "Compile the models for this machine.", compile_command.configure, compile_command.run),
)


def build_parser() -> argparse.ArgumentParser:
    """The parser over every command of the table."""
    parser = argparse.ArgumentParser(prog="python -m pipeline.cli", description="Folio on the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    for row in COMMANDS:
        row.configure(commands.add_parser(row.name, help=row.meaning, description=row.meaning))
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command; returns the process's exit code: 0 done, 1 something failed, 2 wrong usage."""
    chosen = build_parser().parse_args(arguments)
    command = next(row for row in COMMANDS if row.name == chosen.command)
    try:
        return command.run(chosen, read_settings(os.environ))
    except FolioError as error:
        print(f"{error.message} [{error.code}]", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
