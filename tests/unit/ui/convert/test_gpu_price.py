"""The words of the GPU lane."""

from dataclasses import replace

import pytest

from pipeline.errors import GpuRefused
from pipeline.pages import Lane, LaneChoice, PageStatus
from pipeline.records import ConvertOptions, ErrorFacts, GpuUse, PageOutcome, RunStatus
from pipeline.run_price import GpuEstimate, TimeEstimate
from pipeline.runs.state import RunView
from pipeline.ui.convert.gpu_price import (
    REASONS,
    cpu_label,
    cpu_offer,
    estimate_text,
    fallen_back,
    fitting_label,
    gpu_facts,
    offers_cpu,
)

VIEW = RunView(
    run_id="secret",
    record_id="public",
    version=1,
    name="a.pdf",
    options=ConvertOptions(),
    status=RunStatus.PARTIAL,
    stage=None,
    queue_position=0,
    page_count=2,
    pages=(PageOutcome(1, PageStatus.OK), PageOutcome(2, PageStatus.NOT_STARTED)),
    texts=(),
    elapsed_s=1.0,
    remaining_s=None,
    bundle="light",
    engines=(),
    exports=(),
    error=ErrorFacts("gpu_quota_exceeded", "Used up.", True),
    lane=Lane.GPU,
    gpu=GpuUse(45.0, 3.24, 2, refused=1, refused_seconds=22.0, refusal="gpu_quota_exceeded"),
    fitting_pages=7,
    cpu_bundle="light",
)


def test_every_refusal_has_its_words() -> None:
    assert {refusal.code for refusal in GpuRefused.__subclasses__()} == set(REASONS)


def test_an_estimate_adds_up_the_documents() -> None:
    assert estimate_text(()) == ""
    time = TimeEstimate(1, 4.0, 40.0, 0.5)
    assert ">1 page, ready in a few seconds, or about 40 s where they are scans.<" in estimate_text((time,))
    one, many = GpuEstimate(1, 1, 15, 15), GpuEstimate(1300, 4, 100, 900)
    assert ">1 page, about 15 GPU-seconds booked, in 1 call.<" in estimate_text((time,), (one,))
    long = TimeEstimate(1300, 100.0, 900.0, 130.0)
    assert (
        ">1,301 pages, about 115 GPU-seconds booked, up to 915 where they are scans, in 5 calls."
        " Other documents come first: about 2 min.<"
    ) in estimate_text((time, long), (one, many))


@pytest.mark.parametrize(
    ("use", "text"),
    [
        (GpuUse(), ""),
        (GpuUse(45.0, 3.24, 2), "3.2 s used of 45 s booked"),
        (GpuUse(45.0, 3.24, 2, refused=1, refused_seconds=22.0), "3.2 s used of 45 s booked, 1 call refused"),
        (GpuUse(refused=2, refused_seconds=44.0), "2 calls refused"),
    ],
)
def test_a_receipt_says_what_was_booked_used_and_refused(use: GpuUse, text: str) -> None:
    assert gpu_facts(use) == text


def test_a_run_that_went_on_on_the_cpu_says_why() -> None:
    assert fallen_back(VIEW) == ""
    on_cpu = replace(VIEW, lane=Lane.CPU, status=RunStatus.OK, error=None)
    assert fallen_back(on_cpu) == "Your daily GPU quota was used up; the rest was converted on the CPU."
    assert fallen_back(replace(on_cpu, status=RunStatus.RUNNING)).endswith("; the rest runs on the CPU.")
    assert fallen_back(replace(on_cpu, options=ConvertOptions(lane=LaneChoice.CPU))) == ""


def test_the_models_of_the_rest_are_named_where_they_are_others() -> None:
    pages = (PageOutcome(1, PageStatus.OK, bundle="accurate"), PageOutcome(2, PageStatus.OK, bundle="light"))
    mixed = replace(VIEW, lane=Lane.CPU, status=RunStatus.OK, error=None, bundle="accurate+light", pages=pages)
    assert (
        fallen_back(mixed)
        == "Your daily GPU quota was used up; the rest was converted on the CPU with the light models."
    )


def pages(states: str, bundle: str = "light") -> tuple[PageOutcome, ...]:
    """``.`` is a page that was not started, anything else one that is well."""
    ends = [PageStatus.NOT_STARTED if state == "." else PageStatus.OK for state in states]
    return tuple(
        PageOutcome(number, end, bundle=bundle if end is PageStatus.OK else "")
        for number, end in enumerate(ends, start=1)
    )


@pytest.mark.parametrize(
    ("states", "bundle", "label", "offer"),
    [
        (
            ".",
            "accurate",
            "Convert the page on the CPU",
            "On the CPU, the page would be converted with the light models.",
        ),
        (
            "...",
            "accurate",
            "Convert all 3 pages on the CPU",
            "On the CPU, all 3 pages would be converted with the light models.",
        ),
        (
            "xx...",
            "light",
            "Convert the 3 pages left on the CPU",
            "On the CPU, 3 pages would be converted with the light models; the 2 finished pages stay.",
        ),
        (
            "xx...",
            "accurate",
            "Convert the 3 pages left on the CPU",
            "On the CPU, 3 pages would be converted with the light models; the 2 finished pages stay as the "
            "accurate models read them.",
        ),
        (
            "x.",
            "accurate",
            "Convert the page left on the CPU",
            "On the CPU, 1 page would be converted with the light models; the 1 finished page stays as the "
            "accurate models read it.",
        ),
    ],
)
def test_the_cpu_is_offered_for_what_it_would_do(states: str, bundle: str, label: str, offer: str) -> None:
    view = replace(VIEW, bundle=bundle, pages=pages(states, bundle))
    assert (cpu_label(view), cpu_offer(view)) == (label, offer)


def test_what_is_offered_after_a_refusal() -> None:
    assert offers_cpu(VIEW)
    assert fitting_label(VIEW) == "Convert the next 7 pages now"
    assert fitting_label(replace(VIEW, fitting_pages=1)) == "Convert the next page now"
    assert fitting_label(replace(VIEW, fitting_pages=0)) == ""
    done = replace(VIEW, status=RunStatus.OK)
    assert (offers_cpu(done), cpu_offer(done), fitting_label(done)) == (False, "", "")
    assert not offers_cpu(replace(VIEW, error=ErrorFacts("run_timed_out", "Late.", True)))
    too_large = PageOutcome(2, PageStatus.FAILED, "page_out_of_gpu_memory", "Too large.")
    assert offers_cpu(replace(VIEW, error=None, pages=(too_large,)))
