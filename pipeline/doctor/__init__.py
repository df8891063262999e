"""What this machine has of what Folio needs, line by line, each with what to do.

Enters: the settings and the environment.
Leaves: check lines, for the command line, the log at the start, and the owner's tab.
Read in this order: ``machine`` (gathers facts), ``checks`` (judges them, pure), ``examination`` (both, and the Hub).
"""
