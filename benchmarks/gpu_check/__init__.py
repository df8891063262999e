"""The check of the GPU lane on a real device: what no machine without one can show.

    make gpu-check                          # or: python3 -m benchmarks.gpu_check
    make gpu-check GPU_CHECK="--only eager-light-plain parity-light"

Enters: a machine with a CUDA device and torch 2.11. Needed beside torch are the packages of ``wheels.BROUGHT``;
whatever of ``wheels.CARRIED`` is missing is unpacked from the wheels that ``make gpu-check-wheels`` has collected.
Neither the network nor docling, gradio or the platform's account is needed.
Leaves: one JSON file and one log per step in ``benchmarks/results/gpu_check``, each written as soon as its step has
something, and a table. A step that is done is not repeated; one that failed, or was cut off, is.
Read in this order: ``__main__`` (the steps one after the other), ``steps`` (the table of them), ``setting`` (sizes
and folders), ``results`` (the files), ``machine``, ``speed``, ``parity``, ``faults``, ``shapes``, ``packages``,
``formulas``, ``platform_calls`` and ``platform_program`` (the steps' work), ``summary`` (the table), ``wheels`` (what
is carried).
Processes: each step has one of its own, because a fresh process is part of what is measured and because two steps break
their device on purpose.

``--device cpu --small`` is the rehearsal: the same steps with the CPU in the device's place and small networks.
"""
