"""Folio's command line as on a machine with a GPU, for which the CPU stands in: ``python -m
tests.support.compile_here ARGUMENTS``.

The GPU lane's networks are two that compile in seconds.
"""

import sys

from pipeline.cli import compile as compile_command
from pipeline.cli.__main__ import main
from pipeline.models.aot.compiler import Target
from pipeline.models.catalog import CompileJob
from tests.support.plain_kernels import compile_plain_kernels
from tests.support.tiny_networks import classifier, strips


def tiny_job(*_: object) -> CompileJob:
    return CompileJob(Target("cpu"), (classifier(), strips()))


if __name__ == "__main__":
    compile_plain_kernels()
    compile_command.job_here = tiny_job  # type: ignore[assignment, attr-defined]
    sys.exit(main(sys.argv[1:]))
