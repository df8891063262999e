"""The tuning worker: it proposes a change of one setting, tries it, and keeps it only where it is proven better.

Enters: records of runs and their GPU calls, documents that are kept on this disk, insights of the analysis worker.
Leaves: one record for each stage of an idea; a version of the tuned settings where an idea is kept.
Read in this order: ``knobs`` (what may be changed), ``booking_replay`` and ``page_replay`` (how a change is tried),
``idea``, ``tuning_work`` (the six stages).
It changes only what ``pipeline/store/tuned_settings.py`` lists, within the range that the owner could set: never code,
a limit, or anything about who may do what.
"""
