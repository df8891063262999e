"""Which failures belong together: codes that became more frequent, and codes that hit one kind of document."""

from collections import Counter
from collections.abc import Callable, Iterator

from pipeline.errors.page_notices import NOTICE_KINDS
from pipeline.workers.analysis.comparisons import Candidate, Hit, Question, compare_shares
from pipeline.workers.analysis.perspective import Look, perspective
from pipeline.workers.analysis.studied_run import StudiedRun

NOTICES = frozenset(kind.code for kind in NOTICE_KINDS)
CODES_TESTED, TRAITS_TESTED = 12, 12


@perspective("failures", "Codes that became more frequent, and the kinds of documents that they hit.")
def failure_clusters(look: Look) -> Iterator[Candidate | None]:
    counted = Counter(code for run in look.recent for code in run.codes - NOTICES)
    traits = Counter(trait for run in look.recent for trait in run.traits)
    for code, _ in counted.most_common(CODES_TESTED):
        yield compare_shares(
            Question(
                "failures.code",
                code,
                "share",
                "{value:.0%} of documents ended or lost a page with {subject} instead of {baseline:.0%}.",
            ),
            _with_code(code),
            look.recent,
            look.baseline,
            pages=_pages_with(code),
        )
        for trait, _ in traits.most_common(TRAITS_TESTED):
            yield _cluster(look, code, trait)


def _cluster(look: Look, code: str, trait: str) -> Candidate | None:
    """Whether documents with a trait fail with a code more often than those without; over everything in the window,
    since a trait may be rare.
    """
    runs = look.baseline + look.recent
    return compare_shares(
        Question(
            "failures.trait",
            f"{code} on {trait}",
            "share",
            f"{{value:.0%}} of documents with the trait '{trait}' show {code}, {{baseline:.0%}} of the others.",
        ),
        _with_code(code),
        [run for run in runs if trait in run.traits],
        [run for run in runs if trait not in run.traits],
        least_difference=0.2,
        pages=_pages_with(code),
    )


def _with_code(code: str) -> Hit:
    return lambda run: code in run.codes


def _pages_with(code: str) -> Callable[[StudiedRun], tuple[int, ...]]:
    return lambda run: run.pages_with(code)
