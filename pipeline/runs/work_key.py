"""The public name of a piece of work: equal wherever the same pages of the same bytes are converted in the same way.

A key holds nothing of who asks. So it names a row of a batch job's output on every machine, and of a visitor's request
it is the part that ``reuse`` hides behind the visitor.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.models.bundle import Bundle
from pipeline.records import ConvertOptions, Versions


@dataclass(frozen=True, slots=True)
class Producer:
    """What makes a result: versions of Folio and docling, the bundle with its revision, and its networks as pairs of
    task and model.
    """

    app: str
    docling: str
    bundle: str
    revision: str
    networks: tuple[tuple[str, str], ...]


def producer_of(bundle: Bundle, versions: Versions) -> Producer:
    """The producer of what ``bundle`` reads under these versions."""
    networks = tuple((engine.task, engine.model) for engine in bundle.engines)
    return Producer(versions.app, versions.docling, bundle.name, bundle.revision, networks)


def work_key(sha256: str, pages: Sequence[int], options: ConvertOptions, producer: Producer) -> str:
    """SHA-256, in hexadecimal, of everything that decides the result.

    ``sha256`` is of the document's bytes, ``pages`` are the page numbers that are asked for. The lane is no part of it,
    since it decides where the same networks run.
    """
    asked = [list(pages), options.ocr.value, options.tables, list(options.languages)]
    made_by = [producer.app, producer.docling, producer.bundle, producer.revision, producer.networks]
    return hashlib.sha256(json.dumps([sha256, asked, made_by]).encode()).hexdigest()
