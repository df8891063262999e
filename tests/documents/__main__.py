"""Write test documents to a folder: ``NAME.pdf`` with ``NAME.md`` and ``NAME.json``.

    python -m tests.documents OUT --seeds 0-9 [--kinds report,paper] [--renderers chromium,typst] [--finishes
    plain,scan]
    python -m tests.documents --committed

The second form writes the committed documents anew. Seeds from 1000 on are held back: nobody tunes Folio on them.
The renderers ``writer`` and ``writer_untagged``, and so the second form, need LibreOffice.
"""

import argparse
from collections.abc import Iterator
from pathlib import Path

from tests.documents.committed import FOLDER, committed
from tests.documents.finishes import FINISHES
from tests.documents.kinds import KINDS
from tests.documents.renderers import NAMES, Renderer, renderers
from tests.documents.writing import write


def main(arguments: list[str] | None = None) -> None:
    """Read the command line and write the documents."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("out", type=Path, nargs="?", help="the folder to write to")
    parser.add_argument("--committed", action="store_true", help="write the committed documents")
    parser.add_argument("--seeds", default="0-2", help="such as 0-9 or 3,5,1000-1009")
    for name, options in (("kinds", list(KINDS)), ("renderers", list(NAMES)), ("finishes", list(FINISHES))):
        default = "plain" if name == "finishes" else ",".join(options)
        parser.add_argument(f"--{name}", default=default, help=f"of {', '.join(options)}")
    chosen = parser.parse_args(arguments)
    if not chosen.committed and chosen.out is None:
        parser.error("name a folder, or use --committed")
    with renderers() as table:
        names = committed(table) if chosen.committed else list(_chosen(table, chosen))
    print(f"{len(names)} documents in {FOLDER if chosen.committed else chosen.out}")


def _chosen(table: dict[str, Renderer], chosen: argparse.Namespace) -> Iterator[str]:
    chosen.out.mkdir(parents=True, exist_ok=True)
    for seed in _numbers(chosen.seeds):
        for kind in chosen.kinds.split(","):
            document = KINDS[kind].make(seed)
            for renderer in chosen.renderers.split(","):
                if table[renderer].serves(document):
                    for finish in chosen.finishes.split(","):
                        name = f"{document.name}_{renderer}" + ("" if finish == "plain" else f"_{finish}")
                        write(chosen.out, name, document, renderer, table[renderer], finish, seed)
                        yield name


def _numbers(text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)


if __name__ == "__main__":
    main()
