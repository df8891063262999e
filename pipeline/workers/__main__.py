"""A worker beside a server: ``python -m pipeline.workers`` with the role in FOLIO_WORKER and the token in a pipe.

It ends when the server does. It can be killed at any instant; the next one goes on.
"""

import logging
import os
import sys

from pipeline.errors import FolioError
from pipeline.settings import read_settings
from pipeline.store.goodbye import follow_parent
from pipeline.store.hub_process import PARENT_VARIABLE
from pipeline.store.scrub import TokenlessFormatter
from pipeline.store.token import take_token
from pipeline.worker_iterations import Role
from pipeline.workers.worker_main import work
from pipeline.workers.worker_process import ROLE_VARIABLE


def main(token: str) -> int:
    """Be the worker until asked to end; returns the exit code."""
    handler = logging.StreamHandler()
    handler.setFormatter(TokenlessFormatter("worker %(name)s %(levelname)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    if parent := os.environ.get(PARENT_VARIABLE):
        follow_parent(int(parent))
    try:
        role = Role(os.environ[ROLE_VARIABLE])
        return work(read_settings(os.environ), role, token, space=os.environ.get("SPACE_ID", ""))
    except FolioError as error:
        print(f"{error.message} [{error.code}]", file=sys.stderr)
        return 1


if __name__ == "__main__":
    handed = take_token()
    sys.exit(main(handed))
