"""How long formulas may be read on a GPU: what is booked for them, and when the reader gives up."""

FORMULA_START_SECONDS, FORMULA_PAGE_SECONDS = 3.0, 0.3
FORMULA_MICRO_BATCH = 16  # pages


def formula_seconds(formula_pages: int, pages: int) -> float:
    """Most seconds that reading the formulas of ``formula_pages`` among ``pages`` may take on a GPU.

    A network that writes token after token takes about as long for one formula as for a dozen, so there is a time for
    each micro-batch with such pages, and a smaller one for each of them.
    """
    passes = min(formula_pages, -(-pages // FORMULA_MICRO_BATCH))
    return FORMULA_START_SECONDS * passes + FORMULA_PAGE_SECONDS * formula_pages
