"""The perspectives of the analysis, one function in one file each.

Enters: a look (``pipeline/workers/analysis/perspective.py``).
Leaves: differences that were tested, most of them chance.
Read in this order: ``performance`` (the plainest), ``fidelity``, ``lost_structure``, ``gpu_economy``,
``failure_clusters``, ``usage``.
"""
