"""The frame of every worker: a loop of iterations, each of which is one record that is neither lost nor repeated.

Enters: what a role does in one iteration (``RoleWork``).
Leaves: numbered iterations on disk and on the Hub, a heartbeat every few seconds.
Read in this order: ``worker_protocol`` (what a role has to offer), ``worker_loop``, ``insights``, ``pulse``,
``company``, ``worker_lock``, ``hub_connection``.
Threads: the loop, and one that writes the heartbeat.
"""
