"""Many documents at once: a batch job on one machine, on a Ray cluster or as Hugging Face Jobs. Not part of a Space.

Enters: a folder, a glob, a Parquet manifest, a Hub dataset or a bucket of PDFs, and the options of ``convert``.
Leaves: Parquet shards with one row for each document or range of pages, a table of failures, iteration records.
Read in this order: ``batch_job`` (the whole of it), ``batch_setup`` (its values), ``document_sources``, ``manifest``,
``batch_folder`` (what lies in the output), ``block_worker`` (what every engine hosts), ``supervisor``,
``converter_process``, ``live_producer`` and ``live_converter`` (a worker's own process), ``document_row``,
``plain_engine``, ``ray_engine``, ``batch_plan``, ``batch_progress``, ``batch_card``.
Processes: each worker has a converter process, which has a parse child. A document can end its converter process; the
worker stays, and writes the loss down.
"""
