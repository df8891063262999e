"""``app.py`` with weights of docling's networks: the accurate bundle serves the GPU lane, the light one the CPU."""

from pathlib import Path

import torch

from tests.e2e.zerogpu.space import convert, open_space, visit
from tests.support.checkpoints import save_layout, save_tables


def test_the_accurate_models_serve_the_gpu_lane_where_their_weights_are(tmp_path: Path, documents: Path) -> None:
    weights = tmp_path / "weights"
    save_layout(weights)
    save_tables(weights, torch.zeros(1, 3, 448, 448), [["fcel", "nl"]])
    with open_space(tmp_path / "space", program="app.py", WEIGHTS_DIR=str(weights)) as space, visit(space, tmp_path, "ann") as client:
        on_gpu = convert(client, documents / "multi_page.pdf", pages="1-2", lane="gpu")
        on_cpu = convert(client, documents / "multi_page.pdf", pages="1-2", lane="cpu")
        records = [space.record(told.status["record_id"]) for told in (on_gpu, on_cpu)]
    assert [(record.status.value, record.bundle, record.gpu.calls) for record in records] == [("ok", "accurate", 1), ("ok", "light", 0)]
    assert [(engine.task, engine.model) for engine in records[0].engines] == [
        ("layout", "docling-layout-heron"),
        ("ocr", "PP-OCRv6 small"),
        ("tables", "TableFormerV2"),
    ]
