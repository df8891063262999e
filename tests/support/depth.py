"""How deep tests go that repeat the same with other numbers: ``FOLIO_DEPTH=thorough`` takes many times as long."""

import os

THOROUGH = os.environ.get("FOLIO_DEPTH") == "thorough"
