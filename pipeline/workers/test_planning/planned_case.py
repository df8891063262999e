"""A planned case: a recipe for a document, what its conversion must satisfy, and why.

A recipe names what the generator in ``tests/documents`` has: a kind of document, a seed, a renderer and a finish. The
pipeline does not import the generator; a test checks that every recipe that can be planned names what is there.
"""

import hashlib
import json
from dataclasses import asdict, dataclass

from pipeline.worker_iterations import Evidence, PlannedCase


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a document is generated and converted. ``pages`` and ``ocr`` are options of the conversion, ``password`` is
    given with it; ``times`` repeats the document's blocks, to make it longer.
    """

    kind: str
    seed: int
    renderer: str = "reportlab"
    finish: str = "plain"
    times: int = 1
    password: str = ""
    pages: str = ""
    ocr: str = "auto"


@dataclass(frozen=True, slots=True)
class Invariants:
    """What a conversion must satisfy; a value that is empty or 0 asks nothing.

    ``ends`` are the statuses that it may end with, ``refused`` is the code that it must be refused with. The others are
    shares in [0, 1] of what the generator knows to be in the document: its words, its headings, its tables, its list
    items, and neighbouring words that stand in the same order.
    """

    ends: tuple[str, ...] = ("ok", "partial")
    refused: str = ""
    words: float = 0.0
    headings: float = 0.0
    tables: float = 0.0
    list_items: float = 0.0
    order: float = 0.0


def planned_case(
    perspective: str,
    recipe: Recipe,
    invariants: Invariants,
    why: str,
    traits: tuple[str, ...] = (),
    evidence: tuple[Evidence, ...] = (),
) -> PlannedCase:
    """The case as a worker's record has it. Its id follows from the recipe and the invariants."""
    texts = (_text(recipe), _text(invariants))
    case_id = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]
    return PlannedCase(case_id, perspective, *texts, why, traits, evidence)


def read_recipe(case: PlannedCase) -> Recipe:
    """The case's recipe. Raises TypeError or ValueError for one of another shape."""
    return Recipe(**json.loads(case.recipe))


def read_invariants(case: PlannedCase) -> Invariants:
    """The case's invariants. Raises TypeError or ValueError for those of another shape."""
    values = json.loads(case.invariants)
    return Invariants(**values | {"ends": tuple(values["ends"])})


def _text(value: Recipe | Invariants) -> str:
    return json.dumps(asdict(value), sort_keys=True)
