"""Layout of several pages in one pass, against docling's own layout stage with the same weights."""

from pathlib import Path

import pytest
import torch
from docling.datamodel.accelerator_options import AcceleratorDevice, AcceleratorOptions
from docling.datamodel.base_models import Cluster
from docling.datamodel.pipeline_options import LayoutObjectDetectionOptions
from docling.models.stages.layout.layout_object_detection_model import LayoutObjectDetectionModel

from pipeline.models.accurate.checkpoints import load_layout
from pipeline.models.accurate.heron_layout import Detections, HeronLayout, apart, regions, squeeze
from pipeline.pages import LayoutRegion
from pipeline.stages.replay import ReplaySource, replay_result
from tests.support.accurate_pages import TestPage
from tests.support.checkpoints import FULL_LAYOUT, LAYOUT_FOLDER, save_layout

# Sums are added in another order in a batch; in points.
TOLERANCE = 0.05


def ours(weights_dir: Path, pages: list[TestPage]) -> list[tuple[LayoutRegion, ...]]:
    checkpoint = load_layout(weights_dir / LAYOUT_FOLDER)
    squeezed = torch.stack([squeeze(torch.tensor(page.image).permute(2, 0, 1), page.rendered.scale) for page in pages])
    with torch.inference_mode():
        found = Detections(*HeronLayout(checkpoint, torch.float32)(squeezed))
    return [regions(found, number, page.rendered.facts.size, checkpoint.labels) for number, page in enumerate(pages)]


def by_docling(weights_dir: Path, pages: list[TestPage]) -> list[list[Cluster]]:
    options = AcceleratorOptions(device=AcceleratorDevice.CPU, num_threads=1)
    stage = LayoutObjectDetectionModel(weights_dir, options, LayoutObjectDetectionOptions())
    found = []
    for page in pages:
        size = page.rendered.facts.size
        result = replay_result(ReplaySource("a.pdf", "0" * 64, (size,) * page.rendered.page, (page.rendered.page,)))
        (prediction,) = stage.predict_layout(result, [page.for_docling()])
        found.append(prediction.clusters)
    return found


def assert_same(found: tuple[LayoutRegion, ...], clusters: list[Cluster]) -> None:
    """The same regions; equal scores may change places."""
    assert len(found) == len(clusters)
    for region, cluster in zip(found, clusters, strict=True):
        assert region.label.value == cluster.label.value
        assert region.score == pytest.approx(cluster.confidence, abs=1e-4)
        sides = (region.box.left, region.box.top, region.box.right, region.box.bottom)
        assert sides == pytest.approx(cluster.bbox.as_tuple(), abs=TOLERANCE)


def test_regions_of_a_micro_batch_equal_doclings(weights_dir: Path, pages: list[TestPage]) -> None:
    found, clusters = ours(weights_dir, pages), by_docling(weights_dir, pages)
    for one, other in zip(found, clusters, strict=True):
        assert_same(one, other)
    assert all(len(page) > 5 for page in found)
    assert all(len({region.box for region in page}) > 5 for page in found)
    assert len({page[0].box for page in found}) == len(pages)


def test_one_page_at_the_real_size(tmp_path: Path, pages: list[TestPage]) -> None:
    save_layout(tmp_path, FULL_LAYOUT)
    (found,), (clusters,) = ours(tmp_path, pages[:1]), by_docling(tmp_path, pages[:1])
    assert len(found) > 0
    assert_same(found, clusters)


def test_the_input_is_what_docling_makes_of_the_page(pages: list[TestPage]) -> None:
    from transformers import RTDetrImageProcessor

    for page in pages:
        image = page.for_docling().get_image(scale=1.0)
        assert image is not None
        wanted = RTDetrImageProcessor()(images=[image], return_tensors="pt")["pixel_values"][0]
        made = squeeze(torch.tensor(page.image).permute(2, 0, 1), page.rendered.scale)
        assert torch.equal((wanted * 255).round().to(torch.uint8), made)


@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_pages_rendered_smaller_are_brought_to_72_dpi(scale: float) -> None:
    page = torch.full((3, 411, 302), 200, dtype=torch.uint8)
    assert torch.equal(squeeze(page, scale), torch.full((3, 640, 640), 200, dtype=torch.uint8))


SCORES, CLASSES = torch.tensor([[0.9, 0.6, 0.5999, 0.4]]), torch.tensor([[3, 1, 1, 2]])
BOXES = torch.tensor([[[0.1, 0.1, 0.2, 0.2], [0.3, 0.3, 0.4, 0.4], [0.5, 0.5, 0.6, 0.6], [0.7, 0.7, 0.8, 0.8]]])


def test_detections_that_change_places_are_as_far_apart_as_their_numbers() -> None:
    order = [0, 2, 1, 3]
    assert apart((SCORES, CLASSES, BOXES), (SCORES, CLASSES, BOXES)) == 0
    assert apart((SCORES, CLASSES[:, order], BOXES[:, order]), (SCORES, CLASSES, BOXES)) == pytest.approx(
        1e-4, rel=1e-3
    )


def test_a_detection_elsewhere_or_of_another_class_is_far_off() -> None:
    moved = BOXES.clone()
    moved[0, 1, 2] += 0.05
    assert apart((SCORES, CLASSES, moved), (SCORES, CLASSES, BOXES)) == pytest.approx(0.05, rel=1e-3)
    other = CLASSES.clone()
    other[0, 0] = 9
    assert apart((SCORES, other, BOXES), (SCORES, CLASSES, BOXES)) == pytest.approx(0.5)
    assert apart((SCORES * float("nan"), CLASSES, BOXES), (SCORES, CLASSES, BOXES)) == float("inf")


def test_the_last_detection_may_give_way_to_one_that_scores_as_much() -> None:
    """What is let in at the end of the list is decided by the last digits."""
    replaced, classes = BOXES.clone(), CLASSES.clone()
    replaced[0, 3], classes[0, 3] = torch.tensor([0.0, 0.0, 0.05, 0.05]), 7
    scores = SCORES.clone()
    scores[0, 3] += 1e-4
    assert apart((scores, classes, replaced), (SCORES, CLASSES, BOXES)) == pytest.approx(1e-4, rel=1e-2)
