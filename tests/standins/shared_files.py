"""A place that several machines reach, as a bucket is: ``shared://PATH`` lies below the local folder SHARED_ROOT.

``python -m tests.standins.shared_files MODULE ARGUMENTS`` runs a module that may use such addresses. What it cannot
show: a bucket's own errors and delays, and that its objects appear as a whole.
"""

import os
import runpy
import sys

import fsspec
from fsspec.implementations.dirfs import DirFileSystem
from fsspec.implementations.local import LocalFileSystem


class SharedFiles(DirFileSystem):  # type: ignore[misc]  # fsspec has no annotations
    """A file system that no program takes for a local one."""

    protocol = "shared"

    def __init__(self, **options: object) -> None:
        super().__init__(path=os.environ["SHARED_ROOT"], fs=LocalFileSystem(auto_mkdir=True), **options)


def register() -> None:
    """Make ``shared://`` known in this process."""
    fsspec.register_implementation("shared", SharedFiles, clobber=True)


if __name__ == "__main__":
    register()
    module = sys.argv[1]
    sys.argv = sys.argv[1:]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
