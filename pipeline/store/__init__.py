"""What outlives a process: artifacts of runs, the ledger of iteration records, and their way to the results dataset.

Enters: files of a run; iteration records.
Leaves: artifacts behind a secret link; rows in the results dataset; columns for the dashboard.
Read in this order: ``files`` (writing exactly once), ``artifacts``, ``ledger``, ``spool``, ``schema``,
``record_to_row``, ``hub``, ``dataset`` (when to publish), ``publisher``, ``packs``, ``archive``, ``mirror``,
``iteration_log`` and ``iteration_dataset`` (what workers leave), ``tuned_settings``.
Why no library: ``huggingface_hub.CommitScheduler`` uploads whole folders on a timer and keeps neither the ids of
records nor the order of crashes and commits. Here a record is acknowledged once it is durable, published once, and
found again after a kill at any instruction, which ``tests/unit/store/fuzz`` shows.
Processes: the publisher, the watcher and the workers hold the Hub's token and speak to the Hub.
The server does neither.
"""
