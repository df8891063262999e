"""Compiled kernels without vector instructions, which Inductor writes and GCC compiles in half the time.

The results of a package do not depend on them, and Folio compiles for GPUs: a CPU only stands in for one in tests.
"""

from torch._inductor import config

NO_VECTOR = 0  # bits, which no instruction set has


def compile_plain_kernels() -> None:
    """Compile without vector instructions for the rest of the process."""
    config.cpp.simdlen = NO_VECTOR
