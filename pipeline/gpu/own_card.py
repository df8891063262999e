"""How many runs compute on a server's own card at the same time: as many as are converted at once and as fit.

On ZeroGPU the platform says who computes, and a worker computes one call at a time.
"""

import torch

from pipeline.gpu.platform_factor import on_zerogpu

PASS_BYTES = {"light": 2_500_000_000, "accurate": 11_000_000_000}
"""What one micro-batch of each bundle needs at most, weights included: 2.2 and 10.9 GB on an H200. One that needs more
is halved.
"""


def seats(concurrency: int, bundle: str) -> int:
    """How many micro-batches of the bundle so named may be on the card together. Ask after the weights are on it."""
    if on_zerogpu() or not torch.cuda.is_available():
        return 1
    free, _ = torch.cuda.mem_get_info()
    return seats_in(free, concurrency, PASS_BYTES.get(bundle, max(PASS_BYTES.values())))


def seats_in(free_bytes: int, concurrency: int, pass_bytes: int) -> int:
    """As many as there are runs at once and as fit into ``free_bytes`` at ``pass_bytes`` each, at least one."""
    return max(min(free_bytes // pass_bytes, concurrency), 1)
