"""Serves ``app.py`` itself, with LONG_SECOND seconds for each in which formulas are to be read: a busy CPU takes many
times as long as a GPU. Run it under ``tests.standins.zerogpu``.
"""

import spaces  # noqa: F401  before torch, as in app.py

# isort: split
import os
import runpy
from pathlib import Path

from pipeline.formula_time import formula_seconds
from pipeline.models.accurate import accurate_bundle

LONG_SECOND = float(os.environ["LONG_SECOND"])


def long_seconds(formula_pages: int, pages: int) -> float:
    """As much longer as a booked second of the stand-in is."""
    return LONG_SECOND * formula_seconds(formula_pages, pages)


if __name__ == "__main__":
    vars(accurate_bundle)["formula_seconds"] = long_seconds
    runpy.run_path(str(Path(__file__).parents[2] / "app.py"), run_name="__main__")
