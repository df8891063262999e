"""The test-planning worker: it turns what documents have taught into concrete cases, from fifteen perspectives in turn.

Enters: traits and failures of runs, insights of the analysis worker, outcomes of earlier planned tests.
Leaves: cases, each a recipe for a generated document with what its conversion must satisfy; a file of all of them,
which ``make test-planned`` runs.
Read in this order: ``planned_case``, ``planning_perspectives`` (the table of fifteen), ``lessons`` (what was seen),
``planning_work``, ``case_file``.
"""
