"""What a server keeps for good, kept out of the garbage collector's rounds."""

import gc


def settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's rounds.

    docling and torch keep about a million objects for good; walking them again and again cost a third of the time that
    assembling a page takes, and on ZeroGPU it would copy their memory in every fork.
    """
    gc.collect()
    gc.freeze()
