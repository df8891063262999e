"""The publisher's part of the fuzz: the real sink at a hundred times its pace, or one with a flaw that the fuzz must
find.

usage: python -m tests.unit.store.fuzz.publishing DATA_DIR REPO_ID FLAW run|drain     (HF_ENDPOINT and HF_TOKEN from the
environment)
"""

import logging
import os
import random
import secrets
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.store.dataset import Pace, Sink
from pipeline.store.hub import ResultsRepo
from pipeline.store.ledger import Ledger
from pipeline.store.spool import Shard, Spool

PACE = Pace(interval=0.05, rows=20, shards=6, first_wait=0.005, longest_wait=0.03)


def plant(flaw: str) -> None:
    """Break one rule that the design rests on."""
    if flaw == "confirm-early":
        add = ResultsRepo.add

        def confirm_then_add(repo: ResultsRepo, files: dict[str, bytes]) -> None:
            SPOOL[0].confirm([shard for shard in SPOOL[0].sealed() if shard.path_in_repo in files])
            add(repo, files)

        ResultsRepo.add = confirm_then_add  # type: ignore[assignment]
    elif flaw == "forget-sealed":
        Spool._recover_shard = lambda spool, shard: None  # type: ignore[assignment, method-assign]
    elif flaw == "random-names":
        Shard.path_in_repo = property(  # type: ignore[assignment, method-assign]
            lambda shard: f"data/{shard.name[:7]}/{shard.name[:11]}{secrets.token_hex(8)}.jsonl"
        )


SPOOL: list[Spool] = []


def main(root: Path, repo_id: str, flaw: str, mode: str) -> None:
    logging.disable(logging.CRITICAL)
    plant(flaw)
    spool = Spool(Ledger(root), rows_per_shard=PACE.rows)
    SPOOL.append(spool)
    spool.recover()
    sink = Sink(spool, ResultsRepo(repo_id, private=True, token=os.environ["HF_TOKEN"]), pace=PACE)
    if flaw:
        sink._maintained = datetime.now(UTC).date()  # no compaction, which would mend what the flaw doubles
    while mode == "run":
        sink.step()
        if not flaw and random.random() < 0.05:
            sink._maintained = None
        time.sleep(0.005)
    while spool.sealed() or spool.pending(datetime.now(UTC), timedelta(0)) or sink._maintained is None:
        sink.flush()
        sink.step()
        time.sleep(0.01)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
