"""Which lines are read together."""

import numpy as np

from pipeline.models.light_torch.text import READ_BATCH, READ_COLUMNS, width_batches


def test_every_line_is_read_once_among_lines_of_about_its_width() -> None:
    widths = [int(width) for width in np.random.default_rng(3).gamma(2, 300, 500).clip(160, 3200)]
    batches = list(width_batches(widths))
    assert sorted(index for batch in batches for index in batch.members) == list(range(500))
    assert len(batches) < 40
    for batch in batches:
        own = [widths[index] for index in batch.members]
        assert max(own) <= batch.width < max(own) + 32
        assert batch.width % 32 == 0
        assert len(own) == 1 or (len(own) <= READ_BATCH and len(own) * batch.width <= READ_COLUMNS)
    columns = sum(len(batch.members) * batch.width for batch in batches)
    assert columns < 1.2 * sum(widths)


def test_no_lines_are_no_batches() -> None:
    assert list(width_batches([])) == []
