"""What a server keeps for good, kept out of the garbage collector's rounds."""

import gc

# Objects made between two rounds. Python's 700 is a round for every few lines of a page; with this many a run of 54
# pages takes 4 % less time, and what waits for a round is a few megabytes.
ROUND = 20_000


def settle_memory() -> None:
    """Take what is loaded by now out of the garbage collector's rounds.

    docling and torch keep about a million objects for good; walking them again and again cost a third of the time that
    assembling a page takes, and on ZeroGPU it would copy their memory in every fork.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(ROUND, *gc.get_threshold()[1:])
