"""The documents of a benchmark as its options name them: generated with their truth, or a folder of one's own."""

import argparse
from pathlib import Path

from benchmarks import accuracy
from tests.documents.__main__ import main as generate

OPTIONS = ("seeds", "kinds", "renderers", "finishes")  # those of tests.documents


def add_options(parser: argparse.ArgumentParser, **defaults: str) -> None:
    """Let ``parser`` take the options of ``tests.documents``, with ``defaults``, and ``--corpus``."""
    for name in OPTIONS:
        told = "such as 1000-1004; from 1000 on they are held back" if name == "seeds" else "as in tests.documents"
        parser.add_argument(f"--{name}", default=defaults.get(name), help=told)
    parser.add_argument("--corpus", type=Path, help="a folder of NAME.pdf with NAME.md, instead of generated documents")


def documents(parser: argparse.ArgumentParser, chosen: argparse.Namespace, folder: Path) -> dict[Path, Path]:
    """The files of the documents with those of their truth; generated ones go into ``folder``.

    Ends the program with a sentence where ``--corpus`` has none.
    """
    source = chosen.corpus or _generated(chosen, folder)
    found = accuracy.corpus(source)
    if not found:
        parser.error(f"{source} holds no PDF with Markdown beside it")
    return found


def _generated(chosen: argparse.Namespace, folder: Path) -> Path:
    options = [(f"--{name}", getattr(chosen, name)) for name in OPTIONS]
    generate([str(folder), *(part for name, value in options if value for part in (name, value))])
    return folder
