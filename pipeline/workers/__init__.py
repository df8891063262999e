"""Workers that run around the clock, without a visitor.

Enters: records of runs and what is kept of them, files in an inbox.
Leaves: one record per iteration, published documents, planned tests, tuned settings.
Read in this order: ``frame`` (the loop that all share), ``analysis``, ``inbox``, ``test_planning``, ``tuning``,
``role_table`` (which role is which worker), ``worker_main`` (one worker's process), ``worker_process`` (beside a
server).
Processes: each worker is one. It loads no model: documents that it converts go to a child of its own, which ends when
nothing is left to convert.
"""
