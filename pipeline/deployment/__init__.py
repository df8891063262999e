"""From this folder to a Space that runs: the files, the plan, the changes on the Hub, and the wait for the result.

Enters: the options of the command, a token.
Leaves: a Space with bucket and dataset; lines for the person who waits; errors of the tree.
Read in this order: ``wishes`` (what is wanted), ``staged_tree`` (which files), ``space_facts``, ``deploy_plan`` (the
difference, pure), ``deploying``, ``spaces_hub`` (each request), ``hub_answers`` (what a refusal means), ``following``,
``remedies``, ``account``, ``verification`` (whether it works),
``results_care`` (the dataset).
Threads: one for each log that is followed.
"""
