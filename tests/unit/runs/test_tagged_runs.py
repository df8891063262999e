"""Pages that are read by their tags or lines go through no network, and cost no GPU call where there are no others."""

from pathlib import Path

from pipeline.pages import LaneChoice, OcrMode
from pipeline.records import RunStatus
from pipeline.settings import Settings
from tests.support.bundles import RefusingBundle
from tests.support.runs import convert, record_of
from tests.support.runs import gpu_running as running


class SkippingBundle(RefusingBundle):
    """A bundle of the GPU lane that need not see pages that are read by their tags or lines."""

    skips_clear = True


def test_a_tagged_document_needs_no_gpu(settings: Settings, documents: Path) -> None:
    gpu = SkippingBundle()
    with running(settings, gpu) as runner:
        view = convert(runner, documents / "multi_page.pdf", LaneChoice.GPU)
    assert (view.status, len(view.texts), gpu.seen) == (RunStatus.OK, 5, [])
    record = record_of(settings, view)
    assert (record.gpu.made, record.bundle) == ((), gpu.name)


def test_tagged_pages_whose_text_is_to_be_read_are_sent_to_the_models(settings: Settings, documents: Path) -> None:
    gpu = SkippingBundle()
    with running(settings, gpu) as runner:
        convert(runner, documents / "multi_page.pdf", LaneChoice.GPU, OcrMode.ALWAYS)
    assert gpu.seen == [1, 2, 3, 4, 5]


def test_pages_without_tags_are_sent_to_the_models_unless_they_are_running_text(
    settings: Settings, documents: Path
) -> None:
    gpu = SkippingBundle()
    with running(settings, gpu) as runner:
        view = convert(runner, documents / "report_untagged.pdf", LaneChoice.GPU)
    assert (view.status, len(view.texts), gpu.seen) == (RunStatus.OK, 3, [2, 3])
    assert "## Notes on River Ferries" in view.texts[0].markdown
