"""The pages of the workers: how one stands, what it found last, and the switch that pauses it.

Enters: standings of ``pipeline/history/worker_overview.py``.
Leaves: a page for each worker role, a card of the dashboard, endpoints.
"""
