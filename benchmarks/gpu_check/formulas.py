"""How long formulas take that are written token after token, for which Folio books a fixed time.

The network has random weights of full size, so what it writes means nothing and never ends; what a token costs is the
same.
"""

from collections.abc import Iterator
from time import perf_counter

import torch

from benchmarks.gpu_check.results import Found
from benchmarks.gpu_check.setting import Setting
from benchmarks.gpu_clock import wait
from pipeline.formula_time import FORMULA_PAGE_SECONDS, FORMULA_START_SECONDS
from pipeline.models.accurate.formula_reading import MOST_TOGETHER, FormulaReader
from tests.support.formula_checkpoint import FORMULA_FOLDER, grey, save_random_formulas

TOKENS, PLENTY_S = 100, 240.0
WIDTH, HEIGHT = 500, 60  # pixels: a formula across a page at 120 dpi


def written(setting: Setting) -> Iterator[Found]:
    """Seconds of one formula and of as many as are read together, ``TOKENS`` tokens each, by a warm process; how many
    tokens of 16 formulas the booked time is enough for; and the memory.
    """
    folder = setting.weights / FORMULA_FOLDER
    if not folder.exists():
        save_random_formulas(setting.weights, small=setting.small)
    began = perf_counter()
    reader = FormulaReader(folder, torch.device(setting.device))
    wait(setting.device)
    yield {"seconds_to_load": round(perf_counter() - began, 2)}
    tokens = 8 if setting.small else TOKENS
    yield {"seconds_of_the_first": _seconds(reader, setting.device, 1, tokens)}
    alone = _seconds(reader, setting.device, 1, tokens)
    together = _seconds(reader, setting.device, MOST_TOGETHER, tokens)
    first = _seconds(reader, setting.device, MOST_TOGETHER, 1)
    each = max((together - first) / (tokens - 1), 1e-9)
    booked = FORMULA_START_SECONDS + FORMULA_PAGE_SECONDS * MOST_TOGETHER
    yield {
        "tokens": tokens,
        "seconds_alone": alone,
        "seconds_together": together,
        "seconds_until_the_first_token": first,
        "ms_a_token": round(1000 * each, 2),
        "tokens_in_the_booked_time": int((booked - first) / each),
    }
    if setting.device == "cuda":
        yield {"peak_mb": round(torch.cuda.max_memory_allocated() / 1e6)}


def _seconds(reader: FormulaReader, device: str, formulas: int, tokens: int) -> float:
    began = perf_counter()
    found = reader.tokens([grey(250, WIDTH, HEIGHT)] * formulas, PLENTY_S, tokens, may_repeat=True)
    wait(device)
    if found.shape != (formulas, tokens):
        raise AssertionError(f"{tuple(found.shape)} tokens of {formulas} formulas")
    return round(perf_counter() - began, 4)
