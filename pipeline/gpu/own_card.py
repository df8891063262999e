"""How many runs compute on a server's own card at the same time: as many as are converted at once and as fit.

On ZeroGPU the platform says who computes, and a worker computes one call at a time.
"""

import torch

from pipeline.gpu.platform_factor import on_zerogpu

PASS_BYTES = 4_000_000_000
"""What one micro-batch of either bundle is taken to need at most; unproven, as no card has run it. One that needs more
is halved.
"""


def seats(concurrency: int) -> int:
    """How many micro-batches may be on the card together. Ask after the weights are on it."""
    if on_zerogpu() or not torch.cuda.is_available():
        return 1
    free, _ = torch.cuda.mem_get_info()
    return seats_in(free, concurrency)


def seats_in(free_bytes: int, concurrency: int) -> int:
    """As many as there are runs at once and as fit into ``free_bytes``, at least one."""
    return max(min(free_bytes // PASS_BYTES, concurrency), 1)
