"""Networks compiled ahead of time with AOTInductor: how a package is made, checked, kept and run.

Enters: a ``NetworkSpec`` (network, shapes, tolerance) and a target (device, precision).
Leaves: a package under a key that names model, torch, device and shapes; an engine that runs it, or eager torch where
no package fits to the byte.
Read in this order: ``spec``, ``key``, ``compiler``, ``package``, ``shelf``, ``engine``.
Threads: a package is loaded by the process that runs it, once.
"""
