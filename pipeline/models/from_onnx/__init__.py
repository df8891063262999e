"""The wheels' ONNX networks as torch modules.

Enters: the ONNX files of the wheels.
Leaves: torch modules with the same weights, ready for ``torch.export``.
Read in this order: ``light_networks``, ``to_torch``, ``graph`` (the repairs that a graph needs before it is converted).
Threads: none of its own.
"""
