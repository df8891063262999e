from pipeline.gpu.call_timer import CallClock
from pipeline.pages import PagePrediction
from pipeline.records import CallEnd


def test_a_call_that_was_lost_held_the_gpu_no_longer_than_it_was_booked() -> None:
    """What is waited beyond that, a queue or a worker that stands still, is nobody's GPU time."""
    clock = CallClock(0.001)
    while not clock.facts().used_seconds:
        clock.ended = CallEnd.LOST
    assert clock.facts().used_seconds == 0.001
    clock.heard((), 2.5, ())
    assert clock.facts().used_seconds == 2.5


def test_the_time_of_formulas_teaches_nothing_about_pages() -> None:
    """What they may take is fixed; a paper full of them must not raise the price of every other document."""

    def said(page: int, formula_ms: float) -> PagePrediction:
        return PagePrediction(page, (), (), (), False, layout_ms=50.0, ocr_ms=0.0, table_ms=0.0, formula_ms=formula_ms)

    clock = CallClock(30.0)
    clock.heard([said(1, 2000.0)], 3.0, ())
    clock.heard([said(2, 1500.0), said(3, 1500.0)], 6.5, ())
    facts = clock.facts()
    assert (facts.start_seconds, facts.page_seconds, facts.later_pages, facts.used_seconds) == (1.0, 0.5, 2, 6.5)
