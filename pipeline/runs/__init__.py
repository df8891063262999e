"""Runs: from a checked document in the queue to exports, artifacts and an iteration record.

Enters: a source, opened and hashed once (``CheckedSource``), its options and the visitor who asks.
Leaves: ``RunView`` snapshots while the run goes on, files in the run's folder, one record in the ledger.
Read in this order: ``runner`` (the interface), ``admission`` (checks before the queue), ``queue``, ``turns``,
``conversion`` (the work of one run), ``inference`` (the lanes), ``job`` (the one mutable object), ``state``
(snapshots), ``record``, ``reuse`` (work that is not done twice), ``estimates``, ``endings``, ``past_runs``,
``stored_runs``, ``run_links`` (a run by either of its links), ``successors`` (runs made of earlier ones: continued,
read again), ``facsimiles`` and ``facsimile_images``, ``server_load``, ``after_crash``, ``refusal_records``.
Threads: ``CONCURRENCY`` workers of each kind (``queue.WORKER_PAGES``), each with a reader and a docling pipeline of its
own. A run has a renderer and an assembler thread beside the thread that may call the GPU. ``Job`` is guarded by one
condition; the rest is frozen.
"""
