"""The analysis worker: it studies the records of runs from one perspective after another.

Enters: records of this machine and of the watched datasets, and what is kept of the runs on this disk.
Leaves: findings with a number, its baseline and trend, how sure it is, and the runs that show it.
Read in this order: ``studied_run`` (a record as numbers), ``studied_runs``, ``comparisons`` (the tests),
``perspective`` (the table), ``perspectives``, ``analysis_work``.
A perspective of one's own is one function in one file in ``perspectives``.
How often it is wrong: a look tests several things on documents that came since the last look. Their chances are
corrected together (Holm), and a finding needs less than one in 100,000. So among 100,000 looks at records in which
nothing changed, about one has a false finding.
"""
