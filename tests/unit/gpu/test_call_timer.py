from pipeline.gpu.call_timer import CallClock
from pipeline.records import CallEnd


def test_a_call_that_was_lost_held_the_gpu_no_longer_than_it_was_booked() -> None:
    """What is waited beyond that, a queue or a worker that stands still, is nobody's GPU time."""
    clock = CallClock(0.001)
    while not clock.facts().used_seconds:
        clock.ended = CallEnd.LOST
    assert clock.facts().used_seconds == 0.001
    clock.heard((), 2.5, ())
    assert clock.facts().used_seconds == 2.5
