"""Table structure, against the wheel's own class and against tables as printed."""

from pathlib import Path

import numpy as np
import pytest
from rapid_table import RapidTable

from pipeline.models.tables import TableNetwork, table_boxes
from pipeline.pages import Box, LayoutLabel, LayoutRegion
from tests.support.render import SCALE, render

KOREAN_TABLE = Box(54, 80, 294, 266)


@pytest.fixture(scope="module")
def network() -> TableNetwork:
    return TableNetwork()
