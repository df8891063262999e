"""Reading iteration records: totals, spreads, searches and comparisons for the dashboard. Nothing here runs a document.

Enters: the ledger's files and the copies of watched datasets, as columns (``pipeline/store/columns.py``).
Leaves: frozen values that a page can draw.
Read in this order: ``dashboard_data`` (one snapshot for every reader), ``overview``, ``batch_totals``, ``selection``,
``worker_overview``, ``health``, ``difference``.
Threads: the first reader after ten seconds reads what is new; all others share its snapshot.
"""
