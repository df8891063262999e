"""Keeps pandas out of a parse child.

docling-core imports it beside the types of a parsed page, for tables that a child never exports. It is half of a
child's memory (93 of 191 MB) and a quarter of its start.
"""

import sys
from types import ModuleType


class DataFrame:
    """Named in docling-core's annotations; nothing makes one. Raises NotImplementedError where something does."""

    def __init__(self, *_: object, **__: object) -> None:
        raise NotImplementedError("a parse child has no pandas")


def leave_out_pandas() -> None:
    """Let every later import of pandas in this process take an empty module with this ``DataFrame``."""
    module = ModuleType("pandas")
    module.DataFrame = DataFrame  # type: ignore[attr-defined]
    sys.modules["pandas"] = module
