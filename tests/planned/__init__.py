"""Planned tests: cases that a test-planning worker has written down, run by ``make test-planned``.

They are no part of ``make test``, since they are as many as the worker has planned. PLANNED names their file: one case
a line, or rows of the worker's dataset; without it the cases of DATA_DIR are run, and how they ended is left beside
them for the worker to read.
"""
