"""What outlives a process: artifacts of runs, the ledger of iteration records, and their way to the results dataset."""
