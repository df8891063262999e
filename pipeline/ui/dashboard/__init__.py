"""The dashboard: how the Space does, drawn from iteration records alone.

Enters: snapshots of ``pipeline.history``.
Leaves: tiles, charts, the table of runs, receipts and comparisons.
Read in this order: ``dashboard_page``, ``dashboard_parts``, ``summary``, ``charts``, ``runs_table``,
``comparison_panel``.
Threads: gradio's own; a timer asks every ten seconds.
"""
