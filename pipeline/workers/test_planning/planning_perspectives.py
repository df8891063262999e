"""The fifteen perspectives of test planning, as one table: what calls for each, and which documents try it.

Traits are those of ``pipeline/workers/analysis/studied_run.py``, codes those of the error tree.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.workers.test_planning.planned_case import Invariants, Recipe

PASSWORD = "sesame"  # noqa: S105  the generator's own
LANGUAGES = ("de", "fr", "ru", "el", "ar", "he", "hi", "th", "zh", "ja", "ko")  # in the generator's order

Draft = tuple[Recipe, Invariants]


@dataclass(frozen=True, slots=True)
class PlanningPerspective:
    """One perspective. ``drafts(seed)`` gives the documents of one round; ``traits`` and ``codes`` are what calls for
    more of them.
    """

    name: str
    drafts: Callable[[int], tuple[Draft, ...]]
    traits: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()


def _encrypted(seed: int) -> tuple[Draft, ...]:
    locked = Recipe("letter", seed, finish="encrypted")
    opened = Recipe("letter", seed, finish="encrypted", password=PASSWORD)
    wrong = Recipe("letter", seed, finish="encrypted", password="open")  # noqa: S106  a wrong one
    return (
        (locked, Invariants(refused="password_needed")),
        (wrong, Invariants(refused="password_wrong")),
        (opened, Invariants(("ok",), words=0.95)),
    )


def _corrupt(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("letter", seed, finish="cut"), Invariants(words=0.9)),
        (Recipe("invoice", seed, finish="prefixed"), Invariants(words=0.9)),
        (Recipe("report", seed, finish="undecodable"), Invariants(words=0.3)),
    )


def _huge(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("manual", seed, times=4), Invariants(("ok",), words=0.95, headings=0.6)),
        (Recipe("gallery", seed, "reportlab", "scan_fine", 3), Invariants(("ok", "partial"), words=0.7)),
    )


def _tiny(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("note", seed), Invariants(("ok",), words=0.95)),
        (Recipe("note", seed, "typst"), Invariants(words=0.95)),
    )


def _rotated(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("report", seed, finish="rotated"), Invariants(words=0.9)),
        (Recipe("letter", seed, finish="scan_left"), Invariants(words=0.8)),
        (Recipe("letter", seed, finish="scan_over"), Invariants(words=0.8)),
    )


def _scanned(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("letter", seed, finish="scan"), Invariants(words=0.85, order=0.7)),
        (Recipe("invoice", seed, finish="scan_layer"), Invariants(words=0.85)),
        (Recipe("letter", seed, finish="scan_coarse", ocr="always"), Invariants(words=0.8)),
    )


def _skewed(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("letter", seed, finish="scan_skewed"), Invariants(words=0.8)),
        (Recipe("invoice", seed, finish="scan_skewed"), Invariants(words=0.8, tables=0.5)),
    )


def _columns(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("paper", seed, "typst"), Invariants(words=0.9, order=0.8)),
        (Recipe("newsletter", seed), Invariants(words=0.9, order=0.7)),
    )


def _long_tables(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("tables", seed), Invariants(words=0.95, tables=0.5)),
        (Recipe("invoice", seed), Invariants(tables=0.5)),
    )


def _nested_lists(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("manual", seed), Invariants(words=0.95, list_items=0.6)),
        (Recipe("report", seed, "typst"), Invariants(words=0.95, list_items=0.6)),
    )


def _foreign(seed: int, *languages: str) -> tuple[Draft, ...]:
    """A page in each language: the generator takes its language from the seed."""
    seeds = (seed * len(LANGUAGES) + LANGUAGES.index(language) for language in languages)
    return tuple((Recipe("foreign", chosen, "typst"), Invariants(words=0.7)) for chosen in seeds)


def _formulas(seed: int) -> tuple[Draft, ...]:
    return ((Recipe("listings", seed, "typst"), Invariants(words=0.6, headings=0.5)),)


def _forms(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("form", seed), Invariants(words=0.9)),
        (Recipe("form", seed, finish="scan"), Invariants(words=0.75)),
    )


def _mixed_sizes(seed: int) -> tuple[Draft, ...]:
    return (
        (Recipe("report", seed, finish="mixed_sizes"), Invariants(("ok",), words=0.95)),
        (Recipe("slides", seed, "typst", "mixed_sizes"), Invariants(words=0.9)),
    )


PLANNING_PERSPECTIVES: tuple[PlanningPerspective, ...] = (
    PlanningPerspective("encrypted", _encrypted, codes=("password_needed", "password_wrong", "unsupported_encryption")),
    PlanningPerspective(
        "corrupt",
        _corrupt,
        ("damaged", "doubtful font"),
        ("damaged_pdf", "page_unreadable", "reader_crashed", "page_crashed", "content_incomplete", "file_repaired"),
    ),
    PlanningPerspective(
        "huge",
        _huge,
        ("large file", "many pages"),
        ("page_timed_out", "run_timed_out", "page_out_of_memory", "page_out_of_model_memory", "page_too_dense"),
    ),
    PlanningPerspective("tiny", _tiny, ("one page", "tiny file"), ("empty_file", "no_pages")),
    PlanningPerspective("rotated", _rotated),
    PlanningPerspective("scanned", _scanned, ("scanned", "hidden text"), ("text_unsure", "language_data_missing")),
    PlanningPerspective("skewed", _skewed, codes=("text_unsure",)),
    PlanningPerspective("multi-column", _columns),
    PlanningPerspective("tables across pages", _long_tables, ("tables",), ("page_model_failed",)),
    PlanningPerspective("nested lists", _nested_lists),
    PlanningPerspective("right-to-left", lambda seed: _foreign(seed, "ar", "he"), ("named languages",)),
    PlanningPerspective("CJK", lambda seed: _foreign(seed, "zh", "ja", "ko"), ("named languages",)),
    PlanningPerspective("formulas", _formulas, codes=("page_assembly_failed",)),
    PlanningPerspective("forms", _forms, ("form",), ("xfa_form",)),
    PlanningPerspective("mixed page sizes", _mixed_sizes, ("pictures",), ("page_too_large",)),
)
