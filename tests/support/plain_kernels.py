"""Compiled kernels without vector instructions, which Inductor writes and GCC compiles in half the time.

The results of a package do not depend on them, and Folio compiles for GPUs: a CPU only stands in for one in tests.
"""

from torch._inductor import cpu_vec_isa


def compile_plain_kernels() -> None:
    """Compile without vector instructions for the rest of the process.

    Nor are they looked for: to learn whether one of them works, Inductor compiles a probe and starts an interpreter
    with torch.
    """
    cpu_vec_isa.valid_vec_isa_list = list  # type: ignore[assignment]
