"""Tables of several pages, decoded together, against docling's own table stage, which decodes them one by one."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from docling.datamodel.accelerator_options import AcceleratorDevice, AcceleratorOptions
from docling.datamodel.base_models import Cluster, LayoutPrediction, Table
from docling.datamodel.pipeline_options import TableStructureV2Options
from docling.models.stages.table_structure.table_structure_model_v2 import TableStructureModelV2
from docling_core.types.doc.labels import DocItemLabel
from docling_ibm_models.tableformer_v2 import model as tableformer
from torchvision.models import efficientnet_v2_s

from pipeline.models.accurate.checkpoints import Vocabulary, load_tables
from pipeline.models.accurate.decoding import MOST_TOKENS, decode
from pipeline.models.accurate.tableformer import BoxHead, DecodeStep, TableEncoder
from pipeline.models.accurate.tableformer_tables import TableFormerReader, TableRequest
from pipeline.pages import Box, TableCell, TableStructure
from pipeline.stages.docling_boxes import to_docling
from pipeline.stages.replay import ReplaySource, replay_result
from tests.support.accurate_pages import PLACES, TestPage, prepared
from tests.support.checkpoints import END, FULL_TABLES, TABLE_FOLDER, save_tables

# In points. Crops are one level in 255 off Pillow in few places, which a random box head amplifies.
TOLERANCE = 0.2
REAL_SIZE = ["ched", "lcel", "ched", "nl", "rhed", "fcel", "ecel", "nl", "ucel", "fcel", "fcel", "nl"]


@dataclass(frozen=True)
class Passes:
    """The three passes, eager, and the reader over them."""

    encode: TableEncoder
    step: DecodeStep
    place: BoxHead
    reader: TableFormerReader
    vocabulary: Vocabulary


def passes(folder: Path) -> Passes:
    checkpoint = load_tables(folder)
    checkpoint.model.requires_grad_(False)
    encode, step, place = (
        TableEncoder(checkpoint.model, torch.float32),
        DecodeStep(checkpoint.model),
        BoxHead(checkpoint.model),
    )
    reader = TableFormerReader(encode, step, lambda *inputs: (place(*inputs),), checkpoint.vocabulary)
    return Passes(encode, step, place, reader, checkpoint.vocabulary)


def docling_stage(weights_dir: Path) -> TableStructureModelV2:
    options = AcceleratorOptions(device=AcceleratorDevice.CPU, num_threads=1)
    return TableStructureModelV2(True, weights_dir, TableStructureV2Options(), options)


def by_docling(stage: TableStructureModelV2, page: TestPage, boxes: list[Box]) -> list[Table]:
    """docling's tables for ``boxes`` as if its layout stage had found tables there."""
    document = page.for_docling()
    clusters = [
        Cluster(id=index, label=DocItemLabel.TABLE, bbox=to_docling(box), cells=[]) for index, box in enumerate(boxes)
    ]
    document.predictions.layout = LayoutPrediction(clusters=clusters)
    size = page.rendered.facts.size
    result = replay_result(ReplaySource("a.pdf", "0" * 64, (size,) * page.rendered.page, (page.rendered.page,)))
    (prediction,) = stage.predict_tables(result, [document])
    return [prediction.table_map[index] for index in range(len(boxes))]


def requests(pages: list[TestPage]) -> list[TableRequest]:
    tensors = [torch.tensor(page.image).permute(2, 0, 1) for page in pages]
    return [TableRequest(tensors[page], pages[page].rendered.scale, box) for page, box in PLACES]


def assert_same(ours: TableStructure, docling: Table) -> None:
    assert (ours.rows, ours.columns) == (docling.num_rows, docling.num_cols)
    assert [_shape(cell) for cell in ours.cells] == [
        (
            c.start_row_offset_idx,
            c.start_col_offset_idx,
            c.row_span,
            c.col_span,
            c.column_header,
            c.row_header,
            c.row_section,
        )
        for c in docling.table_cells
    ]
    for cell, theirs in zip(ours.cells, docling.table_cells, strict=True):
        assert (cell.box is None) == (theirs.bbox is None)
        if cell.box is not None and theirs.bbox is not None:
            sides = (cell.box.left, cell.box.top, cell.box.right, cell.box.bottom)
            assert sides == pytest.approx((theirs.bbox.l, theirs.bbox.t, theirs.bbox.r, theirs.bbox.b), abs=TOLERANCE)


def _shape(cell: TableCell) -> tuple[int | bool, ...]:
    return (cell.row, cell.column, cell.row_span, cell.column_span, cell.header, cell.row_header, cell.section)


@pytest.fixture(scope="module")
def small(weights_dir: Path) -> Passes:
    return passes(weights_dir / TABLE_FOLDER)


@pytest.fixture(scope="module")
def docling_tables(weights_dir: Path, pages: list[TestPage]) -> list[Table]:
    stage = docling_stage(weights_dir)
    return [table for page, place in PLACES for table in by_docling(stage, pages[page], [place])]


def test_tables_of_a_micro_batch_equal_doclings(
    small: Passes, pages: list[TestPage], docling_tables: list[Table]
) -> None:
    assert len({len(table.otsl_seq) for table in docling_tables}) >= 4
    found = small.reader.read(requests(pages))
    assert len(found) == len(docling_tables)
    for ours, docling, (_, place) in zip(found, docling_tables, PLACES, strict=True):
        assert ours is not None
        assert ours.box == place
        assert 0.5 < ours.score <= 1
        assert_same(ours, docling)
    spans = [(cell.row_span, cell.column_span) for table in found if table for cell in table.cells]
    assert {(1, 1), (1, 3), (2, 1)} <= set(spans)
    boxes = [cell.box for table in found if table for cell in table.cells]
    assert all(box is not None for box in boxes)
    assert len(set(boxes)) == len(boxes)


def test_a_table_alone_equals_the_same_table_among_others(small: Passes, pages: list[TestPage]) -> None:
    wanted = requests(pages)
    together = small.reader.read(wanted)
    for index, request in enumerate(wanted):
        (alone,) = small.reader.read([request])
        ours = together[index]
        assert alone is not None
        assert ours is not None
        assert [_shape(cell) for cell in alone.cells] == [_shape(cell) for cell in ours.cells]


def test_ended_tables_leave_the_batch(small: Passes, pages: list[TestPage], docling_tables: list[Table]) -> None:
    """Each table costs the steps up to the look after its end, but for the last one, which has company."""
    sizes: list[int] = []

    def counted(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        sizes.append(len(inputs[0]))
        return tuple(small.step(*inputs))

    crops = torch.stack([crop for request in requests(pages) if (crop := request.crop()) is not None])
    with torch.inference_mode():
        _, keys, values = small.encode(crops)
        decode(counted, keys, values, small.vocabulary, check_every=4)
    lengths = [len(table.otsl_seq) + 1 for table in docling_tables]
    assert sizes == expected_sizes(lengths, 4)
    assert sum(sizes) < 0.7 * len(sizes) * len(lengths)


def expected_sizes(lengths: list[int], every: int) -> list[int]:
    """Tables in each step, if those that have ended leave after every ``every`` steps and never less than two
    remain.
    """
    sizes, going = [], lengths
    while going:
        sizes += [max(len(going), 2)] * every
        going = [length for length in going if length > len(sizes)]
    return sizes


def test_a_table_without_end_stops_where_docling_stops(weights_dir: Path, pages: list[TestPage], small: Passes) -> None:
    """513 tokens, the last of which stands on a position that the network never learned."""
    stage = docling_stage(weights_dir)
    for model in (stage.model, small.encode.model):
        with torch.no_grad():
            model.output_projection.bias[END] -= 1000
    try:
        place = PLACES[3][1]
        (docling,) = by_docling(stage, pages[2], [place])
        (ours,) = small.reader.read([requests(pages)[3]])
    finally:
        with torch.no_grad():
            small.encode.model.output_projection.bias[END] += 1000
    assert len(docling.otsl_seq) > MOST_TOKENS - 16
    assert ours is not None
    assert_same(ours, docling)


def test_a_box_off_the_page_is_no_table(small: Passes, pages: list[TestPage]) -> None:
    page = torch.tensor(pages[0].image).permute(2, 0, 1)
    outside, empty = TableRequest(page, 2.0, Box(700, 10, 800, 60)), TableRequest(page, 2.0, Box(10.1, 10, 10.2, 60))
    assert small.reader.read([outside, empty]) == [None, None]
    assert small.reader.read([]) == []


def test_crops_are_doclings_crops(pages: list[TestPage], weights_dir: Path) -> None:
    """To one level in 255, by which torch and Pillow round apart in few places."""
    stage = docling_stage(weights_dir)
    mean, deviation = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    for (page, box), request in zip(PLACES, requests(pages), strict=True):
        left, top, right, bottom = (round(side) * 2 for side in (box.left, box.top, box.right, box.bottom))
        image = pages[page].for_docling().get_image(scale=2.0)
        assert image is not None
        docling = stage.transform(image.crop((left, top, right, bottom)).convert("RGB"))
        levels = (docling * deviation[:, None, None] + mean[:, None, None]) * 255
        crop = request.crop()
        assert crop is not None
        difference = (crop.to(torch.float32) - levels).abs()
        assert float(difference.max()) <= 1.01
        assert float((difference > 0.5).to(torch.float32).mean()) < 0.01


def test_a_table_at_the_real_size(tmp_path: Path, pages: list[TestPage], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tableformer, "efficientnet_v2_s", efficientnet_v2_s)
    save_tables(tmp_path, prepared(pages)[:1], [REAL_SIZE], FULL_TABLES, rate=2e-4)
    (docling,) = by_docling(docling_stage(tmp_path), pages[PLACES[0][0]], [PLACES[0][1]])
    (ours,) = passes(tmp_path / TABLE_FOLDER).reader.read(requests(pages)[:1])
    assert ours is not None
    assert docling.otsl_seq == REAL_SIZE
    assert_same(ours, docling)
