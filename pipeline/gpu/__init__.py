"""The GPU lane: everything about a call that costs GPU seconds, and nothing of the CPU lane.

Enters: a ``PageBatch`` of paths and small numbers, because the call's argument is pickled.
Leaves: ``MicroBatch`` values while the call goes on, or a ``GpuRefused`` with the reason.
Read in this order: ``worker`` (the one function under ``@spaces.GPU``), ``booking`` (its seconds), ``call`` (one call
as a run makes it), ``watch`` (stuck workers), ``client_refusals`` (the client's English as error classes),
``calibration`` (bookings learnt from records), ``own_card`` (a server's own GPU), ``compile_at_start`` and
``compile_call`` (compiled packages).
Processes and threads: ZeroGPU's client forks the server for a call; on a server's own card the calls run in the threads
that convert documents. The watch has one thread per call. No other thread
may start a process at the moment of a fork (``pipeline/process_start.py``).
"""
