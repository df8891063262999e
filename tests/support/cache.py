"""Where tests keep what takes long to make and is the same in every run: compiled packages, converted networks.

``FOLIO_TEST_CACHE`` names the folder; without it the cache lies in the clone and is cold in a new one. Every entry
carries in its key what it was made from, so an entry is never out of date.
"""

import os
from pathlib import Path

CACHE = Path(os.environ.get("FOLIO_TEST_CACHE") or Path(__file__).parents[2] / ".cache").absolute()
PACKAGES = CACHE / "packages"
